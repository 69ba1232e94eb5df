"""What is said of other standard errors, of single therapists and of diagnostics."""

import model_check_tables
import numpy as np
import pytest
from rupture_repair.manuscript import robustness_claims as claims
from rupture_repair.manuscript.robustness_tables import diagnostics, robustness

NAN = float("nan")


@pytest.mark.parametrize(
    ("p", "expected"),
    [
        (
            (0.01, 0.02, 0.03),
            "differed significantly from zero by the cluster-robust standard error, the model's "
            "own and the bootstrap",
        ),
        (
            (0.2, 0.3, 0.4),
            "did not differ significantly from zero by the cluster-robust standard error, the "
            "model's own and the bootstrap",
        ),
        (
            (0.01, 0.05, 0.04),
            "by the model's own and the bootstrap, but not by the cluster-robust standard error",
        ),
        (
            (0.06, 0.02, NAN),
            "by the cluster-robust standard error, but not by the model's own, with therapists as "
            "clusters; the bootstrap could not be computed",
        ),
    ],
)
def test_three_ways_agree_or_not(changed, p, expected):
    table = model_check_tables.robustness(*p)
    short = claims.robustness_short(changed(robustness=table))
    assert expected in short and "@tbl-robustness" in short
    assert ("depends on how it is tested" in short) == ("but not" in expected)
    whole = claims.robustness(changed(robustness=table))
    assert whole.count(expected) == 2
    assert ("bootstrap: 95% CI [−1.78, 0.18]" in whole) == (not np.isnan(p[2]))


@pytest.mark.parametrize(
    ("given", "words", "expected"),
    [
        ({"cr2": NAN}, "the cluster-robust standard error could not be computed", True),
        ({"n_units": 9}, "9 therapists are too few for resampling", True),
        ({"n_units": 10}, "too few for resampling", False),
        ({"n_failed": 12}, "Of 1,000 replicates, 12 did not identify M3", True),
        ({"n_failed": 0}, "did not identify", False),
    ],
)
def test_limits_are_mentioned_when_they_are_reached(changed, given, words, expected):
    text = claims.robustness(changed(robustness=model_check_tables.robustness(**given)))
    assert (words in text) == expected


def test_without_the_models_nothing_is_claimed(changed):
    none = changed(
        robustness=model_check_tables.robustness().iloc[:0],
        influence=model_check_tables.influence().iloc[:0],
        diagnostics=model_check_tables.diagnostics().iloc[:0],
    )
    assert "could not be examined" in claims.robustness_short(none)
    assert claims.robustness(none).count("could not be estimated") == 2
    assert "could not be examined" in claims.influence(none)
    assert "no fit of M2" in claims.diagnostics(none)
    assert "Not estimated" in robustness(none) and "Not estimated" in diagnostics(none)


@pytest.mark.parametrize(
    ("without", "expected"),
    [
        ((-1.1, -0.8, -0.5), "lay between −1.10 and −0.50 and kept its sign"),
        ((-1.1, 0.1, 0.2), "lay between −1.10 and 0.20 and changed its sign without 2 of them"),
        ((NAN, -0.8, -0.5), "kept its sign; without 1 the model is not identified"),
    ],
)
def test_influence_of_therapists(changed, without, expected):
    found = claims.influence(changed(influence=model_check_tables.influence(without)))
    assert (
        "When each of 3 therapists was left out in turn, the moderation (M3: *b* = −0.80)" in found
    )
    assert found.count(expected) == 2


@pytest.mark.parametrize(
    ("residual", "shape", "spread"),
    [
        ({}, "nearly normal", "about as widely spread"),
        ({"skewness": 0.6}, "skewed to the right", "about as widely spread"),
        ({"skewness": -0.6}, "skewed to the left", "about as widely spread"),
        ({"excess_kurtosis": 1.2}, "heavy-tailed", "about as widely spread"),
        ({"excess_kurtosis": -1.2}, "light-tailed", "about as widely spread"),
        ({"skewness": 0.9, "excess_kurtosis": 4}, "skewed to the right and heavy-tailed", "about"),
        ({"spread_ratio": 1.6}, "nearly normal", "more widely spread at high"),
        ({"spread_ratio": 0.6}, "nearly normal", "less widely spread at high"),
    ],
)
def test_diagnostics_in_plain_words(changed, residual, shape, spread):
    text = claims.diagnostics(changed(diagnostics=model_check_tables.diagnostics(**residual)))
    assert f"Residuals of M2 were {shape} (" in text
    assert f"and {spread}" in text
    assert (
        "patients' intercepts were nearly normal, patients' slopes were nearly normal and" in text
    )


def test_few_outlying_residuals_of_confidential_patients_are_masked(changed):
    real = {"synthetic": False, "confidential": True}
    few = model_check_tables.diagnostics(n_far=3, share_far=0.005)
    assert "than three" in claims.diagnostics(changed(diagnostics=few))
    assert "than three" not in claims.diagnostics(changed(real, diagnostics=few))
    row = next(
        line for line in diagnostics(changed(real, diagnostics=few)).splitlines() if "Resi" in line
    )
    assert "0.50" not in row
