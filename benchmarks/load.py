"""Time and memory of every step by number of patients: `python benchmarks load` writes LOAD.md.

Whole runs of synthetic cohorts shaped like the shipped one, in temporary folders, one after the
other; the figures are those that each step leaves in its log.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import yaml
from engine_timing import HERE, state
from rupture_repair.provenance.durations import durations

sys.path.insert(0, str(HERE.parent / "tests/workflow"))
from tiny_project import copy_sources

PAGE = HERE / "LOAD.md"
SIZES = (10_000, 100_000)
SHOWN = 1.0  # seconds at the largest size, from which a step has a line of its own
MAX_SECONDS = 6 * 3600
NAME = "load"
TEXT = """\
# What a run takes, step by step

Written by `python benchmarks load`: whole runs with the shipped configuration on {cores} cores,
synthetic cohorts shaped like the shipped one. Seconds of processors, which other work on the
machine hardly changes, and megabytes (10⁶ bytes, at most, with all that was imported), as each
step leaves them in its log. *Growth*: the exponent between the two
largest sizes, log(time ratio) / log(size ratio): 1 is proportional to the patients, 2 would be
quadratic.

{state}

{table}

{rest}
"""


def measured(n_patients: int, cores: int, folder: Path) -> tuple[pd.DataFrame, float]:
    """Return `step`, `seconds` of processors, `megabytes`, and the seconds of the whole run."""
    copy_sources(HERE.parent, folder)
    _write_cohort(folder, n_patients)
    command = [sys.executable, "-m", "snakemake", "--workflow-profile"]
    command += ["workflow/profiles/default", "--cores", str(cores)]
    environment = {name: value for name, value in os.environ.items() if name != "QUARTO"}
    began = time.monotonic()
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment | {"PYTHONPATH": "workflow"},
        capture_output=True,
        text=True,
        timeout=MAX_SECONDS,
    )
    if done.returncode:
        sys.exit(f"{n_patients:,} patients: the run stopped\n{done.stderr[-3000:]}")
    steps = durations(folder / f"results/{NAME}/logs")
    steps = steps[["step", "processor_seconds", "megabytes"]]
    return steps.rename(columns={"processor_seconds": "seconds"}), time.monotonic() - began


def page(found: dict[int, pd.DataFrame], cores: int) -> str:
    """Return LOAD.md; found : size → steps."""
    largest = max(found)
    tables = {size: table.set_index("step") for size, table in found.items()}
    order = tables[largest].sort_values("seconds", ascending=False)
    lines = [
        "| step | " + " | ".join(f"{size:,} patients" for size in found) + " | growth |",
        "| --- |" + " ---: |" * (len(found) + 1),
    ]
    for step in order.index[order["seconds"] >= SHOWN]:
        cells = [_cell(tables[size], step) for size in found]
        lines.append(f"| {step} | {' | '.join(cells)} | {growth(tables, step)} |")
    cells = [f"{found[size]['seconds'].sum():,.0f} s" for size in found]
    lines.append(f"| all steps | {' | '.join(cells)} | |")
    short = order.index[order["seconds"] < SHOWN]
    rest = f"{len(short)} steps took less than {SHOWN:g} s at {largest:,} patients each."
    return TEXT.format(state=state(), cores=cores, table="\n".join(lines), rest=rest)


def growth(tables: dict[int, pd.DataFrame], step: str) -> str:
    """Return the exponent of time between the two largest sizes."""
    sizes = sorted(tables)[-2:]
    if len(sizes) < 2 or any(step not in tables[size].index for size in sizes):
        return "–"
    few, many = (tables[size].loc[step, "seconds"] for size in sizes)
    if few <= 0:
        return "–"
    return f"{np.log(many / few) / np.log(sizes[1] / sizes[0]):.2f}"


def _cell(table: pd.DataFrame, step: str) -> str:
    if step not in table.index:
        return "–"
    row = table.loc[step]
    return f"{row['seconds']:,.1f} s, {row['megabytes']:,.0f} MB"


def _write_cohort(folder: Path, n_patients: int) -> None:
    """Make a cohort of the given size, otherwise like the shipped one, the one that is run."""
    shipped = yaml.safe_load((folder / "config/cohorts/igra2025.yaml").read_text("utf-8"))
    files = {kind: f"data/private/{NAME}/{kind}.csv" for kind in ("patients", "sessions")}
    cohort = shipped | {"published": f"data/published/{NAME}.csv", "files": files}
    text = yaml.safe_dump(cohort, sort_keys=False)
    (folder / f"config/cohorts/{NAME}.yaml").write_text(text, encoding="utf-8")
    table = pd.read_csv(folder / "data/published/igra2025.csv", dtype=str).set_index("item")
    times = n_patients / int(table.loc["n_patients", "published"])
    counts = ["n_patients", "n_therapists", "n_none", "n_unrepaired", "n_repaired"]
    scaled = (table.loc[counts, "published"].astype(int) * times).round().astype(int)
    scaled["n_none"] += n_patients - scaled[counts[2:]].sum()
    table.loc[counts, "published"] = scaled.astype(str)
    table.to_csv(folder / f"data/published/{NAME}.csv")
    project = {"cohorts": [NAME], "manuscript": {"engine": "pandoc"}}
    (folder / "config/config.yaml").write_text(yaml.safe_dump(project), encoding="utf-8")


def main(sizes: tuple[int, ...] = SIZES) -> None:
    """Measure every size and write the page, anew after each."""
    cores = os.cpu_count() or 1
    found = {}
    for size in sizes:
        with tempfile.TemporaryDirectory() as scratch:
            found[size], seconds = measured(size, cores, Path(scratch) / "project")
        print(f"{size:,} patients: {seconds:,.0f} s by the clock", flush=True)
        PAGE.write_text(page(found, cores), encoding="utf-8")
