"""The data dictionaries agree with schema and configuration, and Psych-DS accepts the dataset."""

import dataclasses
import json
import re

import pandas as pd
import pytest
from rupture_repair.config.errors import ConfigError
from rupture_repair.config.load import load_settings
from rupture_repair.validation.data_dictionary import (
    data_pages,
    dataset_description,
    export_psych_ds,
    is_shipped,
    shipped_cohorts,
    write_psych_ds,
)
from rupture_repair.validation.schemas import patients_schema, sessions_schema

# the rule for names of data files in the Psych-DS schema 1.5.0
DATA_FILE = re.compile(r"([a-z]+-[a-zA-Z0-9]+)(_[a-z]+-[a-zA-Z0-9]+)*_data\.csv")


@pytest.fixture
def in_root(root, monkeypatch):
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def igra(in_root):
    return load_settings({"cohorts": ["igra2025"]}, in_root / "config").cohorts["igra2025"]


@pytest.fixture
def dataset(igra, small_cohort, tmp_path):
    """A whole dataset of the small synthetic cohort."""
    tidy = tmp_path / "tidy"
    tidy.mkdir()
    small_cohort.patients.to_parquet(tidy / "patients.parquet")
    small_cohort.sessions.to_parquet(tidy / "sessions.parquet")
    write_psych_ds(igra, tidy, tmp_path / "dataset")
    return tmp_path / "dataset"


def test_the_pages_in_data_are_those_of_the_shipped_cohorts(in_root):
    shipped = shipped_cohorts()
    assert "igra2025" in shipped
    for name, settings in shipped.items():
        for file, text in data_pages(settings).items():
            page = in_root / "data" / name / file
            assert page.read_text(encoding="utf-8") == text, f"{page}: run `make data-docs`"
    described = {page.parent.name for page in (in_root / "data").glob("*/dataset_description.json")}
    assert described == set(shipped)


@pytest.mark.parametrize(
    ("file", "drawn", "expected"),
    [
        ("data/private/clinic/patients.csv", True, True),
        ("data/private/clinic/patients.csv", False, False),
        ("data/example_clinic/patients.csv", False, False),
        ("data/clinic/patients.csv", False, True),
    ],
)
def test_a_private_cohort_is_not_described(igra, file, drawn, expected):
    files = igra.cohort.files.model_copy(update={"patients": file})
    synthetic = igra.cohort.synthetic if drawn else None
    cohort = igra.cohort.model_copy(update={"files": files, "synthetic": synthetic})
    assert is_shipped(dataclasses.replace(igra, name="clinic", cohort=cohort)) is expected


def test_psych_ds_finds_what_it_requires(dataset):
    description = json.loads((dataset / "dataset_description.json").read_text(encoding="utf-8"))
    assert {"name", "description", "variableMeasured"} <= set(description)
    assert (description["@context"], description["@type"]) == ("https://schema.org/", "Dataset")
    files = sorted((dataset / "data").iterdir())
    assert [file.name for file in files] == [
        "study-igra2025_table-patients_data.csv",
        "study-igra2025_table-sessions_data.csv",
    ]
    assert all(DATA_FILE.fullmatch(file.name) for file in files)
    columns = {name for file in files for name in pd.read_csv(file, nrows=0)}
    assert {variable["name"] for variable in description["variableMeasured"]} == columns
    assert (dataset / "README.md").stat().st_size > 0


def test_a_description_names_each_variable_once_with_its_limits(igra):
    variables = dataset_description(igra)["variableMeasured"]
    names = [variable["name"] for variable in variables]
    assert len(names) == len(set(names))
    by_name = dict(zip(names, variables, strict=True))
    for role, tool in igra.instruments.items():
        limits = by_name[role]["minValue"], by_name[role]["maxValue"]
        assert limits == (tool.minimum, tool.maximum)
        assert by_name[role]["unitText"] == f"{tool.short} points"
    assert "minValue" not in by_name["gender"]


def test_every_column_of_the_schema_that_the_cohort_names_has_a_row(igra):
    page = data_pages(igra)["dictionary.md"]
    raw = {"patients": igra.cohort.columns.patients, "sessions": igra.cohort.columns.sessions}
    for schema in (patients_schema(igra.instruments), sessions_schema(igra.instruments)):
        section = page.split(f"## `{schema.name}`")[1].split("\n## ")[0]
        rows = re.findall(r"^\| `(\w+)` .*\| `(\w+)` \|$", section, re.MULTILINE)
        named = {tidy: name for tidy, name in raw[schema.name] if name is not None}
        assert dict(rows) == {tidy: named[tidy] for tidy in schema.columns if tidy in named}


def test_no_word_of_a_library_is_in_the_page(igra):
    page = data_pages(igra)["dictionary.md"]
    assert not re.search(r"isin|greater_than|Check|nullable", page)


def test_export_says_what_to_run_first(in_root, tmp_path, monkeypatch):
    config = tmp_path / "config"
    config.symlink_to(in_root / "config")
    (tmp_path / "data").symlink_to(in_root / "data")
    monkeypatch.chdir(tmp_path)
    status, words = export_psych_ds("igra2025", tmp_path / "dataset")
    assert (status, "make reproduce COHORT=igra2025" in words) == (1, True)
    with pytest.raises(ConfigError, match="igra2025"):
        export_psych_ds("igra2024", tmp_path / "dataset")
