"""Numbers of patients beside other analyses tell of no few patients."""

import model_check_tables
import pandas as pd
import pytest
from rupture_repair.config.criteria import PATTERNS
from rupture_repair.disclosure.known import Known
from rupture_repair.disclosure.model_tables import shared_sensitivity

COUNTS = {"none": 297.0, "unrepaired": 169.0, "repaired": 48.0}
NUMBERS = [f"n_{pattern}" for pattern in PATTERNS]


def shared(hidden=(), counts=COUNTS, **changed):
    """Share the table after the row of a variant has got other numbers."""
    table = model_check_tables.sensitivity()
    for variant, numbers in changed.items():
        table.loc[table["variant"] == variant, list(numbers)] = list(numbers.values())
    breakdown = pd.DataFrame({"pattern": list(counts), "n": list(counts.values())})
    known = Known({"pattern_breakdown": breakdown})
    known.patterns = frozenset(hidden)
    masked = shared_sensitivity(table, known)
    assert len(masked) == len(table)
    assert masked["estimate"].equals(table["estimate"])
    return masked.drop_duplicates("variant").set_index("variant")


def test_equal_numbers_are_shown_again():
    masked = shared()
    assert (masked.loc["time_linear", NUMBERS] == [297, 169, 48]).all()
    assert (masked["n_patients"] == 514).all()


def test_numbers_of_patients_ever_in_a_state_are_masked():
    masked = shared()
    assert masked.loc["rupture_state", NUMBERS].isna().all()


def test_few_patients_of_a_pattern_are_masked_and_another_with_them():
    few = {"n_patients": 166, "n_none": 98, "n_unrepaired": 65, "n_repaired": 3}
    masked = shared(landmark=few)
    assert masked.loc["landmark", ["n_unrepaired", "n_repaired"]].isna().all()
    assert (masked.loc["landmark", ["n_patients", "n_none"]] == [166, 98]).all()


@pytest.mark.parametrize("n", [510, 513, 517])
def test_a_total_near_another_is_masked_with_its_parts(n):
    near = {"n_patients": n, "n_none": n - 217}
    masked = shared(time_linear=near)
    assert masked.loc["time_linear", ["n_patients", "n_sessions", *NUMBERS]].isna().all()


def test_of_totals_that_differ_by_few_only_one_is_shown():
    first = {"n_patients": 400, "n_none": 200, "n_unrepaired": 160, "n_repaired": 40}
    second = {"n_patients": 402, "n_none": 202}
    masked = shared(time_linear=first, landmark=first | second)
    assert masked.loc["time_linear", "n_patients"] == 400
    assert masked.loc["landmark", ["n_patients", *NUMBERS]].isna().all()


def test_a_pattern_near_that_of_the_breakdown_is_masked():
    near = {"n_patients": 470, "n_none": 255, "n_unrepaired": 168, "n_repaired": 47}
    masked = shared(landmark=near)
    assert masked.loc["landmark", ["n_unrepaired", "n_repaired"]].isna().all()


def test_what_the_breakdown_hides_is_hidden_here():
    masked = shared(hidden=("unrepaired", "repaired"))
    assert masked[["n_unrepaired", "n_repaired"]].isna().all(axis=None)
    assert masked.loc["headline", "n_none"] == 297
