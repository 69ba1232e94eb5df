"""Results changed by hand: Word files and a paper's sources are kept, the rest is made anew."""

import json
import shutil
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from rupture_repair.provenance.record import PRIVATE_RECORD, STAMP
from rupture_repair.provenance.source import sha256

RECORD = "provenance.json"
SOURCE = "manuscript/source"  # below the results of a cohort: what the paper is set from


def keep_edited(results: Path, cohorts: Iterable[str]) -> Iterator[str]:
    """Copy each edited Word file to `<name>.edited-<date>.docx`; yield a line for each copy.

    So is the folder of a paper's sources copied, where a file in it was edited or added.
    results : the folder of all cohorts. Edited is what differs from the record of the run; the date
    is that of the edit, in UTC. A copy is never overwritten by another one.
    """
    for cohort in cohorts:
        outputs = _recorded(results / cohort / RECORD)
        for entry in outputs:
            # the record names files from the project's folder, wherever that lies now
            file = results / cohort / "manuscript" / Path(entry["file"]).name
            if file.suffix != ".docx" or not file.is_file():
                continue
            if (found := sha256(file)) != entry["sha256"] and (copy := _place(file, found)):
                shutil.copy2(file, copy)
                yield f"{cohort}: {file.name} was edited after it was made; kept as {copy.name}"
        yield from _keep_source(results / cohort, outputs)


def remove_altered(results: Path, cohorts: Iterable[str], folder: Path = Path()) -> Iterator[str]:
    """Delete results that differ from the record of their run; yield a line for each.

    Snakemake goes by dates: a table that was edited is newer than what it was made from, so that it
    would be taken for a result and recorded as one. Word files are left, see `keep_edited`; of the
    paper's sources the whole folder is made anew, after a copy. While a run is on its way, or was
    stopped, there is no record, and nothing is deleted.
    """
    apart = str(Path(PRIVATE_RECORD))
    for cohort in cohorts:
        shared = _recorded(results / cohort / RECORD)
        yield from _keep_source(results / cohort, shared)
        if source := _altered_source(results / cohort, shared):
            shutil.rmtree(source)
        private = _recorded(results / cohort / PRIVATE_RECORD) if shared else []
        for entry in [*shared, *private]:
            file = folder / entry["file"]
            if file.suffix == ".docx" or entry["file"].endswith(apart) or not file.is_file():
                continue
            if sha256(file) != entry["sha256"]:
                file.unlink()
                yield f"{entry['file']} was changed after it was made: it is made anew"


def _recorded(file: Path) -> list[dict[str, str]]:
    """Return the checksums of results in a record; none where there is no whole record."""
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
        return [{key: entry[key] for key in ("file", "sha256")} for entry in record["outputs"]]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _keep_source(results: Path, entries: list[dict[str, str]]) -> Iterator[str]:
    """Copy the folder of a paper's sources if something in it was edited or added."""
    source, made = results / SOURCE, _made_source(entries)
    there = _digests(source)
    edited = [source / name for name, digest in there.items() if made.get(name) != digest]
    if not made or not edited:
        return
    newest = max(file.stat().st_mtime for file in edited)
    date = datetime.fromtimestamp(newest, UTC).date()
    for number in range(1, 1000):
        more = "" if number == 1 else f"-{number}"
        copy = source.with_name(f"{source.name}.edited-{date}{more}")
        if not copy.exists():
            shutil.copytree(source, copy)
            yield f"{results.name}: {source.name} was edited after it was made; kept as {copy.name}"
            return
        if _digests(copy) == there:
            return


def _altered_source(results: Path, entries: list[dict[str, str]]) -> Path | None:
    """Return the folder of a paper's sources if one of the recorded files was edited."""
    there, made = _digests(results / SOURCE), _made_source(entries)
    altered = any(there.get(name, digest) != digest for name, digest in made.items())
    return results / SOURCE if altered else None


def _made_source(entries: list[dict[str, str]]) -> dict[str, str]:
    """Return the recorded checksums of a paper's sources, by their place in the folder."""
    parts = ((entry["file"].partition(f"/{SOURCE}/")[2], entry["sha256"]) for entry in entries)
    return {name: digest for name, digest in parts if name}


def _digests(folder: Path) -> dict[str, str]:
    """Return the checksums of the files in a folder; what Quarto keeps for itself is left out."""
    files = [file for file in folder.rglob("*") if file.is_file() and file.name != STAMP]
    inside = {file.relative_to(folder).as_posix(): file for file in sorted(files)}
    return {name: sha256(f) for name, f in inside.items() if not name.startswith(".quarto/")}


def _place(file: Path, digest: str) -> Path | None:
    """Return a name that is free; None where there is a copy of the same content."""
    date = datetime.fromtimestamp(file.stat().st_mtime, UTC).date()
    for number in range(1, 1000):
        more = "" if number == 1 else f"-{number}"
        copy = file.with_name(f"{file.stem}.edited-{date}{more}.docx")
        if not copy.exists():
            return copy
        if sha256(copy) == digest:
            return None
    return None
