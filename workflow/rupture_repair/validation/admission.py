"""Who enters the analysis; each exclusion is counted with its rule."""

import pandas as pd


def admit(
    patients: pd.DataFrame,
    sessions: pd.DataFrame,
    min_sessions: int,
    changed_therapist: frozenset[str] = frozenset(),
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return tidy `patients`, tidy `sessions` and the flow (`step, n, excluded, reason`).

    The tables come from `validate` without a blocking problem. Length is the highest session
    number of a patient, so sessions without a row in the file count as attended.
    changed_therapist : patients left out because their therapist changed.
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
