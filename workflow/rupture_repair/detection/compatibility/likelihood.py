"""How probable published counts are, given counts in simulated cohorts."""

import numpy as np
from scipy.special import gammaln, logsumexp, xlogy
from scipy.stats import chi2

from rupture_repair.detection.series import Bools, Floats, Ints

# Jeffreys' prior of shares: half a patient in each pattern
PRIOR = 0.5
# significance level of the test that two cohorts have the same process
FIT_LEVEL = 0.05


def log_likelihood(published: Ints, simulated: Ints) -> Floats:
    """Return log probabilities of `published` counts, shape of `simulated` without its last axis.

    published : patients of each pattern, shape (n_patterns,); simulated : counts of simulated
    cohorts, shape (…, n_patterns).

    The shares of a process are known only up to the sampling error of its simulated cohort: given
    its counts they have a Dirichlet distribution with `simulated + PRIOR`, and the published
    counts then have the Dirichlet-multinomial probability
    n! Γ(A) / Γ(n + A) · Π Γ(x_i + a_i) / (x_i! Γ(a_i)), A = Σ a_i (Mosimann, 1962).
    """
    # arguments are whole numbers plus the prior: a table is faster than millions of gammaln
    n, classes = int(published.sum()), simulated.shape[-1]
    total = simulated.sum(axis=-1)
    largest = int(total.max(initial=0)) + n + 1
    of_class = gammaln(np.arange(largest) + PRIOR)
    of_total = gammaln(np.arange(largest) + classes * PRIOR)
    constant = gammaln(n + 1) - gammaln(published + 1).sum()
    terms = sum(
        of_class[simulated[..., i] + published[i]] - of_class[simulated[..., i]]
        for i in range(classes)
    )
    return np.asarray(constant + of_total[total] - of_total[total + n] + terms)


def fitting(published: Ints, simulated: Ints) -> Bools:
    """Return whether simulated counts may have the same shares as the published ones.

    Shapes as in `log_likelihood`. The likelihood-ratio test of homogeneity of two cohorts,
    G² = 2 Σ O · ln(O / E), does not reject at `FIT_LEVEL` (df: patterns − 1).
    """
    classes = simulated.shape[-1]
    n, total = int(published.sum()), simulated.sum(axis=-1)
    # Σ O ln(O / E) of a table is a sum of x ln x over its cells and margins
    x_log_x = _x_log_x(int(total.max(initial=0)) + n + 1)
    cells = sum(
        x_log_x[simulated[..., i]]
        + x_log_x[published[i]]
        - x_log_x[simulated[..., i] + published[i]]
        for i in range(classes)
    )
    statistic = 2 * (cells - x_log_x[total] - x_log_x[n] + x_log_x[total + n])
    return np.asarray(statistic <= chi2.isf(FIT_LEVEL, df=classes - 1))


def _x_log_x(size: int) -> Floats:
    x = np.arange(size, dtype=float)
    return np.asarray(xlogy(x, x))


def marginal(log_likelihoods: Floats) -> Floats:
    """Return log of the mean likelihood over processes, the last axis."""
    n = log_likelihoods.shape[-1]
    return np.asarray(logsumexp(log_likelihoods, axis=-1)) - np.log(n)


def weights(log_likelihoods: Floats) -> Floats:
    """Return posterior weights of processes that were equally likely before; they sum to 1."""
    return np.exp(log_likelihoods - logsumexp(log_likelihoods, axis=-1, keepdims=True))
