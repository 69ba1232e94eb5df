"""Tables of the supplement on other criteria and on exposure."""

from dataclasses import dataclass

import pandas as pd

from rupture_repair.config.criteria import PATTERNS
from rupture_repair.config.reporting import CHANCE_PERCENT, DESCRIPTIVE_LEVEL
from rupture_repair.disclosure.suppression import count_text
from rupture_repair.manuscript.criterion_words import Definition, Judged, repair, rupture
from rupture_repair.manuscript.exposure_claims import hidden_lengths
from rupture_repair.manuscript.printed import TABLE, printed
from rupture_repair.manuscript.results import Results
from rupture_repair.words import apa
from rupture_repair.words.templates import Claim


@dataclass(frozen=True)
class Definitions(Claim, at="tables/definitions", blocks=TABLE):
    """What criteria ask for; judged: by whose repair all judge patients, in words, or nothing."""

    judged: str


@dataclass(frozen=True)
class Origin(Claim, at="tables/definitions/origin"):
    """Where a criterion is from, and what of it is assumed."""

    source: str
    assumed: str


@dataclass(frozen=True)
class Criteria(Claim, at="tables/criteria", blocks=TABLE):
    """Patterns under each criterion; level: percent of the replicates in the ranges of chance."""

    level: float
    replicates: int
    private: bool


@dataclass(frozen=True)
class Exposure(Claim, at="tables/exposure", blocks=TABLE):
    """First ruptures by treatment length; level: of the intervals, in percent."""

    level: float
    private: bool


def definitions(results: Results) -> str:
    """Return the table of what each named criterion asks for, and what of it is assumed."""
    rules = results.settings.criteria
    several = {rule.aggregate for rule in rules.values()}
    rows = []
    for name, rule in rules.items():
        judge = rule.aggregate if len(several) > 1 else None
        asked = Definition(rupture(rule), repair(rule), rule.merge_consecutive, judge)
        source = f"@{rule.citation}" if rule.citation else rule.source
        origin = Origin(source or "", rule.assumed or "")
        rows.append([results.criterion(name), asked.words, origin.words])
    judged = Judged(several.pop()).words if len(several) == 1 else ""
    return printed(Definitions(judged), rows, left=3)


def criteria(results: Results) -> str:
    """Return the table of breakdowns under each criterion beside the chance expectation."""
    shares = results.tables["criteria_breakdown"]
    chance = results.tables["chance_by_criterion"].query("pattern == 'none'")
    expected = chance.set_index(["kind", "criterion"])
    rows = []
    for name, own in shares.groupby("criterion", sort=False):
        at = own.set_index("pattern")
        hidden = results.small_cells({pattern: float(at["n"][pattern]) for pattern in PATTERNS})
        observed = [
            "–" if pattern in hidden else apa.number(at["percent"][pattern], 1)
            for pattern in PATTERNS
        ]
        nulls = [_expected(expected.loc[(kind, name)]) for kind in ("permuted", "simulated")]
        rows.append([results.criterion(str(name)), *observed, *nulls])
    replicates = results.settings.chance.replicates
    return printed(Criteria(CHANCE_PERCENT, replicates, results.private), rows)


def exposure(results: Results) -> str:
    """Return the table of shares and hazards by treatment length."""
    hidden = hidden_lengths(results)
    rows = []
    for row in results.tables["rupture_exposure"].itertuples():
        cells = [
            count_text(row.n_ruptured),
            _share(row.share_ruptured, row.share_ruptured_low, row.share_ruptured_high),
            count_text(row.n_at_risk),
            _share(row.hazard, row.hazard_low, row.hazard_high),
        ]
        if row.length in hidden or results.masks(row.n_ruptured):
            cells = ["–"] * len(cells)
        rows.append([str(row.length).capitalize(), results.shown(row.n_patients), *cells])
    return printed(Exposure(100 * DESCRIPTIVE_LEVEL, results.private), rows)


def _expected(row: pd.Series) -> str:
    return f"{apa.number(row['expected_percent'], 1)} {apa.interval(row['low'], row['high'], 1)}"


def _share(value: float, low: float, high: float) -> str:
    if pd.isna(value):
        return "–"
    return f"{apa.number(100 * value, 1)} {apa.interval(100 * low, 100 * high, 1)}"
