"""Nothing is called published that is not an entry of the table of sources."""

import csv
import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
SOURCES = list(csv.DictReader((ROOT / "data/published/sources.csv").open(encoding="utf-8")))
BIBLIOGRAPHY = set(
    re.findall(r"^@\w+\{([^,]+),", (ROOT / "reports/references.bib").read_text("utf-8"), re.M)
)


def numbers(value):
    """Every number of a parameter: its own, or those of its levels."""
    if isinstance(value, dict):
        return list(value.values())
    return [value] if isinstance(value, int | float) else []


def published_parameters():
    for file in sorted((ROOT / "config/cohorts").glob("*.yaml")):
        content = yaml.safe_load(file.read_text("utf-8"))
        synthetic = content.get("synthetic") or {}
        for key, source in synthetic.get("sources", {}).items():
            if source["kind"] == "published":
                value = synthetic
                for part in key.split("."):
                    value = value[part]
                yield pytest.param(source["citation"], value, id=f"{file.stem}:{key}")


@pytest.mark.parametrize(("citation", "value"), list(published_parameters()))
def test_a_published_value_is_that_of_its_source(citation, value):
    entries = [row for row in SOURCES if row["citation"] == citation]
    assert entries, f"{citation} has no entry in data/published/sources.csv"
    held = numbers(value)
    if not held:  # names, not numbers: the entry has to list them
        assert all(any(name in row["quantity"] for row in entries) for name in value)
        return

    def rounds_to(number, printed):
        decimals = len(str(number).partition(".")[2])
        return round(float(printed), decimals) == float(number)

    printed = [row["value"] for row in entries if row["value"]]
    assert any(rounds_to(number, other) for number in held for other in printed)


def test_the_alliance_and_first_symptoms_are_not_called_published():
    content = yaml.safe_load((ROOT / "config/cohorts/igra2025.yaml").read_text("utf-8"))
    assert content["synthetic"]["sources"]["r_alliance_symptoms"]["kind"] == "assumed"


@pytest.mark.parametrize("row", SOURCES, ids=lambda row: row["entry"])
def test_each_entry_says_where_it_was_seen(row):
    assert row["citation"] in BIBLIOGRAPHY or row["citation"].startswith("doi:10.")
    assert row["quantity"] and row["seen"] in {"abstract", "text", "registry", "cited"}
    if row["value"]:
        float(row["value"])


def test_every_entry_is_there_once():
    names = [row["entry"] for row in SOURCES]
    assert len(names) == len(set(names))


STATEMENTS = list(csv.DictReader((ROOT / "data/published/statements.csv").open(encoding="utf-8")))
METHODS = {"simonsohn2020"}  # how something is computed, no finding of a study
SECTIONS_OF_FINDINGS = ("introduction", "discussion", "abstract", "summary", "results", "closing")


def words(text):
    return " ".join(text.split())


def section(name):
    return words((ROOT / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("row", STATEMENTS, ids=lambda row: f"{row['citation']}: {row['source']}")
def test_a_statement_stands_where_the_list_says_and_has_a_source(row):
    assert words(row["statement"]) in section(row["file"])
    assert row["citation"] in BIBLIOGRAPHY
    assert row["seen"] in {"abstract", "text", "registry", "cited", "memory"}
    file, _, entry = row["source"].partition(".csv")
    if entry or row["source"].endswith(".csv"):
        held = (ROOT / f"data/published/{file}.csv").read_text(encoding="utf-8")
        for name in re.findall(r"[a-z]+_[a-z_]+", entry):
            assert f"\n{name}," in held


@pytest.mark.parametrize("name", SECTIONS_OF_FINDINGS)
def test_every_finding_of_another_study_in_the_paper_is_in_the_list(name):
    file = f"reports/_sections/_{name}.md"
    listed = [words(row["statement"]) for row in STATEMENTS if row["file"] == file]
    text = section(file)
    for statement in listed:
        text = text.replace(statement, "")
    assert set(re.findall(r"@([a-z]+\d{4})", text)) <= METHODS
    assert not re.findall(r"var published\.", text)
