"""Pseudonyms that are written in two ways, or that a program has changed."""

import re
from collections.abc import Iterable, Mapping

import pandas as pd

from rupture_repair.cohort.words import alike, likeness
from rupture_repair.config.errors import one_line
from rupture_repair.validation import reasons
from rupture_repair.validation.problems import MAX_EXAMPLES, Problem, counted

# scientific notation: how spreadsheets save numbers of more than 11 digits, and how readers here
# write a number that was stored with too few digits
TRUNCATED = re.compile(r"\d[.,]\d+[eE]\+\d{2}")


def pseudonym_problems(
    table: pd.DataFrame, raw_names: Mapping[str, str | None], file: str, every_patient: bool
) -> list[Problem]:
    """Return problems and warnings about the pseudonyms in a tidy table.

    every_patient : whether a row is a patient; elsewhere only names of therapists are compared.
    """
    problems = []
    for column, what in (("patient_id", "patient"), ("therapist_id", "therapist")):
        name = raw_names.get(column)
        if name is None or column not in table:
            continue
        problems += truncated_names(table, column, name, file)
        if every_patient or column == "therapist_id":
            problems += similar_names(table, column, what, name, file)
    return problems


def unknown_patients(
    patients: pd.DataFrame, sessions: pd.DataFrame, file: str, session_file: str
) -> list[Problem]:
    """Return sessions of patients who are not in the patient file."""
    orphans = sessions[~sessions["patient_id"].isin(patients["patient_id"])]
    problems, found = written_differently(orphans, patients, session_file, file)
    remedy = f"Add the patient to {file}, correct the pseudonym, or remove the sessions."
    orphans = orphans[~orphans["patient_id"].isin(found)]
    return problems + [
        Problem(
            "blocking",
            session_file,
            f"{counted(len(rows), 'session')} of a patient who is not in {file}",
            remedy,
            line=int(rows["line"].min()),
            patient_id=str(patient),
            why=reasons.UNKNOWN_PATIENT,
        )
        for patient, rows in orphans.groupby("patient_id")
    ]


def similar_names(
    table: pd.DataFrame, column: str, what: str, name: str, file: str
) -> list[Problem]:
    """Return a warning for each group of names that differ in case, blanks or marks alone."""
    rows = table[column].value_counts()
    problems = []
    for group in alike(rows.index):
        shown = " and ".join(f"`{one_line(n, 60)}` ({counted(int(rows[n]), 'row')})" for n in group)
        message = f"{what}s who may be one and the same: {shown}"
        problems.append(
            Problem(
                "warning", file, message, "If it is one name, write it in one way.",
                line=int(table.loc[table[column].isin(group), "line"].min()),
                column=name, why=reasons.SIMILAR_NAMES[column],
            )
        )  # fmt: skip
    return problems


def truncated_names(table: pd.DataFrame, column: str, name: str, file: str) -> list[Problem]:
    """Return a blocking problem where pseudonyms are long numbers that have lost digits."""
    lost = table[column].dropna()
    lost = lost[lost.str.fullmatch(TRUNCATED)]
    if lost.empty:
        return []
    message = f"{counted(lost.nunique(), 'pseudonym')} in {name} are long numbers that have lost "
    message += f"their last digits: {_some(f'`{text}`' for text in lost.unique())}"
    remedy = (
        "Export the table anew with this column as text (in a spreadsheet: format the column as "
        "text before the numbers are entered)."
    )
    line = int(table.loc[lost.index, "line"].min())
    return [Problem("blocking", file, message, remedy, line, column=name, why=reasons.SHORTENED)]


def written_differently(
    sessions: pd.DataFrame, patients: pd.DataFrame, file: str, patient_file: str
) -> tuple[list[Problem], set[str]]:
    """Return one problem for the pseudonyms that two files write differently, and those names.

    sessions : of patients who are not in the patient file.
    """
    if sessions.empty:
        return [], set()
    known: dict[str, str] = {}
    for name in patients["patient_id"].dropna():
        known.setdefault(likeness(name), name)
    strange = sessions["patient_id"].dropna().unique()
    pairs = {name: known[key] for name in strange if (key := likeness(name)) in known}
    if not pairs:
        return [], set()
    causes: dict[str, dict[str, str]] = {}
    for mine, theirs in pairs.items():
        causes.setdefault(_cause(mine, theirs), {})[mine] = theirs
    problems = []
    for cause, found in causes.items():
        shown = _some(f"`{name}` is `{there}` there" for name, there in found.items())
        are = "is" if len(found) == 1 else "are"
        message = f"{counted(len(found), 'pseudonym')} of {patient_file} {are} spelled otherwise "
        message += f"here: {cause} ({shown})"
        lines = sessions.loc[sessions["patient_id"].isin(found), "line"]
        remedy = "Write them alike in both files; format the column as text in a spreadsheet."
        problems.append(
            Problem(
                "blocking", file, message, remedy, int(lines.min()), why=reasons.UNKNOWN_PATIENT
            )
        )
    return problems, set(pairs)


def _cause(mine: str, theirs: str) -> str:
    """Return in words in what two spellings of a name differ."""
    if _short(mine) == _short(theirs):
        return "zeros before a number were lost in one of the files"
    if _short(_whole(mine)) == _short(_whole(theirs)):
        return "a program took them for numbers: decimals were added, zeros before them lost"
    if mine.casefold() == theirs.casefold():
        return "in capital and small letters"
    return "with other blanks, marks, letters or zeros"


def _short(name: str) -> str:
    return re.sub(r"(?<![\d.,])0+(?=\d)", "", name)


def _whole(name: str) -> str:
    return re.sub(r"(?<=\d)[.,]0+$", "", name)


def _some(examples: Iterable[str]) -> str:
    listed = [one_line(example, 120) for example in examples]
    return "; ".join(listed[:MAX_EXAMPLES]) + ("; …" if len(listed) > MAX_EXAMPLES else "")
