"""What the shared tables mask stands nowhere in the paper."""

import io
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from rupture_repair.disclosure.sharing import shared_tables
from rupture_repair.manuscript.tables import paper_tables
from rupture_repair.manuscript.variables import variables
from rupture_repair.provenance.verification import verify

COUNTED = ("pattern_breakdown", "cohort", "patient_flow", "detection", "chance")
COUNTED += ("model_comparison", "johnson_neyman", "rupture_exposure", "rupture_hazard")
COUNTED += ("chance_by_criterion", "criteria_breakdown", "criteria_agreement")
COUNTED += ("criteria_moves", "criteria_consistency", "multiverse", "effect_sizes")
COUNTED += ("reliable_change", "diagnostics", "residual_bins", "sensitivity")


@pytest.fixture
def cohort(results, published):
    """A function that returns results with the given counts of none, unrepaired, repaired."""

    def made(*counts, masked=True, **changed):
        found = results()
        tables = dict(found.tables)
        percent = [100 * n / sum(counts) for n in counts]
        rows = {"n": counts, "percent": percent}
        tables["pattern_breakdown"] = tables["pattern_breakdown"].assign(**rows)
        table = tables["detection"].copy()
        for quantity, value in changed.items():
            table.loc[table["quantity"] == quantity, "value"] = value
        tables["detection"] = table
        counted = {name: tables[name] for name in COUNTED}
        for name, shared in shared_tables(counted, masked=masked).items():
            tables[name] = pd.read_csv(io.StringIO(shared.to_csv(index=False)))
        tables["verification"] = verify(
            published.astype({"published": str}),
            tables["cohort"],
            tables["pattern_breakdown"],
            tables["fixed_effects"],
            synthetic=False,
        )
        real = {"synthetic": False, "parameters": None, "confidential": masked}
        return replace(found, tables=tables, settings=found.settings | real)

    return made


def test_prose_and_tables_do_not_tell_small_counts(cohort):
    few = cohort(61, 36, 3)
    assert few.hidden == {"unrepaired", "repaired"}
    keys = variables(few, "pandoc")
    assert [
        keys[part][pattern] for part in ("n", "percent") for pattern in ("unrepaired", "repaired")
    ] == ["–"] * 4
    assert keys["n"]["none"] == "61"
    assert "epaired" not in keys["claim"]["chance"]
    tables = paper_tables(few)
    for name, words in (("breakdown", "epaired"), ("verification", "epaired ruptures")):
        rows = [line.split("|") for line in tables[name].splitlines() if words in line]
        told = [cell.strip() for row in rows for cell in row[2:-1]]
        assert "–" in told
        assert not {"3", "3.0", "3.00", "36", "36.0", "36.00"} & set(told), name
    for name, text in tables.items():
        assert not re.findall(r".*(?:\b(?:nan|NA)\b|<NA>).*", text), name


def test_a_verdict_does_not_tell_a_masked_count(cohort):
    """Were it `reproduced`, the published count would be the masked one."""
    table = cohort(61, 36, 3).tables["verification"].set_index("item")
    for pattern in ("unrepaired", "repaired"):
        for item in (f"n_{pattern}", f"percent_{pattern}"):
            assert table.loc[item, "verdict"] == "masked"
            assert np.isnan(table.loc[item, "recomputed"])
    assert table.loc["n_none", "recomputed"] == 61


def test_hidden_patterns_have_no_column_of_numbers_in_table_1(cohort):
    lines = paper_tables(cohort(61, 36, 3))["cohort"].splitlines()
    rows = [line.strip("| ").split(" | ") for line in lines if line.startswith("| ")]
    assert {cell.strip() for row in rows[2:] for cell in row[3:5]} == {"–"}


def test_rare_ruptures_are_not_counted_out(cohort):
    masked = cohort(60, 30, 10, n_unobservable_ruptures=2.0)
    assert (
        "no repair could be seen, there were –; they"
        in variables(masked, "pandoc")["rupture"]["found"]
    )


def test_nothing_is_masked_without_need(cohort):
    assert variables(cohort(61, 36, 3, masked=False), "pandoc")["n"]["repaired"] == "3"
