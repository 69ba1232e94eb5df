"""What could not be estimated, with the keys of what it is and why (`keys`)."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from rupture_repair.config.criteria import Pattern
from rupture_repair.modelling.fit import Fit
from rupture_repair.modelling.inference import too_few
from rupture_repair.modelling.keys import (
    Coefficient,
    Combination,
    FewPatients,
    Key,
    MadeOf,
    OfOthers,
    Partners,
    Quantity,
    Therapists,
    Variance,
    WholeModel,
    Zero,
)

COLUMNS = ["model", "term", "what", "why"]
# a coefficient below this is zero up to rounding
NOTHING = 1e-8
# terms that are named where there are more
MOST = 4
COMBINATIONS: tuple[tuple[str, str, Quantity], ...] = (
    ("simple_slopes", "pattern", "slope"),
    ("contrasts", "contrast", "contrast"),
    ("moderation", "contrast", "moderation"),
)
Row = tuple[str, str, Key, Key | str]


def not_estimated(
    fits: Sequence[Fit],
    reasons: Mapping[str, str],
    tables: Mapping[str, pd.DataFrame],
    patients: pd.DataFrame,
) -> pd.DataFrame:
    """Return `model, term, what, why`, a row for each quantity that the data do not determine.

    fits : those by REML; reasons : model → key of why there is none; tables : `contrasts` and
    `simple_slopes`, missing where they cannot be estimated; patients : one row per patient.
    """
    few = too_few(patients)
    rows: list[Row] = [(model, "", WholeModel(), why) for model, why in reasons.items()]
    for fit in fits:
        if "therapist" not in fit.variances and fit.clustering == "therapist":
            many = Therapists(fit.n_therapists)
            rows.append((fit.model, "therapist", Variance("therapist"), many))
        rows += _unidentified(fit)
        rows += [
            (fit.model, term, Coefficient(), _why_aliased(fit, term, combination, few))
            for term, combination in zip(fit.aliased, fit.aliases, strict=True)
        ]
        shown = tables["fixed_effects"]
        shown = set(shown.loc[shown["model"] == fit.model, "term"])
        rows += [
            (fit.model, term, Coefficient(), _of_few(term, few) or _partners(fit, term))
            for term in fit.terms
            if term not in shown
        ]
    for name, column, what in COMBINATIONS:
        rows += _missing(tables[name], column, what)
    cells = [(model, term, str(what), str(why)) for model, term, what, why in rows]
    return pd.DataFrame(cells, columns=COLUMNS)


def _unidentified(fit: Fit) -> Iterator[Row]:
    """Yield a row per variance or covariance that the data do not tell apart from others."""
    names = fit.certificate["unidentified"]
    because = tuple(fit.certificate["why_unidentified"])
    for name in names:
        others = tuple(other for other in names if other != name)
        yield fit.model, name, Variance(name), OfOthers(others, because)


def _of_few(term: str, few: Mapping[Pattern, int]) -> Key | None:
    """Return that the pattern of a term has too few patients, where it has."""
    named = [name for name in few if f"pattern[{name}]" in term.split(":")]
    return FewPatients(named[0], few[named[0]]) if named else None


def _why_aliased(
    fit: Fit, term: str, combination: Sequence[float], few: Mapping[Pattern, int]
) -> Key:
    if of_few := _of_few(term, few):
        return of_few
    parts = [name for name, b in zip(fit.terms, combination, strict=True) if abs(b) > NOTHING]
    return MadeOf(*_first(parts)) if parts else Zero()


def _partners(fit: Fit, term: str) -> Key:
    column = np.abs(np.asarray(fit.aliases)[:, fit.terms.index(term)])
    return Partners(*_first([n for n, b in zip(fit.aliased, column, strict=True) if b > NOTHING]))


def _missing(table: pd.DataFrame, column: str, what: Quantity) -> Iterator[Row]:
    """Yield a row per model, pattern or contrast and reason, with where it is missing."""
    for (model, name), part in table.groupby(["model", column], sort=False):
        for reason, missing in part.dropna(subset=["reason"]).groupby("reason", sort=False):
            yield model, name, Combination(what, len(missing), len(part)), str(reason)


def _first(terms: list[str]) -> tuple[tuple[str, ...], int]:
    """Return the terms that are named, and how many are not."""
    return tuple(terms[:MOST]), max(len(terms) - MOST, 0)
