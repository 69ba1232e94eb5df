"""A therapist bootstrap of M3, per replicate, side by side: `python benchmarks/bootstrap.py`.

The same draws of therapists on both sides, one thread, processor time: 2,000 replicates here, the
first of them by lme4, whose resampled data are made beforehand. Both start at the optimum of the
whole cohort and stop at the same tolerance. `n` is the number of replicates; the coefficients of
the replicates that both sides fit are compared.
"""

import os

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from engine_cohort import FORMULA, GROUPING, cohort
from engine_timing import HERE, has_lme4, row, rscript
from rupture_repair.modelling.engine import MixedModel, bootstrap

REPLICATES, PEER_REPLICATES = 2000, 12
SEED = 1
# the engine's own for a bootstrap: a step that promises less deviance is the last
TOLERANCE = 1e-3
SAYS = ("a Newton step that promises less than 0.001 deviance is the last", "ftol_abs 0.001")
STARTS = ("1, of the whole cohort", "1, of the whole cohort")
KEY = "time:pattern[T.repaired]:iip_z:length_c"
# how far coefficients of a replicate may differ, in bootstrap SEs: both stop early
SAME = 0.05


def rows(replicates: int = REPLICATES, compared: int = PEER_REPLICATES) -> list[dict]:
    """Return the benchmark's row, seconds per replicate.

    Raises `AssertionError` where a coefficient of the same replicate differs.
    """
    table = cohort()
    fit = MixedModel.from_formula(FORMULA, table, **GROUPING).fit()
    start = time.process_time()
    found = bootstrap(fit, replicates, SEED)
    subject = (time.process_time() - start) / replicates
    if not has_lme4():
        return [row("bootstrap", "", replicates, subject, None, starts=(STARTS[0], ""))]
    with tempfile.TemporaryDirectory() as folder:
        csv, draws = Path(folder) / "cohort.csv", Path(folder) / "draws.csv"
        table.to_csv(csv, index=False)
        drawn(fit, compared).to_csv(draws, index=False)
        lines = rscript(HERE / "engine_lme4.R", "bootstrap", csv, draws, TOLERANCE).splitlines()
    theirs = np.array([float(line.split()[2]) for line in lines])
    ours = found.params[KEY].to_numpy()[:compared]
    apart = np.abs(ours - theirs).max() / found.bse[KEY]
    assert apart < SAME, f"coefficients of the same replicate are {apart} SE apart"
    print(f"# coefficients of the same replicates differ by at most {apart:.1g} bootstrap SE")
    peer = statistics.median(float(line.split()[1]) for line in lines)
    return [row("bootstrap", "lme4", replicates, subject, peer, starts=STARTS, tolerance=SAYS)]


def drawn(fit, replicates: int) -> pd.DataFrame:
    """Return how often each therapist is drawn in the first replicates of the bootstrap."""
    therapists = fit.model.design.rows.therapist_ids
    n = len(therapists)
    counts = np.random.default_rng(SEED).multinomial(n, np.full(n, 1 / n), size=replicates)
    return pd.DataFrame(counts, columns=list(therapists))


if __name__ == "__main__":
    print(pd.DataFrame(rows()).to_csv(index=False))
