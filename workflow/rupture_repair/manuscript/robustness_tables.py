"""Tables of the supplement on other standard errors and on what the models assume."""

import pandas as pd

from rupture_repair.disclosure.suppression import told
from rupture_repair.manuscript.markdown import table
from rupture_repair.manuscript.model_tables import or_not_estimated, term_words
from rupture_repair.manuscript.results import Results
from rupture_repair.manuscript.robustness_claims import HEAVY, SKEWED, UNEVEN
from rupture_repair.words import apa

METHODS = {"model": "Model", "cr2": "CR2", "bootstrap": "Bootstrap"}
PARTS = {
    "residual": "Residuals",
    "patient_intercept": "Patients, intercept",
    "patient_slope": "Patients, slope",
    "therapist_intercept": "Therapists, intercept",
}


def robustness(results: Results) -> str:
    """Return the table `robustness`."""
    data = results.tables["robustness"]
    rows = [
        [
            row.model,
            term_words(row.term),
            METHODS[row.method],
            apa.number(row.estimate),
            apa.number(row.se),
            apa.degrees(row.df),
            apa.p_value(row.p),
            "–" if pd.isna(row.ci_low) else apa.interval(row.ci_low, row.ci_high),
        ]
        for row in data.itertuples()
    ]
    heading = ["Model", "Term", "Method", "*b*", "*SE*", "*df*", "*p*", results.interval_name]
    note = "Estimates by REML, in points per unit of time. Model: Satterthwaite *df*. "
    if len(data):
        robust, drawn = (data[data["method"] == name].iloc[0] for name in ("cr2", "bootstrap"))
        failed = int(data["n_failed"].max())
        note += (
            f"CR2, what the paper reports: bias-reduced standard errors for "
            f"{told(robust['n_units'])} clusters, the {robust['unit']}s, with Satterthwaite *df*. "
            f"Bootstrap: {data['n_replicates'].max():,.0f} draws of {drawn['unit']}s with "
            "replacement, percentile interval; *p* is the level at which that interval begins to "
            "hold zero; "
            f"{f'{failed} draws' if failed else 'no draw'} did not identify a model. "
        )
    note += f"{results.sample_of_models}."
    caption = "Headline terms by three ways to their uncertainty"
    return table("tbl-robustness", caption, heading, or_not_estimated(rows, heading), note, left=3)


def diagnostics(results: Results) -> str:
    """Return the table `diagnostics`."""
    rows = [
        [
            row.model,
            PARTS[row.part],
            told(row.n),
            apa.number(row.skewness),
            apa.number(row.excess_kurtosis),
            "–" if results.masks(row.n_far) else apa.number(100 * row.share_far),
            apa.number(row.spread_ratio),
            apa.proportion(row.trend),
        ]
        for row in results.tables["diagnostics"].itertuples()
    ]
    heading = ["Model", "Of", "*n*", "Skewness", "Excess kurtosis", "Beyond 3 *SD*s, %"]
    heading += ["Spread, high / low", "Trend"]
    note = (
        "REML; each value divided by its standard deviation under the model. Spread: *SD* of "
        "residuals in the fifth of the sessions with the highest fitted values by that in the "
        "lowest. Trend: Spearman correlation of absolute residuals and fitted values. Called "
        f"nearly normal up to a skewness of ±{SKEWED:g} and an excess kurtosis of ±{HEAVY:g}, "
        f"evenly spread up to a ratio of {UNEVEN:g}: conventions of this project."
    )
    caption = "Residuals and predicted random effects"
    return table("tbl-diagnostics", caption, heading, or_not_estimated(rows, heading), note, left=2)
