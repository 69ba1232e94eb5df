"""What an archive holds, and above all what it does not hold."""

import json
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
import yaml
from outside_tools import outside_tool
from rupture_repair.config.errors import ExpectedError
from rupture_repair.config.load import load_project
from rupture_repair.provenance.archive import archive, compare_with_archived, shareable_code
from rupture_repair.provenance.log import logged
from rupture_repair.provenance.record import (
    comparison_record,
    provenance_record,
    run_record,
    write_record,
)
from rupture_repair.provenance.source import MANIFEST, source_state

PRIVATE = ("data", "ruptures", "validation", "models")
SHARED = {
    "tables/cohort.csv",
    "figures/patient_flow.svg",
    "manuscript/manuscript.html",
    "verification.csv",
    "run.json",
    "provenance.json",
}


def git(folder, *words):
    who = ["-c", "user.name=test", "-c", "user.email=test@example.org"]
    subprocess.run(["git", "-C", str(folder), *who, *words], check=True, capture_output=True)


@pytest.fixture
def repository(root, tmp_path, monkeypatch):
    """A repository with a clinic whose raw files were committed by mistake, after one run."""
    folder = tmp_path / "repository"
    (folder / "data").mkdir(parents=True)
    for name in ("Snakefile", "README.md", "LICENSE", "CITATION.cff"):
        shutil.copy(root / name, folder / name)
    shutil.copytree(
        root / "config", folder / "config", ignore=lambda _, names: {"cohorts"} & set(names)
    )
    shutil.copytree(root / "data/published", folder / "data/published")
    content = yaml.safe_load((root / "config/cohorts/igra2025.yaml").read_text(encoding="utf-8"))
    del content["synthetic"]
    content["files"] = {kind: f"data/clinic/{kind}.csv" for kind in ("patients", "sessions")}
    cohorts = folder / "config/cohorts"
    cohorts.mkdir()
    (cohorts / "clinic.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    (folder / "config/config.yaml").write_text("cohorts: [clinic]\n", encoding="utf-8")
    for kind in ("clinic/patients", "clinic/sessions", "private/other"):
        file = folder / f"data/{kind}.csv"
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"secret of {kind}\n", encoding="utf-8")
    (folder / ".gitignore").write_text("results/\n", encoding="utf-8")
    git(folder, "init", "-q")
    git(folder, "add", "--force", ".")
    git(folder, "commit", "-qm", "first")
    monkeypatch.chdir(folder)
    _make_results(folder)
    return folder


def _make_results(folder):
    results = folder / "results/clinic"
    for name in [*SHARED, *(f"{private}/secret.csv" for private in PRIVATE)]:
        (results / name).parent.mkdir(parents=True, exist_ok=True)
        (results / name).write_text(f"{name}\n", encoding="utf-8")
    (results / "logs").mkdir()
    with logged(str(results / "logs/fit_model.log")):
        pass
    (results / "provenance.json").unlink()
    settings = load_project().cohorts["clinic"].section("everything")
    raw = [f"data/clinic/{kind}.csv" for kind in ("patients", "sessions")]
    run = run_record(settings, source_state(folder), raw, ["data/published/igra2025.csv"])
    outputs = [
        str(file.relative_to(folder)) for file in results.rglob("*.*") if "logs" not in file.parts
    ]
    write_record(provenance_record(run, "pandoc 3", "3", outputs), results / "provenance.json")


@pytest.fixture
def unpacked(repository, tmp_path):
    """The archive of that run, unpacked elsewhere."""
    status, said = archive(load_project(), repository, with_patient_data=False)
    assert status == 0, said
    (file,) = repository.glob("*.crate.zip")
    with zipfile.ZipFile(file) as crate:
        crate.extractall(tmp_path / "unpacked")
    return tmp_path / "unpacked"


def files_in(folder):
    return {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()}


def test_no_patient_level_file_is_in_the_archive(unpacked):
    files = files_in(unpacked)
    assert {file for file in files if file.startswith("archived/")} == {
        f"archived/clinic/{name}" for name in SHARED
    }
    texts = [(unpacked / file).read_text(encoding="utf-8") for file in files]
    assert not [text for text in texts if text.startswith("secret")]
    assert not any(file.startswith(("results", "data/clinic", "data/private")) for file in files)


def test_patient_data_are_in_only_when_asked_for(repository):
    archive(load_project(), repository, with_patient_data=True)
    (file,) = repository.glob("*.crate.zip")
    with zipfile.ZipFile(file) as crate:
        names = {name for name in crate.namelist() if name.startswith("data/")}
    assert {"data/clinic/patients.csv", "data/clinic/sessions.csv"} <= names
    assert "data/private/other.csv" not in names


def test_code_of_a_cohort_without_real_patients_includes_its_raw_files(repository):
    assert "data/clinic/patients.csv" not in shareable_code(repository)
    with (repository / "config/cohorts/clinic.yaml").open("a", encoding="utf-8") as handle:
        handle.write("real_patients: false\n")
    assert "data/clinic/patients.csv" in shareable_code(repository)
    assert "data/private/other.csv" not in shareable_code(repository)


def test_the_unpacked_folder_knows_its_commit(repository, unpacked):
    manifest = json.loads((unpacked / MANIFEST).read_text(encoding="utf-8"))
    assert manifest["commit"] == source_state(repository)["commit"]
    assert source_state(unpacked)["commit"] == manifest["commit"]
    assert set(manifest["files"]) <= files_in(unpacked)


def test_the_metadata_link_run_workflow_and_results(unpacked):
    graph = json.loads((unpacked / "ro-crate-metadata.json").read_text(encoding="utf-8"))["@graph"]
    entities = {entity["@id"]: entity for entity in graph}
    root, action = entities["./"], entities["#run-clinic"]
    assert root["mainEntity"] == action["instrument"] == {"@id": "Snakefile"}
    assert root["mentions"] == [{"@id": "#run-clinic"}] or root["mentions"] == {
        "@id": "#run-clinic"
    }
    assert {entry["@id"] for entry in action["result"]} == {f"archived/clinic/{n}" for n in SHARED}
    assert action["startTime"] <= action["endTime"]
    values = [entities[entry["@id"]] for entry in action["object"]]
    checksums = [value["value"] for value in values if value["@type"] == "PropertyValue"]
    record = json.loads((unpacked / "archived/clinic/provenance.json").read_text(encoding="utf-8"))
    assert checksums == [entry["sha256"] for entry in record["inputs"]]
    listed = {entity["@id"] for entity in graph if "File" in str(entity["@type"])}
    assert files_in(unpacked) == listed | {"ro-crate-metadata.json"}


def test_outputs_that_differ_from_the_archived_run_are_named(repository, unpacked):
    shutil.copytree(unpacked / "archived", repository / "archived")
    outputs = len(SHARED) - 1 + len(PRIVATE)
    (said,) = compare_with_archived(load_project())
    assert said == f"clinic: {outputs} of {outputs} outputs have the bytes of the archived run."
    (repository / "results/clinic/tables/cohort.csv").write_text("other\n", encoding="utf-8")
    (repository / "results/clinic/models/secret.csv").unlink()
    first, *named = compare_with_archived(load_project())
    assert f"{outputs - 2} of {outputs} outputs" in first
    assert [line.split()[-1] for line in named] == [
        "results/clinic/models/secret.csv",
        "results/clinic/tables/cohort.csv",
    ]


def test_an_archive_before_a_run_says_what_to_do(repository):
    shutil.rmtree(repository / "results")
    with pytest.raises(ExpectedError, match="make reproduce COHORT=clinic"):
        archive(load_project(), repository, with_patient_data=False)


def test_a_folder_of_unknown_origin_is_not_archived(repository):
    shutil.rmtree(repository / ".git")
    with pytest.raises(ExpectedError, match="neither a git repository nor"):
        archive(load_project(), repository, with_patient_data=False)


@pytest.mark.long
def test_the_archive_conforms_to_workflow_run_crate(unpacked):
    script = Path(__file__).with_name("validate_crate.py")
    done = outside_tool(
        ["roc-validator==0.13.0", "rocrate==0.14.0"],
        *("python", script, unpacked, "workflow-run-crate-0.5", "required"),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "passed: True" in done.stdout


def test_a_comparison_is_in_the_archive_as_long_as_it_is_of_these_results(repository):
    results = repository / "results"
    (results / "comparison").mkdir()
    (results / "comparison/comparison.html").write_text("compared\n", encoding="utf-8")
    own = "results/clinic/provenance.json"
    record = comparison_record([own], "pandoc 3", "3", ["results/comparison/comparison.html"])
    write_record(record, str(results / "comparison/provenance.json"))
    compared = {"archived/comparison/comparison.html", "archived/comparison/provenance.json"}

    def archived():
        archive(load_project(), repository, with_patient_data=False)
        (file,) = repository.glob("*.crate.zip")
        with zipfile.ZipFile(file) as crate:
            return set(crate.namelist())

    assert compared <= archived()
    (repository / own).write_text(
        (repository / own).read_text(encoding="utf-8") + "\n", encoding="utf-8"
    )
    assert not compared & archived()
