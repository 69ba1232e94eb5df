"""Tables of reliable change and of effect sizes."""

from dataclasses import dataclass

import pandas as pd

from rupture_repair.config.criteria import PATTERNS
from rupture_repair.config.reporting import MIN_PATIENTS
from rupture_repair.manuscript.change_claims import hidden_outcomes, smallest_reliable
from rupture_repair.manuscript.model_tables import Fitted, fitted
from rupture_repair.manuscript.printed import CONTRASTS, TABLE, cell, printed
from rupture_repair.manuscript.results import Results
from rupture_repair.words import apa
from rupture_repair.words.templates import Claim

GROUPS = ("all", *PATTERNS)
OUTCOMES = ("improved", "unchanged", "deteriorated")


@dataclass(frozen=True)
class ReliableChange(Claim, at="tables/reliable_change", blocks=TABLE):
    """Reliable change by pattern.

    symptoms : the questionnaire; smallest : what is reliable, in words. confidence : of the
    intervals in percent. some_few : a pattern has too few patients rated twice.
    """

    symptoms: str
    smallest: str
    confidence: float
    some_few: bool
    private: bool


@dataclass(frozen=True)
class Standardised:
    """How a slope becomes a d: units of time up to session `until`, over the SD of first ratings.

    patients : whom the SD is of, none where it would tell of few.
    """

    time_units: float
    until: float
    sd: float
    patients: int | None


@dataclass(frozen=True)
class EffectSizes(Claim, at="tables/effect_sizes", blocks=TABLE):
    """Effect sizes; confidence: in percent. by : none where there are none."""

    confidence: float
    by: Standardised | None
    fitted: Fitted


def reliable_change(results: Results) -> str:
    """Return the table `reliable_change`, a row per group; nothing without a criterion."""
    if not results.has_reliable_change:
        return ""
    data = results.tables["reliable_change"].set_index(["pattern", "outcome"])
    rows = []
    for group in GROUPS:
        hidden = hidden_outcomes(results, group)
        n = data.loc[(group, OUTCOMES[0]), "n_rated"]
        total = "–" if group in results.hidden else results.shown(n)
        cells = [
            "–" if outcome in hidden else _share(data.loc[(group, outcome)]) for outcome in OUTCOMES
        ]
        rows.append([cell(group), total, *cells])
    texts = ReliableChange(
        symptoms=results.settings.instruments.symptoms.short,
        smallest=smallest_reliable(results),
        confidence=float(100 * data.iloc[0]["confidence"]),
        some_few=bool(data["n_rated"].min() < MIN_PATIENTS),
        private=results.private,
    )
    return printed(texts, rows)


def effect_sizes(results: Results) -> str:
    """Return the table `effect_sizes`: contrasts at average length, moderations."""
    data = results.tables["effect_sizes"]
    shown = data[
        ((data["kind"] == "contrast") & data["length"].isna()) | (data["kind"] == "moderation")
    ]
    rows = [
        [
            CONTRASTS[row.what].text("slopes"),
            row.model,
            cell("per_sd") if row.kind == "moderation" else apa.number(row.iip_z, 0),
            "–" if pd.isna(row.length) else f"{row.length:.0f}",
            apa.number(row.d),
            "–" if pd.isna(row.d) else apa.interval(row.d_low, row.d_high),
        ]
        for row in shown.itertuples()
    ]
    by = None
    if len(data):
        at = data.iloc[0]
        patients = None if pd.isna(at["n_patients"]) else int(at["n_patients"])
        by = Standardised(
            float(at["time_units"]), float(at["duration"]), float(at["baseline_sd"]), patients
        )
    return printed(
        EffectSizes(results.confidence, by, fitted(results)), rows, empty="not_estimated"
    )


def _share(row: pd.Series) -> str:
    if pd.isna(row["share"]):
        return "–" if pd.isna(row["n"]) else f"{row['n']:.0f} (–)"
    low, high = 100 * row["low"], 100 * row["high"]
    return f"{row['n']:.0f} ({apa.number(100 * row['share'], 1)}) {apa.interval(low, high, 1)}"
