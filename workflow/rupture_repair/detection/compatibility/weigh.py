"""Which rules could have given published shares of patterns, and what process each would need."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from rupture_repair.config.criteria import PATTERNS, Criterion
from rupture_repair.detection.compatibility.likelihood import (
    fitting,
    log_likelihood,
    marginal,
    weights,
)
from rupture_repair.detection.compatibility.processes import (
    Family,
    draw_families,
    simulate_ratings,
)
from rupture_repair.detection.compatibility.recovery import recovery
from rupture_repair.detection.compatibility.rules import pattern_counts, rule_grid
from rupture_repair.detection.grid import Grid
from rupture_repair.detection.series import Floats, Ints, series_of

# central share of the weighted processes
INTERVAL = (0.025, 0.975)
PARAMETERS = (
    "scale",
    "k",
    "reference",
    "max_gap",
    "repair_window",
    "repair_tolerance",
    "aggregate",
)


@dataclass(frozen=True)
class Weighed:
    """Results of `weigh_rules`.

    rules : a row per rule, family of processes and study, see `weigh_rules`.
    processes : a row per family and parameter of the process: what the criterion would need.
    ranges : a row per family, parameter and half of its range: the rule that would be chosen if
        processes came from that half alone.
    recovery : how often a known rule is found again, see `recovery`.
    """

    rules: pd.DataFrame
    processes: pd.DataFrame
    ranges: pd.DataFrame
    recovery: pd.DataFrame


def weigh_rules(
    sessions: pd.DataFrame,
    grid: Grid,
    published: Mapping[str, Ints],
    criteria: Mapping[str, Criterion],
    criterion: str,
    n_processes: int,
    seed: int,
) -> Weighed:
    """Compare published patterns with those that rules find in simulated alliance courses.

    sessions : long table with `patient_id`, `session`, `alliance`: who is rated when. Its ratings
        play no part.
    grid : ratings that the instrument allows, points.
    published : patients of each pattern by study, each of shape (n_patterns,); the first study is
        the one whose lengths of treatment `sessions` has.
    criteria : named rules, weighed beside the grid of `rule_grid`; `criterion` names the one whose
        processes are described.
    n_processes : of each family (noise alone, with ruptures).

    `rules` has a row per rule, family and study: the parameters of the rule (`criterion` empty for
    those of the grid), the mean percentages that it finds (`percent_none`, …), `log_likelihood`
    (of the published counts, averaged over processes: Dirichlet-multinomial) and `share_fitting`
    (of processes whose counts do not differ from the published ones, p > .05 of a likelihood-ratio
    test).
    """
    series = series_of(sessions)
    rules = [*criteria.values(), *rule_grid()]
    names = [*criteria, *[""] * (len(rules) - len(criteria))]
    families = draw_families(n_processes, seed)
    counts = {}
    for place, family in enumerate(families):
        rng = np.random.default_rng([seed, place])
        ratings = simulate_ratings(series, grid, family.processes, rng)
        counts[family.name] = pattern_counts(series, ratings, rules)
    own = next(iter(published.values()))
    table = pd.concat(
        [_rules(names, rules, name, found, published) for name, found in counts.items()],
        ignore_index=True,
    )
    place = list(criteria).index(criterion)
    needed = pd.concat(
        [_needed(family, log_likelihood(own, counts[family.name][place])) for family in families],
        ignore_index=True,
    )
    alike = _alike(rules, criteria[criterion])
    ranges = pd.concat(
        [_by_range(family, rules, alike, own, counts[family.name]) for family in families],
        ignore_index=True,
    )
    found_again = recovery(series, grid, rules, counts, int(own.sum()), seed)
    return Weighed(table, needed, ranges, found_again)


def _rules(
    names: list[str],
    rules: list[Criterion],
    family: str,
    counts: Ints,
    published: Mapping[str, Ints],
) -> pd.DataFrame:
    table = pd.DataFrame([{name: getattr(rule, name) for name in PARAMETERS} for rule in rules])
    for name in ("max_gap", "repair_window"):
        table[name] = table[name].astype("Int64")
    table.insert(0, "criterion", names)
    table.insert(1, "family", family)
    classified = counts.sum(axis=-1, keepdims=True)
    shares = 100 * counts / np.where(classified, classified, 1)
    for place, pattern in enumerate(PATTERNS):
        table[f"percent_{pattern}"] = shares[:, :, place].mean(axis=1)
    judged = []
    for study, n in published.items():
        own = table.assign(
            log_likelihood=marginal(log_likelihood(n, counts)),
            share_fitting=fitting(n, counts).mean(axis=1),
        )
        own.insert(2, "study", study)
        judged.append(own)
    return pd.concat(judged, ignore_index=True)


def _alike(rules: Sequence[Criterion], criterion: Criterion) -> list[int]:
    """Return the places of the rules that differ from `criterion` only in scale and k."""
    words = {"source": "", "citation": None, "assumed": ""}
    wanted = criterion.model_copy(update=words)
    return [
        place
        for place, rule in enumerate(rules)
        if rule.model_copy(update=words | {"scale": wanted.scale, "k": wanted.k}) == wanted
    ]


def _by_range(
    family: Family, rules: Sequence[Criterion], alike: list[int], published: Ints, counts: Ints
) -> pd.DataFrame:
    """Say which of the rules that are alike is the most probable in each half of each range."""
    rows = []
    likelihood, fits = log_likelihood(published, counts[alike]), fitting(published, counts[alike])
    for name, values in family.processes.items():
        lower = (values < values.median()).to_numpy()
        for half, inside in (("lower", lower), ("upper", ~lower)):
            best = int(np.argmax(marginal(likelihood[:, inside])))
            rule = rules[alike[best]]
            rows.append(
                {
                    "family": family.name,
                    "parameter": name,
                    "half": half,
                    "scale": rule.scale,
                    "k": rule.k,
                    "share_fitting": fits[best, inside].mean(),
                }
            )
    return pd.DataFrame(rows)


def _needed(family: Family, log_likelihoods: Floats) -> pd.DataFrame:
    """Describe the processes of a family, weighted by how well they give the published counts."""
    weight = weights(log_likelihoods)
    rows = []
    for name, values in family.processes.items():
        order = np.argsort(values.to_numpy())
        at = np.searchsorted(np.cumsum(weight[order]), INTERVAL)
        low, high = values.to_numpy()[order][np.minimum(at, len(order) - 1)]
        rows.append(
            {
                "family": family.name,
                "parameter": name,
                "mean": float(weight @ values.to_numpy()),
                "weighted_low": low,
                "weighted_high": high,
                "smallest": values.min(),
                "largest": values.max(),
                "n_effective": 1 / float(weight @ weight),
            }
        )
    return pd.DataFrame(rows)
