"""Reference values: what agrees, what does not, and what the exit status says."""

import shutil
from pathlib import Path

import pandas as pd
import pytest
from rupture_repair.config.load import load_project
from rupture_repair.provenance.reference import (
    SIGNIFICANT,
    compare,
    headline_values,
    verify_reference,
    write_reference,
)

EFFECTS = pd.DataFrame(
    {"model": "M1", "term": ["time", "time:pattern[repaired]"], "estimate": [-2.0, 0.5], "se": 0.1}
)
BREAKDOWN = pd.DataFrame({"pattern": ["none", "repaired"], "n": [40, 20]})
COHORT = pd.DataFrame(
    {
        "variable": ["patients", "sessions", "sessions", "iip"],
        "statistic": ["n", "mean", "median", "mean"],
        "group": ["all", "all", "repaired", "all"],
        "value": [60, 9.8123456789, 7.0, 1.5],
    }
)


def write_tables(folder, effects=EFFECTS, breakdown=BREAKDOWN, cohort=COHORT):
    folder.mkdir(parents=True, exist_ok=True)
    effects.to_csv(folder / "fixed_effects.csv", index=False)
    breakdown.to_csv(folder / "pattern_breakdown.csv", index=False)
    cohort.to_csv(folder / "cohort.csv", index=False)


@pytest.fixture
def project(root, tmp_path, monkeypatch):
    """Settings of the shipped cohort in an empty folder, with the tables above as its results."""
    for name in ("config", "data"):
        (tmp_path / name).symlink_to(root / name)
    monkeypatch.chdir(tmp_path)
    write_tables(tmp_path / "results/igra2025/tables")
    return load_project()


@pytest.fixture
def reference(project, tmp_path):
    """The folder of reference values, written from those tables."""
    status, message = write_reference(project, tmp_path / "reference")
    assert (status, "igra2025.csv" in message) == (0, True)
    return tmp_path / "reference"


def values(**found):
    rows = [(item, *pair) for item, pair in found.items()]
    return pd.DataFrame(rows, columns=["item", "value", "tolerance"])


@pytest.mark.parametrize(
    ("recomputed", "verdict"), [(10.1, "agrees"), (9.9, "agrees"), (10.11, "differs")]
)
def test_a_value_agrees_within_the_tolerance_of_the_reference(recomputed, verdict):
    table = compare(values(a=(10.0, 0.1)), values(a=(recomputed, 99.0)))
    assert list(table["verdict"]) == [verdict]


def test_a_count_must_be_exact():
    assert list(compare(values(a=(297, 0.0)), values(a=(298, 0.0)))["verdict"]) == ["differs"]


def test_a_committed_value_is_rounded_and_still_agrees():
    value = 9.8123456789123
    rounded = float(f"{value:.{SIGNIFICANT}g}")
    assert list(compare(values(a=(rounded, 0.0)), values(a=(value, 0.0)))["verdict"]) == ["agrees"]


def test_what_one_side_lacks_is_named():
    table = compare(values(a=(1, 0.0), b=(2, 0.0)), values(a=(1, 0.0), c=(3, 0.0)))
    verdicts = dict(zip(table["item"], table["verdict"], strict=True))
    assert verdicts == {"a": "agrees", "b": "missing", "c": "new"}


def test_headlines_are_sizes_counts_and_effects(project):
    table = headline_values(project_tables(project)).set_index("item")
    assert list(table.index) == [
        "patients n",
        "sessions mean",
        "pattern none",
        "pattern repaired",
        *(f"M1 {term} {what}" for term in EFFECTS["term"] for what in ("estimate", "se")),
    ]
    assert table.loc["M1 time estimate", "value"] == -2.0
    assert table.loc["M1 time estimate", "tolerance"] == pytest.approx(0.001)


def project_tables(project):
    return Path(project.project.results) / "igra2025/tables"


def test_the_same_results_are_verified(project, reference):
    status, message = verify_reference(project, reference)
    assert status == 0
    assert "igra2025: verified, 8 of 8 reference values agree." in message


@pytest.mark.parametrize("share", [0.009, -0.011])
def test_an_effect_may_move_by_a_hundredth_of_its_error(project, reference, share):
    moved = EFFECTS.assign(estimate=EFFECTS["estimate"] + share * EFFECTS["se"])
    write_tables(project_tables(project), effects=moved)
    status, message = verify_reference(project, reference)
    assert status == int(abs(share) > 0.01)
    assert ("NOT VERIFIED, 6 of 8" in message) == bool(status)


def test_one_patient_in_another_pattern_is_not_verified(project, reference):
    write_tables(project_tables(project), breakdown=BREAKDOWN.assign(n=[39, 21]))
    assert verify_reference(project, reference)[0] == 1


def test_without_results_or_reference_nothing_is_verified(project, reference, tmp_path):
    status, message = verify_reference(project, tmp_path / "none")
    assert (status, "make reference COHORT=igra2025" in message) == (1, True)
    shutil.rmtree(tmp_path / "results")
    status, message = verify_reference(project, reference)
    assert (status, "make reproduce COHORT=igra2025" in message) == (1, True)
    assert write_reference(project, reference)[0] == 1


def test_the_shipped_reference_holds_the_published_counts(root, published):
    shipped = pd.read_csv(root / "data/reference/igra2025.csv").set_index("item")
    counts = published.set_index("item")["published"]
    for pattern in ("none", "unrepaired", "repaired"):
        assert shipped.loc[f"pattern {pattern}", "value"] == int(counts[f"n_{pattern}"])
        assert shipped.loc[f"pattern {pattern}", "tolerance"] == 0
