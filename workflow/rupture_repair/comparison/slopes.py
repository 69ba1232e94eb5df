"""The moderation of each cohort in a unit that different questionnaires share."""

import math
from collections.abc import Sequence
from itertools import product

import pandas as pd
from scipy.special import ndtri, stdtrit

from rupture_repair.config.criteria import PATTERNS
from rupture_repair.config.steps.comparison import ComparedCohort

CONFIDENCE = 0.95
HEADLINE, AVERAGED = "M3 at average length", "M2, averaged over lengths"
SHOWN = (HEADLINE, AVERAGED)  # in the figure
COLUMNS = ["cohort", "model", "pattern", "term", "estimate", "se", "df", "baseline_sd"]
COLUMNS += ["slope", "slope_se", "ci_low", "ci_high"]


def term_of(model: str, length: float) -> str:
    """Return the name of a moderation: at which length of treatment it is; missing: on average."""
    if model == "M2":
        return AVERAGED
    return HEADLINE if math.isnan(length) else f"M3 at {length:g} sessions"


def common_lengths(moderations: Sequence[pd.DataFrame]) -> list[float]:
    """Return the lengths of treatment at which each of the cohorts states the moderation."""
    stated = [set(table["length"].dropna()) for table in moderations]
    return sorted(set.intersection(*stated))


def cohort_slopes(
    moderation: pd.DataFrame,
    described: pd.DataFrame,
    cohort: ComparedCohort,
    lengths: Sequence[float],
) -> pd.DataFrame:
    """Return a row per moderation of one cohort, in its own points and standardised.

    moderation : the table of that name, with its cluster-robust standard errors (CR2) and
    Satterthwaite df. described : Table 1 (`variable, statistic, group, value`). lengths : numbers
    of sessions at which M3 is shown, beside the average log length of the cohort.

    `estimate` and `se` are in points of the cohort's symptom scale, per unit of time. `slope` and
    `slope_se` are divided by the SD of first symptoms over all admitted patients (`baseline_sd`,
    ddof 1, taken as known), and turned so that a negative slope is faster improvement on every
    instrument. Interpersonal problems are already in SDs of the cohort. What the cohort cannot
    estimate is missing.
    """
    sd = baseline_sd(described)
    sign = 1.0 if cohort.instruments.symptoms.higher_is == "worse" else -1.0
    named = moderation.assign(
        term=[term_of(*at) for at in moderation[["model", "length"]].itertuples(index=False)]
    )
    found = named.set_index(["term", "contrast"])
    rows = []
    for (model, length), pattern in product(
        (("M3", math.nan), *(("M3", length) for length in lengths), ("M2", math.nan)), PATTERNS[1:]
    ):
        term = term_of(model, length)
        at = (term, f"{pattern} - none")
        known = found.loc[at, ["estimate", "se", "df"]] if at in found.index else (math.nan,) * 3
        estimate, se, df = map(float, known)
        slope, slope_se = sign * estimate / sd, se / sd
        margin = critical_value(df) * slope_se
        row = (cohort.name, model, pattern, term, estimate, se, df, sd)
        rows.append((*row, slope, slope_se, slope - margin, slope + margin))
    return pd.DataFrame(rows, columns=COLUMNS)


def baseline_sd(described: pd.DataFrame) -> float:
    """Return the SD of first symptoms of all admitted patients, from Table 1."""
    values = described.set_index(["variable", "statistic", "group"])["value"]
    return float(values["first_symptoms", "sd", "all"])


def critical_value(df: float) -> float:
    """Return the two-sided critical value of t, or of z for infinite `df`; missing for missing."""
    tail = (1 - CONFIDENCE) / 2
    return float(-ndtri(tail) if math.isinf(df) else -stdtrit(df, tail))


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
