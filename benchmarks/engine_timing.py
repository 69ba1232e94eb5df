"""Timing of one thing in this process, or in R; and what a row of benchmarks.csv says of it."""

import os
import platform
import shutil
import statistics
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path

import rupture_repair

HERE = Path(__file__).parent
ROOT = HERE.parent
COLUMNS = [
    *("benchmark", "peer", "n", "subject_s", "peer_s", "ratio"),
    *("seconds", "threads", "subject_starts", "peer_starts", "subject_tolerance"),
    *("peer_tolerance", "subject_version", "peer_version", "load", "date", "note"),
]
PACKAGES = ("lme4", "lmerTest")
# when a search for an optimum ends by default: here and in lme4
OURS = "a Newton step that promises less than 1e-10 deviance is the last"
LME4 = "ftol_abs and xtol_abs 1e-8"
# where no optimum is searched for
NO_SEARCH = ("", "")


def median_seconds(action: Callable[[], object], repeats: int) -> float:
    """Return the median processor time of `repeats` runs after one to warm up."""
    action()
    times = []
    for _ in range(repeats):
        start = time.process_time()
        action()
        times.append(time.process_time() - start)
    return statistics.median(times)


def row(
    benchmark: str,
    peer: str,
    n: int,
    subject: float,
    other: float | None,
    *,
    starts: tuple[object, object] = NO_SEARCH,
    tolerance: tuple[str, str] = NO_SEARCH,
    seconds: str = "processor",
    note: str = "",
) -> dict:
    """Return one row of benchmarks.csv; a ratio above 1 says the subject is faster.

    starts, tolerance : of the subject and of the peer: starting values, and when the search for an
    optimum stops. seconds : `processor` or `wall-clock`. note : why there is no peer. The load is
    that of the machine now: of processes that want a processor, this one included.
    """
    ratio = None if other is None else other / subject
    values = (
        *(benchmark, peer, n, subject, other, ratio),
        *(seconds, 1, *starts, *tolerance, version_of("subject"), version_of(peer)),
        *(round(os.getloadavg()[0], 1), datetime.now(UTC).date().isoformat()),
        note,
    )
    return dict(zip(COLUMNS, values, strict=True))


@cache
def version_of(what: str) -> str:
    """Return name and version of the subject or a peer; empty without one."""
    if what == "subject":
        python = f"Python {platform.python_version()}, numpy {version('numpy')}"
        return f"rupture-repair {rupture_repair.__version__}, {python}"
    if what in PACKAGES:
        words = f'cat("{what}", format(packageVersion("{what}")), "on", R.version.string)'
        return rscript("-e", words)
    package = {"numpy_floor": "numpy"}.get(what, what)
    return f"{package} {version(package)}" if package else ""


@cache
def absent_peers() -> tuple[str, ...]:
    """Return which of `PACKAGES` R lacks; all of them without R."""
    if shutil.which("Rscript") is None:
        return PACKAGES
    names = ", ".join(f'"{name}"' for name in PACKAGES)
    words = f"cat(setdiff(c({names}), rownames(installed.packages())))"
    return tuple(rscript("-e", words).split())


def has_lme4() -> bool:
    """Return whether R with lme4 and lmerTest is at hand."""
    return not absent_peers()


def state() -> str:
    """Return date, processors and load of the machine, in words for a page of measurements."""
    when, load = datetime.now(UTC).date().isoformat(), os.getloadavg()[0]
    return (
        f"Measured on {when} on {os.cpu_count()} processors; the load at its end was {load:.1f} "
        "(1 is one busy processor; the benchmark itself counts)."
    )


def rscript(*words: object) -> str:
    """Return what Rscript with these words prints; one thread."""
    environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    command = ["Rscript", *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return done.stdout
