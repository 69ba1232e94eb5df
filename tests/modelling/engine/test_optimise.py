"""Where the search begins."""

import numpy as np
import pandas as pd
import pytest
from rupture_repair.modelling.engine.model import MixedModel
from rupture_repair.modelling.engine.optimise import (
    _moment_covariance,
    confirmed,
    starting_values,
    time_unit,
)


@pytest.fixture(scope="module")
def problem():
    """4000 patients of known covariance (residual variance 2), unequal numbers of sessions."""
    rng = np.random.default_rng(5)
    lengths = rng.integers(1, 9, 4000)
    who = np.repeat(np.arange(4000), lengths)
    time = np.log(np.concatenate([np.arange(n) + 1.0 for n in lengths]))
    effects = rng.multivariate_normal([0, 0], 2 * np.array([[2.0, -0.5], [-0.5, 1.0]]), 4000)
    y = 5 + effects[who, 0] + effects[who, 1] * time + rng.normal(0, np.sqrt(2), len(who))
    table = pd.DataFrame({"patient": who, "time": time, "y": y})
    return MixedModel.from_formula("y ~ time", table, groups="patient", time="time").problem()


def test_the_unit_of_time_is_its_root_mean_square(problem):
    size, _, square = problem.sessions.information.sum(axis=1)
    assert time_unit(problem) == pytest.approx(np.sqrt(square / size))


def test_moments_find_the_covariance_of_a_large_cohort(problem):
    unit = time_unit(problem)
    expected = np.array([[2.0, -0.5 * unit], [-0.5 * unit, unit**2]])
    np.testing.assert_allclose(_moment_covariance(problem, unit), expected, atol=0.12)


def test_starts_differ_and_are_as_many_as_asked_for(problem):
    starts = starting_values(problem, 4)
    assert len({tuple(start) for start in starts}) == 4
    first = problem.evaluate(starts[0]).deviance
    assert all(first <= problem.evaluate(start).deviance for start in starts[1:])


@pytest.mark.parametrize(
    ("deviances", "twice"),
    [([5.0], False), ([5.0, 5.000001], True), ([5.0, 5.1], False), ([6.0, 5.0, 6.0], False)],
)
def test_the_best_optimum_counts_as_confirmed_when_found_twice(deviances, twice):
    class Ended:
        def __init__(self, deviance):
            self.deviance = deviance

    assert confirmed([Ended(deviance) for deviance in deviances]) is twice
