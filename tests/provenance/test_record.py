"""The record of a run: checksums, configuration digest, state of the sources."""

import pytest
from rupture_repair import __version__
from rupture_repair.provenance.record import (
    digest_of,
    provenance_record,
    sha256,
    source_state,
)

SETTINGS = {"name": "clinic", "synthetic": False, "seed": None, "levels": [1, 2]}


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
    assert source_state(tmp_path) == {"commit": None, "clean_tree": None}


@pytest.fixture
def record(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("b.csv", "a.csv"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    return provenance_record(SETTINGS, {"commit": "c0ffee", "clean_tree": True}, ["b.csv", "a.csv"])


def test_the_record_is_the_same_in_any_order_of_files(record):
    assert [entry["file"] for entry in record["inputs"]] == ["a.csv", "b.csv"]
    assert len({entry["sha256"] for entry in record["inputs"]}) == 2


def test_the_record_names_version_commit_and_engine(record):
    assert record["version"] == __version__
    assert record["commit"] == "c0ffee"
    assert record["seed"] is None
    assert {"statsmodels", "snakemake", "numpy"} <= set(record["packages"])
    assert record["config_digest"] == digest_of(SETTINGS)
