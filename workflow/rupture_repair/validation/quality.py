"""Unusual combinations of possible values: reported with their effect on ruptures, not changed."""

from collections.abc import Mapping

import pandas as pd

from rupture_repair.config.instruments import Instrument
from rupture_repair.validation import reasons
from rupture_repair.validation.problems import Problem, counted

# Terwee et al. (2007): more than 15 % at an end of the scale is a floor or ceiling effect
END_SHARE = 0.15
CONSTANT_RATINGS = 5  # fewer equal ratings are common
WAVE_RATINGS = 10  # ratings needed to say anything about a session number
WAVE_SHIFT = 3.0  # in robust within-patient SDs
WAVE_TURNED = -0.5  # correlation with the patients' other sessions
LONG_PAUSE = pd.Timedelta(days=90)


def oddities(
    sessions: pd.DataFrame,
    file: str,
    names: Mapping[str, str | None],
    instruments: Mapping[str, Instrument],
) -> list[Problem]:
    """Return notes and warnings about the ratings of a cohort without blocking problems."""
    problems = []
    for role in ("alliance", "symptoms"):
        name, tool = str(names[role]), instruments[role]
        problems += _ends(sessions[role], file, name, tool)
        problems += _waves(sessions, role, file, name)
    problems += _constant(sessions, file, str(names["alliance"]))
    return problems + _gaps(sessions, file)


def _ends(ratings: pd.Series, file: str, name: str, tool: Instrument) -> list[Problem]:
    ends = (("floor", tool.minimum), ("ceiling", tool.maximum))
    known = ratings.dropna()
    problems = []
    for end, value in ends:
        share = float(((known - value).abs() < 1e-6).mean()) if len(known) else 0.0
        if share > END_SHARE:
            message = f"{100 * share:.0f} % of the ratings of {name} are at the {end} ({value:g})"
            remedy = "Nothing to mend."
            problems.append(Problem("note", file, message, remedy, column=name, why=reasons.ENDS))
    return problems


def _constant(sessions: pd.DataFrame, file: str, name: str) -> list[Problem]:
    ratings = sessions.dropna(subset=["alliance"]).groupby("patient_id")["alliance"]
    spread = ratings.agg(["count", "min", "max"])
    constant = (spread["count"] >= CONSTANT_RATINGS) & (spread["min"] == spread["max"])
    if not constant.any():
        return []
    message = (
        f"{counted(int(constant.sum()), 'patient')} gave one and the same {name} rating "
        f"in all of their {CONSTANT_RATINGS} or more rated sessions"
    )
    remedy = "Check that the forms were filled in by the patient."
    return [Problem("warning", file, message, remedy, column=name, why=reasons.CONSTANT)]


def _gaps(sessions: pd.DataFrame, file: str) -> list[Problem]:
    ordered = sessions.sort_values(["patient_id", "session"])
    step = ordered.groupby("patient_id")["session"].diff()
    problems = []
    if gaps := int((step > 1).sum()):
        message = f"a patient's session number skips one or more sessions, {counted(gaps, 'time')}"
        remedy = (
            "Add the sessions if they were held; `max_gap` of the criterion says whether a drop "
            "across a gap counts."
        )
        problems.append(Problem("note", file, message, remedy, why=reasons.GAPS))
    if "date" in ordered:
        pause = ordered.groupby("patient_id")["date"].diff()
        if pauses := int((pause > LONG_PAUSE).sum()):
            message = "more than 90 days lie between two sessions of a patient, "
            message += counted(pauses, "time")
            remedy = "Check whether it is one treatment."
            problems.append(Problem("note", file, message, remedy, why=reasons.PAUSE))
    return problems


def _waves(sessions: pd.DataFrame, role: str, file: str, name: str) -> list[Problem]:
    """Session numbers whose ratings do not fit those patients' other sessions."""
    rated = sessions.dropna(subset=[role])
    own = rated.groupby("patient_id")[role]
    centred = rated[role] - own.transform("median")
    spread = 1.4826 * float(centred.abs().median()) if len(centred) else 0.0
    total, count = own.transform("sum"), own.transform("count")
    others = ((total - rated[role]) / (count - 1)).where(count > 2)
    problems = []
    for session, rows in rated.groupby("session"):
        rest = others.loc[rows.index].dropna()
        if len(rest) < WAVE_RATINGS:
            continue
        ratings = rows.loc[rest.index, role]
        shift = float((ratings - rest).median())
        turned = ratings.std() > 0 and rest.std() > 0 and ratings.corr(rest) < WAVE_TURNED
        if spread > 0 and abs(shift) > WAVE_SHIFT * spread:
            what = f"lie {abs(shift):.3g} points {'above' if shift > 0 else 'below'}"
        elif turned:
            what = "run against"
        else:
            continue
        message = (
            f"the ratings of {name} in session {session:g} {what} "
            f"the same patients' other sessions ({len(rest)} patients)"
        )
        problems.append(
            Problem(
                "warning",
                file,
                message,
                "Check whether this wave was coded on another range or turned round.",
                session=f"{session:g}",
                column=name,
                why=reasons.WAVE,
            )
        )
    return problems
