"""Which variance components the design identifies, whatever the outcome is.

Var(y) = Σ_a φ_aV_a, V_a = I for the residual variance and Σ_u Z_uE_aZ_u' for a variance or
covariance of patients or therapists u. What is left of y without its fixed part, My, with
M = I − X(X'X)⁻X', has the covariance Σ_a φ_aMV_aM: the φ_a are identified when these matrices are
linearly independent (Rao & Kleffe 1988, §4.2), so when tr(MV_aMV_b) is a regular matrix.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import block_diag

from rupture_repair.modelling.engine.deviance import FULL, Problem
from rupture_repair.modelling.engine.elimination import apply
from rupture_repair.modelling.engine.optimise import time_unit
from rupture_repair.modelling.engine.structure import COMPONENTS
from rupture_repair.modelling.engine.summaries import Array

RESIDUAL = "residual"
# names of covariance components in messages
VARIANCE_WORDS = {
    "patient": "the variance between patients",
    "patient_covariance": "the covariance of patients' intercepts and slopes",
    "patient_slope": "the variance of patients' slopes",
    "therapist": "the variance between therapists",
    "therapist_covariance": "the covariance of therapists' intercepts and slopes",
    "therapist_slope": "the variance of therapists' slopes",
    RESIDUAL: "the residual variance",
}
# why components are not identified
REASONS = {
    "one_rating": "every patient has one rating",
    "one_time": "no patient was rated at more than one time",
    "two_ratings": "no patient has more than two ratings",
    "one_patient": "every therapist has one patient",
}
# a share of a matrix's square, or of the largest eigenvalue, below which nothing is left
NOTHING = 1e-8
# weight of a component in a combination of matrices that vanishes, as a share of the largest
INVOLVED = 1e-3


@dataclass(frozen=True)
class _Level:
    """Units of a level, time centred and in units of its spread.

    gram : Z_u'Z_u, shape (2, 2, N). fixed : Z_u'XL, (2, p, N), for (X'X)⁻ = LL'. weights : (N,).
    """

    gram: Array
    fixed: Array
    weights: Array

    def squares(self, other: Array) -> Array:
        """Return Z_u'XLL'X'Z_v of each unit and another's `fixed`, shape (2, 2, N)."""
        return np.stack([[(row * column).sum(axis=0) for column in other] for row in self.fixed])

    def sums(self, squares: Array) -> Array:
        """Return Σ_u (Z_u'Z_u)_ab (squares of u)_cd, shape (2, 2, 2, 2)."""
        weighted = self.gram.reshape(4, -1) * self.weights
        return (weighted @ squares.reshape(4, -1).T).reshape(2, 2, 2, 2)

    def pulled(self) -> Array:
        """Return Σ_u (row a of `fixed`)(row b of it)', shape (2, 2, p, p)."""
        weighted = self.fixed * self.weights
        return np.stack([[row @ column.T for column in self.fixed] for row in weighted])


def unidentified(problem: Problem) -> tuple[list[str], list[str]]:
    """Return the components that are not identified, and why, as keys of `REASONS`.

    Components are named as in `Structure.components`; none and no reason for a sound design.
    Costs about one evaluation of the deviance.
    """
    patients, therapists, of_patient, moved = _levels(problem)
    names, places, mixed = _components(problem, moved)
    whole, left = _cross_products(problem, patients, therapists, of_patient, places)
    size = np.sqrt(np.where(np.diag(whole) > 0, np.diag(whole), 1.0))
    scaled = left / np.outer(size, size)
    nothing = np.diag(scaled) <= NOTHING
    unit = np.sqrt(np.where(nothing, 1.0, np.diag(scaled)))
    scaled = np.where(nothing[:, None] | nothing, 0.0, scaled / np.outer(unit, unit))
    values, vectors = np.linalg.eigh(scaled)
    null = vectors[:, values <= NOTHING * max(values.max(), 1.0)]
    weights = np.abs(mixed @ (null / size[:, None] / unit[:, None]))
    weights = (weights / weights.max(axis=0)).max(axis=1, initial=0.0)
    present = {name for name, weight in zip(names, weights, strict=True) if weight > INVOLVED}
    found = [name for name in VARIANCE_WORDS if name in present]
    return found, _reasons(problem) if found else []


def in_words(components: list[str], reasons: list[str]) -> str:
    """Return a sentence on components that are not identified, and why."""
    *others, last = [VARIANCE_WORDS[name] for name in components]
    because = f": {' and '.join(REASONS[name] for name in reasons)}" if reasons else ""
    if not others:
        return f"the data do not determine {last}{because}"
    return f"the data do not tell {', '.join(others)} and {last} apart{because}"


def _reasons(problem: Problem) -> list[str]:
    sessions = problem.sessions
    most = sessions.information[0].max()
    reasons = []
    if most < 2:
        reasons.append("one_rating")
    elif not sessions.determinant.max() > 0:
        reasons.append("one_time")
    elif most < 3:
        reasons.append("two_ratings")
    if problem.structure.therapist != "none" and sessions.n_therapists == sessions.n_patients:
        reasons.append("one_patient")
    return reasons


def _levels(problem: Problem) -> tuple[_Level, _Level, Array, tuple[float, float]]:
    """Return patients, therapists, Z_k'XL of each patient's therapist, and time's origin and unit.

    Time is centred first: with its zero far away intercepts and slopes would look alike.
    """
    sessions = problem.sessions
    size, cross, _ = sessions.information
    weights = np.ones(len(size)) if sessions.weights is None else sessions.weights
    mean, spread = cross / size, sessions.determinant / size
    origin = float(cross.sum() / size.sum())
    unit = float(np.sqrt((spread + size * (mean - origin) ** 2).sum() / size.sum()))
    unit = unit if unit > NOTHING * time_unit(problem) else 1.0
    place = (mean - origin) / unit
    square = spread / unit**2 + size * place**2
    rows = np.stack([size, size * place, square])
    constant, slope = problem.fixed.predict(np.eye(problem.fixed.n_columns)).transpose(1, 0, 2)
    lines = np.stack([constant + origin * slope, unit * slope])
    pulled = apply(rows, lines)
    xx = sum((line * weights) @ other.T for line, other in zip(lines, pulled, strict=True))
    half = _half_inverse(xx + problem.remainders.xx)
    gram, fixed = rows[FULL], half.T @ pulled
    outer = sessions.therapist_weights
    carers = _Level(
        sessions.by_therapist(gram),
        sessions.by_therapist(fixed),
        np.ones(sessions.n_therapists) if outer is None else outer,
    )
    of_patient = carers.fixed.take(sessions.therapist, axis=-1)
    return _Level(gram, fixed, weights), carers, of_patient, (origin, unit)


def _half_inverse(matrix: Array) -> Array:
    """Return L with LL' a generalised inverse of a positive semi-definite matrix."""
    scale = np.sqrt(np.diag(matrix))
    scale = np.where(scale > 0, scale, 1.0)
    values, vectors = np.linalg.eigh(matrix / np.outer(scale, scale))
    used = values > 1e-11 * values.max()
    return vectors[:, used] / np.sqrt(values[used]) / scale[:, None]


def _components(
    problem: Problem, moved: tuple[float, float]
) -> tuple[list[str], list[tuple[int, Array]], Array]:
    """Return names, level and matrix (2, 2) of each direction, and what directions are of names.

    In centred time a slope's variance is in part one of levels: directions are an orthonormal
    basis of what the matrices E_a of a level add up to. The residual variance is the last name and
    the last direction. The third value, (c, c), gives weights of the named matrices, each in units
    of its size.
    """
    keys = {place: name for name, place in COMPONENTS.items()}
    origin, unit = moved
    shift = np.array([[1.0, origin], [0.0, unit]])
    names: list[str] = []
    places: list[tuple[int, Array]] = []
    blocks = []
    for level in (0, 1):
        entries = sorted(entry for entry in problem.structure.entries if entry[0] == level)
        columns = np.empty((3, len(entries)))
        for number, (_, row, column) in enumerate(entries):
            matrix = np.zeros((2, 2))
            matrix[row, column] = matrix[column, row] = 1.0
            here = shift @ matrix @ shift.T
            columns[:, number] = here[0, 0], np.sqrt(2) * here[0, 1], here[1, 1]
        basis, triangle = np.linalg.qr(columns / np.linalg.norm(columns, axis=0))
        for first, second, third in basis.T:
            half = second / np.sqrt(2)
            places.append((level, np.array([[first, half], [half, third]])))
        names += [keys[entry] for entry in entries]
        blocks.append(np.linalg.inv(triangle))
    return [*names, RESIDUAL], places, block_diag(*blocks, np.eye(1))


def _cross_products(
    problem: Problem,
    patients: _Level,
    therapists: _Level,
    of_patient: Array,
    places: list[tuple[int, Array]],
) -> tuple[Array, Array]:
    """Return tr(V_aV_b) and tr(MV_aMV_b), each (c, c), the residual one last."""
    levels, n, rank = (patients, therapists), len(places), patients.fixed.shape[1]
    whole, single = np.empty((n + 1, n + 1)), np.empty((n + 1, n + 1))
    # patients lie within therapists: where levels differ, units are patients
    across = patients.squares(of_patient)
    moments = [
        (of.sums(of.gram), of.sums(square))
        for of, square in (
            (patients, patients.squares(patients.fixed)),
            (patients, across),
            (therapists, therapists.squares(therapists.fixed)),
        )
    ]
    pulled = [of.pulled() for of in levels]
    within = [np.einsum("ab,abpq->pq", e, pulled[level]) for level, e in places] + [np.eye(rank)]
    for a, (level, e_a) in enumerate(places):
        of = levels[level]
        whole[a, n] = whole[n, a] = (e_a * (of.gram @ of.weights)).sum()
        single[a, n] = single[n, a] = np.trace(within[a])
        for b, (other, e_b) in enumerate(places[: a + 1]):
            # b comes before a, so that patients do before their therapists
            for table, sums in zip((whole, single), moments[level + other], strict=True):
                table[a, b] = table[b, a] = np.einsum("xy,yzxw,zw->", e_b, sums, e_a)
    whole[n, n], single[n, n] = problem.sessions.n_sessions, rank
    double = np.array([[(p * q.T).sum() for q in within] for p in within])
    return whole, whole - 2 * single + double
