"""States and lags against slow and obvious ways to them; the models against lme4."""

import json
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rupture_repair.config.criteria import PATTERNS, Criterion
from rupture_repair.detection.detector import detect
from rupture_repair.modelling.fit import certified, plain_term
from rupture_repair.modelling.formulas import FORMULAS
from rupture_repair.modelling.within_person import (
    LAGGED,
    STATE,
    lagged_table,
    looks_ahead,
    state_before,
    state_table,
)

RATINGS = ["alliance", "symptoms"]
ABSOLUTE = Criterion(scale="absolute", k=2)


def courses(**ratings):
    """Return sessions and a table of patients from alliance ratings by patient; None is missing."""
    rows = [
        {"patient_id": name, "session": n + 1, "alliance": value, "symptoms": 10.0 * n + len(name)}
        for name, course in ratings.items()
        for n, value in enumerate(course)
    ]
    sessions = pd.DataFrame(rows).astype({"alliance": float})
    table = sessions[["patient_id", "session", "symptoms"]].assign(therapist_id="T", iip_z=1.0)
    return sessions, table


def states(*alliance):
    sessions, table = courses(P=alliance)
    return state_table(table, detect(sessions, ABSOLUTE).events)["state"].tolist()


def test_states_of_hand_made_courses():
    none, open_, mended = PATTERNS
    assert states(5, 5, 4, 5) == [none] * 4
    assert states(5, 5, 2, 3, 5, 5) == [none, none, open_, open_, mended, mended]
    assert states(5, 2, 5, 2, 2, 5) == [none, open_, mended, open_, open_, mended]
    # two open ruptures: the repair of one is not that of all
    assert states(5, 3, 1, 3, 5) == [none, open_, open_, open_, mended]
    assert states(5, 5, 5, 2) == [none, none, none, open_]


def test_the_state_before_goes_with_the_symptoms_of_the_next_session():
    sessions = pd.DataFrame({"session": [1, 2, 3, 5, 6], "symptoms": [9.0, 8, 7, 6, 5]})
    sessions["state"] = ["none", "none", "unrepaired", "repaired", "repaired"]
    found = state_before(sessions.assign(patient_id="a"))
    assert found["session"].tolist() == [2, 3, 6]
    assert found["symptoms"].tolist() == [8, 7, 5]
    assert found["state"].tolist() == ["none", "none", "repaired"]


def slow_state(alliance, session):
    """The state by rule, from the ratings up to a session alone."""
    seen = [(n + 1, a) for n, a in enumerate(alliance) if a is not None and n + 1 <= session]
    any_rupture, open_ = False, False
    for (before, level), (at, value) in pairwise(seen):
        if at - before == 1 and level - value >= 2 - 1e-9:
            any_rupture = True
            open_ |= not any(later > at and back >= level - 1e-9 for later, back in seen)
    return "none" if not any_rupture else "unrepaired" if open_ else "repaired"


ratings = st.lists(st.sampled_from([None, 1, 2, 3, 4, 5]), min_size=2, max_size=9)


@given(st.lists(ratings, min_size=1, max_size=3))
def test_the_state_of_a_session_rests_on_nothing_later(alliance):
    named = {f"P{n}": course for n, course in enumerate(alliance)}
    sessions, table = courses(**named)
    found = state_table(table, detect(sessions, ABSOLUTE).events)
    slow = [slow_state(named[p], s) for p, s in zip(found.patient_id, found.session, strict=True)]
    assert found["state"].tolist() == slow


def test_criteria_by_which_later_ratings_decide(criteria):
    ahead = {name for name, criterion in criteria.items() if looks_ahead(criterion)}
    assert {
        "case_sensitive_2sd",
        "gumz2012_2sd_style",
        "shewhart_3sigma",
        "tang_derubeis_style",
    } <= ahead
    assert {"igra2025_style", "pooled_1sd", "between_1sd", "rci"} & ahead == set()
    assert not looks_ahead(ABSOLUTE)


@given(st.lists(ratings, min_size=1, max_size=3), st.randoms(use_true_random=False))
def test_lags_equal_a_direct_loop(alliance, random):
    sessions, table = courses(**{f"P{n}": course for n, course in enumerate(alliance)})
    gone = [n for n in sessions.index if random.random() < 0.2]
    sessions = sessions.drop(index=gone)
    table = table[table["patient_id"].isin(sessions["patient_id"])]
    expected = []
    for patient in sorted(set(sessions["patient_id"])):
        own = sessions[sessions["patient_id"] == patient].set_index("session")
        for session in own.index:
            if session - 1 in own.index:
                past = own.loc[session - 1] - own[RATINGS].mean()
                now = own.loc[session]
                expected.append((patient, session, *now[RATINGS], np.log(session), *past[RATINGS]))
    found = lagged_table(table, sessions.sample(frac=1, random_state=1), "log")
    names = ["patient_id", "session", "alliance", "symptoms", "time"]
    names += ["alliance_before", "symptoms_before"]
    wanted = pd.DataFrame(expected, columns=names).astype({"session": "int64"})
    pd.testing.assert_frame_equal(found[names], wanted, check_dtype=len(wanted) > 0)


def test_a_lag_by_hand():
    sessions, table = courses(AB=[3, 5, None, 4])
    found = lagged_table(table, sessions, "linear").set_index("session")
    assert found.index.tolist() == [2, 3, 4]
    assert found["alliance_before"].tolist()[:2] == [-1.0, 1.0]
    assert np.isnan(found.loc[4, "alliance_before"])
    assert found["symptoms_before"].tolist() == [-15.0, -5.0, 5.0]
    assert found["time"].tolist() == [1.0, 2.0, 3.0]
    assert (found["iip_z"] == 1).all()


@pytest.fixture(scope="module")
def lme4(root):
    folder = root / "tests/reference/within_person"
    table = pd.read_csv(folder / "sessions.csv.gz")
    for name in ("pattern", "state"):
        table[name] = pd.Categorical(table[name], PATTERNS)
    values = json.loads((folder / "lme4.json").read_text(encoding="utf-8"))
    return table, values


def factors(term):
    """The factors of a term, in whatever order a program names them."""
    return ":".join(sorted(term.split(":")))


MODELS = {
    "landmark": (FORMULAS["M2"], "after_landmark"),
    "state": (STATE, None),
    "alliance_to_symptoms": (LAGGED["alliance"], "has_before"),
    "symptoms_to_alliance": (LAGGED["symptoms"], "has_before"),
}


@pytest.mark.parametrize("model", MODELS)
def test_models_are_those_of_lme4(lme4, model):
    """Tolerances as in test_against_lme4."""
    (table, values), (formula, rows) = lme4, MODELS[model]
    used = table if rows is None else table[table[rows]]
    if model == "landmark":
        used = used.assign(time=used["time_after"])
    fit = certified(formula, used, reml=True, patient_terms="correlated")
    assert fit.certificate().passed
    theirs = pd.DataFrame(values[model]["coefficients"])
    theirs.index = [factors(name) for name in theirs["term"]]
    names = [factors(plain_term(name)) for name in fit.terms]
    assert sorted(names) == sorted(theirs.index)
    theirs = theirs.loc[names]
    assert values[model]["n"] == fit.nobs
    assert fit.llf == pytest.approx(values[model]["llf"], abs=1e-4)
    off = np.abs(fit.params.to_numpy() - theirs["estimate"]) / theirs["se"]
    assert off.max() < 1e-3
    np.testing.assert_allclose(fit.bse, theirs["se"], rtol=1e-4)
    np.testing.assert_allclose(fit.df, theirs["df"], rtol=0.01)
