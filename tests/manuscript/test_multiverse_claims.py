"""What is said of other analyses follows the tables; other data, another sentence."""

import multiverse_tables as made
import numpy as np
import pytest
from rupture_repair.manuscript import multiverse_claims as claims

CLEAR, UNCLEAR = np.full(40, 0.001), np.full(40, 0.4)


@pytest.mark.parametrize(
    ("estimates", "p", "expected"),
    [
        (np.linspace(-3, -1, 40), UNCLEAR, "100% were negative, 0% with *p* < .05. This paper's"),
        (np.linspace(1, 3, 40), CLEAR, "All 40 specifications could be estimated."),
        (np.linspace(-3, 2, 40), CLEAR, "Of the estimates, 60% were negative, 60% with *p*"),
        (np.linspace(-3, -1, 40), CLEAR, "gave −3.00; 100% of the others were less negative"),
        (np.linspace(-1, -3, 40), CLEAR, "gave −1.00; 100% of the others were more negative"),
        (np.linspace(3, 1, 40), CLEAR, "gave 3.00; 100% of the others were less positive"),
    ],
)
def test_the_curve_in_every_direction(changed, estimates, p, expected):
    found = claims.curve(changed(**made.tables(estimates, p)))
    assert expected in found
    assert "depend" not in found and "as a whole" not in found


@pytest.mark.parametrize(
    ("origins", "expected"),
    [
        ({"own": 1, "drawn": 39}, "From all combinations of such choices, 39 specifications were"),
        ({"own": 1, "drawn": 39}, "; with this paper's own analysis there are 40."),
        ({"own": 1, "all": 39}, "All combinations of such choices and this paper's own analysis"),
        (
            {"own": 1, "drawn": 37, "also": 2},
            "; with 2 added by name and this paper's own analysis there",
        ),
    ],
)
def test_drawn_and_added_specifications_are_distinguished(changed, origins, expected):
    table = made.specifications(40)
    table["origin"] = [name for name, n in origins.items() for _ in range(n)]
    text = claims.specifications(changed(multiverse_specifications=table))
    assert expected in text
    assert ("drawn" in text) == ("drawn" in origins)


def test_what_could_not_be_estimated_is_counted(changed):
    few = changed(multiverse=made.multiverse(np.full(40, -1.0), CLEAR, reasons=3))
    assert claims.curve(few).startswith("Of 40 specifications, 37 could be estimated. ")
    none = changed(multiverse=made.multiverse(np.full(40, -1.0), CLEAR, reasons=40))
    assert claims.curve(none) == "None of 40 specifications could be estimated."


@pytest.mark.parametrize(
    ("estimates", "p", "expected"),
    [
        (np.linspace(-3, 1, 40), CLEAR, "75% gave more improvement after repair in patients with"),
        (np.linspace(-3, 1, 40), CLEAR, "more problems, 75% with *p* < .05."),
        (np.linspace(-1, 3, 40), UNCLEAR, "75% gave less improvement after repair in patients"),
        (np.linspace(-1, 3, 40), UNCLEAR, "Of 40 defensible specifications of this analysis, 75%"),
    ],
)
def test_the_abstract_has_the_direction_of_most_specifications(changed, estimates, p, expected):
    assert expected in claims.in_short(changed(**made.tables(estimates, p))).words


def test_the_abstract_has_nothing_on_specifications_without_estimates(changed):
    none = changed(multiverse=made.multiverse(np.full(40, -1.0), CLEAR, reasons=40))
    assert claims.in_short(none).words == ""


def test_choices_are_named_in_their_order(changed):
    text = claims.choices(changed())
    named = "time (30%), scale of a drop (20%) and treatment length (10%)"
    assert f"Of single choices, {named} accounted for the largest shares of the estimates'" in text
    assert "Most" not in text
    assert "combinations of choices accounted for 35%" in text
    alone = claims.choices(changed(multiverse_influence=made.influence(time=0.3)))
    assert "time (30%) accounted for the largest share of" in alone
    nothing = changed(multiverse_influence=made.influence().iloc[:0])
    assert "too few estimates" in claims.choices(nothing)
    assert "0 specifications" in claims.variance_shares(nothing)


@pytest.mark.parametrize(
    ("no_rupture", "permuted", "expected"),
    [
        ((0.01, 0.01), (0.01, 0.01), "more extreme than under either. Its direction hardly dep"),
        ((0.01, 0.01), (0.3, 0.3), "more extreme than under one of the two"),
        ((0.3, 0.3), (0.3, 0.3), "no more extreme than under either"),
        (None, None, "was not tested by resampling in this run, and nothing is concluded about it"),
    ],
)
def test_inference_in_every_direction(changed, no_rupture, permuted, expected):
    found = changed(multiverse_inference=made.inference(no_rupture, permuted))
    text = claims.inference(found)
    assert expected in text
    assert ("direction" in text) == ("than under either. Its" in text)


def test_the_direction_of_an_extreme_curve_may_depend_on_the_choices(changed):
    tables = made.tables(np.linspace(-3, 2, 40), CLEAR)
    tables["multiverse_inference"] = made.inference((0.01, 0.01), (0.01, 0.01))
    assert "Its direction depends on the choices." in claims.inference(changed(**tables))


def test_a_part_of_the_curve_is_called_a_part(changed):
    some = made.inference((0.3, 0.3), (0.3, 0.3), specifications=12)
    assert "12 of the specifications, drawn at random," in claims.inference(
        changed(multiverse_inference=some)
    )
    whole = made.inference((0.3, 0.3), (0.3, 0.3))
    assert "drawn at random" not in claims.inference(changed(multiverse_inference=whole))


def test_inference_tells_the_numbers_of_the_table(changed):
    text = claims.inference(changed(multiverse_inference=made.inference((0.012, 0.03), (0.2, 0.4))))
    assert "In 100 cohorts simulated without ruptures the median estimate was on average" in text
    assert "0.05 [−0.40, 0.50] (*p* = .012 for the observed one)" in text
    assert "(*p* = .030 for the observed 70%)" in text


def test_the_table_of_influence(changed):
    lines = claims.variance_shares(changed()).splitlines()
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines if line[:2] == "| "]
    assert ["Time", "30.0", "–"] in rows
    assert ["Combinations of choices", "35.0", "–"] in rows
