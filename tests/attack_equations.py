"""What the tables of one release tell of the numbers of patients, as equations."""

from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np
import pandas as pd
from attack import NAMES, Attack, Sum, difference, one, total
from rupture_repair.config.criteria import PATTERNS

Nested = Sequence[tuple[str, str]]  # criteria: what is a rupture by the first is by the second


def on_tables(tables: Mapping[str, pd.DataFrame], step: float, nested: Nested = ()) -> Attack:
    """Return all equations on the counts of one release.

    step : to what percentages are rounded; 0 at full precision.
    """
    attack = Attack()
    _breakdown(attack, tables["pattern_breakdown"], step)
    _flow(attack, tables["patient_flow"])
    flow = tables["patient_flow"].set_index("step")["n"]
    _sample(attack, tables["cohort"], flow["classified"], step)
    _bands(attack, tables["chance"], tables["rupture_exposure"], step)
    _change(attack, tables["reliable_change"], step)
    _criteria(attack, tables, step, nested)
    return attack


def _breakdown(attack: Attack, table: pd.DataFrame, step: float) -> None:
    whole = total("pattern", [()])
    for row in table.to_dict("records"):
        attack.add_cell(one("pattern", row["pattern"]), row["n"])
        if row["pattern"] in PATTERNS:
            attack.percent(one("pattern", row["pattern"]), whole, row["percent"], step)
        if pd.isna(row["n"]):  # nobody would have been told
            attack.add(one("pattern", row["pattern"]), 1, np.inf)


def _flow(attack: Attack, table: pd.DataFrame) -> None:
    before = since = None  # the step before, and the last one that is told
    for row in table.to_dict("records"):
        step = row["step"]
        attack.add_cell(one("step", step), row["n"])
        if before is not None:
            attack.add({("step", before): 1.0, ("step", step): -1.0}, 0, np.inf)
        if since is not None:
            attack.add_cell({("step", since): 1.0, ("step", step): -1.0}, row["excluded"])
        before, since = step, step if pd.notna(row["n"]) else since
    attack.add_cell(difference(total("pattern", [()]), one("step", "classified")), 0)
    admitted = table["step"].iloc[list(table["step"]).index("classified") - 1]
    attack.add_cell(difference(total("pattern", [()], NAMES), one("step", admitted)), 0)


def _sample(attack: Attack, table: pd.DataFrame, classified: float, step: float) -> None:
    values = table.set_index(["variable", "statistic", "group"])["value"]
    for group in PATTERNS:
        attack.add_cell(one("pattern", group), values["patients", "n", group])
    # where few are unclassifiable, the whole sample of Table 1 are the classified
    whole_sample = PATTERNS if values["patients", "n", "all"] == classified else NAMES
    attack.add_cell(total("pattern", [()], whole_sample), values["patients", "n", "all"])
    levels = [name for name in values.index.unique(0) if ": " in name]
    for kind in {name.split(": ")[0] for name in levels}:
        own = [name for name in levels if name.startswith(f"{kind}: ")]
        unanswered = f"{kind}: –"
        for group in NAMES:
            answers = {("answer", name, group): 1.0 for name in [*own, unanswered]}
            attack.add_cell(difference(answers, one("pattern", group)), 0)
        for name, group in product(own, ("all", *PATTERNS)):
            members = whole_sample if group == "all" else (group,)
            part = {("answer", name, member): 1.0 for member in members}
            whole = total("pattern", [()], members)
            attack.add_cell(part, values[name, "n", group])
            attack.percent(part, whole, values[name, "percent", group], step)


def _bands(attack: Attack, chance: pd.DataFrame, exposure: pd.DataFrame, step: float) -> None:
    bands = [band for band in chance["length"].unique() if band != "all"]
    for pattern in NAMES:
        parts = {("band", band, pattern): 1.0 for band in bands}
        attack.add_cell(difference(parts, one("pattern", pattern)), 0)
    for row in chance.to_dict("records"):
        own = bands if row["length"] == "all" else [row["length"]]
        # shares are of the classified, numbers of all
        part = {("band", band, row["pattern"]): 1.0 for band in own}
        whole = total("band", [(band,) for band in own])
        attack.percent(part, whole, row["observed_percent"], step)
        attack.add_cell(total("band", [(band,) for band in own], NAMES), row["n_patients"])
    for row in exposure.to_dict("records"):
        own = bands if row["length"] == "all" else [row["length"]]
        ruptured = total("band", [(band,) for band in own], PATTERNS[1:])
        whole = total("band", [(band,) for band in own])
        attack.add_cell(whole, row["n_patients"])
        attack.add_cell(ruptured, row["n_ruptured"])
        attack.percent(ruptured, whole, 100 * row["share_ruptured"], step)


def _change(attack: Attack, table: pd.DataFrame, step: float) -> None:
    outcomes = list(table["outcome"].unique())
    everyone: Sum = {}
    for group in PATTERNS:
        own = {("outcome", group, name): 1.0 for name in outcomes} | {("once", group): 1.0}
        attack.add(difference(one("pattern", group), own), 0, np.inf)
        everyone |= own
        unmodelled = difference(one("pattern", group), own) | {("unmodelled", group): -1.0}
        attack.add_cell(unmodelled, 0)
    attack.add_cell(difference(everyone, one("step", "modelled")), 0)
    for row in table.to_dict("records"):
        groups = PATTERNS if row["pattern"] == "all" else (row["pattern"],)
        part = {("outcome", group, row["outcome"]): 1.0 for group in groups}
        whole = {("outcome", group, name): 1.0 for group in groups for name in outcomes}
        attack.add_cell(part, row["n"])
        attack.add_cell(whole, row["n_rated"])
        attack.add_cell({("once", group): 1.0 for group in groups}, row["n_once"])
        attack.percent(part, whole, 100 * row["share"], step)


def _criteria(
    attack: Attack, tables: Mapping[str, pd.DataFrame], step: float, nested: Nested
) -> None:
    """Patients by what all criteria say of them: `("all criteria", pattern, pattern, …)`.

    The first criterion is that of the cohort.
    """
    breakdown = tables["criteria_breakdown"]
    names = list(breakdown["criterion"].unique())
    for pattern in NAMES:
        own = difference(one("criterion", names[0], pattern), one("pattern", pattern))
        attack.add_cell(own, 0)
    profiles = list(product(NAMES, repeat=len(names)))

    def sum_where(holds) -> Sum:
        return {
            ("all criteria", *profile): 1.0
            for profile in profiles
            if holds(dict(zip(names, profile, strict=True)))
        }

    for row in breakdown.to_dict("records"):
        name, pattern = row["criterion"], row["pattern"]
        part = sum_where(lambda p, name=name, pattern=pattern: p[name] == pattern)
        whole = sum_where(lambda p, name=name: p[name] != "unclassifiable")
        attack.add_cell(part, row["n"])
        attack.percent(part, whole, row["percent"], step)
        attack.add_cell(difference(part, one("criterion", name, pattern)), 0)
    for narrow, wide in nested:
        attack.add_cell(
            sum_where(
                lambda p, narrow=narrow, wide=wide: p[wide] == "none" and p[narrow] in PATTERNS[1:]
            ),
            0,
        )
    moves = tables["criteria_moves"]
    cells = moves.set_index(["from_criterion", "to_criterion", "from_pattern", "to_pattern"])
    for first, second in product(names, names):
        if first == second:
            continue
        for one_, other in product(NAMES, NAMES):
            both = sum_where(
                lambda p, pair=(first, second, one_, other): (p[pair[0]], p[pair[1]]) == pair[2:]
            )
            attack.add_cell(difference(both, one("move", first, second, one_, other)), 0)
            if len(cells):
                key = (first, second, one_, other)
                attack.add_cell(both, cells["n_patients"].get(key, 0))  # nobody has no row
                if key in cells.index:
                    attack.add(both, 1, np.inf)
    for row in tables["criteria_agreement"].to_dict("records"):
        _agreement(attack, row, breakdown, sum_where, step)
    quantities = tables["criteria_consistency"].set_index("quantity")["value"]
    whom = {
        "n_classified_by_all": lambda patterns_found: True,
        "n_same_pattern": lambda patterns_found: len(patterns_found) == 1,
        "n_no_rupture_by_any": lambda patterns_found: patterns_found == {"none"},
        "n_rupture_by_all": lambda patterns_found: "none" not in patterns_found,
        "n_rupture_by_some": lambda patterns_found: (
            "none" in patterns_found and len(patterns_found) > 1
        ),
    }
    for quantity, holds in whom.items():
        parts = sum_where(
            lambda p, holds=holds: (
                "unclassifiable" not in set(p.values()) and holds(set(p.values()))
            )
        )
        attack.add_cell(parts, quantities[quantity])


def on_thresholds(tables: Mapping[str, pd.DataFrame], step: float) -> Attack:
    """Return the equations on the breakdown and on the strip of thresholds alone."""
    attack = Attack()
    _breakdown(attack, tables["pattern_breakdown"], step)
    _thresholds(attack, tables, step)
    return attack


def on_everything(
    tables: Mapping[str, pd.DataFrame],
    step: float,
    multiples: Mapping[str, float],
    nested: Nested = (),
) -> Attack:
    """Return all equations of one release, the strip of thresholds included.

    multiples : of the scale, by criterion. A criterion has the counts of its place in the strip.
    """
    attack = on_tables(tables, step, nested)
    _thresholds(attack, tables, step)
    for name, k in multiples.items():
        for pattern in PATTERNS:
            if ("threshold", k, pattern) in attack.place:
                own = one("criterion", name, pattern)
                attack.add_cell(difference(one("threshold", k, pattern), own), 0)
    return attack


def _thresholds(attack: Attack, tables: Mapping[str, pd.DataFrame], step: float) -> None:
    """State who moves between patterns over a rising threshold.

    Whoever has a rupture under a threshold has one under each lower one.
    """
    rows = tables["threshold_strip"].sort_values("k").to_dict("records")
    before = None
    for row in rows:
        k = row["k"]
        attack.add_cell(difference(total("threshold", [(k,)]), total("pattern", [()])), 0)
        for pattern in PATTERNS:
            n = one("threshold", k, pattern)
            attack.add_cell(n, row[f"n_{pattern}"])
            attack.percent(n, total("threshold", [(k,)]), row[f"percent_{pattern}"], step)
            if row["chosen"]:
                attack.add_cell(difference(n, one("pattern", pattern)), 0)
            if before is not None:
                earlier = {("rise", k, pattern, other): 1.0 for other in PATTERNS}
                later = {("rise", k, other, pattern): 1.0 for other in PATTERNS}
                attack.add_cell(difference(earlier, one("threshold", before, pattern)), 0)
                attack.add_cell(difference(later, n), 0)
        if before is not None:
            for pattern in PATTERNS[1:]:
                attack.add_cell(one("rise", k, "none", pattern), 0)
        before = k


def _agreement(attack: Attack, row: dict, breakdown: pd.DataFrame, sum_where, step: float) -> None:
    first, second = row["first"], row["second"]
    both = sum_where(lambda p: "unclassifiable" not in {p[first], p[second]})
    same = sum_where(lambda p: p[first] == p[second] != "unclassifiable")
    attack.add_cell(both, row["n_patients"])
    attack.add_cell(same, row["n_agree"])
    attack.percent(same, both, row["percent_agree"], step)
    n = breakdown.set_index(["criterion", "pattern"])["n"].astype(float)
    margins = np.array([[n[name, p] for p in NAMES] for name in (first, second)], dtype=float)
    if np.isnan(margins[:, :3]).any() or (np.nan_to_num(margins[:, 3]) > 0).any():
        return  # kappa is linear in the agreement only where the margins are known
    size = margins[0, :3].sum()
    ruptured = np.column_stack([margins[:, 0], margins[:, 1:3].sum(axis=1)])
    # by chance the two would agree in so many; neither rupture: both, or none of them
    none = sum_where(lambda p: p[first] == p[second] == "none")
    some = sum_where(lambda p: p[first] in PATTERNS[1:] and p[second] in PATTERNS[1:])
    half = step / 20  # kappas have two decimals where percentages have one
    for kappa, agree, by in (
        (row["kappa"], same, margins[:, :3]),
        (row["kappa_rupture"], {**none, **some}, ruptured),
    ):
        chance = (by[0] * by[1]).sum() / size**2
        if pd.notna(kappa) and chance < 1:
            ends = [size * (chance + (kappa + sign * half) * (1 - chance)) for sign in (-1, 1)]
            attack.add(agree, ends[0] - 1e-6, ends[1] + 1e-6)
