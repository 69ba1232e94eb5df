"""Which version of the sources is in use, and whether it was changed."""

import hashlib
import json
import subprocess
from pathlib import Path
from typing import Any

# what a result is made from: a stray file elsewhere does not change the sources
SOURCES = ("Snakefile", "workflow", "config", "reports", "data", "requirements.lock")
MANIFEST = "source.json"  # in an archive: the commit it was made from, and each file's checksum
IGNORED = {"__pycache__", "private", ".DS_Store"}


def source_state(folder: Path) -> dict[str, Any]:
    """Return `commit`, `commit_date` (ISO) and `clean_tree` of the sources in `folder`.

    They come from git when `folder` is the top of a repository, else from the manifest that an
    archive holds; None where neither is there. A copy of the sources inside another repository has
    no commit of its own.
    """
    top = _git(folder, "rev-parse", "--show-toplevel")
    if top is not None and Path(top).resolve() == folder.resolve():
        commit = _git(folder, "rev-parse", "--verify", "HEAD")
        date = _git(folder, "show", "-s", "--format=%cs", "HEAD")
        changes = _git(folder, "status", "--porcelain", "--", *SOURCES)
        clean = None if changes is None else changes == ""
        return {"commit": commit, "commit_date": date, "clean_tree": clean}
    if (folder / MANIFEST).is_file():
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        recorded = {file: sum_ for file, sum_ in manifest["files"].items() if is_source(file)}
        unchanged = recorded == {file: sha256(folder / file) for file in source_files(folder)}
        state = {name: manifest[name] for name in ("commit", "commit_date", "clean_tree")}
        return state | {"clean_tree": state["clean_tree"] and unchanged}
    return {"commit": None, "commit_date": None, "clean_tree": None}


def source_files(folder: Path) -> list[str]:
    """Return the files of `SOURCES` below `folder`, as relative paths, private data left out."""
    places = [folder / name for name in SOURCES]
    files = [
        file for place in places for file in ([place] if place.is_file() else place.rglob("*"))
    ]
    relative = [file.relative_to(folder) for file in files if file.is_file()]
    return sorted(file.as_posix() for file in relative if not IGNORED & set(file.parts))


def tracked_files(folder: Path) -> list[str]:
    """Return the files that make up the repository or the unpacked archive in `folder`.

    In a repository: what git tracks, and new files of the sources, data apart. Raises
    `FileNotFoundError` where there is neither a repository nor a manifest.
    """
    listed = _git(folder, "ls-files", "-z")
    if listed is not None and (folder / ".git").exists():
        code = [name for name in SOURCES if name != "data"]
        new = _git(folder, "ls-files", "-z", "--others", "--exclude-standard", "--", *code) or ""
        names = set(f"{listed}\0{new}".split("\0")) - {""}
    else:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        names = set(manifest["files"]) | {f for f in source_files(folder) if f[:5] != "data/"}
    return sorted(name for name in names if (folder / name).is_file())


def is_source(file: str) -> bool:
    """Return whether a relative path lies in `SOURCES`."""
    return file.split("/")[0] in SOURCES


def sha256(file: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal digits."""
    with file.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _git(folder: Path, *words: str) -> str | None:
    """Return what git says, without the last newline; None when it fails or is absent."""
    command = ["git", "-C", str(folder), *words]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()
