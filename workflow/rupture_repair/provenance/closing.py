"""The last lines a run prints: the verdict, or what to mend."""

from pathlib import Path

import pandas as pd

from rupture_repair.provenance.verification import summary_line
from rupture_repair.validation.problems import listing, problems_from_table


def closing_message(results: Path, cohorts: list[str]) -> str:
    """Return the verification table of each cohort and where the paper is."""
    parts = []
    for cohort in cohorts:
        folder = results / cohort
        if not (folder / "verification.csv").is_file():
            continue  # only some of the files were asked for
        table = pd.read_csv(folder / "verification.csv")
        if len(table):
            shown = table[["item", "published", "recomputed", "kind", "verdict"]].copy()
            shown["recomputed"] = [f"{value:.4g}" for value in table["recomputed"]]
            shown = shown.rename(columns={"item": cohort})
            parts += ["", shown.to_string(index=False), "", f"{cohort}: {summary_line(table)}."]
        else:
            parts += ["", f"{cohort}: no published figures to compare with."]
        parts += doubts(folder / "tables", cohort)
        parts.append(f"{cohort}: the paper is {folder / 'manuscript' / 'manuscript.html'}")
    return "\n".join(parts)


def doubts(tables: Path, cohort: str) -> list[str]:
    """Return a line per fit without certificate, and one on what could not be estimated."""
    lines = []
    if (tables / "certificates.csv").is_file():
        fits = pd.read_csv(tables / "certificates.csv")
        for fit in fits[fits["verdict"] != "passed"].itertuples():
            lines.append(f"{cohort}: NO CERTIFICATE for {fit.model} ({fit.method}): {fit.verdict}")
    if (tables / "not_estimated.csv").is_file():
        missing = pd.read_csv(tables / "not_estimated.csv")
        whole = missing[missing["what"] == "the whole model"]
        lines += [f"{cohort}: {why}" for why in whole["why"]]
        if len(missing):
            lines.append(
                f"{cohort}: {len(missing)} thing{'s' if len(missing) > 1 else ''} could not be "
                f"estimated: {tables / 'not_estimated.csv'}"
            )
    return lines


def blocked_message(results: Path, cohorts: list[str]) -> str:
    """Return what blocks each cohort, or where to look when it is not the data."""
    parts = []
    for cohort in cohorts:
        file = results / cohort / "validation" / "problems.csv"
        if not file.is_file():
            continue
        table = pd.read_csv(file, dtype={"patient_id": str, "session": str, "value": str})
        blocking = problems_from_table(table[table["severity"] == "blocking"])
        if blocking:
            count = f"{len(blocking)} problem{'s' if len(blocking) > 1 else ''}"
            parts += ["", f"{cohort}: {count} in the data must be mended first:"]
            parts += [listing(blocking), f"All of it: {file.parent / 'report.html'}"]
    return "\n".join(parts) if parts else "The run stopped; the message above says where and why."
