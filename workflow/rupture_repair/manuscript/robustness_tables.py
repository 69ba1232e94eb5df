"""Tables of the supplement on other standard errors and on what the models assume."""

from dataclasses import dataclass

import pandas as pd

from rupture_repair.disclosure.suppression import count_text
from rupture_repair.manuscript.model_tables import Fitted, fitted, term_words
from rupture_repair.manuscript.printed import TABLE, cell, printed
from rupture_repair.manuscript.results import Results
from rupture_repair.manuscript.robustness_claims import HEAVY, SKEWED, UNEVEN
from rupture_repair.words import apa
from rupture_repair.words.templates import Claim

# part of a model: the cell that names it
PARTS = {
    "residual": "residuals",
    "patient_intercept": "patient_intercept",
    "patient_slope": "patient_slopes",
    "therapist_intercept": "therapist_intercept",
}


@dataclass(frozen=True)
class Ways:
    """Clusters of CR2 (how many: none where it would tell of few), and draws of the bootstrap."""

    clusters: int | None
    cluster: str
    replicates: int
    drawn: str
    failed: int


@dataclass(frozen=True)
class Robustness(Claim, at="tables/robustness", blocks=TABLE):
    """Ways to the uncertainty of the headline; confidence: in percent."""

    confidence: float
    ways: Ways | None
    fitted: Fitted


@dataclass(frozen=True)
class Diagnostics(Claim, at="tables/diagnostics", blocks=TABLE):
    """The limits up to which residuals are called normal and evenly spread."""

    skewed: float
    heavy: float
    uneven: float


def robustness(results: Results) -> str:
    """Return the table `robustness`."""
    data = results.tables["robustness"]
    rows = [
        [
            row.model,
            term_words(row.term),
            cell(row.method),
            apa.number(row.estimate),
            apa.number(row.se),
            apa.degrees(row.df),
            apa.p_value(row.p),
            "–" if pd.isna(row.ci_low) else apa.interval(row.ci_low, row.ci_high),
        ]
        for row in data.itertuples()
    ]
    ways = None
    if len(data):
        robust, drawn = (data[data["method"] == name].iloc[0] for name in ("cr2", "bootstrap"))
        ways = Ways(
            clusters=None if pd.isna(robust["n_units"]) else int(robust["n_units"]),
            cluster=robust["unit"],
            replicates=int(data["n_replicates"].max()),
            drawn=drawn["unit"],
            failed=int(data["n_failed"].max()),
        )
    return printed(
        Robustness(results.confidence, ways, fitted(results)), rows, left=3, empty="not_estimated"
    )


def diagnostics(results: Results) -> str:
    """Return the table `diagnostics`."""
    rows = [
        [
            row.model,
            cell(PARTS[row.part]),
            count_text(row.n),
            apa.number(row.skewness),
            apa.number(row.excess_kurtosis),
            "–" if results.masks(row.n_far) else apa.number(100 * row.share_far),
            apa.number(row.spread_ratio),
            apa.proportion(row.trend),
        ]
        for row in results.tables["diagnostics"].itertuples()
    ]
    return printed(Diagnostics(SKEWED, HEAVY, UNEVEN), rows, left=2, empty="not_estimated")
