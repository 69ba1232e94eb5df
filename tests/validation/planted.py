"""What goes wrong in files, planted in clean cohorts: a function each, from cohort to cohort."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from clean_cohorts import Cohort
from rupture_repair.validation import reasons

Rng = np.random.Generator


@dataclass(frozen=True)
class Defect:
    """`plant` breaks a cohort, or returns None where it cannot; `why` is the reason to be named."""

    plant: Callable[[Cohort, Rng], Cohort | None]
    why: str


def _sessions(cohort: Cohort, **columns: object) -> Cohort:
    return replace(cohort, sessions=cohort.sessions.assign(**columns))


def _some(cohort: Cohort, rng: Rng, share: float, least: int = 0) -> pd.Series:
    """Whether each session is one of a share of the patients, who have at least some ratings."""
    rated = cohort.sessions.dropna(subset=["alliance"]).groupby("patient_id").size()
    able = np.array(rated.index[rated >= least])
    chosen = rng.choice(able, max(1, round(share * len(able))), replace=False)
    return cohort.sessions["patient_id"].isin(chosen)


def _shifted(by: int, share: float):
    def plant(cohort, rng):
        who = _some(cohort, rng, share)
        return _sessions(cohort, session=cohort.sessions["session"] + by * who)

    return plant


def running_numbers(cohort, rng):
    """Number the sessions through the file."""
    return _sessions(cohort, session=np.arange(1.0, len(cohort.sessions) + 1))


def one_digit_twice(cohort, rng):
    """Type the last number of one patient twice, 6 as 66."""
    last = cohort.sessions.groupby("patient_id")["session"].transform("max")
    who = _some(cohort, rng, 0, 4) & (cohort.sessions["session"] == last)
    return _sessions(cohort, session=cohort.sessions["session"].mask(who, last * 11))


def one_far_in_the_middle(cohort, rng):
    """Give the third session of one patient the number 93."""
    who = _some(cohort, rng, 0, 5) & (cohort.sessions["session"] == 3)
    return _sessions(cohort, session=cohort.sessions["session"].mask(who, 93.0))


def far_baseline(cohort, rng):
    """Number all sessions but the first of one patient from 61."""
    who = _some(cohort, rng, 0, 5) & (cohort.sessions["session"] > 1)
    return _sessions(cohort, session=cohort.sessions["session"] + 60 * who)


def _copied(least: int, change: Callable[[pd.DataFrame], pd.DataFrame] = lambda table: table):
    def plant(cohort, rng):
        twin = change(cohort.sessions[_some(cohort, rng, 0, least)])
        patient = cohort.patients[cohort.patients["patient_id"] == twin["patient_id"].iloc[0]]
        return replace(
            cohort,
            patients=pd.concat([cohort.patients, patient.assign(patient_id="TWIN")]),
            sessions=pd.concat([cohort.sessions, twin.assign(patient_id="TWIN")]),
        )

    return plant


def _entered_twice(share: float):
    def plant(cohort, rng):
        table = cohort.sessions
        again = table[(rng.random(len(table)) < share) & table["alliance"].notna()]
        both = pd.concat([table, again]).sort_values(["patient_id", "session"], kind="stable")
        number = both.groupby("patient_id").cumcount() + 1.0
        return replace(cohort, sessions=both.assign(session=number).reset_index(drop=True))

    return plant


def many_under_one_name(cohort, rng):
    """Put the patients of a third of the therapists under one name."""
    names = cohort.patients["therapist_id"].unique()
    if len(names) < 9:
        return None
    lost = cohort.patients["therapist_id"].isin(rng.choice(names, len(names) // 2, replace=False))
    named = cohort.patients["therapist_id"].mask(lost, "team")
    return replace(cohort, patients=cohort.patients.assign(therapist_id=named))


def own_therapist_each(cohort, rng):
    """Name a therapist per patient."""
    names = "T" + cohort.patients["patient_id"]
    return replace(cohort, patients=cohort.patients.assign(therapist_id=names))


def _code(role: str, value: str | float, share: float):
    def plant(cohort, rng):
        tool = cohort.instruments[role]
        code = getattr(tool, value) if isinstance(value, str) else value
        if not tool.minimum <= code <= tool.maximum:
            return None
        typed = rng.random(len(cohort.sessions)) < share
        return _sessions(cohort, **{role: cohort.sessions[role].mask(typed, code)})

    return plant


def _turned(role: str, therapists: int | None = None):
    def plant(cohort, rng):
        tool = cohort.instruments[role]
        ends = tool.minimum + tool.maximum
        largest = cohort.patients["therapist_id"].value_counts()
        whose = largest.index[: therapists or None]
        if therapists and (len(largest) < 3 * therapists or largest.iloc[therapists - 1] < 8):
            return None
        who = cohort.patients["patient_id"][cohort.patients["therapist_id"].isin(whose)]
        if role == "iip":
            score = cohort.patients["iip"]
            turned = score.mask(cohort.patients["patient_id"].isin(who), ends - score)
            return replace(cohort, patients=cohort.patients.assign(iip=turned))
        score = cohort.sessions[role]
        return _sessions(
            cohort, **{role: score.mask(cohort.sessions["patient_id"].isin(who), ends - score)}
        )

    return plant


def _mean_for_sum(role: str, share: float):
    def plant(cohort, rng):
        scoring = cohort.instruments[role].scoring
        if scoring is None or scoring.score != "sum":
            return None
        who, score = _some(cohort, rng, share), cohort.sessions[role]
        return _sessions(cohort, **{role: score.mask(who, (score / scoring.items).round(2))})

    return plant


def _other_range(role: str, share: float, factor: float):
    """Rate a share of the patients on a range that is `factor` as wide, from the lowest score."""

    def plant(cohort, rng):
        low = cohort.instruments[role].minimum
        who, score = _some(cohort, rng, share), cohort.sessions[role]
        return _sessions(cohort, **{role: score.mask(who, low + factor * (score - low))})

    return plant


def _narrower(role: str, factor: float, share: float = 0.1):
    """Give all patients of some therapists a range that is `factor` as wide, on the same steps."""

    def plant(cohort, rng):
        tool, score = cohort.instruments[role], cohort.sessions[role]
        caseload = cohort.patients["therapist_id"].value_counts()
        order = pd.Series(caseload.index[caseload >= 3]).sample(frac=1, random_state=rng)
        reached = caseload[order].cumsum() - caseload[order] < share * len(cohort.patients)
        chosen = cohort.patients["therapist_id"].isin(order[reached.to_numpy()])
        who = cohort.sessions["patient_id"].isin(cohort.patients.loc[chosen, "patient_id"])
        step = tool.step or 0.1
        steps = np.rint(factor * (score - tool.minimum) / step)
        return _sessions(cohort, **{role: score.mask(who, (tool.minimum + steps * step).round(2))})

    return plant


def _since(role: str, factor: float, begins: float, ends: float):
    """Rate on another range between two quantiles of the dates."""

    def plant(cohort, rng):
        if "date" not in cohort.sessions:
            return None
        low, date = cohort.instruments[role].minimum, cohort.sessions["date"]
        inside = date.between(date.quantile(begins), date.quantile(ends))
        score = cohort.sessions[role]
        return _sessions(cohort, **{role: score.mask(inside, low + factor * (score - low))})

    return plant


DEFECTS = {
    "all courses begin at 5": Defect(_shifted(4, 1), reasons.NUMBERING),
    "all courses begin at 2": Defect(_shifted(1, 1), reasons.NUMBERING),
    "one patient in ten begins at 101": Defect(_shifted(100, 0.1), reasons.NUMBERING),
    "sessions numbered through the file": Defect(running_numbers, reasons.NUMBERING),
    "the last number of one patient typed twice (6 as 66)": Defect(
        one_digit_twice, reasons.FAR_NUMBER),
    "a third session numbered 93": Defect(one_far_in_the_middle, reasons.FAR_NUMBER),
    "one patient: first session 1, all others from 62": Defect(far_baseline, reasons.FAR_NUMBER),
    "one patient of 4 or more ratings under two pseudonyms": Defect(_copied(4), reasons.COPIED),
    "one patient of 7 or more ratings under two pseudonyms": Defect(_copied(7), reasons.COPIED),
    "the same, one of both with the last session left out": Defect(
        _copied(7, lambda table: table.iloc[:-1]), reasons.COPIED),
    "the same, one of both numbered from 3": Defect(
        _copied(7, lambda table: table.assign(session=table["session"] + 2)), reasons.COPIED),
    "5 % of the forms entered twice": Defect(_entered_twice(0.05), reasons.ENTERED_TWICE),
    "10 % of the forms entered twice": Defect(_entered_twice(0.1), reasons.ENTERED_TWICE),
    "20 % of the forms entered twice": Defect(_entered_twice(0.2), reasons.ENTERED_TWICE),
    "half of the therapists under one name": Defect(many_under_one_name, reasons.CASELOAD),
    "a therapist for each patient": Defect(own_therapist_each, reasons.ONE_EACH),
    "2 % of the alliance ratings at the lowest score": Defect(
        _code("alliance", "minimum", 0.02), reasons.SPIKE),
    "10 % of the alliance ratings at the lowest score": Defect(
        _code("alliance", "minimum", 0.1), reasons.SPIKE),
    "10 % of the symptom ratings at the highest score": Defect(
        _code("symptoms", "maximum", 0.1), reasons.SPIKE),
    "10 % of the symptom ratings at the lowest score": Defect(
        _code("symptoms", "minimum", 0.1), reasons.SPIKE),
    "5 % of the symptom ratings 99, where 99 is a score": Defect(
        _code("symptoms", 99.0, 0.05), reasons.SPIKE),
    "the alliance turned round": Defect(_turned("alliance"), reasons.TURNED),
    "the symptoms turned round": Defect(_turned("symptoms"), reasons.TURNED),
    "the interpersonal problems turned round": Defect(_turned("iip"), reasons.TURNED),
    "the alliance turned round for the largest therapist": Defect(
        _turned("alliance", 1), reasons.TURNED),
    "the alliance turned round for two therapists": Defect(_turned("alliance", 2), reasons.TURNED),
    "the symptoms turned round for the largest therapist": Defect(
        _turned("symptoms", 1), reasons.TURNED),
    "the interpersonal problems turned round for one therapist": Defect(
        _turned("iip", 1), reasons.TURNED),
    "symptoms of 5 % of the patients as mean, not sum": Defect(
        _mean_for_sum("symptoms", 0.05), reasons.RANGE),
    "symptoms of one patient as mean, not sum": Defect(_mean_for_sum("symptoms", 0), reasons.RANGE),
    "alliance of 10 % of the patients on a tenth of the range": Defect(
        _other_range("alliance", 0.1, 0.1), reasons.RANGE),
    "alliance of 10 % of the patients on half of the range": Defect(
        _other_range("alliance", 0.1, 0.5), reasons.RANGE),
    "alliance on half of the range in the last third of the time": Defect(
        _since("alliance", 0.5, 0.67, 1), reasons.RANGE),
    "symptoms on a fifth of the range in the middle of the time": Defect(
        _since("symptoms", 0.2, 0.4, 0.6), reasons.RANGE),
    "alliance of some therapists, 10 % of the patients, on half of the range": Defect(
        _narrower("alliance", 0.5), reasons.NARROWER),
    "alliance of some therapists, 10 % of the patients, on two thirds of the range": Defect(
        _narrower("alliance", 2 / 3), reasons.NARROWER),
    "alliance of some therapists, 10 % of the patients, on three quarters of the range": Defect(
        _narrower("alliance", 0.75), reasons.NARROWER),
    "symptoms of some therapists, 10 % of the patients, on half of the range": Defect(
        _narrower("symptoms", 0.5), reasons.NARROWER),
    "symptoms of some therapists, 10 % of the patients, on three quarters of the range": Defect(
        _narrower("symptoms", 0.75), reasons.NARROWER),
}  # fmt: skip
