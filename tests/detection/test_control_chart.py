"""σ of control charts and the Western Electric rules for low ratings."""

import numpy as np
import pytest
from pydantic import ValidationError
from rating_tables import long_table
from rupture_repair.config.criteria import Criterion
from rupture_repair.detection import detect
from rupture_repair.detection.scales import c4


@pytest.mark.parametrize(
    ("n", "printed"), [(2, 0.7979), (3, 0.8862), (5, 0.9400), (10, 0.9727), (25, 0.9896)]
)
def test_c4_as_tables_of_control_chart_constants_print_it(n, printed):
    assert c4(np.array([n]))[0] == pytest.approx(printed, abs=5e-5)


def test_c4_has_no_value_below_two_and_tends_to_one():
    assert np.isnan(c4(np.array([0, 1]))).all()
    assert c4(np.array([100_000]))[0] == pytest.approx(1, abs=1e-5)


def test_sd_over_c4_is_unbiased():
    draws = np.random.default_rng(4).normal(size=(200_000, 4))
    assert np.mean(draws.std(axis=1, ddof=1) / c4(np.array([4]))) == pytest.approx(1, abs=0.005)


# S = 1 point, so that sigmas are points; every series has the mean 5
CHART = {"reference": "own_mean", "scale": "absolute", "k": 3}
TWO_OF_THREE = [3, 5, 3, 6, 6, 7]
FOUR_OF_FIVE = [4, 4, 5, 4, 4, 7, 7]
EIGHT = [4.9] * 8 + [5.8]


@pytest.mark.parametrize(
    ("ratings", "signals"),
    [
        (TWO_OF_THREE, [3]),
        ([3, 6, 5, 3, 7, 6], []),  # two of four
        ([3.1, 5, 3, 6, 6, 6.9], []),  # one by 2 sigmas only
        ([3, 3, 5, 6, 6, 7], [2]),  # complete with the second; the centre itself is no signal
        (FOUR_OF_FIVE, [5]),
        ([4, 4, 5, 4, 5, 4, 9], []),  # four of six
        ([4, 4, 5, 4.1, 4, 6.9, 7], []),  # three by 1 sigma, one by less
        (EIGHT, [8]),
        ([4.9] * 7 + [5.7], []),  # seven in a row
        ([4.9] * 4 + [5] + [4.9] * 4 + [5.8], []),  # a rating on the centre ends the run
        ([1, 6, 6, 6, 6], [1]),  # 4 sigmas: the limit itself
        ([9, 4, 4, 4, 4], [5]),  # runs of high ratings are no rupture
    ],
)
def test_each_rule_of_the_western_electric_company(ratings, signals):
    assert np.mean(ratings) == pytest.approx(5)
    found = detect(long_table(A=ratings), Criterion(**CHART, western_electric=True))
    assert found.events["session"].tolist() == signals


@pytest.mark.parametrize("ratings", [TWO_OF_THREE, FOUR_OF_FIVE, EIGHT])
def test_runs_are_optional(ratings):
    assert detect(long_table(A=ratings), Criterion(**CHART)).events.empty


def test_runs_do_not_reach_into_the_next_patient():
    rule = Criterion(**CHART, western_electric=True)
    found = detect(long_table(A=[7, 5, 3], B=[3, 5, 7], C=[5, 5, 5]), rule)
    assert found.events.empty


def test_a_run_is_repaired_by_the_return_to_the_own_mean():
    rule = Criterion(**CHART, western_electric=True, merge_consecutive=True)
    event = detect(long_table(A=[4, 4, 4, 4, 4, 4.9, 5.1, 10]), rule).events.iloc[0]
    assert (event["session"], event["last_session"], event["n_drops"]) == (4, 5, 2)
    assert event["reference"] == pytest.approx(5)
    assert event["threshold"] == 3  # of single ratings; a run need not reach it
    assert event["repaired_at"] == 7


def test_constant_ratings_have_no_run():
    rule = Criterion(reference="own_mean", scale="moving_range", western_electric=True)
    assert detect(long_table(A=[3.6] * 12), rule).events.empty


def test_runs_need_a_control_chart():
    with pytest.raises(ValidationError, match="`western_electric` needs the reference `own_mean`"):
        Criterion(western_electric=True)
