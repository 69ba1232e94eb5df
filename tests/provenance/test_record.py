"""The record of a run: checksums, configuration digest, environment, outputs."""

import json
import platform

import pytest
from rupture_repair import __version__
from rupture_repair.provenance.record import (
    PACKAGES,
    digest_of,
    provenance_record,
    run_record,
)
from rupture_repair.provenance.source import sha256, source_state

SETTINGS = {
    "name": "clinic",
    "synthetic": True,
    "calibrated": True,
    "cohort": {"synthetic": {"seed": 7}, "chance": {"seed": 8}, "levels": [1, 2]},
}
SOURCE = {"commit": "c0ffee", "commit_date": "2026-01-02", "clean_tree": True}


def test_checksums_are_those_of_the_standard(tmp_path):
    file = tmp_path / "file"
    file.write_bytes(b"abc")
    assert sha256(file) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    file.write_bytes(b"a" * 1_000_000)
    assert sha256(file) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"


def test_the_digest_heeds_values_and_not_the_order_of_keys():
    turned = dict(reversed(SETTINGS.items()))
    assert digest_of(turned) == digest_of(SETTINGS)
    assert digest_of(SETTINGS | {"levels": [2, 1]}) != digest_of(SETTINGS)


def test_a_folder_outside_of_git_has_no_commit(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert set(source_state(tmp_path).values()) == {None}


@pytest.fixture
def record(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    for name in ("b.csv", "a.csv", "published.csv"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    return run_record(SETTINGS, SOURCE, ["b.csv", "a.csv"], ["published.csv"])


def test_the_record_is_the_same_in_any_order_of_files(record):
    kinds = {entry["file"]: entry["kind"] for entry in record["inputs"]}
    assert list(kinds.items()) == [
        ("a.csv", "raw"),
        ("b.csv", "raw"),
        ("published.csv", "published"),
    ]
    assert len({entry["sha256"] for entry in record["inputs"]}) == 3


def test_the_record_names_version_commit_and_environment(record):
    assert record["version"] == __version__
    assert {name: record[name] for name in SOURCE} == SOURCE
    assert set(record["packages"]) == set(PACKAGES)
    assert record["all_packages"]["pypandoc-binary"] == record["packages"]["pypandoc_binary"]
    assert {"pytest", "numpy", "patsy"} <= set(record["all_packages"])
    assert record["config_digest"] == digest_of(SETTINGS)
    assert record["python"] == platform.python_version()
    assert record["threads"] == {"blas": 1}
    assert "openblas" in record["blas"].lower() or len(record["blas"].split()) == 2


def test_every_seed_of_the_configuration_is_named(record):
    assert record["seeds"] == {"cohort.synthetic.seed": 7, "cohort.chance.seed": 8}
    assert record["seed"] == 7


def test_data_that_were_not_drawn_have_no_seed(record):
    given = run_record(SETTINGS | {"calibrated": False}, SOURCE, [])
    assert given["seed"] is None
    assert given["seeds"] == {"cohort.chance.seed": 8}


def test_the_whole_record_holds_each_output_and_no_time(record, tmp_path):
    whole = provenance_record(record, "Quarto 1", "3.9", ["b.csv", "a.csv", "a.csv"])
    assert [entry["file"] for entry in whole["outputs"]] == ["a.csv", "b.csv"]
    assert whole["outputs"][0]["sha256"] == sha256(tmp_path / "a.csv")
    assert whole["rendering"] == {"engine": "Quarto 1", "pandoc": "3.9"}
    again = provenance_record(
        run_record(SETTINGS, SOURCE, ["a.csv", "b.csv"], ["published.csv"]), "Quarto 1", "3.9", []
    )
    assert json.dumps(again | {"outputs": whole["outputs"]}) == json.dumps(whole)
