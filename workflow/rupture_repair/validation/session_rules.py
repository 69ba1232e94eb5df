"""Which rows are sessions of one treatment, by the rules of the cohort file."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from rupture_repair.cohort.treatments import (
    after_last_rating,
    numbered_across_treatments,
    numbered_within_treatments,
    renumbered,
    treatment_numbers,
)
from rupture_repair.config.sessions import SessionRules
from rupture_repair.validation import reasons
from rupture_repair.validation.problems import Problem, counted
from rupture_repair.validation.raw_table import RawTable

DECIDE = (
    "Decide in the cohort file, `sessions: {second_treatment: …}`: `first` takes the first "
    "treatment alone, `each` analyses every treatment like a patient of its own, `all` takes them "
    "as one."
)


@dataclass(frozen=True)
class Arranged:
    """The session table in the order of treatments.

    table : typed, with new `patient_id` and `session` where treatments were separated.
    left_out : rows that are checked, and are no sessions of the analysis.
    undecided : places (index, column) whose numbers wait for a decision of the cohort file.
    again : name of each further treatment → patient.
    """

    table: pd.DataFrame
    left_out: pd.Series
    problems: list[Problem]
    undecided: set[tuple[int, str]]
    again: dict[str, str]


def arranged(table: pd.DataFrame, raw: RawTable, rules: SessionRules) -> Arranged:
    """Tell treatments apart, leave out what follows the last rating, number the sessions.

    table : typed sessions, `patient_id`, `session`, `alliance`, `symptoms`, `line`.
    """
    found = treatment_numbers(table, rules.pause_days)
    later = found["treatment"] > 1
    problems, places, again = [], set(), {}
    left_out = pd.Series(data=False, index=table.index)
    if later.any():
        problems += _further(table, found, raw, rules)
    if rules.second_treatment == "all":
        table = table.assign(session=numbered_across_treatments(table, found["treatment"]))
    elif rules.second_treatment is None:
        waiting = table["patient_id"].isin(table.loc[found["restarts"], "patient_id"])
        places = {(index, "session") for index in table.index[waiting]}
    else:
        names = table["patient_id"] + " (treatment " + found["treatment"].astype("str") + ")"
        ordered = found.index[later][found.loc[later, "treatment"].argsort(kind="stable")]
        again = dict(zip(names[ordered], table.loc[ordered, "patient_id"], strict=True))
        number = numbered_within_treatments(table, found["treatment"])
        table = table.assign(patient_id=table["patient_id"].mask(later, names), session=number)
        if rules.second_treatment == "first":
            left_out, again = later, {}
    ended = after_last_rating(table, rules.unrated_end) & ~left_out
    if ended.any():
        problems.append(_ended(table[ended], raw))
    left_out |= ended
    kept = table[~left_out]
    number = renumbered(kept, rules.numbers).reindex(table.index).fillna(table["session"])
    table = table.assign(session=number)
    return Arranged(table, left_out, problems, places, again)


def with_further_treatments(patients: pd.DataFrame, again: Mapping[str, str]) -> pd.DataFrame:
    """Return the patients with a row for each further treatment, which has the patient's data.

    With any, `treatment` says which one of the patient it is: 1, 2, …
    """
    if not again:
        return patients
    names = pd.DataFrame({"name": list(again), "patient_id": list(again.values())}, dtype="str")
    further = patients.merge(names, on="patient_id")
    order = further.groupby("patient_id").cumcount() + 2
    further = further.assign(patient_id=further["name"], treatment=order).drop(columns="name")
    return pd.concat([patients.assign(treatment=1), further], ignore_index=True)


def _further(
    table: pd.DataFrame, found: pd.DataFrame, raw: RawTable, rules: SessionRules
) -> list[Problem]:
    """Return a problem for each further treatment that waits for a decision, else one note."""
    later = found["treatment"] > 1
    begins = later & (found["days"].notna() | found["restarts"])
    if choice := rules.second_treatment:
        patients = counted(table.loc[later, "patient_id"].nunique(), "patient")
        then = {
            "first": f"left out ({counted(int(later.sum()), 'session')})",
            "each": "each analysed like a patient of its own",
            "all": "taken for one treatment with the first",
        }[choice]
        message = f"{counted(int(begins.sum()), 'further treatment')} of {patients}: {then}"
        return [Problem("note", raw.file, message, "Nothing to mend.", why=reasons.AGAIN)]
    sizes = table.groupby(["patient_id", found["treatment"]]).size()
    problems = []
    for index, begin in found[begins].iterrows():
        row = table.loc[index]
        size = counted(int(sizes[row["patient_id"], begin["treatment"]]), "session")
        if begin["restarts"]:
            message = f"the session numbers of the patient start again ({size})"
        else:
            message = f"{size} follow after {begin['days']:.0f} days without any"
            message = message.replace("1 session follow", "1 session follows")
        if begin["days"] == begin["days"] and begin["restarts"]:
            message += f", {begin['days']:.0f} days after the one before"
        problems.append(
            Problem(
                "blocking" if begin["restarts"] else "warning",
                raw.file,
                f"{message}, as in a second treatment",
                DECIDE,
                line=int(row["line"]),
                patient_id=str(row["patient_id"]),
                session=f"{row['session']:g}",
                why=reasons.AGAIN,
            )
        )
    return problems


def _ended(rows: pd.DataFrame, raw: RawTable) -> Problem:
    patients = counted(rows["patient_id"].nunique(), "patient")
    message = (
        f"{counted(len(rows), 'row')} of {patients} after the last rating hold no rating: taken "
        "for planned sessions and left out"
    )
    remedy = "If they were held, give `sessions: {unrated_end: keep}` in the cohort file."
    return Problem("note", raw.file, message, remedy, why=reasons.PLANNED)
