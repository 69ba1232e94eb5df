"""What an archive holds, and above all what it does not hold."""

import json
import shutil
import zipfile
from pathlib import Path

import pytest
from clinic_archive import SHARED, files_in
from outside_tools import outside_tool
from rupture_repair.config.errors import ExpectedError
from rupture_repair.config.load import load_project
from rupture_repair.provenance.archive import archive, compare_with_archived
from rupture_repair.provenance.record import comparison_record, write_record
from rupture_repair.provenance.shareable import shareable_code
from rupture_repair.provenance.source import MANIFEST, source_state, tracked_files


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


def test_whatever_the_workflow_reads_of_its_own_is_in_the_archive(root):
    """Tables among its sources, too, although a table elsewhere may be one of patients."""
    parts = ("reports/", "workflow/")
    sources = {file for file in tracked_files(root) if file.startswith(parts)}
    assert sources - set(shareable_code(load_project(folder=root / "config"), root).files) == set()


def test_code_of_a_cohort_without_real_patients_includes_its_raw_files(repository):
    assert "data/clinic/patients.csv" not in shareable_code(load_project(), repository).files
    with (repository / "config/cohorts/clinic.yaml").open("a", encoding="utf-8") as handle:
        handle.write("real_patients: false\n")
    (repository / "results/clinic/run.json").unlink()
    code = shareable_code(load_project(), repository).files
    assert "data/clinic/patients.csv" in code
    assert "data/private/other.csv" not in code


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
    outputs = len(SHARED) - 1 + 1  # not the record itself, but that of private results
    (message,) = compare_with_archived(load_project())
    assert message == f"clinic: {outputs} of {outputs} outputs have the bytes of the archived run."
    (repository / "results/clinic/tables/cohort.csv").write_text("other\n", encoding="utf-8")
    (repository / "results/clinic/ruptures/outputs.json").unlink()
    first, *named = compare_with_archived(load_project())
    assert f"{outputs - 2} of {outputs} outputs" in first
    assert [line.split()[-1] for line in named] == [
        "results/clinic/ruptures/outputs.json",
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
