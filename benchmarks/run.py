"""Seconds of processors of the shipped run by step: `python benchmarks run` writes RUN.md.

One run in a temporary folder, then what a user does next: the same again, and a new style of the
figures. The figures are those that each step leaves in its log, and the whole's.
"""

import os
import re
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import pandas as pd
from engine_timing import HERE, state
from rupture_repair.provenance.durations import durations

sys.path.insert(0, str(HERE.parent / "tests/workflow"))
from tiny_project import copy_sources

PAGE = HERE / "RUN.md"
COHORT = "igra2025"
STYLE = "workflow/rupture_repair/figures/style.py"
SHOWN = 1.0  # seconds of processors from which a step has a line of its own
TEXT = """\
# What the shipped run costs

Written by `python benchmarks run`: one run with the shipped configuration, in seconds of
processors, which other work on the machine changes less than seconds by the clock. *Start* is what
a step takes to start Python and to import, before it does anything; both are as each step leaves
them in its log.

{state}

{steps}

## The whole, and what comes after

Seconds of processors of Snakemake and all its steps; on two cores a run lasts a little over half as
long by the clock.

{whole}
"""


def measured(folder: Path) -> tuple[pd.DataFrame, dict[str, tuple[int, float]]]:
    """Return the steps' `durations`, and number of steps and seconds of each whole run."""
    copy_sources(HERE.parent, folder)
    (folder / "config/config.yaml").write_text(f"cohorts: [{COHORT}]\n", encoding="utf-8")
    whole = {"the run": _run(folder)}
    steps = durations(folder / f"results/{COHORT}/logs")
    whole["the same again: nothing to do"] = _run(folder)
    style = folder / STYLE
    text = style.read_text(encoding="utf-8")
    style.write_text(text.replace('"font.size": 8,', '"font.size": 7.9,'), encoding="utf-8")
    whole["another style of the figures, and the paper anew"] = _run(folder)
    return steps, whole


def page(steps: pd.DataFrame, whole: dict[str, tuple[int, float]]) -> str:
    """Return RUN.md; steps : `durations`; whole : number of steps and seconds by what was done."""
    known = steps.assign(all=steps["processor_seconds"] + steps["start_seconds"])
    known = known.sort_values(["all", "step"], ascending=[False, True])
    long, short = (known[known["all"] >= SHOWN], known[known["all"] < SHOWN])
    lines = ["| step | start | work | both |", "| --- | ---: | ---: | ---: |"]
    lines += [_line(row["step"], row) for _, row in long.iterrows()]
    names = ["start_seconds", "processor_seconds", "all"]
    if len(short):
        lines.append(_line(f"{len(short)} steps of less than {SHOWN:g} s", short[names].sum()))
    lines.append(_line(f"all {len(known)} steps", known[names].sum()))
    table = ["| what | steps | seconds |", "| --- | ---: | ---: |"]
    table += [f"| {what} | {n} | {seconds:.0f} |" for what, (n, seconds) in whole.items()]
    return TEXT.format(state=state(), steps="\n".join(lines), whole="\n".join(table))


def _line(name: str, row: pd.Series) -> str:
    start, work, both = (row[part] for part in ("start_seconds", "processor_seconds", "all"))
    return f"| {name} | {start:.1f} | {work:.1f} | {both:.1f} |"


def _run(folder: Path) -> tuple[int, float]:
    """Run the workflow; return how many steps it did, with how many seconds of processors."""
    command = [sys.executable, "-m", "rupture_repair.one_run", "--cores", str(os.cpu_count() or 1)]
    command += ["--workflow-profile", "workflow/profiles/default"]
    before = _of_children()
    done = subprocess.run(
        command,
        cwd=folder,
        env=os.environ | {"PYTHONPATH": "workflow"},
        capture_output=True,
        text=True,
    )
    used = _of_children() - before
    if done.returncode:
        sys.exit(f"the run stopped\n{done.stderr[-3000:]}")
    finished = re.findall(r"^Finished jobid: \d+ \(Rule: (\w+)\)", done.stderr, re.MULTILINE)
    return sum(rule != "all" for rule in finished), used


def _of_children() -> float:
    """Return seconds of processors of ended children and theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Measure, write the page and print it."""
    with tempfile.TemporaryDirectory() as scratch:
        text = page(*measured(Path(scratch) / "project"))
    PAGE.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
