"""From a formula and a table of sessions to the problem that the engine solves."""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import patsy
from numpy.typing import NDArray
from scipy.linalg import lapack

from rupture_repair.modelling.engine.deviance import Remainders
from rupture_repair.modelling.engine.fixed import (
    FixedPart,
    GeneralPart,
    kronecker_or_general,
)
from rupture_repair.modelling.engine.summaries import Array, Codes, Lines, Sessions

# a column whose remainder, squared, is this share of its square depends on the ones before it
ALIASED = 1e-11
# an outcome whose range is below this share of its size is constant up to rounding
CONSTANT = 1e-14
# times at which a formula linear in time is evaluated
PROBES = (0.0, 1.0)
Table = dict[str, pd.Series]


class ModelDataError(ValueError):
    """The table cannot carry the model; the message says where and why.

    cause : `no_sessions`, `infinite` or `constant` values; else something about `formula` or table.
    """

    def __init__(self, message: str, cause: str = "formula") -> None:
        """Keep the cause beside the message."""
        super().__init__(message)
        self.cause = cause


@dataclass(frozen=True)
class Nesting:
    """Sessions in patients in therapists; patients are sorted by therapist.

    patient : patient of each session, shape (n,); therapist : therapist of each patient, (J,).
    patient_ids, therapist_ids : what the codes stand for, shapes (J,) and (K,).
    """

    patient: Codes
    patient_ids: NDArray[Any]
    therapist: Codes
    therapist_ids: NDArray[Any]


@dataclass(frozen=True)
class Rows:
    """The sessions as given to the model, in their own order, for prediction and residuals.

    outcome, time : shape (n,).
    patient, patient_ids, therapist_ids : as in `Nesting`.
    remainder, outcome_remainder : what lines within patients leave of the fixed part, (p, n), or
        None for nothing, and of the outcome, (n,).
    kept : index of the rows in the caller's table.
    """

    outcome: Array
    time: Array
    patient: Codes
    patient_ids: NDArray[Any]
    therapist_ids: NDArray[Any]
    remainder: Array | None
    outcome_remainder: Array
    kept: pd.Index

    def remainders(self, columns: Array, weights: Array | None) -> Remainders:
        """Return pooled cross-products at the patients' multiplicities, (J,).

        columns : the remainder of the fixed part, (p, n).
        """
        outcome = self.outcome_remainder
        if weights is None:
            return Remainders(columns @ columns.T, columns @ outcome, float(outcome @ outcome))
        spread = weights[self.patient]
        left = columns * spread
        yy = float((outcome * spread) @ outcome)
        return Remainders(left @ columns.T, left @ outcome, yy)


@dataclass(frozen=True)
class Design:
    """A model's data: statistics of the sessions, fixed part and rows.

    terms : names of the columns kept; aliased : names of those that depend on earlier ones.
    columns : of the formula's matrix, those kept; info : its encoding, for new data.
    dropped : sessions left out for missing values.
    """

    sessions: Sessions
    fixed: FixedPart
    rows: Rows
    terms: list[str]
    aliased: list[str]
    columns: Codes
    info: patsy.DesignInfo
    dropped: int

    def fixed_rows(self, which: slice | Codes = slice(None)) -> Array:
        """Return rows of the design matrix for the sessions `which`, shape (n, p)."""
        codes, time = self.rows.patient[which], self.rows.time[which]
        level, slope = self.fixed.predict(np.eye(len(self.terms))).transpose(1, 0, 2)
        matrix = level[:, codes] + slope[:, codes] * time
        if self.rows.remainder is not None:
            matrix = matrix + self.rows.remainder[:, which]
        return matrix.T


def from_formula(
    formula: str, data: pd.DataFrame, *, patient: str, therapist: str | None, time: str
) -> Design:
    """Build the design of `formula`, an outcome and fixed effects in patsy's notation.

    Raises `ModelDataError` when a column is missing, a patient has two therapists, the outcome is
    constant, or nothing is left to fit.
    """
    left, _, right = formula.partition("~")
    if not right:
        raise ModelDataError(f"a formula has the form 'outcome ~ terms', not {formula!r}")
    description = patsy.ModelDesc.from_formula(right)
    factors = {factor.code for term in description.rhs_termlist for factor in term.factors}
    used = {name for name in data.columns if any(_mentions(code, name) for code in factors)}
    ids = {patient, time} | ({therapist} if therapist is not None else set())
    for name in ids:
        if name not in data.columns:
            raise ModelDataError(f"column {name!r} is missing: there are {list(data.columns)}")
    needed = used | ids | {name for name in data.columns if _mentions(left, name)}
    table = {name: data[name] for name in data.columns if name in needed}
    complete = np.logical_and.reduce([column.notna().to_numpy() for column in table.values()])
    index, dropped = data.index, int((~complete).sum())
    if dropped:
        table = {name: column[complete] for name, column in table.items()}
        index = index[complete]
    if len(index) == 0:
        raise ModelDataError("no session has all the values that the model needs", "no_sessions")
    outcome, times = _outcome(left.strip(), table), table[time].to_numpy(dtype=float)
    if not (np.isfinite(outcome).all() and np.isfinite(times).all()):
        raise ModelDataError(f"{left.strip()} or {time} is infinite in some sessions", "infinite")
    if np.ptp(outcome) <= CONSTANT * np.abs(outcome).max():
        message = f"all values of {left.strip()} are equal: there is nothing to explain"
        raise ModelDataError(message, "constant")
    nesting = _nesting(table, patient, therapist)
    lines = Lines.of(times, nesting.patient, len(nesting.patient_ids))
    try:
        part, remainder, info = _fixed_part(right, description, table, lines, time, factors, used)
    except patsy.PatsyError as error:
        raise ModelDataError(f"formula {formula!r}: {error}") from error
    coefficients, left_over = lines.regress(outcome)
    sessions = Sessions.of(lines, coefficients, left_over, nesting.therapist)
    gram = part.accumulate(sessions.information, sessions)[0]
    if remainder is not None:
        gram = gram + remainder @ remainder.T
    names, keep = list(info.column_names), independent_columns(gram)
    if len(keep) < len(names):
        part = part.subset(keep)
        remainder = None if remainder is None else remainder[keep]
    rows = Rows(
        outcome, times, nesting.patient, nesting.patient_ids, nesting.therapist_ids,
        remainder, left_over, index,
    )  # fmt: skip
    terms = [names[n] for n in keep]
    aliased = [name for name in names if name not in terms]
    return Design(sessions, part, rows, terms, aliased, keep, info, dropped)


def _fixed_part(
    right: str,
    description: patsy.ModelDesc,
    table: Table,
    lines: Lines,
    time: str,
    factors: set[str],
    used: set[str],
) -> tuple[FixedPart, Array | None, patsy.DesignInfo]:
    """Return the fixed part, what lines within patients leave of it, and its encoding."""
    if all(_is_plain(code, used, time) for code in factors):
        persons = {name: table[name] for name in used - {time}}
        by_patient = _patient_columns(persons, lines.codes, len(lines.size), description, time)
        if by_patient is not None:
            constant, slope, info = by_patient
            return kronecker_or_general(constant, slope), None, info
    matrix = patsy.dmatrix(right, pd.DataFrame(table), NA_action="raise")
    pieces = [lines.regress(column) for column in np.asarray(matrix, dtype=float).T]
    part = GeneralPart(np.stack([line for line, _ in pieces], axis=1))
    return part, np.stack([remainder for _, remainder in pieces]), matrix.design_info


def independent_columns(gram: Array) -> Codes:
    """Return which columns are linearly independent of those before them, from X'X."""
    scale = np.sqrt(np.diag(gram))
    safe = np.where(scale > 0, scale, 1.0)
    residual = gram / np.outer(safe, safe)
    if scale.all() and _far_from_dependent(residual):
        return np.arange(len(gram))
    keep = []
    for column in range(len(gram)):
        pivot = residual[column, column]
        if scale[column] > 0 and pivot > ALIASED:
            keep.append(column)
            residual = residual - np.outer(residual[:, column], residual[column]) / pivot
    return np.array(keep, dtype=np.intp)


def _far_from_dependent(scaled: Array) -> bool:
    """Return whether no pivot of a matrix with ones on the diagonal comes near `ALIASED`."""
    factor, failed = lapack.dpotrf(scaled, lower=1)
    return not failed and bool((np.diag(factor) ** 2).min() > 10 * ALIASED)


def _outcome(expression: str, table: Table) -> Array:
    if expression in table:
        return table[expression].to_numpy(dtype=float)
    try:
        matrix = patsy.dmatrix(f"0 + {expression}", pd.DataFrame(table), NA_action="raise")
    except patsy.PatsyError as error:
        raise ModelDataError(f"outcome {expression!r}: {error}") from error
    if matrix.shape[1] != 1:
        raise ModelDataError(f"outcome {expression!r} has {matrix.shape[1]} columns, not one")
    return np.asarray(matrix, dtype=float)[:, 0]


def _nesting(table: Table, patient: str, therapist: str | None) -> Nesting:
    """Code patients, in the order of their therapists."""
    raw, ids = pd.factorize(table[patient])
    ids = np.asarray(ids)
    if therapist is None:
        return Nesting(
            raw.astype(np.intp), ids, np.zeros(len(ids), dtype=np.intp), np.array([None])
        )
    carers, carer_ids = pd.factorize(table[therapist])
    of_patient = np.empty(len(ids), dtype=np.intp)
    of_patient[raw] = carers
    if np.any(of_patient[raw] != carers):
        offender = ids[raw[np.flatnonzero(of_patient[raw] != carers)[0]]]
        raise ModelDataError(f"patient {offender!r} has more than one value of {therapist!r}")
    order = np.argsort(of_patient, kind="stable")
    rank = np.empty(len(ids), dtype=np.intp)
    rank[order] = np.arange(len(ids))
    return Nesting(rank[raw], ids[order], of_patient[order], np.asarray(carer_ids))


def _patient_columns(
    persons: Table, codes: Codes, n_patients: int, description: patsy.ModelDesc, time: str
) -> tuple[Array, Array, patsy.DesignInfo] | None:
    """Return the columns' constant and slope on time per patient, (p, J), if they are such lines.

    persons : covariates, a value per session. None when one varies within patients.
    """
    first = np.empty(n_patients, dtype=np.intp)
    first[codes[::-1]] = np.arange(len(codes) - 1, -1, -1)
    probes: dict[str, pd.Categorical | NDArray[Any]] = {}
    for name, column in persons.items():
        categorical = isinstance(column.dtype, pd.CategoricalDtype)
        text = isinstance(column.dtype, pd.StringDtype)
        # patsy knows categories and objects, not pandas' strings
        values = column.cat.codes if categorical else column
        values = values.to_numpy(dtype=object if text else None)
        one = values[first]
        if np.any(one[codes] != values):
            return None
        probe = np.tile(one, len(PROBES))
        probes[name] = (
            pd.Categorical.from_codes(probe, dtype=column.dtype) if categorical else probe
        )
    probes[time] = np.repeat(PROBES, n_patients)
    matrix = patsy.dmatrix(description, probes, NA_action="raise")
    constant, later = np.asarray(matrix, dtype=float).reshape(len(PROBES), n_patients, -1)
    slope = later - constant
    return (
        np.ascontiguousarray(constant.T),
        np.ascontiguousarray(slope.T),
        matrix.design_info,
    )


def _is_plain(code: str, names: set[str], time: str) -> bool:
    """Return whether a factor is a column, or C() of one: the same for any rows it is given."""
    inside = re.fullmatch(r"C\((\w+)\)", code)
    return inside.group(1) in names - {time} if inside else code in names


def _mentions(code: str, name: Any) -> bool:  # noqa: ANN401
    """Return whether a piece of a formula uses a column, by name or as Q("name")."""
    named = isinstance(name, str)
    return named and (name in re.findall(r"\w+", code) or f"{name!r}" in code.replace('"', "'"))
