"""Evidence that a fit is the optimum: starts, gradient, curvature, boundary, rank."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from rupture_repair.modelling.engine.identifiability import in_words, unidentified
from rupture_repair.modelling.engine.optimise import SAME_OPTIMUM, Attempt, boundary
from rupture_repair.modelling.engine.satterthwaite import Satterthwaite

# largest scaled gradient, in standard errors of theta
FLAT_ENOUGH = 1e-3
# smallest curvature that counts as negative, as a share of the largest
NEGATIVE = -1e-6
# smallest curvature off the boundary, as a share of that by log σ, that identifies theta
UNIDENTIFIED = 1e-8
# such a share above which no direction is flat
CURVED = 1e-5
MESSAGES = {
    "starts": "only {agreeing} of {starts} starts reached the best deviance",
    "gradient": "the scaled gradient is {size:.2g}",
    "curvature": "curvature is negative ({share:.2g} of the largest)",
    "flat": "the data do not tell the variances apart: the deviance is flat",
}
# with these a fit is no optimum
ERRORS = ("starts", "gradient", "curvature")


class CertificateError(Exception):
    """A fit failed its certificate."""


@dataclass(frozen=True)
class Certificate:
    """Evidence that a fit is the optimum.

    starts, agreeing, spread : starting values, how many reached the best deviance to
        `SAME_OPTIMUM`, and the range of deviances over all.
    scaled_gradient : length of the Newton step from the fit in standard errors of theta.
    eigenvalues : of the deviance's Hessian by the elements of theta off the boundary (slopes in
        units of time's root mean square), by that of log σ, smallest first.
    lowest_curvature : smallest eigenvalue over all elements by the largest; negative at a saddle.
    boundary : standard deviations that are zero relative to the residual one, and perfect
        correlations: no failure, but inference about them is not what it seems.
    rank, aliased : independent columns of the fixed part, and the terms dropped.
    notes : what was changed to make the model estimable, in words.
    unidentified, why_unidentified : components of the covariance that the design does not let the
        data tell apart (`identifiability`), and why, as keys of its `REASONS`.
    """

    starts: int
    agreeing: int
    spread: float
    scaled_gradient: float
    eigenvalues: list[float]
    lowest_curvature: float
    boundary: list[str]
    rank: int
    aliased: list[str]
    notes: list[str]
    unidentified: list[str] = field(default_factory=list)
    why_unidentified: list[str] = field(default_factory=list)

    @property
    def failing(self) -> list[dict[str, Any]]:
        """What is wrong, as `name`, a key of `MESSAGES` or `undetermined`, and its numbers."""
        found: list[dict[str, Any]] = []
        if self.agreeing < min(2, self.starts):
            found.append({"name": "starts", "agreeing": self.agreeing, "starts": self.starts})
        if not self.scaled_gradient <= FLAT_ENOUGH:
            found.append({"name": "gradient", "size": self.scaled_gradient})
        if not self.lowest_curvature >= NEGATIVE:
            found.append({"name": "curvature", "share": self.lowest_curvature})
        if self.unidentified:
            components, because = self.unidentified, self.why_unidentified
            found.append({"name": "undetermined", "components": components, "because": because})
        elif self.eigenvalues and self.eigenvalues[0] < UNIDENTIFIED:
            found.append({"name": "flat"})
        return found

    @property
    def errors(self) -> list[str]:
        """Reasons why the fit is not an optimum: none of its numbers are valid."""
        return [_message(entry) for entry in self.failing if entry["name"] in ERRORS]

    @property
    def doubts(self) -> list[str]:
        """What the data do not determine at the optimum, in words."""
        return [_message(entry) for entry in self.failing if entry["name"] not in ERRORS]

    @property
    def failures(self) -> list[str]:
        """Errors and doubts; empty for a fit that passes."""
        return self.errors + self.doubts

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong."""
        return not self.failures

    def require(self) -> None:
        """Raise `CertificateError` naming each failure, if there are any."""
        if self.failures:
            raise CertificateError("; ".join(self.failures))

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return asdict(self) | {"passed": self.passed, "failing": self.failing}


def _message(entry: dict[str, Any]) -> str:
    if entry["name"] == "undetermined":
        return in_words(entry["components"], entry["because"])
    return MESSAGES[entry["name"]].format(**entry)


def certify(
    curvature: Satterthwaite, attempts: Sequence[Attempt], aliased: list[str], notes: list[str]
) -> Certificate:
    """Examine the fit at which `curvature` was taken; `attempts` are the starts that led there."""
    problem, at = curvature.problem, curvature.at
    deviances = np.array([attempt.deviance for attempt in attempts])
    best = at.deviance
    at_boundary = boundary(problem, at.theta)
    interior = ~at_boundary & ~problem.structure.undetermined(at.theta)
    hessian = curvature.profiled_hessian
    gradient = at.gradient * curvature.scale
    inside = hessian[np.ix_(interior, interior)]
    values, vectors = np.linalg.eigh(inside) if interior.any() else (np.ones(0), np.ones((0, 0)))
    # the deviance is −2 log-likelihood: its curvature is twice the information
    along = vectors.T @ gradient[interior] / np.sqrt(np.maximum(np.abs(values), 1e-12) * 2)
    whole = np.linalg.eigvalsh(hessian)
    # where components cannot be told apart the deviance is flat along a line
    curved = interior.all() and values[0] > CURVED * 4 * problem.dof
    unknown, why = ([], []) if curved else unidentified(problem)
    return Certificate(
        starts=len(deviances),
        agreeing=int((deviances <= best + SAME_OPTIMUM).sum()),
        spread=float(np.ptp(deviances)) if len(deviances) else 0.0,
        scaled_gradient=float(np.linalg.norm(along)),
        eigenvalues=(values / (4 * problem.dof)).tolist(),
        lowest_curvature=float(whole[0] / np.abs(whole).max()),
        boundary=problem.structure.at_boundary(at.theta, at_boundary),
        rank=problem.fixed.n_columns,
        aliased=aliased,
        notes=notes,
        unidentified=unknown,
        why_unidentified=why,
    )
