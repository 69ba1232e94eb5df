"""The metadata of the archive, written with the library `rocrate`."""

import json
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import yaml
from rocrate.model.contextentity import ContextEntity
from rocrate.model.entity import Entity
from rocrate.rocrate import ROCrate

from rupture_repair.provenance.durations import durations
from rupture_repair.provenance.source import sha256

PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": ("Process Run Crate", "0.5"),
    "https://w3id.org/ro/wfrun/workflow/0.5": ("Workflow Run Crate", "0.5"),
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0": ("Workflow RO-Crate", "1.0"),
}
METADATA = "ro-crate-metadata.json"
BIOSCHEMAS = "https://bioschemas.org/profiles"
FORMATS = {
    ".csv": "text/csv",
    ".dta": "application/octet-stream",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".gz": "application/gzip",
    ".html": "text/html",
    ".json": "application/json",
    ".md": "text/markdown",
    ".parquet": "application/vnd.apache.parquet",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".py": "text/x-python",
    ".sav": "application/octet-stream",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
}
# formal outputs of the workflow: name → place below `archived/<cohort>/`, and what it is
OUTPUTS = {
    "paper": ("manuscript/manuscript.html", "The paper as web page"),
    "verification": ("verification.csv", "Published figures beside the recomputed ones"),
    "provenance": ("provenance.json", "What was run, with the checksum of each input and output"),
}


@dataclass(frozen=True)
class ArchivedRun:
    """A cohort's run: its record, and the files to be archived as place in the archive → file."""

    cohort: str
    cohort_file: str
    title: str
    record: Mapping[str, Any]
    results: Mapping[str, Path]
    raw: Mapping[str, Path]
    logs: Path


def write_crate(
    folder: Path,
    code: Mapping[str, Path],
    manifest: Path,
    source: Mapping[str, Any],
    runs: Sequence[ArchivedRun],
    comparison: Mapping[str, Path],
    target: Path,
) -> None:
    """Write the crate to the zip file `target`.

    The manifest of the crate also holds the checksum of the crate's metadata, which name it.

    code : files of code and configuration, as place in the crate → file.
    manifest : a file with the commit and the checksum of each file of code.
    source : see `source_state`.
    comparison : files of the comparison of the runs, as place in the crate → file.
    """
    about = yaml.safe_load((folder / "CITATION.cff").read_text(encoding="utf-8"))
    crate = ROCrate(version="1.1")
    crate.name = about["title"]
    crate.description = "Code, configuration, results that can be shared, and provenance of " + (
        "; ".join(f"{run.title} ({run.cohort})" for run in runs)
    )
    crate.datePublished = source["commit_date"] or _ended(runs)
    crate.license = _entity(
        crate,
        "https://spdx.org/licenses/MIT",
        "CreativeWork",
        {"name": "MIT License", "description": "Code; texts: CC BY 4.0, see the file LICENSE"},
    )
    crate.root_dataset["conformsTo"] = [
        _entity(crate, identifier, "CreativeWork", {"name": name, "version": version})
        for identifier, (name, version) in PROFILES.items()
    ]
    authors = [
        _entity(crate, f"#author-{number}", "Organization", {"name": author["name"]})
        for number, author in enumerate(about["authors"], start=1)
    ]
    crate.root_dataset["author"] = authors
    workflow = _workflow(crate, folder, about, authors, runs)
    for place, file in code.items():
        if place != "Snakefile":
            crate.add_file(file, place, properties=_format(place))
    crate.get("README.md")["about"] = crate.root_dataset
    crate.add_file(manifest, manifest.name, properties=_format(manifest.name))
    parameters = {name: _parameter(crate, name, words) for name, (_, words) in OUTPUTS.items()}
    configuration = _parameter(crate, "cohort-file", "One file is one cohort")
    data = _parameter(crate, "data", "SHA-256 of the raw files", kind="PropertyValue")
    workflow["input"] = [configuration, data]
    workflow["output"] = list(parameters.values())
    for run in runs:
        for place, file in {**run.results, **run.raw}.items():
            crate.add_file(file, place, properties=_format(place))
        cohort_file = crate.get(run.cohort_file)
        checksums = [_data_value(crate, run, entry) for entry in run.record["inputs"]]
        results = [crate.get(place) for place in run.results]
        for name, (place, _) in OUTPUTS.items():
            _link(parameters[name], crate.get(f"archived/{run.cohort}/{place}"))
        _link(configuration, cohort_file)
        for value in checksums:
            _link(data, value)
        action = _action(crate, run, workflow, [cohort_file, *checksums], results, authors)
        crate.root_dataset.append_to("mentions", action)
    for place, file in comparison.items():
        crate.add_file(file, place, properties=_format(place))
    with tempfile.TemporaryDirectory() as scratch:
        crate.write(scratch)
        listed = Path(scratch) / manifest.name
        about_files = json.loads(listed.read_text(encoding="utf-8"))
        about_files["metadata"] = {METADATA: sha256(Path(scratch) / METADATA)}
        listed.write_text(json.dumps(about_files, indent=2) + "\n", encoding="utf-8")
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
            for file in sorted(file for file in Path(scratch).rglob("*") if file.is_file()):
                packed.write(file, file.relative_to(scratch))


def _workflow(
    crate: ROCrate,
    folder: Path,
    about: Mapping[str, Any],
    authors: list[Entity],
    runs: Sequence[ArchivedRun],
) -> Entity:
    workflow = crate.add_workflow(
        folder / "Snakefile",
        "Snakefile",
        main=True,
        lang="snakemake",
        lang_version=runs[0].record["packages"]["snakemake"],
        properties={
            "encodingFormat": "text/plain",
            "name": about["title"],
            "version": runs[0].record["version"],
            "conformsTo": {"@id": f"{BIOSCHEMAS}/ComputationalWorkflow/1.0-RELEASE"},
        },
    )
    workflow["author"] = authors
    workflow["license"] = crate.license
    return workflow


def _parameter(crate: ROCrate, name: str, words: str, kind: str = "File") -> Entity:
    properties = {"conformsTo": {"@id": f"{BIOSCHEMAS}/FormalParameter/1.0-RELEASE"}}
    return crate.add_formal_parameter(
        name, kind, identifier=f"#{name}", description=words, properties=properties
    )


def _link(parameter: Entity, example: Entity) -> None:
    """Say in both directions that `example` is the value that a run had for `parameter`."""
    parameter.append_to("workExample", example)
    example.append_to("exampleOfWork", parameter)


def _data_value(crate: ROCrate, run: ArchivedRun, entry: Mapping[str, str]) -> Entity:
    properties = {"name": f"SHA-256 of {entry['file']}", "value": entry["sha256"]}
    return _entity(crate, f"#{run.cohort}/{entry['file']}", "PropertyValue", properties)


def _action(
    crate: ROCrate,
    run: ArchivedRun,
    workflow: Entity,
    objects: list[Entity],
    results: list[Entity],
    authors: list[Entity],
) -> Entity:
    steps = durations(run.logs)
    record = run.record
    properties = {
        "name": f"Run of {run.cohort}",
        "description": f"Version {record['version']}, commit {record['commit'] or 'unknown'}, "
        f"configuration {record['config_digest']}, Python {record['python']}, "
        f"rendered with {record['rendering']['engine']}",
        "actionStatus": "http://schema.org/CompletedActionStatus",
    }
    if len(steps):
        properties |= {"startTime": _iso(steps["began"].min()), "endTime": _ended([run])}
    action = crate.add_action(
        workflow,
        identifier=f"#run-{run.cohort}",
        object=objects,
        result=results,
        properties=properties,
    )
    action["agent"] = authors
    return action


def _ended(runs: Sequence[ArchivedRun]) -> str:
    """Return when the last step of the runs ended, in ISO 8601."""
    ends = [
        (pd.to_datetime(steps["began"]) + pd.to_timedelta(steps["seconds"], unit="s")).max()
        for run in runs
        if len(steps := durations(run.logs))
    ]
    return _iso(max(ends)) if ends else "1970-01-01"


def _iso(time: str | pd.Timestamp) -> str:
    """Return a time in ISO 8601 to the second, as the profile wants it."""
    return pd.Timestamp(time).isoformat(timespec="seconds")


def _entity(
    crate: ROCrate, identifier: str, kind: str, properties: Mapping[str, Any]
) -> ContextEntity:
    entity = ContextEntity(crate, identifier, properties={"@type": kind, **properties})
    return crate.add(entity)


def _format(file: str) -> dict[str, str]:
    """Return name and media type; code and configuration of other kinds are plain text."""
    path = Path(file)
    return {"name": path.name, "encodingFormat": FORMATS.get(path.suffix, "text/plain")}
