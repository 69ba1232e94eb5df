"""Correlations of the wrong sign: a scale turned round, for everybody or for one therapist."""

import numpy as np
import pandas as pd

from rupture_repair.validation import reasons
from rupture_repair.validation.plausibility.evidence import Evidence, robust_sd
from rupture_repair.validation.problems import Problem

# of the range; Tryon et al. (2008): means of patients lie at about four fifths of it
LOW = 0.4
MIN_CORRELATION = 0.2  # smallest correlation that is reported
DEVIATES = 3.7  # standard errors from 0, by Fisher's z
MIN_PATIENTS = 5  # of a therapist
MIN_THERAPISTS = 4
CHANCE = 0.005  # chance of a false alarm per cohort and scale under the model of therapists
# Baldwin & Imel (2013): 5 to 9 % of the variance of outcome and alliance lies between therapists
THERAPIST_SHARE = 0.09
ROLES = ("alliance", "symptoms", "iip")
# two scores of a patient, and the roles whose questionnaires they are
PAIRS = (
    ("alliance", "symptoms", "alliance", "symptoms"),
    ("iip", "first_symptoms", "iip", "symptoms"),
)


def turned_round(evidence: Evidence) -> list[Problem]:
    """Return warnings about scales that seem to be turned round."""
    return _low(evidence) + _for_everybody(evidence) + _for_therapists(evidence)


def _low(evidence: Evidence) -> list[Problem]:
    """Return a warning where patients rate the alliance in the lower part of the scale."""
    tool, name = evidence.instruments["alliance"], evidence.names["alliance"]
    mean = float(evidence.means["alliance"].mean())
    if not mean < tool.minimum + LOW * (tool.maximum - tool.minimum):
        return []
    message = f"the mean of {name} is {mean:.3g} on a scale from {tool.minimum:g} to "
    message += f"{tool.maximum:g}; patients usually rate the alliance in the upper part"
    remedy = "Check whether the scale was turned round, or is another one."
    return [evidence.problem("alliance", message, remedy, reasons.TURNED)]


def _sign(evidence: Evidence, one: str, two: str) -> int:
    """Return 1 where both scores are expected to go together, −1 where they run against."""
    directions = {evidence.instruments[role].higher_is for role in (one, two)}
    return 1 if len(directions) == 1 else -1


def _for_everybody(evidence: Evidence) -> list[Problem]:
    problems = []
    for one, two, role, other in PAIRS:
        table = evidence.means[[one, two]].dropna()
        if len(table) < 10 or (table.nunique() < 2).any():
            continue
        sign = _sign(evidence, role, other)
        r = float(table[one].corr(table[two]))
        wrong = -sign * np.arctanh(np.clip(r, -0.999, 0.999)) * np.sqrt(len(table) - 3)
        if -sign * r > MIN_CORRELATION and wrong > DEVIATES:
            problems.append(_everybody(evidence, role, other, r, sign, len(table)))
    return problems


def _everybody(evidence: Evidence, role: str, other: str, r: float, sign: int, n: int) -> Problem:
    one, two = evidence.names[role], evidence.names[other]
    worse = "worse" if role == "iip" else "better"
    expected = "higher" if evidence.instruments[other].higher_is == worse else "lower"
    message = f"{one} and {two} correlate {r:+.2f} between {n} patients, with the wrong sign: "
    message += f"higher {one} is expected with {expected} {two}"
    remedy = f"Check whether {one} or {two} was turned round, in the file or in the cohort file."
    return evidence.problem(role, message, remedy, reasons.TURNED)


def _for_therapists(evidence: Evidence) -> list[Problem]:
    """Compare, for each therapist, the scores as they are with the scores turned round.

    Patients' means are normal about their therapist's, therapists' about a common one; the
    scores go together as they do in the patients of all others. Evidence is the log
    likelihood ratio of both readings. A ratio above 1/c is met with a chance below c where nothing
    is turned round, whatever the number of patients (Royall, 1997), so c is shared by therapists.
    """
    therapist = evidence.therapist.reindex(evidence.means.index)
    sizes = therapist.value_counts()
    if len(sizes) < MIN_THERAPISTS:
        return []
    table = evidence.means.assign(therapist=therapist).dropna(subset=["therapist"])
    problems = []
    for role in ROLES:
        score = table.dropna(subset=[role])
        tool = evidence.instruments[role]
        ratio = _by_level(score, role, tool.minimum + tool.maximum)
        for other in ROLES:
            if other != role:
                ratio += _by_correlation(score[["therapist", role, other]], ratio.index)
        for name in ratio.index[ratio > np.log(len(sizes) / CHANCE)]:
            problems.append(_therapist(evidence, role, str(name)))
    return problems


def _by_level(table: pd.DataFrame, role: str, ends: float) -> pd.Series:
    """Return the log likelihood ratio of the mean, for therapists who have enough patients.

    ends : sum of the lowest and the highest score; turned round, a score is `ends` minus it.
    """
    groups = table.groupby("therapist")
    size, level = groups[role].count(), groups[role].mean()
    enough = size.index[size >= MIN_PATIENTS]
    inside = (table[role] - groups[role].transform("mean")).to_numpy()
    spread = np.sqrt((inside**2).sum() / max(len(table) - len(size), 1))
    if spread <= 0 or len(enough) < MIN_THERAPISTS:
        return pd.Series(dtype=float)
    centre = float(np.median(level[enough]))
    share = THERAPIST_SHARE * spread**2
    raw = robust_sd((level[enough] - centre).to_numpy()) ** 2 - (spread**2 / size[enough]).median()
    variance = spread**2 / size[enough] + max(share, raw)
    freedom = len(enough) - 1

    def fit(values: pd.Series) -> pd.Series:
        z = (values - centre) / np.sqrt(variance)
        # log density of Student's t but for its constant, which a ratio does not need
        return -(freedom + 1) / 2 * np.log1p(z**2 / freedom)

    return fit(ends - level[enough]) - fit(level[enough])


def _by_correlation(table: pd.DataFrame, enough: pd.Index) -> pd.Series:
    """Return the log likelihood ratio that the correlation with another score adds.

    table : `therapist`, the score, the other score.
    """
    both = table.dropna()
    therapist, scores = both["therapist"], both.iloc[:, 1:]
    centred = scores - scores.groupby(therapist).transform("mean")
    x, y = centred.iloc[:, 0], centred.iloc[:, 1]
    sums = pd.DataFrame({"xy": x * y, "xx": x * x, "yy": y * y, "n": 1.0})
    own = sums.groupby(therapist).sum()
    rest = own.sum() - own
    known = (own[["xx", "yy"]] > 0).all(axis=1) & (rest[["xx", "yy"]] > 0).all(axis=1)
    names = own.index[known & (own["n"] >= MIN_PATIENTS)].intersection(enough)
    own, rest = own.loc[names], rest.loc[names]
    ratio = pd.Series(0.0, index=enough)
    ratio[names] = -2 * _fisher(own, 0.95) * _fisher(rest, 0.9) * (own["n"] - 3)
    return ratio


def _fisher(sums: pd.DataFrame, most: float) -> pd.Series:
    """Return Fisher's z of correlations from sums of squares and products, cut off at `most`."""
    r = (sums["xy"] / np.sqrt(sums["xx"] * sums["yy"])).clip(-most, most)
    return pd.Series(np.arctanh(r), index=sums.index)


def _therapist(evidence: Evidence, role: str, name: str) -> Problem:
    whose = evidence.therapist.index[evidence.therapist.astype(str) == name]
    message = f"the {evidence.names[role]} of one therapist's {len(whose)} patients lies far off, "
    message += "and would fit the others if the scale were turned round"
    remedy = "Check how these forms were scored; turn the scores round if they were reversed."
    return evidence.problem(
        role, message, remedy, reasons.TURNED, patients=whose, therapists=[name]
    )
