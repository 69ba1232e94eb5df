"""What could not be estimated, with the reason in words."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from rupture_repair.modelling.engine import VARIANCE_WORDS as WORDS
from rupture_repair.modelling.fit import Fit
from rupture_repair.modelling.inference import few_patients, too_few

COLUMNS = ["model", "term", "what", "why"]
# a coefficient below this is zero up to rounding
NOTHING = 1e-8


def not_estimated(
    fits: Sequence[Fit],
    reasons: Mapping[str, str],
    tables: Mapping[str, pd.DataFrame],
    patients: pd.DataFrame,
) -> pd.DataFrame:
    """Return `model, term, what, why`, a row for each quantity that the data do not determine.

    fits : those by REML; reasons : model → why there is none; tables : `contrasts` and
    `simple_slopes`, missing where they cannot be estimated; patients : one row per patient.
    """
    few = too_few(patients)
    rows = [(model, "", "the whole model", why) for model, why in reasons.items()]
    for fit in fits:
        if "therapist" not in fit.variances and fit.clustering == "therapist":
            many = "there is one therapist" if fit.n_therapists else "therapists were not recorded"
            rows.append((fit.model, "therapist", "variance between therapists", many))
        rows += _unidentified(fit)
        rows += [
            (fit.model, term, "coefficient", _why_aliased(fit, term, combination, few))
            for term, combination in zip(fit.aliased, fit.aliases, strict=True)
        ]
        shown = tables["fixed_effects"]
        shown = set(shown.loc[shown["model"] == fit.model, "term"])
        rows += [
            (fit.model, term, "coefficient", _of_few(term, few) or _partners(fit, term))
            for term in fit.terms
            if term not in shown
        ]
    for name, column, what in (
        ("simple_slopes", "pattern", "slope on time"),
        ("contrasts", "contrast", "difference of slopes"),
        ("moderation", "contrast", "moderation"),
    ):
        rows += _missing(tables[name], column, what)
    return pd.DataFrame(rows, columns=COLUMNS)


def _unidentified(fit: Fit) -> list[tuple[str, str, str, str]]:
    """Return a row per variance or covariance that the data do not tell apart from others."""
    names = fit.certificate["unidentified"]
    because = fit.certificate["why_unidentified"]
    rows = []
    for name in names:
        others = [WORDS[other] for other in names if other != name]
        why = f"it cannot be told apart from {_listed(others)}" if others else "nothing shows it"
        what = WORDS[name].removeprefix("the ")
        rows.append((fit.model, name, what, f"{why}: {because}" if because else why))
    return rows


def _of_few(term: str, few: Mapping[str, int]) -> str:
    """Return that the pattern of a term has too few patients, where it has."""
    named = [name for name in few if f"pattern[{name}]" in term.split(":")]
    return few_patients(named[0], few[named[0]]) if named else ""


def _why_aliased(fit: Fit, term: str, combination: Sequence[float], few: Mapping[str, int]) -> str:
    if of_few := _of_few(term, few):
        return of_few
    parts = [name for name, b in zip(fit.terms, combination, strict=True) if abs(b) > NOTHING]
    if not parts:
        return "it is zero for all patients"
    return f"in these data it is a combination of {_listed(parts)}"


def _partners(fit: Fit, term: str) -> str:
    column = np.abs(np.asarray(fit.aliases)[:, fit.terms.index(term)])
    others = [name for name, b in zip(fit.aliased, column, strict=True) if b > NOTHING]
    return f"it cannot be told apart from {_listed(others)}"


def _missing(table: pd.DataFrame, column: str, what: str) -> list[tuple[str, str, str, str]]:
    """Return a row per model, pattern or contrast and reason, with where it is missing."""
    rows = []
    for (model, name), part in table.groupby(["model", column], sort=False):
        for reason, missing in part.dropna(subset=["reason"]).groupby("reason", sort=False):
            everywhere = len(missing) == len(part)
            where = "" if everywhere else f" at {len(missing)} of {len(part)} levels shown"
            rows.append((model, name, what + where, str(reason)))
    return rows


def _listed(terms: list[str], most: int = 4) -> str:
    shown = ", ".join(terms[:most])
    return shown if len(terms) <= most else f"{shown} and {len(terms) - most} more"
