"""What models adjust for: columns of the analysis table, and the terms that they add.

A number is `age_c`, less its mean over the patients. A category is a column per level but the
reference, the most frequent: 1 for its patients and 0 for others (treatment coding), less the mean.
All are zero on average, so that slopes and courses are those of the average patient.
"""

import re
from collections.abc import Iterable, Sequence

import pandas as pd

from rupture_repair.cohort.numbers import number_of
from rupture_repair.config.reporting import MIN_PATIENTS
from rupture_repair.config.steps.modelling import ModelCovariate

OTHER = "other"


def covariate_columns(patients: pd.DataFrame, covariates: Iterable[ModelCovariate]) -> pd.DataFrame:
    """Return the columns, a row per patient, in the order of `patients`; none is missing.

    patients : those who are analysed, each with a value of each covariate.
    """
    columns: dict[str, pd.Series] = {}
    for covariate in covariates:
        values = patients[covariate.name]
        if covariate.number:
            numbers = values.map(lambda cell: number_of(str(cell))).astype(float)
            columns[f"{covariate.name}_c"] = numbers - numbers.mean()
            continue
        groups = pooled(values.astype(str))
        _, *levels = (
            groups.value_counts(sort=False).sort_values(ascending=False, kind="stable").index
        )
        for level in sorted(levels):
            here = (groups == level).astype(float)
            columns[_free(f"{covariate.name}__{_plain(level)}", columns)] = here - here.mean()
    return pd.DataFrame(columns, index=patients.index)


def pooled(groups: pd.Series) -> pd.Series:
    """Return groups of at least `MIN_PATIENTS` patients: the smallest are one, `other`."""
    counts = groups.sort_values().value_counts(sort=False).sort_values(kind="stable")
    if counts.min() >= MIN_PATIENTS:
        return groups
    within = counts.cumsum()
    small = int((counts < MIN_PATIENTS).sum())
    enough = int((within < MIN_PATIENTS).sum()) + 1
    together = counts.index[: max(small, enough)]
    return groups.where(~groups.isin(together), OTHER)


def adjusted(formula: str, columns: Iterable[str], covariates: Sequence[ModelCovariate]) -> str:
    """Return a fixed part with the terms of covariates; `columns` are those of the table."""
    found = list(columns)
    for covariate in covariates:
        own = [name for name in found if is_covariate(name, [covariate])]
        if own:
            terms = f"({' + '.join(own)})"
            formula += f" + time * {terms}" if covariate.with_time else f" + {terms}"
    return formula


def is_covariate(column: str, covariates: Iterable[ModelCovariate]) -> bool:
    """Whether a column of the analysis table is one of a covariate."""
    name, _, level = column.partition("__")
    return any(
        column == f"{one.name}_c" if one.number else bool(level) and name == one.name
        for one in covariates
    )


def _plain(level: str) -> str:
    return re.sub(r"\W+", "_", level).strip("_") or "level"


def _free(name: str, taken: Iterable[str]) -> str:
    number, free, known = 1, name, set(taken)
    while free in known:
        number += 1
        free = f"{name}_{number}"
    return free
