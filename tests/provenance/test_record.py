"""The record of a run: checksums, configuration digest, environment, outputs."""

import json
import platform

import pytest
from rupture_repair import __version__
from rupture_repair.config.load import load_project
from rupture_repair.provenance.record import (
    PACKAGES,
    checksums,
    digest_of,
    provenance_record,
    run_record,
)
from rupture_repair.provenance.source import sha256, source_state

SOURCE = {"commit": "c0ffee", "commit_date": "2026-01-02", "clean_tree": True}


def test_checksums_are_those_of_the_standard(tmp_path):
    file = tmp_path / "file"
    file.write_bytes(b"abc")
    assert sha256(file) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    file.write_bytes(b"a" * 1_000_000)
    assert sha256(file) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"


def test_the_digest_heeds_values_and_not_the_order_of_keys():
    content = {"name": "clinic", "levels": [1, 2]}
    assert digest_of(dict(reversed(content.items()))) == digest_of(content)
    assert digest_of(content | {"levels": [2, 1]}) != digest_of(content)


def test_a_folder_outside_of_git_has_no_commit(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    state = source_state(tmp_path)
    assert state.pop("repository") is False
    assert set(state.values()) == {None}


@pytest.fixture(scope="module")
def settings(root):
    """Of the shipped cohort, which is drawn here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        project = load_project("igra2025")
    return project.cohorts["igra2025"].record(project.multiverse)


@pytest.fixture
def record(tmp_path, monkeypatch, settings):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    for name in ("b.csv", "a.csv", "published.csv"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    return run_record(settings, SOURCE, ["b.csv", "a.csv"], ["published.csv"])


def test_the_record_is_the_same_in_any_order_of_files(record):
    kinds = {entry["file"]: entry["kind"] for entry in record["inputs"]}
    assert list(kinds.items()) == [
        ("a.csv", "raw"),
        ("b.csv", "raw"),
        ("published.csv", "published"),
    ]
    assert len({entry["sha256"] for entry in record["inputs"]}) == 3


def test_the_record_names_version_commit_and_environment(record, settings):
    assert record["version"] == __version__
    assert {name: record[name] for name in SOURCE} == SOURCE
    assert set(record["packages"]) == set(PACKAGES)
    assert record["all_packages"]["pypandoc-binary"] == record["packages"]["pypandoc_binary"]
    assert {"pytest", "numpy", "patsy"} <= set(record["all_packages"])
    assert record["config_digest"] == digest_of(settings.model_dump(mode="json"))
    choices = record["choices"]
    assert choices["outcome"] == "symptoms"
    assert choices["inclusion"] == settings.cohort.inclusion.model_dump(mode="json")
    assert choices["modelling"] == settings.cohort.modelling.model_dump(mode="json")
    assert choices["criterion"]["name"] == settings.criterion.name
    assert not {"files", "columns"} & set(choices)
    assert record["python"] == platform.python_version()
    assert record["threads"] == {"blas": 1}
    assert "openblas" in record["blas"].lower() or len(record["blas"].split()) == 2


def test_a_path_tells_nothing_of_who_works_where(tmp_path, monkeypatch):
    project = tmp_path / "home/anna/project"
    project.mkdir(parents=True)
    monkeypatch.chdir(project)
    for place in (project / "data/a.csv", tmp_path / "clinic/b.csv"):
        place.parent.mkdir(parents=True)
        place.write_text("1", encoding="utf-8")
    files = ["./data//a.csv", project / "data/a.csv", tmp_path / "clinic/b.csv"]
    assert [entry["file"] for entry in checksums(files)] == ["b.csv", "data/a.csv"]
    assert [entry["file"] for entry in checksums(["../../../clinic/b.csv"])] == ["b.csv"]


def test_every_seed_of_the_configuration_is_named(record, settings):
    cohort = settings.cohort
    assert record["seeds"] == {
        "cohort.synthetic.seed": cohort.synthetic.seed,
        "cohort.chance.seed": cohort.chance.seed,
        "cohort.compatibility.seed": cohort.compatibility.seed,
        "cohort.robustness.seed": cohort.robustness.seed,
        "multiverse.seed": settings.multiverse.seed,
    }
    assert record["seed"] == cohort.synthetic.seed


def test_data_that_were_not_drawn_have_no_seed(record, settings):
    given = run_record(settings.model_copy(update={"calibrated": False}), SOURCE, [])
    assert given["seed"] is None
    assert set(record["seeds"]) - set(given["seeds"]) == {"cohort.synthetic.seed"}


def test_the_whole_record_holds_each_output_and_no_time(record, tmp_path, settings):
    whole = provenance_record(record, "Quarto 1", "3.9", ["b.csv", "a.csv", "a.csv"])
    assert [entry["file"] for entry in whole["outputs"]] == ["a.csv", "b.csv"]
    assert whole["outputs"][0]["sha256"] == sha256(tmp_path / "a.csv")
    assert whole["rendering"] == {"engine": "Quarto 1", "pandoc": "3.9"}
    again = provenance_record(
        run_record(settings, SOURCE, ["a.csv", "b.csv"], ["published.csv"]), "Quarto 1", "3.9", []
    )
    assert json.dumps(again | {"outputs": whole["outputs"]}) == json.dumps(whole)
