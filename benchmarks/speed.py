"""From results/benchmarks.csv to docs/speed.md, and to a sentence on another page.

Every claim of speed of the documentation is on that page. A row is one benchmark beside one peer;
what was not measured has no row, and peers that were not found are named.
"""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd
from engine_timing import HERE, ROOT

PAGE = ROOT / "docs/speed.md"
# where a sentence says how fast detection is
NOTEBOOK = ROOT / "docs/how-to/notebook.md"
# of the run that the page is made from
MEASURED = HERE / "measured.csv"
BEGIN, END = "<!-- speed: written by make bench -->", "<!-- speed: end -->"
WHAT = {
    "detection_default": "Both tables of ruptures by the default criterion, ratings",
    "detection_all_presets": "The same by all named criteria, ratings",
    "fit_m3": "M3 and its standard errors, patients",
    "fit_m3_with_df": "The same with Satterthwaite df, patients",
    "fit_m3_default": "M3 as the workflow fits it, with certificate and df, patients",
    "bootstrap": "A replicate of a therapist bootstrap, replicates",
    "multiverse": "The first specifications of the multiverse, specifications",
    "multiverse_whole": "All of the multiverse, specifications",
    "multiverse_replicates": "A refit of the resampled multiverse, refits",
    "fit_scaling": "M3, one start, patients",
}
TEXT = """\
# How fast it is

Written by `make bench` from `results/benchmarks.csv`, one run in which both sides take turns;
nothing else in the documentation claims a speed. *Times* is the peer's time by this project's:
above 1 this project is faster.

Measured on {when} with {subject}; one thread on either side. The load of the machine was {load}
(1 is one busy processor; the benchmark itself counts){busy}.

{table}

What each side does:

* Seconds are those of a processor, but where it says *clock*. From the table of sessions to a table
  of coefficients; where standard errors or df are computed, they are on both sides. The run itself
  asserts equality: log-likelihoods within 1e-6, coefficients of the multiverse within 1e-4, those
  of a bootstrap within 0.05 of its standard errors.
* `numpy_floor` is one grouped difference of the same ratings in NumPy, about the least that any
  detection reads.
* statsmodels cannot correlate patients' intercept and slope inside therapists: beside it both sides
  fit independent terms.
* Specifications: this side detects, makes the tables, fits from two starts, gives CR2 and
  Satterthwaite df and a certificate. lme4 fits once, from tables made beforehand: the first
  specifications, {some}; for all of the multiverse and for a refit its mean time is taken. A refit
  is one of the model to a resampled cohort, with what simulating and detecting that takes.

| peer | version |
| --- | --- |
{versions}

{absent}
How to measure each by itself: [benchmarks](../benchmarks/README.md);
[the shipped run by step](../benchmarks/RUN.md);
[hours of a multiverse](../benchmarks/COST.md).
"""
BUSY = ": other work went on, so that seconds are too high and ratios uncertain"
IDLE_LOAD = 1.5  # what the benchmark and its own R make


def page(table: pd.DataFrame, absent: Iterable[str]) -> str:
    """Return docs/speed.md; table : rows of `benchmarks.csv`; absent : peers not found."""
    lines = [
        "| what, *n* | *n* | seconds | peer | its seconds | times | starts | ends when |",
        "| --- | ---: | ---: | --- | ---: | ---: | --- | --- |",
        *(_line(row) for row in table.to_dict("records")),
    ]
    low, high = table["load"].min(), table["load"].max()
    versions = table.loc[table["peer"] != "", ["peer", "peer_version"]].drop_duplicates()
    missing = ", ".join(absent)
    fitted = table.loc[table["benchmark"] == "multiverse", "n"]
    return TEXT.format(
        when=table["date"].iloc[0],
        subject=table["subject_version"].iloc[0],
        load=f"{low:g}" if low == high else f"{low:g} to {high:g}",
        busy=BUSY if high > IDLE_LOAD else "",
        table="\n".join(lines),
        some=f"{fitted.max()} of them" if len(fitted) else "where R is there",
        versions="\n".join(f"| {row.peer} | {row.peer_version} |" for row in versions.itertuples()),
        absent=f"Not found, so without rows: {missing}.\n" if missing else "",
    )


def sentence(table: pd.DataFrame) -> str:
    """Return what `NOTEBOOK` says."""

    def times(benchmark: str, peer: str) -> float:
        rows = table[(table["benchmark"] == benchmark) & (table["peer"] == peer)]
        return float(rows["ratio"].iloc[0]) if len(rows) else float("nan")

    seconds = table.set_index("benchmark")["subject_s"]["detection_default"]
    search = f"One core detects in 10 million ratings in {seconds:.2g} s"
    if (ratio := times("fit_m3_with_df", "lmerTest")) == ratio:
        search += f"\nand fits M3 with its tests {ratio:.0f} times as fast as\nlmerTest"
    load = table["load"].max()
    busy = f", measured beside other work, at a load of {load:.0f}" if load > IDLE_LOAD else ""
    return f"{search}{busy}: [how fast it is](../speed.md)."


def with_sentence(text: str, search: str) -> str:
    """Return a page with the sentence between its marks; unchanged where there are none."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    return f"{before}{BEGIN}\n{search}\n{END}{after}" if begin and end else text


def read(file: Path) -> pd.DataFrame:
    """Return a table of benchmarks as it was written."""
    return pd.read_csv(file, keep_default_na=False, na_values={"ratio": "", "peer_s": ""})


def write(table: pd.DataFrame, absent: Iterable[str]) -> None:
    """Write page, sentence and the table that they are made from."""
    table.to_csv(MEASURED, index=False, lineterminator="\n")
    table = read(MEASURED)
    PAGE.write_text(page(table, absent), encoding="utf-8")
    text = with_sentence(NOTEBOOK.read_text(encoding="utf-8"), sentence(table))
    NOTEBOOK.write_text(text, encoding="utf-8")


def _line(row: dict) -> str:
    clock = "" if row["seconds"] == "processor" else " (clock)"
    peer = row["peer"] or row["note"] or "–"
    theirs, times = (
        ("–", "–") if pd.isna(row["ratio"]) else (_short(row["peer_s"]), _short(row["ratio"]))
    )
    starts = f"{row['subject_starts']}; {row['peer_starts']}".strip("; ") or "–"
    ends = f"{row['subject_tolerance']}; {row['peer_tolerance']}".strip("; ") or "–"
    cells = [
        *(WHAT[row["benchmark"]], f"{row['n']:,}", _short(row["subject_s"]) + clock, peer),
        *(theirs, times, starts, ends),
    ]
    return f"| {' | '.join(cells)} |"


def _short(value: float) -> str:
    return f"{value:.2g}" if value < 100 else f"{value:,.0f}"
