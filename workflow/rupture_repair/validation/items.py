"""Answers to items: each checked against the instrument before a score is made of them."""

from collections.abc import Mapping

import pandas as pd

from rupture_repair.cohort.raw_file import spelled
from rupture_repair.cohort.scores import score_items
from rupture_repair.cohort.survey_exports import answer_numbers
from rupture_repair.config.errors import did_you_mean
from rupture_repair.config.instruments import Instrument, Scoring
from rupture_repair.validation import reasons
from rupture_repair.validation.problems import Problem


def with_score(
    table: pd.DataFrame,
    names: Mapping[str, str | None],
    role: str,
    tool: Instrument,
    missing_share: float,
    file: str,
    found_columns: list[str],
) -> tuple[pd.DataFrame, list[Problem]]:
    """Replace the items `role.1`, `role.2`, … of a raw table by the score `role`, as text.

    Returns the table and the problems of its items. With a problem in it, an answer counts as
    missing; the problem is blocking, so no such score reaches a model.
    """
    if tool.scoring is None:
        raise ValueError(f"{tool.short} has no scoring")
    items = [f"{role}.{i}" for i in range(1, tool.scoring.items + 1)]
    problems = []
    present = [item for item in items if item in table]
    numbers, why_not = answer_numbers(
        table[present], tool.scoring.item_minimum, tool.scoring.item_maximum
    )
    if why_not:
        columns = f"{names[present[0]]} to {names[present[-1]]}"
        message = f"the answers in {columns} are codes of LimeSurvey, and {why_not}"
        remedy = "Export the answers as numbers (in LimeSurvey: recode the options, or edit them)."
        problem = Problem("blocking", file, message, remedy, why=reasons.OF_A_VALUE[role])
        nothing = pd.Series(pd.NA, index=table.index, dtype="str")
        return table.drop(columns=present).assign(**{role: nothing}), [problem]
    if not numbers.equals(table[present]):
        message = f"the codes of LimeSurvey in {names[present[0]]} to {names[present[-1]]} "
        message += "were read as their numbers: `A3` is 3"
        problems.append(Problem("note", file, message, "Nothing to mend."))
        table = table.assign(**numbers)
    answers = pd.DataFrame(index=table.index, columns=items, dtype=float)
    for item in items:
        if item not in table:
            name = str(names[item])
            message = f"there is no column `{name}`"
            remedy = f"Correct the item's name; {did_you_mean(name, found_columns)}"
            problems.append(
                Problem("blocking", file, message, remedy, line=1, column=name, why=reasons.COLUMN)
            )
            continue
        answers[item] = pd.to_numeric(table[item], errors="coerce").astype(float)
        problems += _answer_problems(table, answers[item], str(names[item]), role, tool, file)
    score = score_items(answers, tool.scoring, missing_share)
    problems += _proration(answers, score, tool, file)
    text = score.round(10).map(spelled, na_action="ignore").astype("str")
    return table.drop(columns=present).assign(**{role: text}), problems


def _answer_problems(
    table: pd.DataFrame, answers: pd.Series, name: str, role: str, tool: Instrument, file: str
) -> list[Problem]:
    scoring: Scoring = tool.scoring  # type: ignore[assignment]
    low, high = scoring.item_minimum, scoring.item_maximum
    wrong = table[answers.name].notna() & ~answers.between(low, high)
    problems = []
    for index in table.index[wrong]:
        row = table.loc[index]
        problems.append(
            Problem(
                "blocking",
                file,
                f"{name} is not a possible answer",
                "Correct the answer, or leave the cell empty if it is unknown.",
                line=int(row["line"]),
                patient_id=_text(row.get("patient_id")),
                session=_text(row.get("session")),
                column=name,
                value=str(row[answers.name]),
                allowed=f"{low:g} to {high:g} (an item of {tool.named_range})",
                why=reasons.OF_A_VALUE[role],
            )
        )
    return problems


def _proration(
    answers: pd.DataFrame, score: pd.Series, tool: Instrument, file: str
) -> list[Problem]:
    partly = answers.isna().any(axis=1) & answers.notna().any(axis=1)
    prorated, dropped = int((partly & score.notna()).sum()), int((partly & score.isna()).sum())
    problems = []
    if prorated:
        message = f"{prorated} {tool.short} scores were prorated over unanswered items"
        problems.append(Problem("note", file, message, "Nothing to mend.", why=reasons.PRORATED))
    if dropped:
        message = f"{dropped} {tool.short} scores are missing: too many items are unanswered"
        remedy = "`missing_share` in the cohort file says how many may be."
        problems.append(Problem("warning", file, message, remedy, why=reasons.NO_SCORE))
    return problems


def _text(value: object) -> str | None:
    return None if value is None or pd.isna(value) else str(value)
