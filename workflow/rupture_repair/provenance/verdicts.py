"""The summary of a run: a row per cohort with its verdict, as a table and as a page."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, PackageLoader, select_autoescape

from rupture_repair.cohort.csv_tables import read_csv
from rupture_repair.config.steps.identity import Identity
from rupture_repair.provenance.outcome import Failure, Outcome
from rupture_repair.provenance.verification import could_fail

COLUMNS = ["cohort", "title", "synthetic", "verdict", "patients", "therapists", "validation"]
COLUMNS += ["published", "could_fail", "reproduced", "front_page", "paper"]
COLUMNS += ["stopped_by", "remedy"]
COUNTS = ["patients", "therapists", "published", "could_fail", "reproduced"]
FINISHED, BLOCKED, STOPPED = "finished", "data to be mended", "stopped"
UNREACHED, PARTIAL = "not reached", "partly made"


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
    environment = Environment(
        loader=PackageLoader("rupture_repair.provenance", "."), autoescape=select_autoescape()
    )
    parts = [("Last run", table), ("Earlier runs", earlier)]
    shown = [
        (when, part.astype(object).where(part.notna(), None).to_dict("records"))
        for when, part in parts
        if len(part)
    ]
    return environment.get_template("verdicts.html").render(parts=shown, comparison=comparison)


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
        return {"verdict": PARTIAL, "stopped_by": "only some of the files were asked for"}
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
    again = f"then `make reproduce COHORT={name}`"
    if not failures:
        return {
            "verdict": UNREACHED,
            "stopped_by": "the run ended before this cohort was done",
            "remedy": f"`make reproduce COHORT={name}`",
        }
    if any(failure.rule == "admit_patients" for failure in failures):
        count = len(blocking_problems(folder))
        report = (folder / "validation" / "report.html").as_posix()
        if count:
            return {
                "verdict": BLOCKED,
                "stopped_by": f"{count} blocking problem{'s' if count > 1 else ''} in the data",
                "remedy": f"mend what {report} lists, {again}",
            }
    return {
        "verdict": STOPPED,
        "stopped_by": "; ".join(f"{failure.rule}: {failure.reason}" for failure in failures),
        "remedy": f"see {failures[0].log}, {again}",
    }


def _validation(folder: Path) -> str:
    file = folder / "validation" / "problems.csv"
    if not file.is_file():
        return "not validated"
    found = read_csv(file, usecols=["severity"])["severity"].value_counts()
    names = {"blocking": "blocking problem", "warning": "warning", "note": "note"}
    counts_in_words = [
        f"{found[kind]} {name}{'s' if found[kind] > 1 else ''}"
        for kind, name in names.items()
        if kind in found
    ]
    return ("blocked: " if "blocking" in found else "passed: ") + (
        ", ".join(counts_in_words) or "no remarks"
    )
