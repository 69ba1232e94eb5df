"""M3 from 10³ to 10⁶ patients, ten times as many sessions: `python benchmarks/fit_scaling.py`.

Each size runs in a process of its own: from the table of sessions to the fit (one start), without
drawing the data; the peak of memory is that of the whole process, data included. lme4 fits the same
data, to the same likelihood, at the sizes that it fits in seconds; statsmodels cannot correlate
patients' intercept and slope inside therapists (`fit_m3.py` compares it without that). Seconds of
processor time.
An argument, `python benchmarks/fit_scaling.py 1000`, runs one size and prints its measurements.
"""

import os

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd
from engine_cohort import FORMULA, GROUPING, cohort
from engine_timing import HERE, LME4, OURS, has_lme4, row, rscript
from rupture_repair.modelling.engine import MixedModel

SIZES = (1_000, 10_000, 100_000, 1_000_000)
LARGEST_OF_LME4 = 10_000
TOO_LARGE = "none: lme4 takes minutes, statsmodels has no such model"
EQUAL = 1e-6  # likelihoods, as a share
PATIENTS_PER_THERAPIST = 10


def measure(n_patients: int) -> dict:
    """Fit one size in this process; return seconds, sessions, evaluations and peak memory, GB."""
    table = cohort(n_patients, n_patients // PATIENTS_PER_THERAPIST)
    start = time.process_time()
    model = MixedModel.from_formula(FORMULA, table, **GROUPING)
    read = time.process_time()
    fit = model.fit(n_starts=1)
    end = time.process_time()
    return {
        "patients": n_patients,
        "sessions": fit.nobs,
        "read_s": read - start,
        "fit_s": end - read,
        "evaluations": fit.attempts[0].n_evaluations,
        "llf": fit.llf,
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
    found = []
    for one in table.itertuples():
        n, seconds = int(one.patients), one.read_s + one.fit_s
        if has_lme4() and n <= LARGEST_OF_LME4:
            theirs, llf = beside(n)
            assert abs(one.llf - llf) < EQUAL * abs(llf), f"likelihoods: {one.llf}, {llf}"
            search = {"starts": (1, 1), "tolerance": (OURS, LME4)}
            found.append(row("fit_scaling", "lme4", n, seconds, theirs, **search))
        else:
            note = TOO_LARGE if n > LARGEST_OF_LME4 else ""
            alone = {"starts": (1, ""), "tolerance": (OURS, ""), "note": note}
            found.append(row("fit_scaling", "", n, seconds, None, **alone))
    return found


def beside(n_patients: int) -> tuple[float, float]:
    """Return seconds of lme4 with the same data, and its log-likelihood."""
    with tempfile.TemporaryDirectory() as folder:
        csv = Path(folder) / "cohort.csv"
        cohort(n_patients, n_patients // PATIENTS_PER_THERAPIST).to_csv(csv, index=False)
        _, seconds, llf = rscript(HERE / "engine_lme4.R", "lme4", csv).split()
    return float(seconds), float(llf)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(measure(int(sys.argv[1]))))
    else:
        print(pd.DataFrame(rows()).to_csv(index=False))
