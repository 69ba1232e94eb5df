"""Results that were changed by hand: a Word file is kept, anything else is made anew."""

import json
import shutil
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from rupture_repair.provenance.integrity import private_outputs
from rupture_repair.provenance.record import PRIVATE_RECORD
from rupture_repair.provenance.source import sha256

SOURCE = "manuscript/source"  # below the results of a cohort: what the paper is set from


def keep_edited(results: Path, cohorts: Iterable[str]) -> Iterator[str]:
    """Copy each edited Word file to `<name>.edited-<date>.docx`; yield a line for each copy.

    results : the folder of all cohorts. Edited is what differs from the record of the run; the date
    is that of the edit, in UTC. A copy is never overwritten by another one.
    """
    for cohort in cohorts:
        record = results / cohort / "provenance.json"
        if not record.is_file():
            continue
        outputs = json.loads(record.read_text(encoding="utf-8"))["outputs"]
        for entry in outputs:
            # the record names files from the project's folder, wherever that lies now
            file = results / cohort / "manuscript" / Path(entry["file"]).name
            if file.suffix != ".docx" or not file.is_file():
                continue
            if (found := sha256(file)) != entry["sha256"] and (copy := _place(file, found)):
                shutil.copy2(file, copy)
                yield f"{cohort}: {file.name} was edited after it was made; kept as {copy.name}"


def remove_altered(results: Path, cohorts: Iterable[str], folder: Path = Path()) -> Iterator[str]:
    """Delete results that differ from the record of their run; yield a line for each.

    Snakemake goes by dates: a table that was edited is newer than what it was made from, so that it
    would be taken for a result and recorded as one. Word files are left, see `keep_edited`; of the
    paper's sources, the whole folder is set aside. While a run is on its way, or was stopped, there
    is no record, and nothing is deleted.
    """
    for cohort in cohorts:
        record = results / cohort / "provenance.json"
        if not record.is_file():
            continue
        shared = json.loads(record.read_text(encoding="utf-8"))["outputs"]
        apart = str(Path(PRIVATE_RECORD))
        entries = [*shared, *private_outputs(results / cohort)]
        staged = [entry for entry in entries if f"/{SOURCE}/" in entry["file"]]
        yield from _set_aside(results / cohort / SOURCE, staged, folder)
        for entry in [entry for entry in entries if entry not in staged]:
            file = folder / entry["file"]
            if file.suffix == ".docx" or entry["file"].endswith(apart) or not file.is_file():
                continue
            if sha256(file) != entry["sha256"]:
                file.unlink()
                yield f"{entry['file']} was changed after it was made: it is made anew"


def _set_aside(source: Path, entries: list[dict[str, str]], folder: Path) -> Iterator[str]:
    """Rename the paper's sources if one of them was edited: they are made anew."""
    made = {folder / entry["file"]: entry["sha256"] for entry in entries}
    edited = [file for file in made if file.is_file() and sha256(file) != made[file]]
    if edited:
        newest = max(file.stat().st_mtime for file in edited)
        name = f"{source.name}.edited-{datetime.fromtimestamp(newest, UTC).date()}"
        names = [name, *(f"{name}-{number}" for number in range(2, 1000))]
        kept = next(source.with_name(n) for n in names if not source.with_name(n).exists())
        source.rename(kept)
        yield f"{source} was edited after it was made: kept as {kept.name}, and made anew"


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
