"""Other samples, times and fixed parts for the one question of the headline model."""

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from rupture_repair.config.analysis import Time
from rupture_repair.config.criteria import PATTERNS, Criterion
from rupture_repair.config.instruments import Instrument
from rupture_repair.config.reporting import MIN_PATIENTS
from rupture_repair.config.steps.modelling import SensitivitySettings
from rupture_repair.detection.detector import classifier
from rupture_repair.modelling.design import Shape, per_patient, time_at
from rupture_repair.modelling.fit import FitError
from rupture_repair.modelling.formulas import ADJUSTED_FOR_LENGTH, FORMULAS
from rupture_repair.modelling.headline import headline_model
from rupture_repair.modelling.keys import Analysis, FewAfter, Name
from rupture_repair.modelling.samples import adjusted_for_baseline, limits

WITHOUT_LENGTH = FORMULAS["M2"]
OTHER_TIME: dict[Time, Time] = {"log": "linear", "linear": "log"}
WITH_TIME: dict[Time, Name] = {"log": "time_log", "linear": "time_linear"}


@dataclass(frozen=True)
class Variant:
    """One analysis of the moderation.

    analysis : which; it names the model of the study that this is, where it is one.
    formula : the fixed part. table : a row per session. time : `log` or `linear`.
    limits : to which symptom ratings were moved, points.
    """

    analysis: Analysis
    formula: str
    table: pd.DataFrame
    time: Shape
    limits: tuple[float, float] | None = None


def variants(
    table: pd.DataFrame,
    patients: pd.DataFrame,
    sessions: pd.DataFrame,
    patterns: pd.DataFrame,
    settings: SensitivitySettings,
) -> Iterator[Variant]:
    """Yield the headline analysis, and those that differ from it in one respect.

    table : the headline's analysis table. In all of them one SD of interpersonal problems is that
    of the headline's patients.
    """
    time, first_sessions = settings.time, settings.sensitivity.first_sessions
    standard = table.drop_duplicates("patient_id").set_index("patient_id")["iip_z"]
    other = OTHER_TIME[time]
    of_baseline = adjusted_for_baseline(patients, sessions, patterns, time, settings.covariates)
    of_baseline["iip_z"] = of_baseline["patient_id"].map(standard)
    model = headline_model(table)
    formula = FORMULAS[model]
    yield Variant(
        Analysis("headline", model=model),
        formula,
        table,
        time,
    )
    yield Variant(
        Analysis("length_adjusted"),
        f"{WITHOUT_LENGTH} + {ADJUSTED_FOR_LENGTH}",
        table,
        time,
    )
    yield Variant(
        Analysis("averaged_over_lengths", model="M2"),
        WITHOUT_LENGTH,
        table,
        time,
    )
    yield Variant(
        Analysis(WITH_TIME[other]),
        formula,
        table.assign(time=time_at(table["session"], other)),
        other,
    )
    yield Variant(
        Analysis("baseline_adjusted"),
        f"{formula} + time * baseline_z",
        of_baseline,
        time,
    )
    yield Variant(
        Analysis("first_sessions", first_sessions),
        formula,
        table[table["session"] <= first_sessions],
        time,
    )
    low, high = limits(table["symptoms"], settings.sensitivity.winsorise)
    yield Variant(
        Analysis("winsorised"),
        formula,
        table.assign(symptoms=table["symptoms"].clip(low, high)),
        time,
        (low, high),
    )


def landmark(
    table: pd.DataFrame,
    sessions: pd.DataFrame,
    criterion: Criterion,
    last: int,
    time: Time,
    instrument: Instrument | None = None,
) -> Variant:
    """Return the analysis of what follows session `last`, by the pattern up to it.

    table : the headline's analysis table; instrument : of the alliance. Patterns are detected anew
    in the sessions 1 to `last` of all patients, so that none depends on later ratings;
    the outcome is the later ratings of patients who continued. Time is zero in the session after
    `last`.
    """
    early = classifier(criterion, instrument)(sessions[sessions["session"] <= last])
    later = table[table["session"] > last]
    pattern = later["patient_id"].map(early)
    later = later[pattern.isin(PATTERNS)].assign(
        pattern=pd.Categorical(pattern[pattern.isin(PATTERNS)], PATTERNS)
    )
    later["time"] -= time_at(last + 1, time)
    return Variant(
        Analysis("landmark", last),
        FORMULAS[headline_model(later)],
        later,
        time,
    )


def require_patients(table: pd.DataFrame, last: int) -> None:
    """Raise `FitError` where too few patients of a pattern went on after session `last`."""
    counts = per_patient(table)["pattern"].value_counts()
    for pattern in PATTERNS:
        if counts[pattern] < MIN_PATIENTS:
            raise FitError(FewAfter(pattern, last))
