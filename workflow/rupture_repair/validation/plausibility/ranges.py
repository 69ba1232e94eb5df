"""Ratings of some patients, a therapist or a period that seem to use another range."""

import numpy as np
from scipy.special import bdtrc

from rupture_repair.validation import reasons
from rupture_repair.validation.plausibility.evidence import RATINGS, Evidence, robust_sd
from rupture_repair.validation.problems import Problem

CHANCE = 0.001
MIN_OFF_GRID = 3
GAP = 1.5  # SDs of the patients' means, between one group of patients and the others
GAP_OF_ONE = 4.0  # the same of one or two patients
SHIFT = 1.0  # SDs between a period and the rest
MIN_IN_A_PERIOD = 10  # patients
MAX_MONTHS = 240


def ranges(evidence: Evidence) -> list[Problem]:
    """Return warnings about groups of ratings that do not share the range of the others."""
    problems = []
    for role in ("alliance", "symptoms", "iip"):
        problems += _mean_and_sum(evidence, role)
        problems += _patients_apart(evidence, role)
    if "date" in evidence.sessions:
        for role in RATINGS:
            problems += _period(evidence, role)
    return problems


def _mean_and_sum(evidence: Evidence, role: str) -> list[Problem]:
    """Scores off the grid of a sum that gather where the mean of the items would lie."""
    tool = evidence.instruments[role]
    if tool.scoring is None or tool.scoring.weights or tool.scoring.score != "sum":
        return []
    if (n_items := len(tool.scoring.parts)) < 2:
        return []
    table = evidence.patients if role == "iip" else evidence.sessions
    known = table.dropna(subset=[role])
    value = known[role].to_numpy(dtype=float)
    steps = (value - tool.minimum) / (tool.step or 1)
    off = np.abs(steps - np.rint(steps)) > 0.0051
    low = (value >= tool.scoring.item_minimum) & (value <= tool.scoring.item_maximum)
    both = int((off & low).sum())
    if both < MIN_OFF_GRID or 2 * both <= off.sum():
        return []
    usual = ((low & ~off).sum() + 1) / ((~off).sum() + 2)
    if bdtrc(both - 1, int(off.sum()), usual) > CHANCE:
        return []
    message = f"{both} values of {evidence.names[role]} lie between the steps of the sum and inside"
    message += f" the range of one item ({tool.scoring.item_minimum:g} to "
    message += f"{tool.scoring.item_maximum:g}): probably means of the items among sums"
    remedy = f"Multiply the means by the number of items ({n_items}), or leave them out."
    who = known["patient_id"].to_numpy()[off & low]
    return [evidence.problem(role, message, remedy, reasons.RANGE, patients=who)]


def _patients_apart(evidence: Evidence, role: str) -> list[Problem]:
    """Find a gap in the patients' means that no single distribution leaves."""
    means = evidence.means[role].dropna().sort_values()
    if len(means) < 20:
        return []
    value = means.to_numpy(dtype=float)
    steps = np.diff(value)
    sizes = np.minimum(np.arange(1, len(value)), len(value) - np.arange(1, len(value)))
    at = int(steps.argmax())
    group, rest = (value[: at + 1], value[at + 1 :])
    if len(group) > len(rest):
        group, rest = rest, group
    spread = robust_sd(rest - np.median(rest))
    needed = GAP if sizes[at] > 2 else GAP_OF_ONE
    if spread <= 0 or steps[at] <= needed * spread:
        return []
    low = group[0] < rest[0]
    who = means.index[: at + 1] if low else means.index[at + 1 :]
    message = f"the {evidence.names[role]} of {len(group)} patient{'s' * (len(group) > 1)} "
    message += f"({group.min():.3g} to {group.max():.3g} on average) lies far "
    message += f"{'below' if low else 'above'} all others ({rest.min():.3g} to {rest.max():.3g})"
    remedy = "Check whether they were given another version, or scored in another way."
    return [evidence.problem(role, message, remedy, reasons.RANGE, patients=who)]


def _period(evidence: Evidence, role: str) -> list[Problem]:
    """Find the run of months whose ratings differ most from all others."""
    table = evidence.sessions[["patient_id", "session", "date", role]].dropna()
    if table.empty:
        return []
    month = table["date"].dt.year * 12 + table["date"].dt.month
    first = int(month.min())
    at = (month - first).to_numpy()
    n_months = int(at.max()) + 1
    if n_months < 3 or n_months > MAX_MONTHS:
        return []
    # sessions get later and symptoms milder in the course of a study, which is no change of range
    slope, cut = np.polyfit(np.log(table["session"]), table[role], 1)
    rest = table[role].to_numpy(dtype=float) - slope * np.log(table["session"]).to_numpy() - cut
    count, total, square = (
        np.r_[0.0, np.cumsum(np.bincount(at, weights, n_months))]
        for weights in (np.ones(len(at)), rest, rest**2)
    )
    begin, end = np.triu_indices(n_months + 1, 1)
    n_in = count[end] - count[begin]
    n_out = len(at) - n_in
    fits = (n_in >= MIN_IN_A_PERIOD) & (n_out >= n_in)
    # the longest stretch of all others may lie on both sides
    begin, end, n_in, n_out = begin[fits], end[fits], n_in[fits], n_out[fits]
    if not len(begin):
        return []
    sum_in = total[end] - total[begin]
    mean_in, mean_out = sum_in / n_in, (total[-1] - sum_in) / n_out
    inside = (square[end] - square[begin]) - n_in * mean_in**2
    outside = (square[-1] - (square[end] - square[begin])) - n_out * mean_out**2
    spread = np.sqrt((inside + outside) / (len(at) - 2))
    shift = np.divide(mean_in - mean_out, spread, out=np.zeros_like(spread), where=spread > 0)
    # the most significant difference, not the shortest period
    best = int((np.abs(shift) * np.sqrt(n_in * n_out / len(at))).argmax())
    rows = (at >= begin[best]) & (at < end[best])
    if abs(shift[best]) <= SHIFT:
        return []
    if table.loc[rows, "patient_id"].nunique() < MIN_IN_A_PERIOD:
        return []
    dates = table.loc[rows, "date"]
    message = (
        f"the {int(n_in[best])} ratings of {evidence.names[role]} from {dates.min():%Y-%m-%d} "
    )
    message += f"to {dates.max():%Y-%m-%d} lie {abs(shift[best]):.1f} standard deviations "
    message += f"{'above' if shift[best] > 0 else 'below'} all others"
    remedy = "Check whether another version or another way of scoring was used at that time."
    return [evidence.problem(role, message, remedy, reasons.RANGE)]
