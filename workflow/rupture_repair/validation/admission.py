"""Who enters the analysis; each exclusion is counted with its rule."""

from collections.abc import Sequence

import pandas as pd

from rupture_repair.config.steps.validation import ValidationSettings
from rupture_repair.validation.checks import Validated
from rupture_repair.validation.labels import labelled


def admit(
    patients: pd.DataFrame,
    sessions: pd.DataFrame,
    min_sessions: int,
    changed_therapist: frozenset[str] = frozenset(),
    covariates: Sequence[str] = (),
    min_patients_per_therapist: int = 1,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return tidy `patients`, tidy `sessions` and the flow (`step, n, excluded, reason`).

    The tables come from `validate` without a blocking problem. Length is the highest session
    number of a patient, so sessions without a row in the file count as attended.
    changed_therapist : patients left out because their therapist changed. covariates : columns
    without which nobody is in a model. min_patients_per_therapist : of those who are left by all
    other rules.
    """
    length = patients["patient_id"].map(sessions.groupby("patient_id")["session"].max())
    rules = [
        ("with sessions", length.notna(), "no sessions"),
        ("with baseline", patients["iip"].notna(), "no interpersonal problems score"),
        ("with therapist", patients["therapist_id"].notna(), "no therapist named"),
        ("long enough", length >= min_sessions, f"fewer than {min_sessions} sessions"),
    ]
    if changed_therapist:
        stayed = ~patients["patient_id"].isin(changed_therapist)
        rules.insert(3, ("same therapist", stayed, "therapist changed within the treatment"))
    rules += [
        (f"with {name}", patients[name].notna(), f"no {name} recorded") for name in covariates
    ]
    if min_patients_per_therapist > 1:
        kept = pd.concat([rule for _, rule, _ in rules], axis=1).all(axis=1)
        caseload = patients["therapist_id"].map(patients.loc[kept, "therapist_id"].value_counts())
        many = caseload.ge(min_patients_per_therapist).fillna(False).astype(bool)
        fewer = f"therapist with fewer than {min_patients_per_therapist} patients"
        rules.append(("of a therapist with enough patients", many, fewer))
    keep = pd.Series(True, index=patients.index)
    flow = [{"step": "in the patient file", "n": len(patients), "excluded": 0, "reason": ""}]
    for step, rule, reason in rules:
        excluded = int((keep & ~rule).sum())
        keep &= rule
        flow.append({"step": step, "n": int(keep.sum()), "excluded": excluded, "reason": reason})
    admitted = patients[keep].drop(columns="line").sort_values("patient_id", ignore_index=True)
    rated = sessions[sessions["patient_id"].isin(admitted["patient_id"])].drop(columns="line")
    rated = rated.astype({"session": "int64"})
    rated = rated.sort_values(["patient_id", "session"], ignore_index=True)
    return admitted, rated, pd.DataFrame(flow)


def admitted(
    found: Validated, settings: ValidationSettings
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return what `admit` does by the rules of a cohort, categories under its labels."""
    return admit(
        labelled(found.patients, settings.labels),
        found.sessions,
        settings.inclusion.min_sessions,
        found.changed_therapist,
        settings.covariates,
        settings.inclusion.min_patients_per_therapist,
    )
