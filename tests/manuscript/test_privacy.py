"""Numbers on few patients of real, confidential cohorts stand nowhere in the paper."""

from dataclasses import replace

import pytest
from rupture_repair.manuscript.tables import paper_tables
from rupture_repair.manuscript.variables import variables


@pytest.fixture
def cohort(results):
    """A function that returns results with the given counts of none, unrepaired, repaired."""

    def made(*counts, **settings):
        found = results()
        tables = dict(found.tables)
        shares = [round(100 * n / sum(counts), 3) for n in counts]
        tables["pattern_breakdown"] = tables["pattern_breakdown"].assign(n=counts, percent=shares)
        told = tables["verification"].copy()
        for pattern, n, share in zip(
            ("none", "unrepaired", "repaired"), counts, shares, strict=True
        ):
            told.loc[told["item"] == f"n_{pattern}", "recomputed"] = float(n)
            told.loc[told["item"] == f"percent_{pattern}", "recomputed"] = share
        tables["verification"] = told
        real = {**found.settings, "synthetic": False, "parameters": None, "confidential": True}
        return replace(found, tables=tables, settings={**real, **settings})

    return made


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ((60, 30, 10), set()),
        ((60, 30, 5), set()),
        ((60, 30, 4), {"unrepaired", "repaired"}),  # 4 is what is left of the total otherwise
        ((60, 3, 4), {"unrepaired", "repaired"}),
        ((60, 30, 0), set()),
    ],
)
def test_a_small_count_never_stands_alone(cohort, counts, hidden):
    assert cohort(*counts).hidden == hidden


def test_prose_and_tables_do_not_tell_small_counts(cohort):
    few = cohort(61, 36, 3)
    keys = variables(few, "pandoc")
    assert [
        keys[part][pattern] for part in ("n", "percent") for pattern in ("unrepaired", "repaired")
    ] == ["–"] * 4
    assert keys["n"]["none"] == "61"
    tables = paper_tables(few)
    for name, words in (("breakdown", "epaired"), ("verification", "epaired ruptures")):
        rows = [line.split("|") for line in tables[name].splitlines() if words in line]
        told = [cell.strip() for row in rows for cell in row[2:-1]]
        assert "–" in told
        assert not {"3", "3.0", "3.00", "36", "36.0", "36.00"} & set(told), name


def test_hidden_patterns_have_no_column_of_numbers_in_table_1(cohort):
    lines = paper_tables(cohort(61, 36, 3))["cohort"].splitlines()
    rows = [line.strip("| ").split(" | ") for line in lines if line.startswith("| ")]
    assert {cell.strip() for row in rows[2:] for cell in row[3:5]} == {"–"}


def test_rare_ruptures_are_not_counted_out(cohort):
    few = cohort(60, 30, 10)
    table = few.tables["detection"].copy()
    table.loc[table["quantity"] == "n_unobservable_ruptures", "value"] = 2.0
    masked = replace(few, tables={**few.tables, "detection": table})
    assert "< 5 fell into the last rated session" in variables(masked, "pandoc")["rupture"]["found"]


@pytest.mark.parametrize("settings", [{"synthetic": True}, {"confidential": False}])
def test_nothing_is_masked_without_need(cohort, settings):
    open_ = cohort(61, 36, 3, **settings)
    assert variables(open_, "pandoc")["n"]["repaired"] == "3"
