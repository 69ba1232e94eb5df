"""Many studies on several cores; the same results on any number of them."""

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor

import pandas as pd

from rupture_repair.modelling.recovery.scenarios import Scenario, Setting
from rupture_repair.modelling.recovery.study import Finding, as_table, study

# studies that a core does at a time
CHUNK = 5
Progress = Callable[[int, int], None]


def run_chunk(
    setting: Setting, scenario: Scenario, seed: int, replicates: Sequence[int]
) -> list[Finding]:
    """Do some replicates of one scenario, one after the other."""
    return [found for one in replicates for found in study(setting, scenario, seed, one)]


def run_studies(
    setting: Setting,
    scenarios: Sequence[Scenario],
    replicates: int,
    seed: int,
    cores: int,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Return the findings of all replicates, columns as in `Finding`, sorted as asked for.

    progress : called with the studies done and to do.
    """
    chunks = [
        (scenario, range(start, min(start + CHUNK, replicates)))
        for scenario in scenarios
        for start in range(0, replicates, CHUNK)
    ]
    found, done, total = [], 0, replicates * len(scenarios)
    # new processes take the number of BLAS threads from the environment; forked ones cannot
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(cores, len(chunks)), mp_context=spawn) as pool:
        jobs = [pool.submit(run_chunk, setting, one, seed, numbers) for one, numbers in chunks]
        for job, (_, numbers) in zip(jobs, chunks, strict=True):
            found += job.result()
            done += len(numbers)
            if progress is not None:
                progress(done, total)
    return as_table(found)
