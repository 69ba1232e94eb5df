"""Reliable change of patients known by hand."""

import numpy as np
import pandas as pd
import pytest
from rupture_repair.config.criteria import PATTERNS
from rupture_repair.config.instruments import Instrument
from rupture_repair.modelling.reliable_change import reliable_change, threshold

# pattern and ratings, a list per patient; on a scale on which higher is worse
COURSES = [
    ("none", [20, 25, 14]),  # −6 improved, exactly the threshold
    ("none", [20, 14.1]),  # −5.9 unchanged
    ("none", [10, 16]),  # +6 deteriorated
    ("none", [12]),  # rated once
    ("unrepaired", [20, 5, 20]),  # 0: neither rating between counts
    ("unrepaired", [30, 10]),  # −20 improved
]
# more of them, for shares: 5 without rupture are rated twice
MORE = [*COURSES, ("none", [20, 10]), ("none", [20, 19])]
TOOL = Instrument(
    title="Symptoms in few words",
    short="SFW",
    measures="symptoms",
    minimum=-100,
    maximum=100,
    higher_is="worse",
    reliable_change=6.0,
    source="invented",
)


def changed(**values):
    return TOOL.model_copy(update=values)


def table(courses, sign=1):
    rows = [
        (f"P{n}", session, sign * value, pattern)
        for n, (pattern, values) in enumerate(courses)
        for session, value in enumerate(values, start=1)
    ]
    found = pd.DataFrame(rows, columns=["patient_id", "session", "symptoms", "pattern"])
    found["pattern"] = pd.Categorical(found["pattern"], PATTERNS)
    return found.sample(frac=1, random_state=1)  # order in the table must not matter


def counts(found, pattern):
    return found[found["pattern"] == pattern]["n"].tolist()


@pytest.mark.parametrize(("higher_is", "sign"), [("worse", 1), ("better", -1)])
def test_improved_unchanged_deteriorated(higher_is, sign):
    found = reliable_change(table(COURSES, sign), changed(higher_is=higher_is), 0.95)
    assert counts(found, "none") == [1, 1, 1]
    assert counts(found, "unrepaired") == [1, 1, 0]
    assert counts(found, "repaired") == [0, 0, 0]
    assert counts(found, "all") == [2, 2, 1]
    at = found.set_index(["pattern", "outcome"])
    assert at.loc[("none", "improved"), "n_rated"] == 3
    assert at.loc[("none", "improved"), "n_once"] == 1
    assert at.loc[["none", "unrepaired", "repaired"], "share"].isna().all()  # of 3, 2 and 0


def test_shares_are_of_five_patients_at_least():
    at = reliable_change(table(MORE), TOOL, 0.95).set_index(["pattern", "outcome"])
    assert at.loc[("none", "improved"), ["n", "n_rated", "share"]].tolist() == [2, 5, 0.4]
    assert at.loc[("none", "improved"), "low"] < 0.4 < at.loc[("none", "improved"), "high"]
    assert np.isnan(at.loc[("unrepaired", "improved"), "share"])


def test_wilson_intervals_by_their_formula():
    found = reliable_change(table(COURSES), TOOL, 0.95)
    row = found.set_index(["pattern", "outcome"]).loc[("all", "improved")]
    p, n, z = 2 / 5, 5, 1.959963984540054
    centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    assert [row["low"], row["high"]] == pytest.approx([centre - half, centre + half])
    wider = reliable_change(table(COURSES), TOOL, 0.99).set_index(["pattern", "outcome"])
    assert wider.loc[("all", "improved"), "high"] > row["high"]


def test_the_threshold_from_reliability_and_the_sd_of_first_ratings():
    # SD 10, reliability .84: standard error 4, of a difference 5.657, times 1.96 = 11.087
    assert threshold(changed(reliable_change=None, reliability=0.84), 10.0) == (
        pytest.approx(11.0874, abs=1e-3),
        "reliability",
    )
    first = table([("none", [0, 11]), ("none", [10, -2]), ("repaired", [20, 19])])
    found = reliable_change(first, changed(reliable_change=None, reliability=0.84), 0.95)
    assert set(found["basis"]) == {"reliability"}
    assert counts(found, "all") == [1, 2, 0]


def test_the_published_criterion_comes_first():
    assert threshold(changed(reliability=0.9), 7.0) == (6.0, "published")


@pytest.mark.parametrize(
    ("reliability", "courses"),
    [
        (None, COURSES),
        (0.9, [("none", [20, 10]), ("none", [20, 5])]),  # first ratings do not differ
        (0.9, [("none", [20, 10])]),  # one patient has no SD
    ],
)
def test_without_criterion_it_is_not_recorded(reliability, courses):
    tool = changed(reliable_change=None, reliability=reliability)
    found = reliable_change(table(courses), tool, 0.95)
    assert set(found["basis"]) == {"not recorded"}
    assert found[["n", "share", "low", "high", "threshold"]].isna().all(axis=None)
    assert len(found) == 4 * 3
    assert found["n_rated"].iloc[0] == sum(len(ratings) > 1 for _, ratings in courses)


def test_a_reliability_lies_between_0_and_1(instruments):
    given = instruments["symptoms"].model_dump()
    for wrong in (0.0, 1.0, 1.2):
        with pytest.raises(ValueError, match="reliability"):
            Instrument(**given | {"reliability": wrong})
    assert Instrument(**given | {"reliability": 0.9}).reliability == 0.9


@pytest.mark.parametrize("unit", [0.01, 100])
def test_the_unit_of_the_questionnaire_is_immaterial(unit):
    """Means of items change by less than a point."""
    ours = reliable_change(table(COURSES), TOOL, 0.95)
    scaled = [(pattern, [unit * value for value in values]) for pattern, values in COURSES]
    other = reliable_change(table(scaled), changed(reliable_change=6.0 * unit), 0.95)
    pd.testing.assert_frame_equal(
        other.drop(columns="threshold"), ours.drop(columns="threshold"), rtol=1e-12
    )


@pytest.mark.parametrize("unit", [0.01, 1, 100])
def test_the_threshold_from_reliability_grows_with_the_unit(unit):
    tool = changed(reliable_change=None, reliability=0.9)
    points, basis = threshold(tool, 5.0 * unit)
    assert basis == "reliability"
    assert points == pytest.approx(1.96 * np.sqrt(2) * 5.0 * unit * np.sqrt(0.1))
