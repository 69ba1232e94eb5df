"""Numbers as the Publication Manual wants them."""

import math

import pytest
from rupture_repair.words import apa


@pytest.mark.parametrize(
    ("given", "decimals", "expected"),
    [
        (-1.234, 2, "−1.23"),
        (0.5, 2, "0.50"),
        (-0.001, 2, "0.00"),
        (57.78, 1, "57.8"),
        (-1.0, 0, "−1"),
        (math.nan, 2, "–"),
        (None, 2, "–"),
    ],
)
def test_number(given, decimals, expected):
    assert apa.number(given, decimals) == expected


@pytest.mark.parametrize(
    ("given", "expected"), [(0.456, ".46"), (-0.28, "−.28"), (1.0, "1.00"), (0.0, ".00")]
)
def test_what_cannot_exceed_one_has_no_leading_zero(given, expected):
    assert apa.proportion(given) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (0.0005, "< .001"),
        (0.001, ".001"),
        (0.0123, ".012"),
        (0.5, ".500"),
        (0.9994, ".999"),
        (0.9997, "> .999"),
        (1.0, "> .999"),
        (math.nan, "–"),
    ],
)
def test_p_value(given, expected):
    assert apa.p_value(given) == expected


def test_p_statement_has_one_relation():
    assert apa.p_statement(0.0001) == "*p* < .001"
    assert apa.p_statement(0.0432) == "*p* = .043"
    assert apa.p_statement(0.9997) == "*p* > .999"


def test_interval_degrees_and_words():
    assert apa.interval(-0.5, 1) == "[−0.50, 1.00]"
    assert apa.degrees(math.inf) == "∞"
    assert apa.degrees(41.26) == "41.3"
    assert apa.plural(1, "rupture") == "1 rupture"
    assert apa.plural(2, "rupture") == "2 ruptures"


@pytest.mark.parametrize(("value", "shown"), [(7.0, "7"), (7.5, "7.5"), (float("nan"), "–")])
def test_medians_of_counts_have_no_needless_decimal(value, shown):
    assert apa.count(value) == shown
