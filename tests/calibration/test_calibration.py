"""A few cohorts of the page: enough to see a null that does not hold."""

import pytest
from null_cohorts import WORLDS, rates

BY_NAME = {world.name: world for world in WORLDS}
COHORTS, REPLICATES = 8, 60


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("as the model says", marks=pytest.mark.long),
        "noise differs, SD of log .6",
        pytest.param("every third patient has three times the noise", marks=pytest.mark.long),
    ],
)
def test_false_alarms_against_chance_are_rare(name):
    table = rates(BY_NAME[name], COHORTS, REPLICATES, seed=101)
    # a null of equal variances says so in 6 of 10 cohorts where variances differ; a null of
    # log-normal ones in 2 of 10 cohorts of two kinds of patients, 5 points off
    assert table["fewer"].max() <= 3 / COHORTS
    assert table["more"].max() <= 3 / COHORTS
    assert (table["excess"].abs() < 3 * table["excess_se"] + 0.5).all()
