"""Few and many interpersonal problems: what is said of either end, and at which lengths."""

from dataclasses import replace

import model_tables
import pytest
from rupture_repair.manuscript.claims import claims
from rupture_repair.manuscript.summary_claims import summary_claims


def given(results, average=(-0.8, 0.01), **tables):
    found = results(headline={"average": average})
    return replace(found, tables={**found.tables, **tables})


@pytest.mark.parametrize(
    ("few", "many", "p", "expected"),
    [
        (0.9, -0.7, 0.01, "less"),
        (0.9, -0.7, 0.2, ""),
        (-0.2, -0.7, 0.01, ""),
    ],
)
def test_a_crossover_is_described_at_both_ends(results, few, many, p, expected):
    found = given(results, contrasts=model_tables.contrasts(few, many, p))
    short = claims(found)["moderation_short"]
    assert "(*b* = −0.80 per *SD*, 95% CI [−1.78, 0.18])" in short
    plain = summary_claims(found)["plain"]
    assert (
        "in patients with few, they were associated with less improvement than no rupture" in short
    ) == (expected == "less")
    assert (
        "few such problems, such a drop was associated with less improvement than no drop" in plain
    ) == (expected == "less")


def test_an_association_may_turn_over_the_other_way(results):
    found = given(results, (0.8, 0.01), contrasts=model_tables.contrasts(-0.9, 0.7))
    short = claims(found)["moderation_short"]
    assert "associated with less improvement in patients with more" in short
    assert (
        "in patients with few, they were associated with more improvement than no rupture" in short
    )
    practice = summary_claims(found)["practice"]
    assert "associated with less improvement than no drop. Why" in practice


def test_practice_rests_on_the_difference_at_many_problems(results):
    """Not on the interaction alone, which may be clear where that difference is not."""
    clear = summary_claims(given(results))["practice"]
    assert "followed by a return was associated with more improvement than no drop." in clear
    unclear = given(results, contrasts=model_tables.contrasts(0.9, -0.1, p=0.6))
    text = summary_claims(unclear)["practice"]
    assert "the difference from no drop is not clear" in text


@pytest.mark.parametrize(("at_zero", "word"), [(-0.5, "more"), (3.0, "less")])
def test_a_region_names_its_direction(results, at_zero, word):
    """The difference in the middle of 0.25 to 2.40 is `at_zero` − 0.6 × 1.325."""
    found = given(results, contrasts=model_tables.contrasts(at_zero + 0.6, at_zero - 0.6))
    words = claims(found)["johnson_neyman"]
    wanted = (
        f"Repaired ruptures were associated with significantly {word} improvement than no rupture"
    )
    wanted += " from"
    assert f"{wanted} 0.25 to 2.40 *SD* of interpersonal problems (observed" in words


def test_two_regions_have_a_direction_each(results):
    table = model_tables.johnson_neyman().assign(low_from=-2.0, low_to=-1.0)
    line = model_tables.contrasts(0.7, -0.5)
    words = claims(given(results, johnson_neyman=table, contrasts=line))["johnson_neyman"]
    low = "significantly less improvement than no rupture from −2.00 to −1.00 *SD* of interpersonal"
    assert f"{low} problems and with significantly more from 0.25 to 2.40 *SD* (observed" in words


def test_the_moderation_is_given_at_each_length_and_without_length(results):
    at = {"short": (-0.1, 0.8), "middle": (-1.0, 0.04), "long": (-2.0, 0.01)}
    text = claims(results(headline=at))["length"]
    assert "−0.10 [−1.08, 0.88] at 5, −1.00 [−1.98, −0.02] at 10 and −2.00" in text
    assert "at 20 sessions (95% CI). Without length in the model (M2)" in text
    assert "it was −0.90 [−1.88, 0.08]." in text
    nothing = dict.fromkeys(("short", "middle", "long"))
    assert "Per *SD*" not in claims(results(headline=nothing))["length"]
