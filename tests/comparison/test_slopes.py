"""The unit in which cohorts are compared."""

import math

import numpy as np
import pytest
from compared_cohorts import cohort, table_one
from rupture_repair.comparison.slopes import TERMS, cohort_rows, cohort_slopes, critical_value


def row_of(slopes, model, pattern):
    return slopes[(slopes["model"] == model) & (slopes["pattern"] == pattern)].iloc[0]


def test_a_slope_is_points_over_the_spread_at_the_start(effects):
    slopes = cohort_slopes(effects, table_one(sd=7.0), cohort("a"))
    assert len(slopes) == len(TERMS) == 4
    given = effects.set_index(["model", "term"]).loc[("M2", "time:pattern[repaired]:iip_z")]
    row = row_of(slopes, "M2", "repaired")
    assert row["slope"] == pytest.approx(given["estimate"] / 7.0)
    assert row["slope_se"] == pytest.approx(given["se"] / 7.0)


def test_other_points_of_the_same_answers_give_the_same_slopes(effects):
    """A questionnaire of ten times the points, and one in which higher is better."""
    plain = cohort_slopes(effects, table_one(sd=7.0), cohort("a"))
    tenfold = effects.assign(estimate=10 * effects["estimate"], se=10 * effects["se"])
    turned = effects.assign(estimate=-effects["estimate"])
    others = [
        cohort_slopes(tenfold, table_one(sd=70.0), cohort("a")),
        cohort_slopes(turned, table_one(sd=7.0), cohort("a", higher_is="better")),
    ]
    for other in others:
        for name in ("slope", "slope_se", "ci_low", "ci_high"):
            assert other[name].to_numpy() == pytest.approx(plain[name].to_numpy())


def test_the_interval_follows_the_degrees_of_freedom(effects):
    for df, half in ((math.inf, 1.959964), (10.0, 2.228139)):
        slopes = cohort_slopes(effects.assign(df=df), table_one(), cohort("a"))
        reach = slopes["ci_high"] - slopes["slope"]
        assert (reach / slopes["slope_se"]).to_list() == pytest.approx([half] * 4)
    without = cohort_slopes(effects.drop(columns="df"), table_one(), cohort("a"))
    reach = without["ci_high"] - without["slope"]
    assert (reach / without["slope_se"]).to_list() == pytest.approx([1.959964] * 4)
    assert critical_value(1) == pytest.approx(math.tan(0.475 * math.pi))


def test_a_term_that_a_cohort_lacks_is_missing(effects):
    lacking = effects[~effects["term"].str.contains("repaired]:iip_z:length", regex=False)]
    slopes = cohort_slopes(lacking, table_one(), cohort("a"))
    assert slopes["slope"].isna().sum() == 2
    assert np.isnan(row_of(slopes, "M3", "repaired")["ci_low"])


def test_each_cohort_is_described_by_its_own_table():
    tables = [table_one(100, 7.0), table_one(40, 12.0)]
    rows = cohort_rows(tables, [cohort("a", synthetic=True), cohort("b", symptoms="PHQ-9")])
    assert list(rows["patients"]) == [100, 40]
    assert list(rows["baseline_sd"]) == [7.0, 12.0]
    assert list(rows["symptoms"]) == ["CORE-10", "PHQ-9"]
    assert list(rows["synthetic"]) == [True, False]
