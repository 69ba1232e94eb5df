"""Other samples, times and fixed parts for the one question of the headline model."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from rupture_repair.config.criteria import PATTERNS, Criterion
from rupture_repair.config.reporting import FEWEST_SUPPORTING
from rupture_repair.detection.detector import classifier
from rupture_repair.modelling.design import analysis_table, per_patient, time_at
from rupture_repair.modelling.fit import FORMULAS, FitError
from rupture_repair.modelling.samples import adjusted_for_baseline, limits

HEADLINE = FORMULAS["M2"]


@dataclass(frozen=True)
class Variant:
    """One analysis of the moderation.

    formula : the fixed part. table : a row per session. time : `log` or `linear`.
    limits : to which symptom ratings were moved, points.
    """

    name: str
    label: str
    question: str
    formula: str
    table: pd.DataFrame
    time: str
    limits: tuple[float, float] | None = field(default=None)


def variants(
    patients: pd.DataFrame,
    sessions: pd.DataFrame,
    patterns: pd.DataFrame,
    settings: Mapping[str, Any],
) -> Iterator[Variant]:
    """Yield the headline analysis, and those that differ from it in one respect.

    settings : section `sensitivity` of the cohort's configuration. In all of them one SD of
    interpersonal problems is that of the headline's patients.
    """
    time = settings["time"]
    table = analysis_table(patients, sessions, patterns, time)
    standard = table.drop_duplicates("patient_id").set_index("patient_id")["iip_z"]
    other = {"log": "linear", "linear": "log"}[time]
    other_table = analysis_table(patients, sessions, patterns, other)
    of_baseline = adjusted_for_baseline(patients, sessions, patterns, time)
    of_baseline["iip_z"] = of_baseline["patient_id"].map(standard)
    yield Variant(
        "headline",
        "Headline (M2)",
        "What does the paper's own model say?",
        HEADLINE,
        table,
        time,
    )
    yield Variant(
        "length_adjusted",
        "Adjusted for length",
        "Is it rather that patients in longer treatments change at another pace?",
        f"{HEADLINE} + time * length_c",
        table,
        time,
    )
    yield Variant(
        "length_moderator",
        "Length as moderator (M3)",
        "What is it in treatments of average length, where it may depend on length?",
        FORMULAS["M3"],
        table,
        time,
    )
    yield Variant(
        f"time_{other}",
        {"log": "Logarithmic time", "linear": "Linear time"}[other],
        "Does it rest on the form of the course over sessions?",
        HEADLINE,
        other_table,
        other,
    )
    yield Variant(
        "baseline_adjusted",
        "Adjusted for first symptoms",
        "Is it rather that patients who start worse change at another pace?",
        f"{HEADLINE} + time * baseline_z",
        of_baseline,
        time,
    )
    yield Variant(
        "first_sessions",
        f"Sessions 1 to {settings['first_sessions']}",
        f"Does it rest on what comes after session {settings['first_sessions']}?",
        HEADLINE,
        table[table["session"] <= settings["first_sessions"]],
        time,
    )
    low, high = limits(table["symptoms"], settings["winsorise"])
    yield Variant(
        "winsorised",
        "Symptoms winsorised",
        "Does it rest on a few extreme symptom ratings?",
        HEADLINE,
        table.assign(symptoms=table["symptoms"].clip(low, high)),
        time,
        (low, high),
    )


def landmark(
    table: pd.DataFrame,
    sessions: pd.DataFrame,
    criterion: Criterion,
    last: int,
    time: str,
) -> Variant:
    """Return the analysis of what follows session `last`, by the pattern as known then.

    table : the headline's analysis table. Patterns are detected anew in the sessions 1 to `last`
    of all patients, so that no later rating has a say in who has which; the outcome is the ratings
    after them, of those who went on. Time is zero in the session after `last`.
    """
    early = classifier(criterion)(sessions[sessions["session"] <= last])
    later = table[table["session"] > last]
    pattern = later["patient_id"].map(early)
    later = later[pattern.isin(PATTERNS)].assign(
        pattern=pd.Categorical(pattern[pattern.isin(PATTERNS)], PATTERNS)
    )
    later["time"] -= time_at(last + 1, time)
    return Variant(
        "landmark",
        f"Landmark at session {last}",
        f"Does the pattern until session {last} go with the change after it?",
        HEADLINE,
        later,
        time,
    )


def require_patients(table: pd.DataFrame, last: int) -> None:
    """Raise `FitError` where too few patients of a pattern went on after session `last`."""
    counts = per_patient(table)["pattern"].value_counts()
    for pattern in PATTERNS:
        if counts[pattern] < FEWEST_SUPPORTING:
            raise FitError(
                f"fewer than {FEWEST_SUPPORTING} patients who went on after session {last} had the "
                f"pattern {pattern} until then"
            )
