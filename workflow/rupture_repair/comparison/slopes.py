"""The moderation terms of each cohort in a unit that different questionnaires share."""

import math
from collections.abc import Sequence

import pandas as pd
from scipy.special import ndtri, stdtrit

from rupture_repair.config.criteria import PATTERNS
from rupture_repair.config.steps.comparison import ComparedCohort

CONFIDENCE = 0.95
MODERATION = {"M2": "time:pattern[{}]:iip_z", "M3": "time:pattern[{}]:iip_z:length_c"}
# model, pattern (against no rupture) and name of the coefficient
TERMS = tuple(
    (model, pattern, name.format(pattern))
    for model, name in MODERATION.items()
    for pattern in PATTERNS[1:]
)
COLUMNS = ["cohort", "model", "pattern", "term", "estimate", "se", "df", "baseline_sd"]
COLUMNS += ["slope", "slope_se", "ci_low", "ci_high"]


def cohort_slopes(
    effects: pd.DataFrame, described: pd.DataFrame, cohort: ComparedCohort
) -> pd.DataFrame:
    """Return a row per moderation term of one cohort, in its own points and standardised.

    effects : `fixed_effects` of the cohort; `model, term, estimate, se` are read, and `df`.
    described : its Table 1 (`variable, statistic, group, value`).

    `estimate` and `se` are in points of the cohort's symptom scale. `slope` and `slope_se` are
    divided by the SD of first symptoms over all admitted patients (`baseline_sd`, ddof 1, taken
    as known), and turned so that a negative slope is faster improvement on every instrument.
    Interpersonal problems are already in SDs of the cohort. Terms that the cohort cannot estimate
    are missing values.
    """
    sd = baseline_sd(described)
    sign = 1.0 if cohort.instruments.symptoms.higher_is == "worse" else -1.0
    found = effects.set_index(["model", "term"])
    rows = []
    for model, pattern, term in TERMS:
        known = (model, term) in found.index
        estimate, se = found.loc[(model, term), ["estimate", "se"]] if known else (math.nan,) * 2
        df = float(found.loc[(model, term)].get("df", math.inf)) if known else math.nan
        slope, slope_se = sign * estimate / sd, se / sd
        margin = critical_value(df) * slope_se
        at = (cohort.name, model, pattern, term, estimate, se, df, sd)
        rows.append((*at, slope, slope_se, slope - margin, slope + margin))
    return pd.DataFrame(rows, columns=COLUMNS)


def baseline_sd(described: pd.DataFrame) -> float:
    """Return the SD of first symptoms of all admitted patients, from Table 1."""
    values = described.set_index(["variable", "statistic", "group"])["value"]
    return float(values["first_symptoms", "sd", "all"])


def critical_value(df: float) -> float:
    """Return the two-sided critical value of t, or of z for infinite or unknown `df`."""
    tail = (1 - CONFIDENCE) / 2
    return float(-stdtrit(df, tail) if math.isfinite(df) else -ndtri(tail))


def cohort_rows(
    described: Sequence[pd.DataFrame], cohorts: Sequence[ComparedCohort]
) -> pd.DataFrame:
    """Return a row per cohort: who was compared, on which instruments, by which criterion."""
    rows = []
    for table, cohort in zip(described, cohorts, strict=True):
        values = table[table["group"] == "all"].set_index(["variable", "statistic"])["value"]
        tools = cohort.instruments
        rows.append(
            {
                "cohort": cohort.name,
                "title": cohort.title,
                "synthetic": cohort.synthetic,
                "patients": values["patients", "n"],  # missing where it is masked
                "therapists": int(values["therapists", "n"]),
                "sessions_mean": values["sessions", "mean"],
                "sessions_sd": values["sessions", "sd"],
                "alliance": tools.alliance.short,
                "symptoms": tools.symptoms.short,
                "iip": tools.iip.short,
                "baseline_sd": baseline_sd(table),
                "criterion": cohort.criterion,
            }
        )
    return pd.DataFrame(rows).astype({"patients": "Int64"})
