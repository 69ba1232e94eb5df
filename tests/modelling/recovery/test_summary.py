"""Measures over replicates against plain loops."""

import math

import numpy as np
import pandas as pd
import pytest
from rupture_repair.modelling.recovery.study import FINDING
from rupture_repair.modelling.recovery.summary import summarise


@pytest.fixture(scope="module")
def findings():
    """Two terms of 37 studies; one study without the first term, one fit without certificate."""
    rng = np.random.default_rng(2)
    rows = []
    for replicate in range(37):
        for term, truth in (("time", 0.5), ("joint", np.nan)):
            estimate, se = 0.6 + rng.normal(scale=0.2), 0.2 + 0.05 * rng.random()
            numbers = [estimate, se, 30.0, estimate - 2 * se, estimate + 2 * se, rng.random() / 4]
            if term == "joint":
                numbers[:5] = [np.nan] * 5
            if replicate == 5 and term == "time":
                numbers = [np.nan] * 6
            rows.append(("s", replicate, "M", term, truth, *numbers, replicate != 8))
    return pd.DataFrame(rows, columns=FINDING)


def test_measures_are_those_of_a_loop(findings):
    table = summarise(findings).set_index(["term", "measure"])
    errors, sizes, inside, below = [], [], 0, 0
    for row in findings.itertuples():
        if row.term != "time" or math.isnan(row.p):
            continue
        errors.append(row.estimate - row.truth)
        sizes.append(row.se)
        inside += row.ci_low <= 0.5 <= row.ci_high
        below += row.p < 0.05
    n = len(errors)
    mean = sum(errors) / n
    sd = math.sqrt(sum((error - mean) ** 2 for error in errors) / (n - 1))
    expected = {
        "truth": (0.5, 0.0),
        "bias": (mean, sd / math.sqrt(n)),
        "empirical_se": (sd, sd / math.sqrt(2 * (n - 1))),
        "coverage": (inside / n, math.sqrt(inside / n * (1 - inside / n) / n)),
        "rejected": (below / n, math.sqrt(below / n * (1 - below / n) / n)),
    }
    for measure, (value, mc_se) in expected.items():
        row = table.loc[("time", measure)]
        assert row["value"] == pytest.approx(value) and row["mc_se"] == pytest.approx(mc_se)
        assert row["replicates"] == n == 36
    assert table.loc[("time", "model_se"), "value"] == pytest.approx(
        math.sqrt(sum(size**2 for size in sizes) / n)
    )
    assert table.loc[("time", "identified"), "value"] == pytest.approx(36 / 37)
    assert table.loc[("time", "certified"), "value"] == pytest.approx(36 / 37)


def test_a_test_of_several_terms_has_no_bias_and_no_interval(findings):
    table = summarise(findings)
    found = set(table.loc[table["term"] == "joint", "measure"])
    assert found == {"rejected", "identified", "certified"}


def test_the_monte_carlo_error_of_the_standard_error(findings):
    """Against the spread of the measure over bootstrap samples of the studies."""
    table = summarise(findings).set_index(["term", "measure"])
    time = findings[findings["term"] == "time"].dropna()
    rng = np.random.default_rng(0)
    draws = [
        np.sqrt((time["se"].to_numpy()[rng.integers(0, len(time), len(time))] ** 2).mean())
        for _ in range(2000)
    ]
    assert table.loc[("time", "model_se"), "mc_se"] == pytest.approx(np.std(draws), rel=0.1)


def test_one_study_has_values_but_no_monte_carlo_error_of_its_bias(findings):
    one = summarise(findings[(findings["replicate"] == 3) & (findings["term"] == "time")])
    one = one.set_index("measure")
    own = findings[findings["replicate"] == 3].iloc[0]
    assert one.loc["truth", "value"] == 0.5
    assert one.loc["bias", "value"] == pytest.approx(own["estimate"] - 0.5)
    assert np.isnan(one.loc["bias", "mc_se"]) and np.isnan(one.loc["empirical_se", "value"])
    assert one.loc["model_se", "value"] == pytest.approx(own["se"])
