"""Which version of the sources is in use, and whether it was changed."""

import hashlib
import json
import os
import subprocess
from pathlib import Path
from typing import Any

# what a result is made from: a stray file elsewhere does not change the sources
SOURCES = (
    *("Snakefile", "workflow", "config", "reports", "data"),
    *("requirements.lock", "requirements-bayes.lock"),
)
# a new file here is an input, recorded with a digest of its own: cohort files, authors' own
# texts, published figures, raw data
INPUTS = ("config/cohorts/", "data/")
CHOICES = "config/config.yaml"  # what to run; every record names the cohort and its settings
MANIFEST = "source.json"  # in an archive: the commit it was made from, and each file's checksum
IGNORED = {"__pycache__", "private", ".DS_Store"}
# kinds of new files that can be part of the workflow; data are none of them
KINDS = {
    *(".py", ".smk", ".html", ".lua", ".css", ".js", ".rst", ".yaml"),
    *(".qmd", ".md", ".bib", ".csl", ".typ", ".yml"),
}


def source_state(folder: Path) -> dict[str, Any]:
    """Return `commit`, `commit_date` (ISO), `clean_tree` and `repository` of `folder`.

    They come from git when `folder` is the top of a repository, else from the manifest that an
    archive holds; None where neither is there, or where git cannot read the repository. A copy of
    the sources inside another repository has no commit of its own.
    """
    if (folder / ".git").exists():
        commit = git(folder, "rev-parse", "--verify", "HEAD")
        date = git(folder, "show", "--no-show-signature", "-s", "--format=%cs", "HEAD")
        committed = _committed(folder)
        clean = None if committed is None else not _changed(folder, committed)
        state = {"commit": commit, "commit_date": date, "clean_tree": clean}
        return state | {"repository": True}
    if (folder / MANIFEST).is_file():
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        recorded = {file: sum_ for file, sum_ in manifest["files"].items() if is_source(file)}
        state = {name: manifest[name] for name in ("commit", "commit_date", "clean_tree")}
        if state["clean_tree"] and _changed(folder, recorded):
            state["clean_tree"] = False
        return state | {"repository": manifest.get("repository", True)}
    return {"commit": None, "commit_date": None, "clean_tree": None, "repository": False}


def source_files(folder: Path) -> list[str]:
    """Return the files of `SOURCES` below `folder`, as relative paths, private data left out.

    A link to a folder is one of them: Python imports what lies behind it.
    """
    places = [folder / name for name in SOURCES]
    files = [
        file for place in places for file in ([place] if place.is_file() else place.rglob("*"))
    ]
    relative = [file.relative_to(folder) for file in files if file.is_file() or file.is_symlink()]
    return sorted(file.as_posix() for file in relative if not IGNORED & set(file.parts))


def tracked_files(folder: Path) -> list[str]:
    """Return the files that make up the repository or the unpacked archive in `folder`.

    In a repository: what git tracks, and new files of the sources that are of a kind in `KINDS`,
    inputs apart. Raises `FileNotFoundError` where there is neither a repository nor a manifest.
    """
    listed = git(folder, "ls-files", "-z") if (folder / ".git").exists() else None
    if listed is not None:
        names = set(listed.split("\0")) - {""}
    else:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        names = set(manifest["files"])
    new = {file for file in source_files(folder) if not file.startswith(INPUTS)}
    names |= {file for file in new if Path(file).suffix in KINDS}
    return sorted(name for name in names if (folder / name).is_file())


def is_source(file: str) -> bool:
    """Return whether a relative path lies in `SOURCES`."""
    return file.split("/")[0] in SOURCES


def sha256(file: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal digits."""
    with file.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _changed(folder: Path, known: dict[str, str]) -> list[str]:
    """Return the sources that are not as `known` has them (path → digest), gone or new ones too.

    The files themselves are read: git's index can be told to overlook a change
    (`assume-unchanged`, `skip-worktree`), its settings to overlook a new file.
    """
    new = [
        file
        for file in source_files(folder)
        if file not in known and not file.startswith(INPUTS) and file != CHOICES
    ]
    differing = [
        file
        for file, digest in known.items()
        if file != CHOICES and _digest_like(digest, folder / file) != digest
    ]
    return sorted([*new, *differing])


def _digest_like(digest: str, file: Path) -> str | None:
    """Return a file's digest of the kind of `digest`: `blob <git's>` or SHA-256; None if absent."""
    if not file.is_symlink() and not file.is_file():
        return None
    if not digest.startswith("blob "):
        return sha256(file)
    content = os.fsencode(file.readlink()) if file.is_symlink() else file.read_bytes()
    name = "sha1" if len(digest) == len("blob ") + 40 else "sha256"
    blob = b"blob %d\0" % len(content) + content  # as git has it
    return f"blob {hashlib.new(name, blob, usedforsecurity=False).hexdigest()}"


def _committed(folder: Path) -> dict[str, str] | None:
    """Return path → `blob <digest>` of the sources in the commit; None when git cannot tell."""
    listed = git(folder, "ls-tree", "-r", "-z", "--full-tree", "HEAD", "--", *SOURCES)
    if listed is None:
        return None
    entries = [entry.split("\t", 1) for entry in listed.split("\0") if entry]
    blobs = [(about.split(" "), path) for about, path in entries]
    return {path: f"blob {digest}" for (_, kind, digest), path in blobs if kind == "blob"}


def git(folder: Path, *words: str) -> str | None:
    """Return what git says, without the last newline; None when it fails or is absent.

    Named by its folder, a repository of another user is read, too, as it is in a container.
    """
    command = ["git", "--no-replace-objects", f"--git-dir={folder / '.git'}"]
    command += [f"--work-tree={folder}", *words]
    # with git's own variables it would read another repository, as in a hook
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        done = subprocess.run(command, capture_output=True, check=True, env=environment)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.decode(errors="surrogateescape").strip()
