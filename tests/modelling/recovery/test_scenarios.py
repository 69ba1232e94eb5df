"""What the scenarios plant is what their names and words say."""

import pytest
from rupture_repair.config.planted import PLANTED
from rupture_repair.modelling.recovery.scenarios import (
    OF_PATTERNS,
    SCENARIOS,
    draw,
    specification,
)
from rupture_repair.modelling.recovery.study import study


def planted(setting, name):
    return specification(setting, SCENARIOS[name]).symptoms.model_dump()


@pytest.mark.parametrize("name", SCENARIOS)
def test_noise_plants_nothing_and_continuous_scores_have_no_steps(setting, name):
    scenario, truth = SCENARIOS[name], planted(setting, name)
    assert scenario.noise == name.startswith("noise")
    assert scenario.continuous == name.endswith("continuous")
    nothing = all(truth[parameter] == 0 for parameter in OF_PATTERNS)
    assert nothing == scenario.noise
    scores = draw(setting, scenario, 4).sessions["symptoms"].dropna()
    assert (scores % 1 == 0).all() == (not scenario.continuous)


def test_without_moderation_patterns_still_differ_in_their_slopes(setting):
    truth, own = planted(setting, "no_moderation"), setting.spec.symptoms
    assert (truth["slope_unrepaired"], truth["slope_repaired"]) == (
        own.slope_unrepaired,
        own.slope_repaired,
    )
    assert own.slope_unrepaired != 0
    for parameter in OF_PATTERNS:
        if "iip" in parameter:
            assert truth[parameter] == 0


def test_moderation_depends_on_length_where_that_is_asked(setting):
    by_length = {name: planted(setting, name)["slope_repaired_iip_length"] for name in SCENARIOS}
    assert {name for name, value in by_length.items() if value} == {"length", "length_continuous"}


def test_noise_differs_in_what_drives_the_course(setting):
    of = {name: planted(setting, name) for name in SCENARIOS if name.startswith("noise")}
    assert of["noise"]["slope_length"] == of["noise"]["slope_iip_length"] == 0
    assert of["noise_length"]["slope_length"] > 0
    assert of["noise_length_strong"]["slope_length"] == 2 * of["noise_length"]["slope_length"]
    only = of["noise_length_only"]
    assert {name for name, value in only.items() if name.startswith("slope") and value} == {
        "slope",
        "slope_length",
    }
    assert of["noise_iip_length"]["slope_iip_length"] > 0
    assert of["noise_iip_length"]["slope_length"] == 0


def test_the_truth_of_each_term_is_what_was_planted(setting):
    truth = planted(setting, "length")
    for found in study(setting, SCENARIOS["length"], 1, 0):
        if found.term in PLANTED:
            parameter = PLANTED[found.term]
            assert found.truth == (truth[parameter] if parameter else 0)
        else:
            assert found.term == "time:pattern:iip_z:length_c"
            assert found.truth != found.truth  # a test of several terms has none
