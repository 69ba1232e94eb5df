"""An archive of a run that others can unpack, read and run again: a Workflow Run RO-Crate.

Profile: Workflow Run Crate 0.5, https://w3id.org/ro/wfrun/workflow/0.5. Code and configuration lie
where they lie in the repository, so that `make reproduce` works in the unpacked folder; the
archived results lie in `archived/<cohort>/`.
"""

import json
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from rupture_repair import __version__
from rupture_repair.config.errors import ExpectedError
from rupture_repair.config.settings import Settings
from rupture_repair.provenance.crate import write_crate
from rupture_repair.provenance.record import NAME
from rupture_repair.provenance.source import MANIFEST, sha256, source_state, tracked_files

ARCHIVED = "archived"
COMPARISON = "comparison"  # beside the cohorts
# what can be shared of `results/<cohort>/`; a list of what may, not of what may not
SHAREABLE = ("tables", "figures", "manuscript", "verification.csv", "run.json", "provenance.json")


@dataclass(frozen=True)
class ArchivedRun:
    """A cohort's run: its record, and the files to be archived as place in the archive → file."""

    cohort: str
    title: str
    record: Mapping[str, Any]
    results: Mapping[str, Path]
    raw: Mapping[str, Path]
    logs: Path


def archive(settings: Settings, folder: Path, *, with_patient_data: bool) -> tuple[int, str]:
    """Write the archive of the runs of all cohorts in `settings`; return status and what to say.

    folder : the repository, or an unpacked archive. Raises `ExpectedError`.
    """
    try:
        code = shareable_code(folder)
    except FileNotFoundError:
        raise ExpectedError(
            f"{folder.resolve()} is neither a git repository nor an unpacked archive: "
            "which files belong to the workflow is not known."
        ) from None
    runs = [
        _run(settings, name, folder, with_patient_data=with_patient_data)
        for name in settings.cohorts
    ]
    comparison = _comparison(settings, folder)
    state = source_state(folder)
    manifest = state | {"files": {file: sha256(folder / file) for file in code}}
    commit = (state["commit"] or "unknown")[:7]
    target = folder / f"{NAME}-{__version__}-{commit}-{'-'.join(settings.cohorts)}.crate.zip"
    with tempfile.TemporaryDirectory() as scratch:
        listed = Path(scratch) / MANIFEST
        listed.write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
        write_crate(folder, [*code], listed, state, runs, comparison, target)
    said = [f"Wrote {target.name}: {len(code)} files of code and configuration."]
    for run in runs:
        said.append(f"{run.cohort}: {len(run.results)} files of results, {len(run.raw)} raw files.")
        if not run.record["synthetic"]:
            said.append(
                "  Real patients: means, ranges and curves are not masked. Look before you share."
            )
    if comparison:
        said.append(f"Comparison: {len(comparison)} files.")
    if state["clean_tree"] is False:
        said.append("The sources were changed after the commit; the archive says so.")
    return 0, "\n".join(said)


def shareable_code(folder: Path) -> list[str]:
    """Return the files of the workflow without raw files of real patients, wherever these lie."""
    private = set()
    for file in (folder / "config/cohorts").glob("*.yaml"):
        content = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
        if content.get("real_patients", True):
            private |= {str(raw) for raw in (content.get("files") or {}).values()}
    return [
        file
        for file in tracked_files(folder)
        if file not in private and not file.startswith(("data/private/", f"{ARCHIVED}/"))
    ]


def compare_with_archived(settings: Settings, folder: Path = Path(ARCHIVED)) -> list[str]:
    """Return a sentence per archived cohort: how many outputs have the archived bytes."""
    said = []
    for name in [*settings.cohorts, COMPARISON]:
        file = folder / name / "provenance.json"
        if not file.is_file():
            continue
        outputs = json.loads(file.read_text(encoding="utf-8"))["outputs"]
        differing = [
            entry["file"]
            for entry in outputs
            if not Path(entry["file"]).is_file() or sha256(Path(entry["file"])) != entry["sha256"]
        ]
        same = len(outputs) - len(differing)
        said.append(f"{name}: {same} of {len(outputs)} outputs have the bytes of the archived run.")
        said += [f"  differs: {output}" for output in differing]
    return said


def _run(settings: Settings, name: str, folder: Path, *, with_patient_data: bool) -> ArchivedRun:
    results = folder / settings.project.results / name
    file = results / "provenance.json"
    if not file.is_file():
        raise ExpectedError(f"{file} is absent: run `make reproduce COHORT={name}` first.")
    record = json.loads(file.read_text(encoding="utf-8"))
    made = [folder / entry["file"] for entry in record["outputs"]]
    shared = [path for path in [*made, file] if path.relative_to(results).parts[0] in SHAREABLE]
    _must_be_there(shared, name)
    cohort = settings.cohorts[name]
    raw = []
    if with_patient_data and not cohort.synthetic:
        raw = [cohort.cohort.files.patients, cohort.cohort.files.session_file]
        if outside := [
            path for path in raw if Path(path).is_absolute() or ".." in Path(path).parts
        ]:
            raise ExpectedError(
                f"{outside[0]} lies outside of this folder: place it in data/private."
            )
    return ArchivedRun(
        cohort=name,
        title=cohort.cohort.title,
        record=record,
        results={f"{ARCHIVED}/{name}/{path.relative_to(results)}": path for path in shared},
        raw={path: folder / path for path in raw},
        logs=results / "logs",
    )


def _comparison(settings: Settings, folder: Path) -> dict[str, Path]:
    """Return the files of the comparison of just these cohorts' present results, if there is one.

    They are as place in the archive → file. Masked counts are masked in it too.
    """
    results = folder / settings.project.results
    file = results / COMPARISON / "provenance.json"
    if not file.is_file():
        return {}
    record = json.loads(file.read_text(encoding="utf-8"))
    compared = {folder / entry["file"]: entry["sha256"] for entry in record["cohorts"]}
    present = [results / name / "provenance.json" for name in settings.cohorts]
    if compared != {path: sha256(path) for path in present}:
        return {}
    files = [*(folder / entry["file"] for entry in record["outputs"]), file]
    _must_be_there(files, " ".join(settings.cohorts))
    return {f"{ARCHIVED}/{path.relative_to(results)}": path for path in files}


def _must_be_there(files: Iterable[Path], name: str) -> None:
    absent = [str(file) for file in files if not file.is_file()]
    if absent:
        raise ExpectedError(f"{absent[0]} is absent: run `make reproduce COHORT={name}` first.")
