"""The unit in which cohorts are compared."""

import math

import numpy as np
import pytest
from compared_cohorts import cohort, table_one
from rupture_repair.comparison.slopes import (
    AVERAGED,
    HEADLINE,
    cohort_rows,
    cohort_slopes,
    common_lengths,
    critical_value,
)

LENGTHS = [10.0]


def row_of(slopes, term, pattern):
    [(_, row)] = slopes[(slopes["term"] == term) & (slopes["pattern"] == pattern)].iterrows()
    return row


def test_a_slope_is_points_over_the_spread_at_the_start(moderation):
    slopes = cohort_slopes(moderation, table_one(sd=7.0), cohort("a"), LENGTHS)
    assert slopes["term"].tolist() == [
        *[HEADLINE] * 2,
        *["M3 at 10 sessions"] * 2,
        *[AVERAGED] * 2,
    ]
    found = moderation.set_index(["model", "contrast", "length"])
    for term, at in (
        (HEADLINE, ("M3", "repaired - none", np.nan)),
        ("M3 at 10 sessions", ("M3", "repaired - none", 10.0)),
        (AVERAGED, ("M2", "repaired - none", np.nan)),
    ):
        row, given = row_of(slopes, term, "repaired"), found.loc[[at]].iloc[0]
        assert row["slope"] == pytest.approx(given["estimate"] / 7.0)
        assert row["slope_se"] == pytest.approx(given["se"] / 7.0)


def test_the_reported_standard_error_is_the_robust_one(moderation):
    given = moderation.assign(se=0.3, model_se=0.1, df=9.0, model_df=80.0)
    row = row_of(cohort_slopes(given, table_one(), cohort("a"), []), HEADLINE, "repaired")
    assert (row["se"], row["df"]) == (0.3, 9.0)


def test_other_points_of_the_same_answers_give_the_same_slopes(moderation):
    """A questionnaire of ten times the points, and one in which higher is better."""
    plain = cohort_slopes(moderation, table_one(sd=7.0), cohort("a"), LENGTHS)
    tenfold = moderation.assign(estimate=10 * moderation["estimate"], se=10 * moderation["se"])
    turned = moderation.assign(estimate=-moderation["estimate"])
    others = [
        cohort_slopes(tenfold, table_one(sd=70.0), cohort("a"), LENGTHS),
        cohort_slopes(turned, table_one(sd=7.0), cohort("a", higher_is="better"), LENGTHS),
    ]
    for other in others:
        for name in ("slope", "slope_se", "ci_low", "ci_high"):
            assert other[name].to_numpy() == pytest.approx(plain[name].to_numpy())


def test_the_interval_follows_the_degrees_of_freedom(moderation):
    for df, half in ((math.inf, 1.959964), (10.0, 2.228139)):
        slopes = cohort_slopes(moderation.assign(df=df), table_one(), cohort("a"), LENGTHS)
        reach = slopes["ci_high"] - slopes["slope"]
        assert (reach / slopes["slope_se"]).to_list() == pytest.approx([half] * 6)
    assert critical_value(1) == pytest.approx(math.tan(0.475 * math.pi))


def test_what_a_cohort_cannot_estimate_is_missing(moderation):
    at = (moderation["contrast"] == "repaired - none") & (moderation["model"] == "M3")
    unknown = {"estimate": np.nan, "se": np.nan, "df": np.nan}
    lacking = moderation.where(~at, moderation.assign(**unknown))
    slopes = cohort_slopes(lacking, table_one(), cohort("a"), LENGTHS)
    assert slopes["slope"].isna().sum() == 2
    assert np.isnan(row_of(slopes, HEADLINE, "repaired")["ci_low"])
    without_m3 = cohort_slopes(moderation.query("model == 'M2'"), table_one(), cohort("a"), [])
    assert without_m3["slope"].notna().tolist() == [False, False, True, True]


def test_lengths_are_those_that_every_cohort_states(moderation):
    other = moderation[moderation["length"].isna() | (moderation["length"] < 20)]
    assert common_lengths([moderation, moderation]) == sorted(set(moderation["length"].dropna()))
    assert 20.0 not in common_lengths([moderation, other])
    assert common_lengths([moderation, other[other["length"].isna()]]) == []


def test_each_cohort_is_described_by_its_own_table():
    tables = [table_one(100, 7.0), table_one(40, 12.0)]
    rows = cohort_rows(tables, [cohort("a", synthetic=True), cohort("b", symptoms="PHQ-9")])
    assert list(rows["patients"]) == [100, 40]
    assert list(rows["baseline_sd"]) == [7.0, 12.0]
    assert list(rows["symptoms"]) == ["CORE-10", "PHQ-9"]
    assert list(rows["synthetic"]) == [True, False]
