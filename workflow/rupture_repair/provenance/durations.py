"""How long each step of a run took, read from the last lines of the logs."""

import re
from pathlib import Path

import pandas as pd

LINE = re.compile(r"^began (\S+), took ([\d.]+) s$")


def durations(logs: Path) -> pd.DataFrame:
    """Return `step, began, seconds` for each finished step, in order; imports are not counted.

    logs : the folder `logs` of a cohort's results. `began` is in UTC.
    """
    rows = []
    for log in sorted(logs.glob("*.log")):
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
        if lines and (found := LINE.match(lines[-1])):
            rows.append((log.stem, found[1], float(found[2])))
    table = pd.DataFrame(rows, columns=["step", "began", "seconds"])
    return table.sort_values(["began", "step"], ignore_index=True)


def write_durations(results: Path, cohorts: list[str]) -> None:
    """Write `logs/durations.csv` of each cohort that has logs; it differs from run to run."""
    for cohort in cohorts:
        logs = results / cohort / "logs"
        if logs.is_dir():
            durations(logs).to_csv(logs / "durations.csv", index=False, lineterminator="\n")
