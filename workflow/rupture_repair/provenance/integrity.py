"""Whether the record of a run speaks of the files that are there."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from rupture_repair.config.errors import ExpectedError
from rupture_repair.config.settings import Settings
from rupture_repair.provenance.record import PRIVATE_RECORD, checksums
from rupture_repair.provenance.source import sha256

SHOWN = 10  # names in a message


def record_of(settings: Settings, name: str, folder: Path = Path()) -> dict[str, Any]:
    """Return the record of the run of a cohort after comparing it with the files that are there.

    folder : the project. Raises `ExpectedError` that names the files which the record does not
    match: raw files, published figures, configuration, sources, results.
    """
    file = folder / settings.project.results / name / "provenance.json"
    if not file.is_file():
        raise ExpectedError(f"{file} is absent: run `make reproduce COHORT={name}` first.")
    record = json.loads(file.read_text(encoding="utf-8"))
    if inputs := [*_other_raw_files(settings, name, record, folder), *_differing(record, folder)]:
        raise ExpectedError(
            f"{file} does not speak of the files that are there now: {_listed(inputs)}. "
            f"Run `make reproduce COHORT={name}`."
        )
    if results := differing([*record["outputs"], *private_outputs(file.parent)], folder):
        raise ExpectedError(
            f"Changed after they were made, or gone: {_listed(results)}. Nothing is verified, "
            "cited or archived from such results: delete these files and run "
            f"`make reproduce COHORT={name}`."
        )
    return record


def differing(entries: Iterable[Mapping[str, str]], folder: Path) -> list[str]:
    """Return the recorded files that are absent or hold something else.

    entries : `file` and `sha256` of each.
    """
    return [
        entry["file"] for entry in entries if _digest(folder / entry["file"]) != entry["sha256"]
    ]


def _differing(record: Mapping[str, Any], folder: Path) -> list[str]:
    published = [entry for entry in record["inputs"] if entry["kind"] != "raw"]
    recorded = [*published, *record.get("configuration", ()), *record.get("sources", ())]
    # of a file outside of the project the record knows the name alone
    return differing([entry for entry in recorded if (folder / entry["file"]).exists()], folder)


def _other_raw_files(
    settings: Settings, name: str, record: Mapping[str, Any], folder: Path
) -> list[str]:
    files = [folder / file for file in settings.raw_files(name).values()]
    if absent := [file.name for file in files if not file.is_file()]:
        return absent
    recorded = [entry for entry in record["inputs"] if entry["kind"] == "raw"]
    known = {(Path(entry["file"]).name, entry["sha256"]) for entry in recorded}
    present = [(Path(entry["file"]).name, entry["sha256"]) for entry in checksums(files)]
    return [name for name, digest in present if (name, digest) not in known]


def private_outputs(results: Path) -> list[dict[str, str]]:
    """Return the recorded checksums of private results; records of older versions hold them all."""
    file = results / PRIVATE_RECORD
    if not file.is_file():
        return []
    entries: list[dict[str, str]] = json.loads(file.read_text(encoding="utf-8"))["outputs"]
    return entries


def _digest(file: Path) -> str | None:
    return sha256(file) if file.is_file() else None


def _listed(files: list[str]) -> str:
    names = sorted(set(files))
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more
