"""What the shared tables mask stands nowhere in the paper."""

import io
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from rupture_repair.config.catalogue import COUNTED, TABLES
from rupture_repair.disclosure.sharing import shared_tables
from rupture_repair.manuscript.tables import paper_tables
from rupture_repair.manuscript.variables import variables
from rupture_repair.provenance.verification import verify


@pytest.fixture(scope="module")
def shared():
    """Tables that `cohort` has masked, by what was asked for: it takes seconds."""
    return {}


@pytest.fixture
def cohort(results, published, shared):
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
        counted = {name: tables[name] for name in set(COUNTED) & set(tables) if TABLES[name].masked}
        asked = (*counts, masked, *changed.items())
        if asked not in shared:
            shared[asked] = {
                name: table.to_csv(index=False)
                for name, table in shared_tables(counted, masked=masked).items()
            }
        for name, text in shared[asked].items():
            tables[name] = pd.read_csv(io.StringIO(text))
        tables["verification"] = verify(
            published.astype({"published": str}),
            tables["cohort"],
            tables["pattern_breakdown"],
            tables["headline"],
            synthetic=False,
        )
        real = {"synthetic": False, "parameters": None, "confidential": masked}
        return replace(found, tables=tables, settings=found.settings.model_copy(update=real))

    return made


def test_prose_and_tables_do_not_tell_small_counts(cohort):
    few = cohort(61, 36, 3)
    assert few.hidden == {"unrepaired", "repaired"}
    keys = variables(few, "pandoc")
    withheld = (
        " How many of them had an unrepaired pattern or a repaired pattern is not given, because "
        "one of these groups has fewer than 5 patients (@fig-pattern-breakdown, @tbl-breakdown)."
    )
    assert keys["sample"]["patterns"] == ("No rupture was found in 61 patients (61.0%)." + withheld)
    assert keys["sample"]["shares"].startswith("No rupture was found in 61.0% of the patients. ")
    assert "epaired" not in keys["claim"]["chance"]
    tables = paper_tables(few)
    for name, words in (("breakdown", "epaired"), ("verification", "epaired ruptures")):
        rows = [line.split("|") for line in tables[name].splitlines() if words in line]
        cells = [cell.strip() for row in rows for cell in row[2:-1]]
        assert "–" in cells
        assert not {"3", "3.0", "3.00", "36", "36.0", "36.00"} & set(cells), name
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
        "no repair could be observed, there were fewer than 5; they"
        in variables(masked, "pandoc")["rupture"]["found"]
    )


def test_nothing_is_masked_without_need(cohort):
    text = variables(cohort(61, 36, 3, masked=False), "pandoc")["sample"]["patterns"]
    assert "a repaired one in 3 (3.0%)" in text


@pytest.mark.parametrize(
    ("n", "expected"),
    [
        (
            [84, 79, 79],
            "The patient file contained 84 patients. By the rules of inclusion, 5 of them were "
            "left out; 79 entered the models (",
        ),
        (
            [np.nan, 81, 81],
            "By the rules of inclusion, fewer than 5 patients in the file were left out; 81 "
            "entered the models (",
        ),
        (
            [84, 79, np.nan],
            "The patient file contained 84 patients. By the rules of inclusion, 5 of them were "
            "left out; all but fewer than 5 of the 79 others entered the models (",
        ),
        (
            [np.nan, 81, 70],
            "By the rules of inclusion, fewer than 5 patients in the file were left out; of the 81 "
            "others, 70 entered the models (",
        ),
        (
            [np.nan, 81, np.nan],
            "By the rules of inclusion, fewer than 5 patients in the file were left out; all but "
            "fewer than 5 of the 81 others entered the models (",
        ),
    ],
)
def test_the_flow_of_patients_has_no_gaps_in_its_sentences(cohort, n, expected):
    found = cohort(60, 30, 10)
    flow = pd.DataFrame({"step": ["in the patient file", "classified", "modelled"], "n": n})
    flow["reason"] = "few"
    found = replace(found, tables={**found.tables, "patient_flow": flow})
    assert variables(found, "pandoc")["sample"]["flow"].startswith(expected)


def test_no_count_in_the_prose_of_a_small_cohort_is_a_dash(cohort):
    few = cohort(60, 30, 10, n_unobservable_ruptures=2.0, n_patients_several_ruptures=0.0)
    keys = variables(few, "pandoc")
    assert "No patient had more than one." in keys["rupture"]["found"]
    gaps = re.compile(r"– (?:patients|of|were|had|ruptures)|\b(?:were|in|the) –")
    for part in ("sample", "rupture", "n", "claim"):
        for name, words in keys[part].items():
            assert not gaps.search(words), (part, name, words)
