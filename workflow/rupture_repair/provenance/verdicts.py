"""The summary of a run: a row per cohort with its verdict, as a table and as a page."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from rupture_repair.cohort.csv_tables import read_csv
from rupture_repair.config.steps.identity import Identity
from rupture_repair.provenance.outcome import Failure, Outcome
from rupture_repair.provenance.verification import could_fail
from rupture_repair.validation.problems import SEVERITIES, Severity
from rupture_repair.words.pages import Page
from rupture_repair.words.templates import Claim

COLUMNS = ["cohort", "title", "synthetic", "verdict", "patients", "therapists", "validation"]
COLUMNS += ["published", "could_fail", "reproduced", "front_page", "paper"]
COLUMNS += ["stopped_by", "remedy"]
COUNTS = ["patients", "therapists", "published", "could_fail", "reproduced"]
Verdict = Literal["finished", "data to be mended", "stopped", "not reached", "partly made"]
FINISHED: Verdict = "finished"
BLOCKED: Verdict = "data to be mended"
STOPPED: Verdict = "stopped"
UNREACHED: Verdict = "not reached"
PARTIAL: Verdict = "partly made"


@dataclass(frozen=True)
class StoppedBy(Claim, at="summary_page/stopped_by"):
    """What stopped a cohort: problems in its data, or the failure of a step."""

    verdict: Verdict
    problems: int
    failures: tuple[str, ...]


@dataclass(frozen=True)
class Remedy(Claim, at="summary_page/remedy"):
    """How to go on: what to look at, and the cohort to run again."""

    verdict: Verdict
    cohort: str
    look_at: str


@dataclass(frozen=True)
class Found:
    """How many problems of a severity the check of the data found."""

    severity: Severity
    n: int


@dataclass(frozen=True)
class Validation(Claim, at="summary_page/validation"):
    """Whether the data passed their check, and what it found."""

    data: Literal["not validated", "blocked", "passed"]
    found: tuple[Found, ...]


@dataclass(frozen=True)
class Figures:
    """Published figures: how many, how many could have come out otherwise, and agreed."""

    published: int
    could_fail: int
    reproduced: int


@dataclass(frozen=True)
class Row:
    """A cohort on the page; what is not known is None."""

    cohort: str
    title: str
    synthetic: bool
    verdict: Verdict
    patients: int | None
    therapists: int | None
    validation: str
    figures: Figures | None
    front_page: bool
    paper: bool
    stopped_by: str
    remedy: str


@dataclass(frozen=True)
class Summary(Page, at="summary"):
    """The page: cohorts of the last run and of earlier ones, and the link to a comparison."""

    last: tuple[Row, ...]
    earlier: tuple[Row, ...]
    comparison: str | None


def verdict_table(results: Path, cohorts: Sequence[Identity], outcome: Outcome) -> pd.DataFrame:
    """Return a row per cohort with `COLUMNS`; counts are missing where a cohort did not finish.

    Of the `published` items `could_fail` could have come out otherwise, and `reproduced` of these
    did not.
    """
    rows = []
    for cohort in cohorts:
        folder = results / cohort.name
        row = {"cohort": cohort.name, "title": cohort.title, "synthetic": cohort.synthetic}
        failures = outcome.failures.get(cohort.name)
        made = _made(folder) if failures is None else _stopped(folder, cohort.name, failures)
        rows.append(row | {"validation": _validation(folder)} | made)
    table = pd.DataFrame(rows, columns=COLUMNS)
    return table.astype(dict.fromkeys(COUNTS, "Int64"))


def earlier_verdicts(results: Path, table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of `summary.csv` of cohorts that are not in `table`, and have results.

    A cohort whose folder is gone is forgotten, as is a summary that cannot be read.
    """
    try:
        known = read_csv(results / "summary.csv").reindex(columns=COLUMNS)
        known = known.astype(dict.fromkeys(COUNTS, "Int64"))
    except (OSError, ValueError, TypeError):
        return table.iloc[:0]
    kept = [
        (results / str(name)).is_dir() and name not in set(table["cohort"])
        for name in known["cohort"]
    ]
    return known[pd.Series(kept, dtype=bool)].reset_index(drop=True)


def verdict_page(table: pd.DataFrame, earlier: pd.DataFrame, comparison: str | None) -> str:
    """Return both tables as one self-contained HTML page.

    earlier : the cohorts of earlier runs. comparison : the link to the report of the comparison.
    """
    return Summary(_rows(table), _rows(earlier), comparison).html


def blocking_problems(folder: Path) -> pd.DataFrame:
    """Return the blocking rows of the cohort's `problems.csv`; empty where there is none."""
    file = folder / "validation" / "problems.csv"
    if not file.is_file():
        return pd.DataFrame()
    text = dict.fromkeys(("patient_id", "session", "value"), str)
    table = read_csv(file, dtype={**text, "line": "Int64"})
    return table[table["severity"] == "blocking"]


def _made(folder: Path) -> dict[str, Any]:
    """Return what stands in the results of a cohort in which nothing failed."""
    paper = folder / "manuscript" / "manuscript.html"
    if not paper.is_file():
        return {"verdict": PARTIAL, "stopped_by": StoppedBy(PARTIAL, 0, ()).words}
    described = read_csv(folder / "tables" / "cohort.csv")
    n = described[(described["group"] == "all") & (described["statistic"] == "n")]
    n = n.set_index("variable")["value"]
    verification = read_csv(folder / "verification.csv")
    front_page = folder / "index.html"
    return {
        "verdict": FINISHED,
        "patients": None if pd.isna(n["patients"]) else int(n["patients"]),
        "therapists": int(n["therapists"]),
        "published": len(verification),
        "could_fail": int(could_fail(verification).sum()),
        "reproduced": int(verification["verdict"].isin(["reproduced", "recovered"]).sum()),
        "front_page": front_page.as_posix() if front_page.is_file() else None,
        "paper": paper.as_posix(),
    }


def _stopped(folder: Path, name: str, failures: Sequence[Failure]) -> dict[str, Any]:
    verdict, problems, look_at = STOPPED, 0, ""
    if not failures:
        verdict = UNREACHED
    elif any(failure.rule == "admit_patients" for failure in failures):
        problems = len(blocking_problems(folder))
    if problems:
        verdict, look_at = BLOCKED, (folder / "validation" / "report.html").as_posix()
    elif failures:
        look_at = failures[0].log
    found = tuple(f"{failure.rule}: {failure.reason}" for failure in failures)
    return {
        "verdict": verdict,
        "stopped_by": StoppedBy(verdict, problems, found).words,
        "remedy": Remedy(verdict, name, look_at).words,
    }


def _validation(folder: Path) -> str:
    file = folder / "validation" / "problems.csv"
    if not file.is_file():
        return Validation("not validated", ()).words
    found = read_csv(file, usecols=["severity"])["severity"].value_counts()
    counts = tuple(Found(kind, int(found[kind])) for kind in SEVERITIES if kind in found)
    return Validation("blocked" if "blocking" in found else "passed", counts).words


def _rows(table: pd.DataFrame) -> tuple[Row, ...]:
    """Return the rows of a table as the page shows them."""
    known = table.astype(object).where(table.notna(), None).to_dict("records")
    return tuple(
        Row(
            **{name: row[name] for name in ("cohort", "title", "synthetic", "verdict")},
            **{name: row[name] for name in ("patients", "therapists", "validation")},
            figures=None
            if row["published"] is None
            else Figures(row["published"], row["could_fail"], row["reproduced"]),
            front_page=row["front_page"] is not None,
            paper=row["paper"] is not None,
            stopped_by=row["stopped_by"] or "",
            remedy=row["remedy"] or "",
        )
        for row in known
    )
