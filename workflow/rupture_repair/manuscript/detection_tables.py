"""Tables of the supplement on other criteria and on exposure."""

import pandas as pd

from rupture_repair.config.criteria import PATTERNS
from rupture_repair.config.reporting import DESCRIPTIVE_LEVEL
from rupture_repair.disclosure.suppression import MASK_NOTE, told
from rupture_repair.manuscript.criterion_words import Definition, Judged, repair, rupture
from rupture_repair.manuscript.detection_claims import CHANCE_LEVEL
from rupture_repair.manuscript.exposure_claims import hidden_lengths
from rupture_repair.manuscript.markdown import table
from rupture_repair.manuscript.results import Results
from rupture_repair.words import apa


def definitions(results: Results) -> str:
    """Return the table of what each named criterion asks for, and what of it is assumed."""
    rules = results.settings.criteria
    several = {rule.aggregate for rule in rules.values()}
    rows = []
    for name, rule in rules.items():
        judge = rule.aggregate if len(several) > 1 else None
        asked = Definition(rupture(rule), repair(rule), rule.merge_consecutive, judge)
        source = f"@{rule.citation}" if rule.citation else rule.source
        origin = f"{source or 'No source'}. *Assumed:* {rule.assumed or 'Nothing.'}"
        rows.append([name.replace("_", "\\_"), asked.words, origin])
    note = "Assumed: what the source does not state, or all where there is no source."
    if len(several) == 1:
        note += f" {Judged(several.pop()).words}"
    heading = ["Criterion", "Rupture and repair", "Source, and what is assumed"]
    return table("tbl-definitions", "What each criterion asks for", heading, rows, note, left=3)


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
        rows.append([str(name).replace("_", "\\_"), *observed, *nulls])
    heading = ["Criterion", "No rupture", "Unrepaired", "Repaired", "Random order", "Model"]
    note = (
        "Percentages of the patients that the criterion can classify. Random order, model: "
        f"expected percentage without rupture, with the range of {CHANCE_LEVEL} of "
        f"{results.settings.chance.replicates} replicates each." + _masked(results)
    )
    return table("tbl-criteria", "Patterns under each criterion, and chance", heading, rows, note)


def exposure(results: Results) -> str:
    """Return the table of shares and hazards by treatment length."""
    hidden = hidden_lengths(results)
    rows = []
    for row in results.tables["rupture_exposure"].itertuples():
        cells = [
            told(row.n_ruptured),
            _share(row.share_ruptured, row.share_ruptured_low, row.share_ruptured_high),
            told(row.n_at_risk),
            _share(row.hazard, row.hazard_low, row.hazard_high),
        ]
        if row.length in hidden or results.masks(row.n_ruptured):
            cells = ["–"] * len(cells)
        rows.append([str(row.length).capitalize(), results.shown(row.n_patients), *cells])
    heading = ["Sessions", "Patients", "With rupture", "%", "Sessions at risk", "Hazard, %"]
    note = (
        "Sessions at risk: those of patients without a rupture before, with a rating that could be "
        "compared. Hazard: first ruptures per session at risk. Intervals: Wilson, "
        f"{100 * DESCRIPTIVE_LEVEL:g}%, sessions at risk taken as independent given no rupture "
        "before. A length is known only at its end." + _masked(results)
    )
    return table("tbl-exposure", "First ruptures by treatment length", heading, rows, note)


def _expected(row: pd.Series) -> str:
    return f"{apa.number(row['expected_percent'], 1)} {apa.interval(row['low'], row['high'], 1)}"


def _share(value: float, low: float, high: float) -> str:
    if pd.isna(value):
        return "–"
    return f"{apa.number(100 * value, 1)} {apa.interval(100 * low, 100 * high, 1)}"


def _masked(results: Results) -> str:
    return MASK_NOTE if results.private else ""
