"""Timing of one thing in this process, or in R."""

import os
import shutil
import statistics
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).parent
COLUMNS = ["benchmark", "peer", "n", "subject_s", "peer_s", "ratio"]


def median_seconds(action: Callable[[], object], repeats: int) -> float:
    """Return the median time of `repeats` runs after one to warm up."""
    action()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def row(benchmark: str, peer: str, n: int, subject: float, other: float | None) -> dict:
    """Return one row of benchmarks.csv; a ratio above 1 says the subject is faster."""
    ratio = None if other is None else other / subject
    values = (benchmark, peer, n, subject, other, ratio)
    return dict(zip(COLUMNS, values, strict=True))


def has_lme4() -> bool:
    """Return whether R with lme4 is at hand."""
    if shutil.which("Rscript") is None:
        return False
    check = ["Rscript", "-e", "library(lme4)"]
    return subprocess.run(check, capture_output=True, check=False).returncode == 0


def lme4(csv: Path, repeats: int, replicates: int) -> list[list[str]]:
    """Return the lines that engine_lme4.R prints, split into words; one thread."""
    command = ["Rscript", str(HERE / "engine_lme4.R"), str(csv), str(repeats), str(replicates)]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return [line.split() for line in done.stdout.splitlines()]
