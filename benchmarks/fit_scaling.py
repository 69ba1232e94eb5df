"""M3 from 10³ to 10⁶ patients, ten times as many sessions: `python benchmarks/fit_scaling.py`.

Each size runs in a process of its own: `subject_s` is from the table of sessions to the fit (one
start), without drawing the data; the peak of memory is that of the whole process, data included.
An argument, `python benchmarks/fit_scaling.py 1000`, runs one size and prints its measurements.
"""

import os

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import json
import resource
import subprocess
import sys
import time

import pandas as pd
from engine_cohort import FORMULA, GROUPING, cohort
from engine_timing import OURS, row
from rupture_repair.modelling.engine import MixedModel

SAID = {"starts": (1, ""), "tolerance": (OURS, ""), "seconds": "wall-clock"}
SIZES = (1_000, 10_000, 100_000, 1_000_000)
PATIENTS_PER_THERAPIST = 10


def measure(n_patients: int) -> dict:
    """Fit one size in this process; return seconds, sessions, evaluations and peak memory, GB."""
    table = cohort(n_patients, n_patients // PATIENTS_PER_THERAPIST)
    start = time.perf_counter()
    model = MixedModel.from_formula(FORMULA, table, **GROUPING)
    read = time.perf_counter()
    fit = model.fit(n_starts=1)
    end = time.perf_counter()
    return {
        "patients": n_patients,
        "sessions": fit.nobs,
        "read_s": read - start,
        "fit_s": end - read,
        "evaluations": fit.attempts[0].n_evaluations,
        "converged": fit.attempts[0].converged,
        "peak_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6,
    }


def measurements(sizes: tuple[int, ...] = SIZES) -> pd.DataFrame:
    """Return a row per size."""
    found = []
    for size in sizes:
        command = [sys.executable, __file__, str(size)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        found.append(json.loads(done.stdout))
    return pd.DataFrame(found)


def rows(sizes: tuple[int, ...] = SIZES) -> list[dict]:
    """Return the benchmark's rows; the table with memory goes to standard error."""
    table = measurements(sizes)
    print(table.to_string(index=False), file=sys.stderr)
    return [
        row("fit_scaling", "", int(one.patients), one.read_s + one.fit_s, None, **SAID)
        for one in table.itertuples()
    ]


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(measure(int(sys.argv[1]))))
    else:
        print(pd.DataFrame(rows()).to_csv(index=False))
