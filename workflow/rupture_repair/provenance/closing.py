"""The end of a run: its summary in files, and the last lines on the terminal."""

from collections.abc import Collection, Sequence
from pathlib import Path

import pandas as pd

from rupture_repair.cohort.csv_tables import read_csv, write_csv
from rupture_repair.config.steps.identity import Identity
from rupture_repair.provenance.outcome import Outcome
from rupture_repair.provenance.verdicts import (
    BLOCKED,
    FINISHED,
    blocking_problems,
    earlier_verdicts,
    verdict_page,
    verdict_table,
)
from rupture_repair.provenance.verification import summary_line
from rupture_repair.validation.problems import listing, places, problems_from_table


def conclude(
    results: Path, cohorts: Sequence[Identity], outcome: Outcome, confidential: Collection[str]
) -> str:
    """Write `summary.csv` and `summary.html`; return the last lines for the terminal.

    The files keep the cohorts of earlier runs whose results are still there.
    confidential : names of cohorts. Where they hold real patients, none of these and no value is
    named: logs of servers are public.
    """
    table = verdict_table(results, cohorts, outcome)
    report = results / "comparison" / "comparison.html"
    compared = outcome.compared if report.is_file() else ()
    results.mkdir(exist_ok=True)
    earlier = earlier_verdicts(results, table)
    everything = pd.concat([table, earlier], ignore_index=True) if len(earlier) else table
    write_csv(everything, results / "summary.csv")
    page = verdict_page(table, earlier, "comparison/comparison.html" if compared else None)
    (results / "summary.html").write_text(page, encoding="utf-8")
    hidden = {cohort.name for cohort in cohorts if not cohort.synthetic} & set(confidential)
    parts = [
        _cohort_words(results / row["cohort"], row, row["cohort"] in hidden)
        for _, row in table.iterrows()
    ]
    parts += [
        f"\nThe comparison stopped: {failure.reason} (details in {failure.log})"
        for failure in outcome.failures.get("", ())
    ]
    if len(table) > 1:
        parts.append(_overview(table, results))
        if compared:
            parts.append(f"Comparison of {', '.join(compared)}: {report}")
    message = "\n".join(part for part in parts if part)
    if message:
        return message
    if outcome.failures:
        return "The run stopped; the message above says where and why."
    return "Done: the files that were asked for are there."


def _cohort_words(folder: Path, row: pd.Series, confidential: bool) -> str:
    name = row["cohort"]
    if row["verdict"] == FINISHED:
        return "\n".join(_verification_words(folder, name))
    if row["verdict"] == BLOCKED:
        problems = problems_from_table(blocking_problems(folder))
        count = f"{len(problems)} problem{'s' if len(problems) > 1 else ''}"
        named = places(problems) if confidential else listing(problems)
        lines = ["", f"{name}: {count} in the data must be mended first:", named]
        return "\n".join([*lines, f"All of it: {folder / 'validation' / 'report.html'}"])
    if pd.isna(row["remedy"]):
        return ""  # only some of the files were asked for
    return f"\n{name}: {row['verdict']}. {row['stopped_by']}\nTo mend it: {row['remedy']}"


def _verification_words(folder: Path, name: str) -> list[str]:
    """Return published beside recomputed figures, and where everything is."""
    page = folder / "index.html"
    opened = page if page.is_file() else folder / "manuscript" / "manuscript.html"
    where = f"{name}: paper, figures and tables: {opened}"
    doubtful = doubts(folder / "tables", name)
    table = read_csv(folder / "verification.csv")
    if table.empty:
        return ["", f"{name}: no published figures to compare with.", *doubtful, where]
    shown = table[["item", "published", "recomputed", "kind", "verdict"]].copy()
    shown["recomputed"] = [
        "–" if pd.isna(value) else f"{value:.4g}" for value in table["recomputed"]
    ]
    shown = shown.rename(columns={"item": name})
    return [
        "",
        shown.to_string(index=False),
        "",
        f"{name}: {summary_line(table)}.",
        *doubtful,
        where,
    ]


def _agreed(row: pd.Series) -> str:
    if pd.isna(row["published"]):
        return "–"
    if not row["published"]:
        return "none published"
    return f"{row['reproduced']} of the {row['could_fail']} that could fail"


def _overview(table: pd.DataFrame, results: Path) -> str:
    shown = table[["cohort", "verdict", "patients", "therapists", "validation"]].copy()
    shown["published agreed"] = [_agreed(row) for _, row in table.iterrows()]
    words = shown.astype(object).where(shown.notna(), "–").to_string(index=False)
    return f"\n{words}\n\nSummary: {results / 'summary.html'}"


def doubts(tables: Path, cohort: str) -> list[str]:
    """Return a line per fit without certificate, and one on what could not be estimated."""
    lines = []
    if (tables / "certificates.csv").is_file():
        fits = read_csv(tables / "certificates.csv")
        for fit in fits[fits["verdict"] != "passed"].itertuples():
            lines.append(f"{cohort}: NO CERTIFICATE for {fit.model} ({fit.method}): {fit.verdict}")
    if (tables / "not_estimated.csv").is_file():
        missing = read_csv(tables / "not_estimated.csv")
        whole = missing[missing["term"].isna()]
        lines += [
            f"{cohort}: {row.model} could not be estimated: {row.why}" for row in whole.itertuples()
        ]
        if len(missing):
            lines.append(
                f"{cohort}: {len(missing)} thing{'s' if len(missing) > 1 else ''} could not be "
                f"estimated: {tables / 'not_estimated.csv'}"
            )
    return lines
