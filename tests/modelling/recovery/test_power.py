"""Power at one size, and the search for a size."""

import math

import pytest
from rupture_repair.modelling.recovery.power import Plan, Power, power_at, search, sized
from rupture_repair.modelling.recovery.report import power_text, search_text
from scipy import stats


def exact(patients, therapists, c=0.14):
    """Power of a two-sided z test with mean c√n."""
    z = stats.norm.isf(0.025)
    power = stats.norm.sf(z - c * math.sqrt(patients)) + stats.norm.cdf(
        -z - c * math.sqrt(patients)
    )
    return Power(patients, therapists, float(power), 0.01, 1000, 0)


@pytest.mark.parametrize("start", [80, 400, 3000])
@pytest.mark.parametrize("target", [0.5, 0.8, 0.95])
def test_the_search_finds_the_size_of_a_known_power_curve(start, target):
    seen, reached = search(target, exact(start, start // 10), exact)
    assert reached
    wanted = ((stats.norm.isf(0.025) + stats.norm.ppf(target)) / 0.14) ** 2
    assert seen[-1].patients == pytest.approx(wanted, rel=0.12)
    assert seen[-1].patients / seen[-1].therapists == pytest.approx(10, rel=0.1)
    assert len({one.patients for one in seen}) == len(seen) <= 6
    # the search ends with the first size that has the power
    assert all(abs(one.power - target) > 0.02 for one in seen[:-1])


def test_every_size_has_a_therapist():
    asked = []

    def measure(patients, therapists):
        asked.append((patients, therapists))
        return exact(patients, therapists)

    search(0.5, exact(1000, 1), measure)
    assert asked[0][0] < 500 and {therapists for _, therapists in asked} == {1}


def test_unattainable_power_is_reported():
    def hopeless(patients, therapists):
        return Power(patients, therapists, 0.05, 0.01, 100, 0)

    seen, reached = search(0.8, hopeless(100, 10), hopeless)
    assert not reached
    assert "was not met" in search_text(0.8, seen, reached)


def test_a_planned_size_keeps_the_shares(setting):
    planned = sized(setting, 205, 11).targets
    assert sum(planned.patterns.values()) == planned.n_patients == 205
    assert planned.patterns == {"none": 81, "unrepaired": 62, "repaired": 62}
    with pytest.raises(ValueError, match="3 patients cannot have 4 therapists"):
        sized(setting, 3, 4)


def test_the_words_name_what_is_assumed(setting):
    plan = Plan(setting, -0.8, 10, 1, 1)
    text = power_text(plan, Power(60, 6, 0.4, 0.155, 10, 2))
    for words in ("60 patients of 6 therapists: 40.0 ± 15.5 %", "-0.8 CORE-10 points", "30.0%",
                  "In 2 studies"):  # fmt: skip
        assert words in text


@pytest.mark.long
def test_power_grows_with_the_cohort_and_with_the_effect(setting):
    def power(patients, effect):
        return power_at(Plan(setting, effect, 60, 1, 2), patients, 10).power

    small, large, weak = power(60, -1.0), power(300, -1.0), power(300, -0.3)
    assert small + 0.2 < large
    assert weak + 0.2 < large
