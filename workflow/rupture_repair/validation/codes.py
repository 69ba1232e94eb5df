"""Missing codes and words for `missing`: reported where they are also scores or names."""

import re
from collections.abc import Iterable, Mapping

import pandas as pd

from rupture_repair.cohort.column_patterns import matching
from rupture_repair.cohort.numbers import holds_numbers, number_of
from rupture_repair.cohort.words import MISSING_WORDS, names_nobody
from rupture_repair.config.instruments import Instrument
from rupture_repair.validation import reasons
from rupture_repair.validation.problems import Problem, counted

IDENTIFIERS = {"patient_id": "patient", "therapist_id": "therapist"}


def code_problems(
    table: pd.DataFrame,
    names: Mapping[str, str | None],
    codes: Iterable[str],
    tools: Mapping[str, Instrument],
    file: str,
) -> list[Problem]:
    """Return the problems that missing codes and words for `missing` cause in a raw table.

    table : before missing codes are taken out, numbers with points; names : tidy → raw, with
    items as `alliance.2`.
    """
    codes = sorted({code for code in codes if code})
    columns: dict[str, list[str]] = {}
    for tidy, name in names.items():
        if name is not None:
            found = [match[0] for match in matching(name, table.columns)]
            columns.setdefault(tidy.partition(".")[0], []).extend(found)
    made_from_items = {tidy.partition(".")[0] for tidy in names if "." in tidy}
    problems = []
    for role, named in columns.items():
        counts = _counts(table, named)
        if role in IDENTIFIERS:
            problems += _coded_names(role, counts, codes, named, file)
        elif role in tools:
            tool = tools[role]
            problems += _hidden(counts, codes, tool, named, file, role in made_from_items)
        if holds_numbers(role):
            problems += _undeclared_words(counts, codes, named, file)
    return problems


def _counts(table: pd.DataFrame, columns: list[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for column in columns:
        for text, n in table[column].value_counts().items():
            if text:
                counts[str(text)] = counts.get(str(text), 0) + int(n)
    return counts


def _hidden(
    counts: Mapping[str, int],
    codes: list[str],
    tool: Instrument,
    columns: list[str],
    file: str,
    items: bool,
) -> list[Problem]:
    """Return a warning where a missing code is also a possible score, or answer, and occurs."""
    low, high = tool.minimum, tool.maximum
    if items and tool.scoring:
        low, high = tool.scoring.item_minimum, tool.scoring.item_maximum
    problems = []
    for number, code in {number_of(code): code for code in codes}.items():
        if number is None or not low <= number <= high:
            continue
        count = sum(n for text, n in counts.items() if number_of(text) == number)
        if not count:
            continue
        what = f"a possible {'answer to' if items else 'score of'} the {tool.short}"
        message = f"{counted(count, 'cell')} of {listed(columns)} {_are(count)} `{code}`: "
        message += f"a missing code, yet also {what}; read as missing"
        remedy = "Take the code out of `missing_codes` if it is meant, or recode the file."
        problems.append(
            Problem("warning", file, message, remedy, column=columns[0], why=reasons.HIDDEN)
        )
    return problems


def _coded_names(
    role: str, counts: Mapping[str, int], codes: list[str], columns: list[str], file: str
) -> list[Problem]:
    """Return a warning for each pseudonym that is also a missing code, or a word for `unknown`."""
    who = IDENTIFIERS[role]
    problems = []
    for name, n in counts.items():
        if role == "therapist_id" and names_nobody(name):
            message = f"`{name}` ({counted(n, 'row')}) was read as: no therapist is named"
            remedy = "Rename it if somebody is called so; else leave the cells empty."
            why = reasons.NO_NAME
        elif re.sub(r"[.,]0+$", "", name) in codes:
            message = f"the missing code `{name}` is a {who}, too ({counted(n, 'row')})"
            message += f"; it was taken for the {who}"
            remedy = f"If it means that no {who} is known, leave the cells empty."
            why = reasons.CODED_NAME
        else:
            continue
        problems.append(
            Problem("warning", file, message, remedy, column=columns[0], value=name, why=why)
        )
    return problems


def _undeclared_words(
    counts: Mapping[str, int], codes: list[str], columns: list[str], file: str
) -> list[Problem]:
    """Return a note of the words that were read as missing and that nobody declared."""
    words = {w: n for w, n in counts.items() if w not in codes and w.casefold() in MISSING_WORDS}
    if not words:
        return []
    shown = ", ".join(f"`{word}` ({counted(n, 'time')})" for word, n in words.items())
    message = f"read as missing in {listed(columns)}: {shown}"
    return [Problem("note", file, message, "Nothing to mend.", why=reasons.NO_VALUE)]


def listed(columns: list[str]) -> str:
    """Return a name, or the first and the last and their number."""
    if len(columns) < 3:
        return " and ".join(columns)
    return f"{columns[0]} to {columns[-1]} ({len(columns)} columns)"


def _are(count: int) -> str:
    return "is" if count == 1 else "are"
