"""Random-effects structures: relative covariances of patients and therapists from theta.

Symmetric 2 × 2 matrices over (intercept, slope on time) are kept as rows (00, 01, 11).
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

# free entries of the lower-triangular relative covariance factor, column by column (as in lme4)
FACTORS: dict[str, tuple[tuple[int, int], ...]] = {
    "none": (),
    "intercept": ((0, 0),),
    "independent": ((0, 0), (1, 1)),
    "correlated": ((0, 0), (1, 0), (1, 1)),
}
PATIENT_TERMS = ("intercept", "independent", "correlated")
THERAPIST_TERMS = ("none", "intercept", "independent", "correlated")
LEVELS = ("patient", "therapist")
EFFECTS = ("intercept", "slope")
# positions of variances and covariances by name: level (0 patients, 1 therapists), row, column
COMPONENTS = {
    "therapist": (1, 0, 0),
    "therapist_slope": (1, 1, 1),
    "therapist_covariance": (1, 1, 0),
    "patient": (0, 0, 0),
    "patient_slope": (0, 1, 1),
    "patient_covariance": (0, 1, 0),
}


@dataclass(frozen=True)
class Structure:
    """Which random terms patients and therapists have.

    theta holds the free entries of the patients' factor, then those of the therapists'; a factor
    Λ gives the covariance σ²ΛΛ' (Bates et al. 2015, eq. 4). Column signs of Λ are immaterial, so
    that theta needs no bounds while it is optimised; `canonical` makes the diagonal non-negative.

    Raises `ValueError` for unknown terms.
    """

    patient: str = "correlated"
    therapist: str = "intercept"

    def __post_init__(self) -> None:
        for level, value, allowed in (
            ("patient_terms", self.patient, PATIENT_TERMS),
            ("therapist_terms", self.therapist, THERAPIST_TERMS),
        ):
            if value not in allowed:
                raise ValueError(f"{level} is one of {', '.join(allowed)}, not {value!r}")

    @cached_property
    def entries(self) -> list[tuple[int, int, int]]:
        """(level, row, column) of each element of theta; level 0 patients, 1 therapists."""
        return [
            (level, *entry)
            for level, terms in enumerate((self.patient, self.therapist))
            for entry in FACTORS[terms]
        ]

    @cached_property
    def levels(self) -> NDArray[np.intp]:
        """The level of each element of theta: 0 patients, 1 therapists."""
        return np.array([level for level, _, _ in self.entries], dtype=np.intp)

    @cached_property
    def names(self) -> list[str]:
        """A label per element of theta."""
        return [
            f"{LEVELS[level]}.{EFFECTS[row]}" + ("" if row == column else "~intercept")
            for level, row, column in self.entries
        ]

    @cached_property
    def diagonal(self) -> NDArray[np.bool_]:
        """Which elements of theta lie on the diagonal of a factor."""
        return np.array([row == column for _, row, column in self.entries], dtype=bool)

    @cached_property
    def _units(self) -> Array:
        """Factors of both levels per unit of each element of theta, shape (m, 2, 2, 2)."""
        units = np.zeros((len(self.entries), 2, 2, 2))
        for unit, entry in zip(units, self.entries, strict=True):
            unit[entry] = 1.0
        return units

    @cached_property
    def _second(self) -> Array:
        """∂²(ΛΛ')/∂theta∂theta', shape (m, m, 8) for the elements of both levels."""
        units = self._units
        products = np.einsum("ilab,jlcb->ijlac", units, units)
        both = products + products.swapaxes(-1, -2)
        return both.reshape(len(units), len(units), 8)

    def factors(self, theta: Array) -> Array:
        """Return the two factors Λ, shape (2, 2, 2): level, row, column.

        This, `covariances`, `directions` and `curvature` also take many theta, along first axes.
        """
        return (theta @ self._units.reshape(-1, 8)).reshape(*theta.shape[:-1], 2, 2, 2)

    def covariances(self, theta: Array) -> Array:
        """Return the relative covariances ΛΛ' of both levels, shape (2, 2, 2)."""
        factors = self.factors(theta)
        return factors @ factors.swapaxes(-1, -2)

    def components(self, theta: Array, sigma2: float) -> dict[str, float]:
        """Return variances and covariances of the terms in the model, and `residual`.

        `therapist` is always named; it is 0 in a model without therapists.
        """
        matrices = sigma2 * self.covariances(theta)
        found = {
            name: float(matrices[entry])
            for name, entry in COMPONENTS.items()
            if entry in self.entries or name == "therapist"
        }
        return found | {"residual": sigma2}

    def directions(self, theta: Array) -> Array:
        """Return ∂(ΛΛ')/∂theta of the level each element belongs to, shape (m, 2, 2)."""
        half = self._own_units @ self.factors(theta)[..., self.levels, :, :].swapaxes(-1, -2)
        return half + half.swapaxes(-1, -2)

    @cached_property
    def _own_units(self) -> Array:
        return self._units[np.arange(len(self.levels)), self.levels]

    def curvature(self, gradients: Array) -> Array:
        """Return Σ_ab Γ_ab ∂²(ΛΛ')_ab/∂theta∂theta', shape (m, m), for Γ per level (2, 2, 2)."""
        m = len(self.levels)
        flat = gradients.reshape(*gradients.shape[:-3], 8) @ self._second.reshape(-1, 8).T
        return flat.reshape(*gradients.shape[:-3], m, m)

    def canonical(self, theta: Array) -> Array:
        """Return the equivalent theta with non-negative diagonals.

        Without variance of intercepts, that of correlated slopes is all on the diagonal.
        """
        factors = self.factors(theta)
        for factor in factors:
            if factor[0, 0] == 0:
                factor[1] = [0.0, np.hypot(factor[1, 0], factor[1, 1])]
            factor *= np.where(np.diag(factor) < 0, -1.0, 1.0)
        return np.array([factors[entry] for entry in self.entries]) + 0.0  # no −0

    def undetermined(self, theta: Array) -> NDArray[np.bool_]:
        """Return which elements of theta are covariances with intercepts that do not vary."""
        factors = self.factors(theta)
        return np.array(
            [row != column and factors[level, 0, 0] == 0 for level, row, column in self.entries],
            dtype=bool,
        )

    def at_boundary(self, theta: Array, zero: NDArray[np.bool_]) -> list[str]:
        """Return names for the elements of theta that are `zero`.

        Correlated slopes without variance of their own are perfectly correlated with intercepts.
        """
        found = []
        for (level, row, _), name in zip(self.entries, np.array(self.names), strict=True):
            perfect = row == 1 and self.factors(theta)[level, 1, 0] != 0
            found.append(f"{LEVELS[level]}.correlation" if perfect else str(name))
        return [name for name, here in zip(found, zero, strict=True) if here]

    def from_covariances(self, covariances: Array) -> Array:
        """Return theta of positive definite relative covariances, shape (2, 2, 2)."""
        correlated = np.array([terms == "correlated" for terms in (self.patient, self.therapist)])
        kept = correlated[:, None, None] | np.eye(2, dtype=bool)
        factors = np.linalg.cholesky(np.where(kept, covariances, 0.0))
        return np.array([factors[entry] for entry in self.entries])

    def time_powers(self) -> Array:
        """Return the power of time's unit by which each element of theta scales (0 or −1)."""
        return np.array([-float(row) for _, row, _ in self.entries])
