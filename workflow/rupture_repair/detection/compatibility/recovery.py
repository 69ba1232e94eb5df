"""Recovery of a known rule: the same comparison for cohorts whose rule is known."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from rupture_repair.config.criteria import Criterion
from rupture_repair.detection.compatibility.likelihood import (
    fitting,
    log_likelihood,
    marginal,
)
from rupture_repair.detection.compatibility.processes import draw_families, simulate_ratings
from rupture_repair.detection.compatibility.rules import pattern_counts
from rupture_repair.detection.grid import Grid
from rupture_repair.detection.series import Ints, Series

# studies of a known rule, each with a process of its own, for each family; a power of two
STUDIES = 64
CREDIBLE = 0.90


def recovery(
    series: Series,
    grid: Grid,
    rules: list[Criterion],
    counts: Mapping[str, Ints],
    n_patients: int,
    seed: int,
) -> pd.DataFrame:
    """Weigh the rules for studies whose rule and process were drawn at random, apart from `counts`.

    counts : what the rules find in the simulated processes of each family, see `pattern_counts`.
    n_patients : of each study; its counts are drawn from the shares of a fresh cohort.

    Returns a row per family: `n_studies`, `covered` (share of studies whose true rule lies in the
    smallest set of rules with 90 % of the posterior weight, rules being equally likely before),
    `share_in_set` (how much of all rules that set holds, mean), `not_ruled_out` (share of studies
    whose true rule fits with at least one process), `share_ruled_out` (of all rules, mean),
    `same_scale`, `same_k` (share of studies in which the most probable rule has the true one's).
    """
    rows = []
    for place, family in enumerate(draw_families(STUDIES, seed + 1)):
        rng = np.random.default_rng([seed + 1, place])
        ratings = simulate_ratings(series, grid, family.processes, rng)
        studies = []
        for own in ratings:
            rule = int(rng.integers(len(rules)))
            found = pattern_counts(series, own[None, :], [rules[rule]])[0, 0]
            if found.sum():  # a rule that can classify nobody gives no study
                published = rng.multinomial(n_patients, found / found.sum())
                studies.append(_judged(rules, rule, published, counts[family.name]))
        table = pd.DataFrame(studies)
        rows.append({"family": family.name, "n_studies": len(table), **table.mean()})
    return pd.DataFrame(rows)


def _judged(rules: list[Criterion], true: int, published: Ints, counts: Ints) -> dict[str, float]:
    weight = marginal(log_likelihood(published, counts))
    weight = np.exp(weight - weight.max())
    weight /= weight.sum()
    order = np.argsort(-weight)
    before = np.cumsum(weight[order]) - weight[order]
    inside = order[before < CREDIBLE]
    best = rules[int(order[0])]
    fits = np.asarray(fitting(published, counts).any(axis=-1))
    return {
        "covered": float(true in inside),
        "share_in_set": len(inside) / len(rules),
        "not_ruled_out": float(fits[true]),
        "share_ruled_out": float(1 - fits.mean()),
        "same_scale": float(best.scale == rules[true].scale),
        "same_k": float(best.k == rules[true].k),
    }
