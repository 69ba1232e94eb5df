"""Random-effects estimates over cohorts."""

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import optimize, stats
from statsmodels.stats.meta_analysis import combine_effects

from rupture_repair.comparison.slopes import (
    cohort_rows,
    cohort_slopes,
    common_lengths,
    critical_value,
)
from rupture_repair.config.steps.comparison import ComparedCohort

# fewer cohorts say nothing of how the next one would lie
MIN_COHORTS_FOR_PREDICTION = 3
Values = NDArray[np.float64]
UNKNOWN = ["slope", "se", "ci_low", "ci_high", "p", "z_low", "z_high"]
UNKNOWN += ["tau2", "tau2_dl", "q", "q_p", "i2", "prediction_low", "prediction_high"]


def comparison_tables(
    moderations: Sequence[pd.DataFrame],
    described: Sequence[pd.DataFrame],
    cohorts: Sequence[ComparedCohort],
) -> dict[str, pd.DataFrame]:
    """Return the tables of the step by name.

    moderations, described : `moderation` and Table 1 of each cohort; cohorts : their settings.
    """
    lengths = common_lengths(moderations)
    slopes = [
        cohort_slopes(*of_cohort, lengths)
        for of_cohort in zip(moderations, described, cohorts, strict=True)
    ]
    pooled, weighted = pool_slopes(pd.concat(slopes, ignore_index=True))
    return {"cohorts": cohort_rows(described, cohorts), "effects": weighted, "pooled": pooled}


def pool_slopes(slopes: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the pooled moderations, a row each, and `slopes` with each cohort's `weight` (%).

    slopes : `cohort_slopes` of all cohorts, one below the other. A cohort that cannot estimate a
    moderation has no weight in it; with fewer than two cohorts it is not pooled.
    """
    rows, weighted = [], slopes.assign(weight=math.nan)
    of_terms = ["model", "pattern", "term"]
    for model, pattern, term in slopes[of_terms].drop_duplicates().itertuples(index=False):
        at = (slopes["pattern"] == pattern) & (slopes["term"] == term) & slopes["slope"].notna()
        k = int(at.sum())
        found = dict.fromkeys(UNKNOWN, math.nan)
        if k > 1:
            effects, variances = slopes.loc[at, "slope"], slopes.loc[at, "slope_se"] ** 2
            found, weights = pool(effects.to_numpy(), variances.to_numpy())
            weighted.loc[at, "weight"] = 100 * weights
        rows.append({"model": model, "pattern": pattern, "term": term, "k": k} | found)
    return pd.DataFrame(rows), weighted


def pool(effects: Values, variances: Values) -> tuple[dict[str, float], Values]:
    """Return the random-effects estimate of `effects`, shape (k,), and the weights of the cohorts.

    * `tau2`: between-cohort variance by Paule and Mandel (1982); `tau2_dl` by DerSimonian and
      Laird (1986), cut at 0, for comparison.
    * `se`, `ci_low`, `ci_high`, `p`: Hartung and Knapp (2001), t on k − 1 degrees of freedom. Their
      factor of the standard error is 1 at the tau2 of Paule and Mandel, and below 1 where that is
      cut at 0; it is then left out (Röver, Knapp & Friede 2015), so that `se` is the usual one.
    * `z_low`, `z_high`: the interval with tau2 taken as known.
    * `q`, `q_p`: Cochran's Q on k − 1 degrees of freedom; `i2` = max(0, (Q − df) / Q) in percent
      (Higgins & Thompson 2002).
    * `prediction_low`, `prediction_high`: where the slope of another cohort would lie,
      ± t(k − 2) sqrt(tau2 + se²) (Higgins, Thompson & Spiegelhalter 2009); from three cohorts.
    """
    k = len(effects)
    with np.errstate(
        all="ignore"
    ):  # its random part divides by 0 where the DL variance is negative
        fixed = combine_effects(effects, variances, method_re="dl")
    tau2 = paule_mandel(effects, variances)
    weights = 1 / (variances + tau2)
    centre, se = float(weights @ effects / weights.sum()), float(weights.sum() ** -0.5)
    margin, z_margin = critical_value(k - 1) * se, critical_value(math.inf) * se
    reach = math.nan
    if k >= MIN_COHORTS_FOR_PREDICTION:
        reach = critical_value(k - 2) * math.sqrt(tau2 + se**2)
    q = max(float(fixed.q), 0.0)
    pooled = {
        "slope": centre,
        "se": se,
        "ci_low": centre - margin,
        "ci_high": centre + margin,
        "p": float(2 * stats.t.sf(abs(centre / se), k - 1)),
        "z_low": centre - z_margin,
        "z_high": centre + z_margin,
        "tau2": tau2,
        "tau2_dl": max(float(fixed.tau2), 0.0),
        "q": q,
        "q_p": float(stats.chi2.sf(q, k - 1)),
        "i2": 100 * max(0.0, (q - (k - 1)) / q) if q > 0 else 0.0,
        "prediction_low": centre - reach,
        "prediction_high": centre + reach,
    }
    return pooled, weights / weights.sum()


def paule_mandel(effects: Values, variances: Values) -> float:
    """Return the between-cohort variance with which Q equals its expectation k − 1, or 0.

    The root is bracketed: the iteration of statsmodels returns 0 where rounding makes its last
    step end just beyond the root.
    """

    def excess(tau2: float) -> float:
        w = 1 / (variances + tau2)
        return float(w @ (effects - w @ effects / w.sum()) ** 2) - (len(effects) - 1)

    if excess(0.0) <= 0:
        return 0.0
    # Q with weights 1 / (v + tau2) is at most the sum of squares / tau2
    return float(optimize.brentq(excess, 0.0, 2 * float(np.var(effects, ddof=1)), xtol=1e-15))
