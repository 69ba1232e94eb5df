"""Exports of survey programs: which program wrote a table, and what in it is no data.

Qualtrics writes two rows below the heading: the questions, and the identifiers of its import.
REDCap writes what is asked once and what is asked at each session into rows of one table.
LimeSurvey writes answers as the codes of their options.
"""

import re
from collections.abc import Iterable, Sequence

import pandas as pd

QUALTRICS = {
    "StartDate": "Start Date",
    "EndDate": "End Date",
    "RecordedDate": "Recorded Date",
    "ResponseId": "Response ID",
    "Status": "Response Type",
    "Progress": "Progress",
    "Finished": "Finished",
    "DistributionChannel": "Distribution Channel",
}
MAX_LABELS = 2
REDCAP = frozenset(
    {"redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance"}
    | {"Event Name", "Repeat Instrument", "Repeat Instance"}
)
ARM = re.compile(r"_arm_\d+[a-z]?$|\s*\(Arm \d+:.*\)$")
LIME = re.compile(r"AO?0*(\d{1,2})")


def without_labels(
    heading: Sequence[str], rows: list[list[str]], lines: list[int]
) -> tuple[list[list[str]], list[int], tuple[str, ...]]:
    """Return rows and their lines without the rows of labels that Qualtrics writes, and a note."""
    labels = 0
    for place in range(min(MAX_LABELS, len(rows))):
        if _is_label(heading, rows[place]):
            labels = place + 1
    if not labels:
        return rows, lines, ()
    where = " and ".join(map(str, lines[:labels]))
    note = f"it is an export of Qualtrics: the labels in line {where} were left out"
    return rows[labels:], lines[labels:], (note,)


def _is_label(heading: Sequence[str], row: Sequence[str]) -> bool:
    if any(cell.startswith('{"ImportId"') for cell in row):
        return True
    words = dict(zip(heading, row, strict=True))
    return any(words.get(name) == label for name, label in QUALTRICS.items())


def is_redcap(columns: Iterable[str]) -> bool:
    """Whether a table is an export of REDCap with repeated forms or events."""
    return not REDCAP.isdisjoint(columns)


def event_numbers(events: pd.Series) -> dict[str, str]:
    """Return event name → session number, or the event's name where it is no session.

    `session_3_arm_1` and `Session 3 (Arm 1: Therapy)` are 3. Of several numbered series
    (`session_1` …, `follow_up_1` …) the longest holds the sessions; of others, and of events
    without a number, the name remains: `follow_up_1`, `baseline`.
    """
    series: dict[str, dict[str, str]] = {}
    names = {event: ARM.sub("", event) for event in events.unique()}
    for event, name in names.items():
        if match := re.fullmatch(r"(\D*?)0*(\d+)(\D*)", name):
            series.setdefault(f"{match[1]}#{match[3]}", {})[event] = match[2]
    return names | max(series.values(), key=len, default={})


def answer_numbers(
    answers: pd.DataFrame, low: float, high: float
) -> tuple[pd.DataFrame, str | None]:
    """Return answers with the codes of LimeSurvey (`A3`, `AO03`) as their numbers, or why not.

    answers : text cells of all items of a questionnaire; low, high : possible answers. The number
    of a code counts the options: it is the answer only where the lowest answer is 1, or where a
    code with 0 occurs.
    """
    texts = {text for column in answers for text in answers[column].dropna().unique()}
    codes = {text: int(match[1]) for text in texts if (match := LIME.fullmatch(text))}
    if not codes:
        return answers, None
    numbers = set(codes.values())
    if low != 1 and 0 not in numbers:
        first = min(codes, key=lambda code: codes[code])
        return answers, f"`{first}` may be {low:g} or {codes[first]}"
    if not all(low <= number <= high for number in numbers):
        last = max(codes, key=lambda code: codes[code])
        return answers, f"`{last}` is beyond the possible answers {low:g} to {high:g}"
    return answers.replace({text: str(number) for text, number in codes.items()}), None
