"""What is said of effect sizes and of reliable change follows the tables."""

import model_tables
import pytest
from rupture_repair.manuscript import change_claims as claims
from rupture_repair.manuscript.change_tables import effect_sizes, reliable_change

REAL = {"synthetic": False, "confidential": True}


def test_d_at_each_level_with_its_duration_and_sd(changed):
    text = claims.effect_size(changed())
    assert "to session 10, in standard deviations of the first rating (7.00 points)" in text
    assert "*d* = −0.40 [−0.60, −0.20] at 1 *SD* below average" in text
    assert text.count("*d* =") == 3
    assert "Negative values mean more improvement" in text


def with_symptoms(results, **change):
    tools = results().settings.instruments
    return tools.model_copy(update={"symptoms": tools.symptoms.model_copy(update=change)})


def test_the_sign_of_d_follows_the_direction_of_the_instrument(changed, results):
    other = with_symptoms(results, higher_is="better")
    text = claims.effect_size(changed({"instruments": other}))
    assert "Positive values mean more improvement" in text


def test_without_d_nothing_is_claimed(changed):
    none = changed(effect_sizes=model_tables.effect_sizes(float("nan")))
    assert "could not be computed" in claims.effect_size(none)
    assert "–" in effect_sizes(none) and "nan" not in effect_sizes(none)


@pytest.mark.parametrize(
    ("basis", "expected", "rule"),
    [
        (
            "published",
            "or more on the CORE-10 from first to last rating counted as reliable [@",
            "criterion of",
        ),
        (
            "reliability",
            "6.00 points or more on",
            "change index [@jacobson1991]",
        ),
        ("not recorded", "Reliable change is not reported for the CORE-10", "was not counted"),
    ],
)
def test_the_basis_of_reliable_change(changed, basis, expected, rule):
    found = changed(reliable_change=model_tables.reliable_change(basis))
    text = claims.reliable_change(found)
    assert expected in text
    assert rule in claims.reliable_rule(found)
    assert ("improved" in text) == (basis != "not recorded")
    assert (reliable_change(found) == "") == (basis == "not recorded")


def test_a_criterion_without_an_entry_has_its_source_in_words(changed, results):
    other = with_symptoms(results, citation=None, source="Anyone, 2001", reliable_change_level=None)
    found = changed({"instruments": other})
    assert "counted as reliable (Anyone, 2001)." in claims.reliable_change(found)
    assert "reliable at 6 points or more (Anyone, 2001). Intervals" in reliable_change(found)


def test_a_criterion_of_another_level_has_that_of_95_percent_beside_it(changed):
    """CORE-10: 6 points at 90%, 1.96 · √2 · 7.7 · √.1 = 6.75 at 95%."""
    for words in (claims.reliable_change(changed()), reliable_change(changed())):
        assert "the 90% criterion (6.75 points would be the 95% one)" in words


def test_shares_by_pattern(changed):
    text = claims.reliable_change(changed())
    assert "Of the patients without rupture, 40.0% improved [35.0, 45.0] and 20.0%" in text
    assert "with repaired ruptures, 58.3% improved" in text
    assert "one rating" not in text
    once = changed(reliable_change=model_tables.reliable_change(n_once=7))
    assert "Patients with only one rating (7) are left out." in claims.reliable_change(once)


def test_a_pattern_that_nobody_has_is_not_spoken_of(changed):
    found = changed(reliable_change=model_tables.reliable_change(repaired=(0, 0, 0)))
    assert "repaired ruptures" in claims.reliable_change(found)
    assert "with repaired" not in claims.reliable_change(found)
    assert "nan" not in reliable_change(found)


def test_small_cells_of_confidential_patients_are_not_shown(changed):
    few = model_tables.reliable_change(repaired=(7, 10, 3))
    found = changed(REAL, reliable_change=few)
    text = claims.reliable_change(found)
    # 3 deteriorated is what is left of 20 otherwise: the next smallest cell goes with it
    assert "with repaired" not in text
    rows = {
        line.split("|")[1].strip(): line
        for line in reliable_change(found).splitlines()
        if "|" in line
    }
    cells = [cell.strip() for cell in rows["Repaired"].split("|")[2:-1]]
    assert cells == ["20", "–", "10 (50.0) [45.0, 55.0]", "–"]
    # the whole less the other patterns would tell them
    assert [cell.strip() for cell in rows["All"].split("|")[3:-1]][::2] == ["–", "–"]
    open_ = changed(reliable_change=few)
    assert "15.0% deteriorated" in claims.reliable_change(open_)
