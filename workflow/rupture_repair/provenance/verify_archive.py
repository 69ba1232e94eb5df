"""Check that an unpacked archive holds what was archived: `python verify_archive.py`.

It needs Python 3.8 or newer and nothing else. The exit status is 0 when every file has the SHA-256
that it was archived with, 1 when one differs, is missing, or was added.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

MANIFEST = "source.json"  # the SHA-256 of each other file of the archive
# what a run in the unpacked folder makes, beside bytecode
MADE = {".git", ".snakemake", ".venv", "results", "report.html", ".pytest_cache"}


def problems(folder: Path) -> list[str]:
    """Return a line for each file below `folder` that is not as it was archived."""
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    listed = {**manifest["files"], **manifest["archived"], **manifest["metadata"]}
    found = {
        place: f"changed: {place}" if (folder / place).is_file() else f"missing: {place}"
        for place, digest in listed.items()
        if digest_of(folder / place) != digest
    }
    present = {place.as_posix() for place in _places(folder) if not _made(place)}
    found.update({file: f"added: {file}" for file in present - set(listed) - {MANIFEST}})
    for place in manifest["archived"]:
        if place.endswith("/provenance.json"):
            found.update(contradicted(folder, place, manifest["archived"]))
    return [found[place] for place in sorted(found)]


def not_checked(folder: Path) -> str:
    """Return a sentence on what a run made in the unpacked folder, and nobody can check."""
    made = sorted({_name_of_made(place) for place in _places(folder) if _made(place)})
    if not made:
        return ""
    return (
        f"Not from the archive and not checked: {', '.join(made)}. A run makes them; Python runs "
        "bytecode in place of its source. To be sure, unpack the archive again."
    )


def _name_of_made(place: Path) -> str:
    return place.parts[0] if place.parts[0] in MADE else "bytecode (__pycache__)"


def _places(folder: Path) -> list[Path]:
    return [
        file.relative_to(folder)
        for file in folder.rglob("*")
        if file.is_file() or file.is_symlink()
    ]


def _made(place: Path) -> bool:
    """Return whether a run in the unpacked folder makes a file; none among the archived results."""
    bytecode = "__pycache__" in place.parts and place.parts[0] != "archived"
    return place.parts[0] in MADE or bytecode


def contradicted(folder: Path, place: str, archived: dict[str, str]) -> dict[str, str]:
    """Return the archived results that the record of their run, at `place`, knows otherwise."""
    if digest_of(folder / place) != archived[place]:
        return {}
    record = json.loads((folder / place).read_text(encoding="utf-8"))
    cohort = place.split("/")[1]
    found = {}
    for entry in record["outputs"]:
        _, _, tail = entry["file"].partition(f"/{cohort}/")
        result = f"archived/{cohort}/{tail}"
        if archived.get(result, entry["sha256"]) != entry["sha256"]:
            found[result] = f"not as in {place}: {result}"
    return found


def digest_of(file: Path) -> str | None:
    """Return the SHA-256 of a file, None where there is none."""
    if not file.is_file():
        return None
    digest = hashlib.sha256()
    with file.open("rb") as handle:
        for part in iter(lambda: handle.read(1 << 20), b""):
            digest.update(part)
    return digest.hexdigest()


def main() -> None:
    """Say what was found; end with 1 if a file is not as it was archived."""
    folder = Path(__file__).resolve().parent
    found = problems(folder)
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    count = sum(len(manifest[part]) for part in ("files", "archived", "metadata"))
    print("\n".join(found) or f"All {count} files are as they were archived.")
    if unknown := not_checked(folder):
        print(unknown)
    print(f"SHA-256 of {MANIFEST}: {digest_of(folder / MANIFEST)}")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
