"""A therapist bootstrap of M3, per replicate, side by side: `python benchmarks/bootstrap.py`.

2,000 replicates here; a few of lme4 (refits by `lmer`, their resampled data made beforehand).
`n` is the number of replicates.
"""

import os

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import tempfile
import time
from pathlib import Path

import pandas as pd
from engine_cohort import FORMULA, IDS, cohort
from engine_timing import has_lme4, lme4, row
from rupture_repair.modelling.engine.model import MixedModel
from rupture_repair.modelling.engine.resampling import bootstrap

REPLICATES = 2000
PEER_REPLICATES = 20


def rows() -> list[dict]:
    """Return the benchmark's row, seconds per replicate."""
    table = cohort()
    fit = MixedModel.from_formula(FORMULA, table, **IDS).fit()
    start = time.perf_counter()
    bootstrap(fit, REPLICATES, seed=1)
    subject = (time.perf_counter() - start) / REPLICATES
    if not has_lme4():
        return [row("bootstrap", "", REPLICATES, subject, None)]
    with tempfile.TemporaryDirectory() as folder:
        csv = Path(folder) / "cohort.csv"
        table.to_csv(csv, index=False)
        lines = lme4(csv, 0, PEER_REPLICATES)
    peer = pd.Series([float(line[1]) for line in lines[1:]]).median()
    return [row("bootstrap", "lme4", REPLICATES, subject, peer)]


if __name__ == "__main__":
    print(pd.DataFrame(rows()).to_csv(index=False))
