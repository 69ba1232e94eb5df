"""Possible values that are not plausible together: found where planted, not found elsewhere."""

import numpy as np
import pandas as pd
import pytest
from clean_cohorts import Cohort, other, shipped
from planted import DEFECTS
from rupture_repair.validation import reasons
from rupture_repair.validation.plausibility import implausible

FILES = {"patients": "p.csv", "sessions": "s.csv"}
# a clinic in which everything can be seen: enough therapists, dates, a number of items
CLEAR = {
    "alliance": "WAI-SR", "symptoms": "PHQ-9", "iip": "IIP-32", "therapists": 15, "dates": True,
    "caseload_sd": 0.3, "alliance_level": 0.8, "symptom_level": 0.5, "skew": 0.3,
    "r_alliance_symptoms": -0.4, "r_iip_symptoms": 0.6, "mean_sessions": 12.0,
    "therapist_share": 0.05, "autocorrelation": 0.2,
}  # fmt: skip
# 99 is no PHQ-9 score; a code of 0 cannot be told from a good day where symptoms are few; half of
# the range for single patients lies inside of what is usual; few patients reach the upper end of
# a symptom scale
UNSEEN = {
    "5 % of the symptom ratings 99, where 99 is a score",
    "10 % of the symptom ratings at the lowest score",
    "alliance of 10 % of the patients on half of the range",
    "symptoms of some therapists, 10 % of the patients, on three quarters of the range",
}


def found(cohort: Cohort, min_sessions: int = 3):
    """What is said of a cohort."""
    return implausible(
        cohort.patients, cohort.sessions, FILES, {}, cohort.instruments, min_sessions
    )


def broken(defect: str, seed: int = 1, n: int = 200, **kind):
    """A clear cohort with a planted defect."""
    cohort = other(seed, n, **CLEAR | kind)
    return DEFECTS[defect].plant(cohort, np.random.default_rng(seed))


@pytest.mark.parametrize(
    "seed",
    [*range(1000, 1006), *(pytest.param(n, marks=pytest.mark.long) for n in range(1006, 1020))],
)
def test_clean_cohorts_get_no_warning(seed):
    assert [str(problem) for problem in found(other(seed))] == []


def test_the_shipped_kind_of_cohort_gets_no_warning():
    assert found(shipped(1000, 80)) == []


@pytest.mark.parametrize("defect", sorted(set(DEFECTS) - UNSEEN))
def test_what_is_planted_is_found(defect):
    problems = found(broken(defect))
    mine = [problem for problem in problems if problem.why == DEFECTS[defect].why]
    assert mine, [str(problem) for problem in problems]
    for problem in mine:
        assert problem.severity == "warning"
        assert problem.remedy


def test_99_is_found_where_it_is_a_score():
    defect = "5 % of the symptom ratings 99, where 99 is a score"
    [problem] = found(broken(defect, symptoms="OQ-45", symptom_level=0.3))
    assert "are 99 far above the ratings before and after them" in problem.message
    assert problem.remedy == "If 99 stands for a missing answer, add it to `missing_codes`."


def test_the_patients_concerned_are_named():
    [problem] = found(broken("one patient of 7 or more ratings under two pseudonyms"))
    assert problem.patient_id.endswith(", TWIN")
    cohort = broken("the alliance turned round for the largest therapist")
    largest = cohort.patients["therapist_id"].value_counts().index[0]
    [problem] = [p for p in found(cohort) if p.value]
    assert problem.value == f"therapist {largest}"
    whose = set(cohort.patients.query("therapist_id == @largest")["patient_id"])
    assert set(problem.patient_id.split(" and ")[0].split(", ")) <= whose


def test_a_therapist_on_a_narrower_range_is_named_with_where_it_ends():
    cohort = broken("alliance of some therapists, 10 % of the patients, on half of the range")
    problems = found(cohort)
    whose = cohort.patients.set_index("patient_id")["therapist_id"]
    highest = cohort.sessions.groupby(cohort.sessions["patient_id"].map(whose))["alliance"].max()
    assert problems
    for problem in problems:
        name = problem.value.removeprefix("therapist ")
        assert highest[name] <= 3  # half of 1 to 5
        assert f"lies above {highest[name]:.4g}, which" in problem.message


def test_late_numbering_is_distinguished_from_unrated_sessions():
    """Where every second session has no row, a course may begin at 2, 3 or 4."""
    clean = other(3, 150, **CLEAR | {"missing": 0})
    rng = np.random.default_rng(4)
    kept = clean.sessions[rng.random(len(clean.sessions)) < 0.5]
    late = kept.groupby("patient_id")["session"].min() > 1
    assert late.sum() > 50
    assert found(Cohort(clean.patients, kept, clean.instruments)) == []
    moved = kept.assign(session=kept["session"] + 30)
    [problem] = found(Cohort(clean.patients, moved, clean.instruments))
    assert problem.why == reasons.NUMBERING


def test_only_those_who_begin_late_are_named():
    clean = other(3, 100, **CLEAR | {"missing": 0})
    ids = sorted(clean.patients["patient_id"])[10:14]
    who = clean.sessions["patient_id"].isin(ids)
    later = clean.sessions.assign(session=clean.sessions["session"] + 7 * who)
    [problem] = found(Cohort(clean.patients, later, clean.instruments))
    assert problem.message == ("the session numbers of 4 of 100 patients begin at 8, not at 1")
    assert problem.patient_id == ", ".join(ids)


def test_constant_series_are_not_copies():
    """Many patients are content in every session: the same series, and no double."""
    clean = other(3, 120, **CLEAR | {"missing": 0})
    content = clean.sessions["patient_id"].isin(sorted(clean.patients["patient_id"])[:25])
    table = clean.sessions.assign(
        alliance=clean.sessions["alliance"].mask(content, 5.0),
        symptoms=clean.sessions["symptoms"].mask(content, 0.0),
    )
    problems = found(Cohort(clean.patients, table, clean.instruments))
    assert reasons.COPIED not in {problem.why for problem in problems}


def test_a_recovery_is_not_a_missing_code():
    """In a third of the patients symptoms fall to 0 at once and stay there."""
    clean = other(3, 150, **CLEAR | {"missing": 0})
    well = clean.sessions["patient_id"].isin(sorted(clean.patients["patient_id"])[:50])
    late = clean.sessions["session"] > 4
    table = clean.sessions.assign(symptoms=clean.sessions["symptoms"].mask(well & late, 0.0))
    problems = found(Cohort(clean.patients, table, clean.instruments))
    assert reasons.SPIKE not in {problem.why for problem in problems}


@pytest.mark.parametrize("role", ["alliance", "symptoms"])
def test_insufficient_ratings_are_blocking(role):
    clean = other(3, 60, **CLEAR)
    rating = clean.sessions[role]
    first = clean.sessions["session"] == 1
    for broken_ratings, words in (
        (rating * np.nan, "holds no rating at all"),
        (rating.where(first), "no patient has more than one rating"),
        (rating * 0 + 2, "ratings of"),
    ):
        table = clean.sessions.assign(**{role: broken_ratings})
        [problem] = found(Cohort(clean.patients, table, clean.instruments))
        assert problem.severity == "blocking"
        assert words in problem.message


def test_ratings_of_those_who_are_left_out_do_not_count():
    """The only ratings belong to a patient with too few sessions, or without baseline."""
    clean = other(3, 60, **CLEAR)
    lone = clean.patients["patient_id"].iloc[0]
    only = clean.sessions["alliance"].where(clean.sessions["patient_id"] == lone)
    no_iip = clean.patients["iip"].mask(clean.patients["patient_id"] == lone)
    table = clean.sessions.assign(alliance=only)
    cohort = Cohort(clean.patients.assign(iip=no_iip), table, clean.instruments)
    assert [problem.severity for problem in found(cohort)] == ["blocking"]


@pytest.mark.parametrize("shift", [-40.0, 0.0, 3.5])
def test_the_order_of_rows_and_the_names_do_not_matter(shift):
    cohort = broken("10 % of the alliance ratings at the lowest score")
    rng = np.random.default_rng(5)
    shuffled = cohort.sessions.sample(frac=1, random_state=rng)
    again = Cohort(cohort.patients.sample(frac=1, random_state=rng), shuffled, cohort.instruments)
    assert [p.message for p in found(cohort)] == [p.message for p in found(again)]


def test_tables_without_rows_or_ratings_are_no_error():
    clean = other(3, 60, **CLEAR)
    nothing = clean.sessions.iloc[:0]
    assert found(Cohort(clean.patients, nothing, clean.instruments)) == []
    unrated = clean.sessions.assign(alliance=np.nan, symptoms=np.nan)
    assert len(found(Cohort(clean.patients, unrated, clean.instruments))) == 2
    few = clean.sessions[clean.sessions["patient_id"].isin(clean.patients["patient_id"][:3])]
    few_patients = clean.patients.iloc[:3].assign(therapist_id=pd.Series(["A", "A", None]))
    assert found(Cohort(few_patients, few, clean.instruments)) == []
