"""A rupture criterion in words, for the abstract, the method and the table of criteria."""

from rupture_repair.config.criteria import (
    SCALES,
    Aggregate,
    Criterion,
    NamedCriterion,
    Reference,
)
from rupture_repair.manuscript import apa

REFERENCES: dict[Reference, str] = {
    "previous": "the patient's previous rating",
    "decline_start": "the patient's rating before an unbroken decline",
    "running_mean": "the mean of the patient's earlier ratings",
    "own_mean": "the mean of all the patient's ratings",
}
AGGREGATES: dict[Aggregate, str] = {
    "all": "every rupture was repaired",
    "any": "at least one rupture was repaired",
    "first": "the first rupture was repaired",
    "last": "the last rupture was repaired",
}


def criterion_keys(criterion: NamedCriterion) -> dict[str, str]:
    """Return the words of the abstract and of the method by key."""
    gap, window = criterion.max_gap, criterion.repair_window
    tolerance = criterion.repair_tolerance
    return {
        "name": criterion.name,
        "short": _short(criterion),
        "reference": REFERENCES[criterion.reference],
        "rule": _rule(criterion),
        "assumed": criterion.assumed or "Nothing.",
        "gap": _gap(criterion.reference, gap),
        "window": "until the end of treatment" if window is None else f"within {window} sessions",
        "tolerance": (
            "the full pre-rupture level"
            if tolerance == 0
            else f"all but {100 * tolerance:g}% of the drop"
        ),
        "aggregate": AGGREGATES[criterion.aggregate],
    }


def rupture(criterion: Criterion) -> str:
    """Return what counts as a rupture: `a drop of at least … from one session to the next`."""
    least, gap = f"at least {_size(criterion)}", criterion.max_gap
    if criterion.reference != "previous":
        words = f"a rating {least} below {REFERENCES[criterion.reference]}"
        if criterion.western_electric:
            words += ", or a run of low ratings by the Western Electric rules"
        return words
    words = {
        None: f"a drop of {least} from one rating to the next",
        1: f"a drop of {least} from one session to the next",
    }.get(gap, f"a drop of {least} between ratings at most {gap} sessions apart")
    if criterion.rule == "tang_derubeis":
        share = f"{100 * criterion.min_share:g}%"
        words += f", of {share} of the rating before, and reliable against the ratings around it"
    return words


def repair(criterion: Criterion) -> str:
    """Return what counts as its repair: `a full return in any later session`."""
    tolerance, window = criterion.repair_tolerance, criterion.repair_window
    to_a_mean = criterion.reference in {"running_mean", "own_mean"}
    words = "a return to that mean" if to_a_mean else "a full return"
    if tolerance:
        words = f"regaining {100 * (1 - tolerance):g}% of the drop"
    if window is None:
        return f"{words} in any later session"
    return f"{words} within {apa.plural(window, 'session')}"


def _short(criterion: Criterion) -> str:
    told = f"{rupture(criterion)} counted as a rupture, {repair(criterion)} as its repair"
    known = criterion.source or criterion.citation
    assumed = (" (assumed in part)" if known else " (assumed)") if criterion.assumed else ""
    return told[0].upper() + told[1:] + assumed


def _size(criterion: Criterion) -> str:
    k, unit = criterion.k, SCALES[criterion.scale]
    if criterion.scale == "absolute":
        return f"{k:g} scale point{'' if k == 1 else 's'}"
    if criterion.scale == "rci" and criterion.reliability is not None:
        unit += f" (reliability {apa.proportion(criterion.reliability)})"
    return unit if k == 1 else f"{k:g} times {unit}"


def _rule(criterion: Criterion) -> str:
    size = _size(criterion)
    if criterion.rule == "tang_derubeis":
        return (
            f"A drop was a rupture when it was at least {size}, at least "
            f"{100 * criterion.min_share:g}% of the rating before, and when the mean of up to "
            "three ratings before it lay reliably above the mean of up to three from it on "
            "[@tang1999]"
        )
    words = f"A drop of at least {size} was a rupture"
    if criterion.western_electric:
        words += ", and so was a run of low ratings by the Western Electric rules"
    if criterion.merge_consecutive:
        words += "; directly following drops were one"
    return words


def _gap(reference: str, gap: int | None) -> str:
    if reference != "previous" or gap is None:
        return "whatever the gap between the sessions"
    if gap == 1:
        return "if that was given in the session directly before"
    return f"if that was given at most {gap} sessions before"
