"""How long each step of a run took, with how much memory: from the last lines of the logs."""

import re
from pathlib import Path

import pandas as pd

from rupture_repair.cohort.csv_tables import write_csv

LINE = re.compile(
    r"^began (\S+), took ([\d.]+) s, ([\d.]+) s of processors after ([\d.]+) s to start, "
    r"(\d+) MB at most$"
)


def durations(logs: Path) -> pd.DataFrame:
    """Return a row for each finished step, in order.

    logs : the folder `logs` of a cohort's results. Columns: `step`; `began` in UTC; `seconds` by
    the clock and `processor_seconds`, without imports; `start_seconds`, of processors, to start
    the process and import; `megabytes`, the most that it held.
    """
    rows = []
    for log in sorted(logs.glob("*.log")):
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
        if lines and (found := LINE.match(lines[-1])):
            seconds = [float(number) for number in found.group(2, 3, 4)]
            rows.append((log.stem, found[1], *seconds, int(found[5])))
    names = ["step", "began", "seconds", "processor_seconds", "start_seconds", "megabytes"]
    table = pd.DataFrame(rows, columns=names)
    return table.sort_values(["began", "step"], ignore_index=True)


def write_durations(results: Path, cohorts: list[str]) -> None:
    """Write `logs/durations.csv` of each cohort that has logs; it differs from run to run."""
    for cohort in cohorts:
        logs = results / cohort / "logs"
        if logs.is_dir():
            write_csv(durations(logs), logs / "durations.csv")
