"""Algebra of many symmetric matrices at once.

A symmetric 2 × 2 matrix is kept as its rows 00, 01, 11; batches of B members run along the last
axis unless a shape says otherwise.
"""

import numpy as np

from rupture_repair.modelling.engine.deviance import DEPENDENT
from rupture_repair.modelling.engine.summaries import Array


def times_vectors(symmetric: Array, values: Array) -> Array:
    """Multiply symmetric matrices, (N, 3, B), with vectors of shape (N, 2, B)."""
    product = symmetric[:, :2] * values[:, :1]
    product += symmetric[:, 1:] * values[:, 1:]
    return product


def times_columns(symmetric: Array, values: Array) -> Array:
    """Multiply symmetric matrices, (B, 3, K), with values of shape (B, p, 2, K)."""
    product = symmetric[:, None, :2] * values[:, :, :1]
    product += symmetric[:, None, 1:] * values[:, :, 1:]
    return product


def on_both_sides(outer: Array, middle: Array) -> Array:
    """Return G Q G for symmetric matrices in rows, (N, 3, B)."""
    a, b, c = outer[:, 0], outer[:, 1], outer[:, 2]
    x, y, z = middle[:, 0], middle[:, 1], middle[:, 2]
    first, second = a * x + b * y, a * y + b * z
    product = np.empty_like(outer)
    product[:, 0] = first * a + second * b
    product[:, 1] = first * b + second * c
    product[:, 2] = (b * x + c * y) * b + (b * y + c * z) * c
    return product


def own_outer(vectors: Array) -> Array:
    """Return v v' of vectors, (N, 2, B), as rows, (N, 3, B)."""
    first, second = vectors[:, 0], vectors[:, 1]
    return np.stack([first**2, first * second, second**2], axis=1)


def summed_outer(left: Array, right: Array) -> Array:
    """Return Σ_p left_a right_b as rows, (K, 3, B), for shapes (B, p, 2, K)."""
    rows = [(left[:, :, a] * right[:, :, b]).sum(axis=1) for a, b in ((0, 0), (0, 1), (1, 1))]
    return np.stack(rows).transpose(2, 0, 1)


def invert(xvx: Array) -> tuple[Array, Array, np.ndarray]:
    """Return inverses, log determinants, and which matrices are singular, for full (B, p, p)."""
    diagonal = np.diagonal(xvx, axis1=1, axis2=2)
    scale = np.sqrt(np.maximum(diagonal, 1e-300))
    units = scale[:, :, None] * scale[:, None]
    scaled = xvx / units
    try:
        factor = np.linalg.cholesky(scaled)
        singular = np.zeros(len(xvx), dtype=bool)
    except np.linalg.LinAlgError:
        smallest = np.linalg.eigvalsh(scaled)[:, 0]
        singular = ~(smallest > DEPENDENT**2)
        scaled = np.where(singular[:, None, None], np.eye(xvx.shape[1]), scaled)
        factor = np.linalg.cholesky(scaled)
    pivots = np.diagonal(factor, axis1=1, axis2=2)
    singular = singular | ~(pivots.min(axis=1) > DEPENDENT) | ~np.all(diagonal > 0, axis=1)
    log_determinant = 2 * np.log(pivots * scale).sum(axis=1)
    return np.linalg.inv(scaled) / units, log_determinant, singular
