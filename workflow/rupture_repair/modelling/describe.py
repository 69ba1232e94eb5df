"""Table 1 by pattern, and the flow of patients into the analysis."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from rupture_repair.config.criteria import PATTERNS
from rupture_repair.modelling.design import count_therapists

GROUPS = ("all", "classified", *PATTERNS)
STATISTICS: dict[str, Callable[[pd.Series], float]] = {
    "mean": lambda values: values.mean(),
    "sd": lambda values: values.std(ddof=1),
    "median": lambda values: values.median(),
    "min": lambda values: values.min(),
    "max": lambda values: values.max(),
}


def description_tables(
    patients: pd.DataFrame,
    sessions: pd.DataFrame,
    patterns: pd.DataFrame,
    admission: pd.DataFrame,
    n_modelled: int,
) -> dict[str, pd.DataFrame]:
    """Return the tables of the step by name.

    admission : `step, n, excluded, reason` of validation. n_modelled : patients in the models.
    """
    return {
        "cohort": cohort_table(patients, sessions, patterns),
        "patient_flow": patient_flow(admission, patterns, n_modelled),
    }


def cohort_table(
    patients: pd.DataFrame, sessions: pd.DataFrame, patterns: pd.DataFrame
) -> pd.DataFrame:
    """Return Table 1, long: `variable, statistic, group, value`.

    group : `all` admitted patients, the `classified` ones, or one pattern. Variables: `patients`,
    `therapists` (0 where they were not recorded), `sessions` (per patient), `missing_ratings` and
    `missing_symptoms` (% of sessions without a rating of alliance or symptoms), `iip`,
    `first_symptoms`, `first_alliance`, `age`, and the levels of `gender`, `diagnosis` and
    `orientation` (n and %); where symptoms were rated apart from the sessions, `symptoms_days`
    between a session and its rating; where patients came again, `further_treatments`. `smd` is the
    mean difference to pattern `none` in units of the pooled SD of the two groups.
    """
    person = _per_patient(patients, sessions, patterns)
    rows = []
    for group in GROUPS:
        members = person[_is_member(person["pattern"], group)]
        rows.append(("patients", "n", group, float(len(members))))
        rows.append(("therapists", "n", group, float(count_therapists(members["therapist_id"]))))
        for rated in ("ratings", "symptoms"):
            missing = 1 - members[f"n_{rated}"].sum() / members["sessions"].sum()
            rows.append((f"missing_{rated}", "percent", group, 100 * missing))
        measured = ["sessions", "iip", "first_symptoms", "first_alliance"]
        for variable in [*measured, *(["age"] if "age" in person else [])]:
            values = members[variable].dropna()
            rows += [(variable, name, group, f(values)) for name, f in STATISTICS.items()]
            if group in PATTERNS[1:]:
                reference = person.loc[person["pattern"] == "none", variable].dropna()
                rows.append((variable, "smd", group, standardised_difference(values, reference)))
        for variable in ("gender", "diagnosis", "orientation"):
            if variable in person:
                for name in sorted(person[variable].dropna().unique()):
                    n = float((members[variable] == name).sum())
                    share = 100 * n / len(members) if len(members) else np.nan
                    rows.append((f"{variable}: {name}", "n", group, n))
                    rows.append((f"{variable}: {name}", "percent", group, share))
    if "treatment" in person:
        rows.append(("further_treatments", "n", "all", float((person["treatment"] > 1).sum())))
    if "symptoms_days" in sessions:  # rated apart from the sessions
        days = sessions["symptoms_days"].abs().dropna()
        rows += [
            ("symptoms_days", name, "all", STATISTICS[name](days)) for name in ("median", "max")
        ]
    return pd.DataFrame(rows, columns=["variable", "statistic", "group", "value"])


def _is_member(pattern: pd.Series, group: str) -> pd.Series:
    match group:
        case "all":
            return pd.Series(True, index=pattern.index)
        case "classified":
            return pattern.isin(PATTERNS)
        case _:
            return pattern == group


def standardised_difference(first: pd.Series, second: pd.Series) -> float:
    """Return (M1 − M2) / sqrt((s1² + s2²) / 2), SDs with ddof 1 (Austin 2009)."""
    pooled = np.sqrt((first.var(ddof=1) + second.var(ddof=1)) / 2)
    return float((first.mean() - second.mean()) / pooled) if pooled > 0 else float("nan")


def patient_flow(admission: pd.DataFrame, patterns: pd.DataFrame, n_modelled: int) -> pd.DataFrame:
    """Return `step, n, excluded, reason`, from the patient file to the models."""
    classified = int(patterns["pattern"].isin(PATTERNS).sum())
    admitted = int(admission["n"].iloc[-1])
    later = pd.DataFrame(
        [
            (
                "classified",
                classified,
                admitted - classified,
                "alliance ratings too few to classify",
            ),
            ("modelled", n_modelled, classified - n_modelled, "no symptom rating"),
        ],
        columns=["step", "n", "excluded", "reason"],
    )
    return pd.concat([admission, later], ignore_index=True)


def _per_patient(
    patients: pd.DataFrame, sessions: pd.DataFrame, patterns: pd.DataFrame
) -> pd.DataFrame:
    by_patient = sessions.groupby("patient_id")
    summary = pd.DataFrame(
        {
            "sessions": by_patient["session"].max(),
            "n_ratings": by_patient["alliance"].count(),
            "n_symptoms": by_patient["symptoms"].count(),
            "first_symptoms": by_patient["symptoms"].first(),
            "first_alliance": by_patient["alliance"].first(),
        }
    )
    person = patients.merge(patterns[["patient_id", "pattern"]], on="patient_id", how="left")
    return person.join(summary, on="patient_id")
