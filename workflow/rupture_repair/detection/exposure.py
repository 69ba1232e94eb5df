"""First ruptures by session among the patients at risk: those in whom one could be observed."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri

from rupture_repair.cohort.wilson import wilson
from rupture_repair.config.criteria import Criterion
from rupture_repair.config.reporting import DESCRIPTIVE_LEVEL
from rupture_repair.detection.bands import length_bands, sessions_held
from rupture_repair.detection.comparisons import comparable
from rupture_repair.detection.grid import Grid
from rupture_repair.detection.patterns import pattern_codes
from rupture_repair.detection.ruptures import find_ruptures
from rupture_repair.detection.series import Floats, Ints, series_of

Z = float(ndtri((1 + DESCRIPTIVE_LEVEL) / 2))


def exposure_tables(
    sessions: pd.DataFrame, criterion: Criterion, grid: Grid | None = None
) -> dict[str, pd.DataFrame]:
    """Return the tables of the step by name, see `exposure`."""
    hazard, totals = exposure(sessions, criterion, grid)
    return {"rupture_hazard": hazard, "rupture_exposure": totals}


def exposure(
    sessions: pd.DataFrame, criterion: Criterion, grid: Grid | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return `hazard_table` and `exposure_table` of classified patients, whole and by length.

    sessions : long table with `patient_id`, `session`, `alliance`; a row per session held, also
        where the rating is missing. grid : scores that the questionnaire can give.
    """
    risk, people = person_sessions(sessions, criterion, grid)
    bands = length_bands(people["n_sessions"].to_numpy())
    hazards, totals = [], []
    for name, inside in bands.items():
        members = people[inside]
        own = risk[risk["patient"].isin(members.index)]
        hazards.append(hazard_table(own, members).assign(length=name))
        totals.append({"length": name, **_totals(own, members)})
    table = pd.concat(hazards, ignore_index=True)
    table.insert(0, "length", table.pop("length"))
    return table, pd.DataFrame(totals)


def person_sessions(
    sessions: pd.DataFrame, criterion: Criterion, grid: Grid | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the sessions at risk of a first rupture, and the classified patients.

    A patient is at risk in a session when its rating could be compared by the criterion and no
    rupture came before. First table: `patient` (row of the second), `session`, `ruptured`.
    Second: `n_sessions`, `last_session`, `first_rupture` (session or NaN), `n_comparisons`,
    `n_ruptures`.
    """
    series = series_of(sessions, grid)
    found = find_ruptures(series, criterion)
    testable = comparable(series, criterion, found.threshold)
    owner = series.patient[found.first]
    n_patients, n_ratings = len(series.patients), len(series.rating)
    first = np.full(n_patients, n_ratings)
    np.minimum.at(first, owner, found.first)
    place = np.arange(n_ratings)
    at_risk = testable & (place <= first[series.patient])
    when = np.append(series.session.astype(float), np.nan)[first]
    last = sessions.groupby("patient_id")["session"].max().reindex(series.patients)
    people = pd.DataFrame(
        {
            "n_sessions": sessions_held(sessions, series.patients),
            "last_session": last.to_numpy(np.int64),
            "first_rupture": when,
            "n_comparisons": np.bincount(series.patient[testable], minlength=n_patients),
            "n_ruptures": np.bincount(owner, minlength=n_patients),
        }
    )
    people = people[pattern_codes(series, found, criterion.aggregate) >= 0]
    risk = pd.DataFrame(
        {
            "patient": series.patient[at_risk],
            "session": series.session[at_risk],
            "ruptured": place[at_risk] == first[series.patient[at_risk]],
        }
    )
    return risk[risk["patient"].isin(people.index)].reset_index(drop=True), people


def hazard_table(risk: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Return a row per session, from tables as `person_sessions` makes them.

    `n_in_treatment` without a rupture before; of these `n_at_risk` with a rating that could be
    compared, `n_first_ruptures` of them in this session, and `n_ended` whose last session it is
    and who had no rupture.
    `hazard` = n_first_ruptures / n_at_risk, with Wilson's interval.
    `incidence`: share of patients with a rupture up to this session, end of treatment counted as
    a competing event (Aalen–Johansen; nobody is censored, so that it is a plain share), Wilson's
    interval.
    `if_continued`: 1 − product-limit estimate, end of treatment counted as censoring: what would
    be seen if nobody ended and those who ended were like the others; interval on the log(−log)
    scale from Greenwood's variance, NaN where the estimate is 0 or 1.
    Intervals at `DESCRIPTIVE_LEVEL`.
    """
    last = int(people["last_session"].max()) if len(people) else 0
    index = np.arange(1, last + 1)
    n_first = _per_session(risk.loc[risk["ruptured"], "session"], last)
    n_at_risk = _per_session(risk["session"], last)
    n_ended = _per_session(people.loc[people["first_rupture"].isna(), "last_session"], last)
    gone = np.cumsum(n_first + n_ended)
    hazard = _share(n_first, n_at_risk)
    incidence = _share(np.cumsum(n_first), np.full(last, len(people)))
    return pd.DataFrame(
        {
            "session": index,
            "n_in_treatment": len(people) - np.r_[0, gone][:-1] if last else n_first,
            "n_at_risk": n_at_risk,
            "n_first_ruptures": n_first,
            "n_ended": n_ended,
            **_columns("hazard", hazard),
            **_columns("incidence", incidence),
            **_columns("if_continued", _product_limit(risk, index)),
        }
    )


def _totals(risk: pd.DataFrame, people: pd.DataFrame) -> dict[str, float]:
    """Share of patients with a rupture, and first ruptures per session at risk, both Wilson."""
    n_ruptured = int(risk["ruptured"].sum())
    share = _share(np.array([n_ruptured]), np.array([len(people)]))
    hazard = _share(np.array([n_ruptured]), np.array([len(risk)]))
    columns = {**_columns("share_ruptured", share), **_columns("hazard", hazard)}
    return {
        "n_patients": len(people),
        "n_ruptured": n_ruptured,
        "n_at_risk": len(risk),
        "n_comparisons": int(people["n_comparisons"].sum()),
        "n_ruptures": int(people["n_ruptures"].sum()),
        **{name: float(values[0]) for name, values in columns.items()},
    }


def _product_limit(risk: pd.DataFrame, sessions: Ints) -> tuple[Floats, Floats, Floats]:
    """1 − product-limit estimate at `sessions`; each session at risk is one record.

    A patient without a rating that can be compared is out of the risk set for that session only.
    """
    if not risk["ruptured"].any():
        nothing, unknown = np.zeros(len(sessions)), np.full(len(sessions), np.nan)
        return nothing, unknown, unknown
    # statsmodels takes a second to import, and most steps that use this module do not need it
    from statsmodels.duration.survfunc import SurvfuncRight

    fit = SurvfuncRight(
        risk["session"].to_numpy(float),
        risk["ruptured"].to_numpy(int),
        entry=risk["session"].to_numpy(float) - 1,
    )
    place = np.searchsorted(fit.surv_times, sessions, side="right")
    free = np.r_[1.0, fit.surv_prob][place]
    error = np.r_[np.nan, fit.surv_prob_se][place]
    with np.errstate(divide="ignore", invalid="ignore"):
        power = np.exp(Z * error / (free * np.log(free)))
        low, high = (
            1 - free ** np.minimum(power, 1 / power),
            1 - free ** np.maximum(power, 1 / power),
        )
    inside = (free > 0) & (free < 1)
    return 1 - free, np.where(inside, low, np.nan), np.where(inside, high, np.nan)


def _per_session(values: pd.Series, last: int) -> Ints:
    return np.bincount(values.to_numpy(np.int64), minlength=last + 1)[1:]


def _share(n: Ints, of: Ints) -> tuple[Floats, Floats, Floats]:
    """Share with Wilson's interval; NaN of nobody."""
    known: NDArray[np.bool_] = of > 0
    shares = np.full((3, len(n)), np.nan)
    if known.any():
        shares[0, known] = n[known] / of[known]
        shares[1:, known] = wilson(n[known], of[known], DESCRIPTIVE_LEVEL)
    return shares[0], shares[1], shares[2]


def _columns(name: str, shares: tuple[Floats, Floats, Floats]) -> dict[str, Floats]:
    return dict(zip((name, f"{name}_low", f"{name}_high"), shares, strict=True))
