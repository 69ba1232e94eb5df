"""What could not be estimated, and why, in words."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from rupture_repair.config.criteria import PATTERNS
from rupture_repair.modelling.fit import Fit

COLUMNS = ["model", "term", "what", "why"]
# a coefficient below this is none
NOTHING = 1e-8


def not_estimated(
    fits: Sequence[Fit],
    reasons: Mapping[str, str],
    tables: Mapping[str, pd.DataFrame],
    patients: pd.DataFrame,
) -> pd.DataFrame:
    """Return `model, term, what, why`, a row per thing that these data do not determine.

    fits : those by REML; reasons : model → why there is none; tables : `contrasts` and
    `simple_slopes`, missing where they cannot be estimated; patients : one row per patient.
    """
    absent: list[str] = [name for name in PATTERNS if name not in set(patients["pattern"])]
    rows = [(model, "", "the whole model", why) for model, why in reasons.items()]
    for fit in fits:
        if "therapist" not in fit.variances:
            many = "there is one therapist" if fit.n_therapists else "therapists were not recorded"
            rows.append((fit.model, "therapist", "variance between therapists", many))
        rows += [
            (fit.model, term, "coefficient", _why_aliased(fit, term, combination, absent))
            for term, combination in zip(fit.aliased, fit.aliases, strict=True)
        ]
        shown = tables["fixed_effects"]
        shown = set(shown.loc[shown["model"] == fit.model, "term"])
        rows += [
            (fit.model, term, "coefficient", f"it cannot be told apart from {_partners(fit, term)}")
            for term in fit.terms
            if term not in shown
        ]
    for name, column, what in (
        ("simple_slopes", "pattern", "slope on time"),
        ("contrasts", "contrast", "difference of slopes"),
    ):
        rows += _missing(tables[name], column, what, absent)
    return pd.DataFrame(rows, columns=COLUMNS)


def _why_aliased(fit: Fit, term: str, combination: Sequence[float], absent: list[str]) -> str:
    for pattern in absent:
        if f"pattern[{pattern}]" in term.split(":"):
            return f"no patient has the pattern {pattern}"
    parts = [name for name, b in zip(fit.terms, combination, strict=True) if abs(b) > NOTHING]
    if not parts:
        return "it is zero for all patients"
    return f"in these data it is a combination of {_listed(parts)}"


def _partners(fit: Fit, term: str) -> str:
    column = np.abs(np.asarray(fit.aliases)[:, fit.terms.index(term)])
    return _listed([name for name, b in zip(fit.aliased, column, strict=True) if b > NOTHING])


def _missing(
    table: pd.DataFrame, column: str, what: str, absent: list[str]
) -> list[tuple[str, str, str, str]]:
    """Return a row per model and pattern or contrast, with where it is missing."""
    rows = []
    for (model, name), part in table.groupby(["model", column], sort=False):
        missing = int(part["estimate"].isna().sum())
        if not missing:
            continue
        nobody = [pattern for pattern in absent if pattern in name.split(" - ")]
        why = "the coefficients that it needs cannot be told apart in these data"
        if nobody:
            why = f"no patient has the pattern {' or '.join(nobody)}"
        everywhere = missing == len(part)
        where = "" if everywhere else f" at {missing} of {len(part)} levels shown"
        rows.append((model, name, what + where, why))
    return rows


def _listed(terms: list[str], most: int = 4) -> str:
    shown = ", ".join(terms[:most])
    return shown if len(terms) <= most else f"{shown} and {len(terms) - most} more"
