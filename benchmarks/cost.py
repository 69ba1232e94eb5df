"""What a multiverse costs on one core, by patients: `python benchmarks cost` writes COST.md.

Synthetic cohorts shaped like the shipped one, the first specifications of the shipped draw, one
thread, processor time. Three figures per size, in seconds per specification: `fit` (detection,
tables, fit, Satterthwaite df, certificate), `start` (what a job of a block of replicates does
before the first one) and `replicate` (both resampled cohorts: simulated, detected, fitted again).
The hours of the page are worked out from them by `core_hours`.
"""

import os

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import math
import time
from dataclasses import replace

import pandas as pd
from engine_timing import HERE, state
from rupture_repair.cohort.synthetic import SyntheticCohort, Targets, simulate
from rupture_repair.config.cohort_settings import CohortSettings
from rupture_repair.config.load import load_project
from rupture_repair.detection.detector import classifier
from rupture_repair.multiverse.fits import multiverse_rows
from rupture_repair.multiverse.jobs import BLOCK, BlockSettings
from rupture_repair.multiverse.resampling import at_once, resampled
from rupture_repair.multiverse.specifications import specifications
from rupture_repair.multiverse.stages import Stages

PAGE = HERE / "COST.md"
TIMES = (1, 10, 100)  # as many patients as the shipped cohort has
SPECIFICATIONS = 20
COUNTS = ("patients", "sessions")
# of the page: specifications and replicates
PLANS = ((500, 0), (500, 100), (500, 1000), (5000, 1000))
TEXT = """\
# What a multiverse costs

Written by `python benchmarks cost`; the hours are worked out from the seconds, which were
measured in one run: one core, one thread, processor time, synthetic cohorts shaped like the
shipped one, the first {specifications} specifications of the shipped draw, as many replicates
(each of two resampled cohorts) as are refitted together.

{state}

## Seconds per specification

{seconds}

*fit*: from tidy tables to the row of a specification: detection, tables, fit from two starts,
Satterthwaite df, certificate. *start*: what each job of {block} replicates does before the first
of them. *replicate*: both of its cohorts simulated, their ruptures detected, the model fitted
again. Few specifications share less of this work than many: with {specifications}, these seconds
are on the high side.

## Core hours

specifications × (fit + replicates × replicate + blocks of {block} × start) / 3600

{hours}

Divide by the cores that work at once for hours of waiting. On a cluster (`make multiverse
PROFILE=slurm`) each job also waits in the queue, and takes some seconds to be started.
"""


def core_hours(
    n_specifications: int, n_replicates: int, fit: float, start: float, replicate: float
) -> float:
    """Return hours of one core; fit, start, replicate : seconds per specification."""
    blocks = math.ceil(n_replicates / BLOCK)
    return n_specifications * (fit + blocks * start + n_replicates * replicate) / 3600


def page(measured: pd.DataFrame, when: str) -> str:
    """Return the page.

    measured : `patients`, `sessions` and seconds per specification by kind. when : of `state`.
    """
    hours = [
        {"specifications": f"{chosen:,}", "replicates": f"{replicates:,}"}
        | {
            f"{one.patients:,} patients": _shown(
                core_hours(chosen, replicates, one.fit, one.start, one.replicate)
            )
            for one in measured.itertuples()
        }
        for chosen, replicates in PLANS
    ]
    seconds = [
        {name: f"{value:,}" if name in COUNTS else f"{value:.3g}" for name, value in one.items()}
        for one in measured.to_dict("records")
    ]
    return TEXT.format(
        state=when,
        specifications=SPECIFICATIONS,
        block=BLOCK,
        seconds=_table(seconds),
        hours=_table(hours),
    )


def measured() -> pd.DataFrame:
    """Return a row per size: patients, sessions, seconds per specification by kind."""
    _measure(TIMES[0])  # the first of a process also pays for what is loaded late
    return pd.DataFrame([_measure(times) for times in TIMES])


def _measure(times: int) -> dict[str, float]:
    project = load_project()
    settings = project.cohorts["igra2025"]
    multiverse = settings.multiverse(project.multiverse)
    cohort = _cohort(settings, times)
    together = at_once(len(cohort.patients))
    job = BlockSettings(
        specifications=tuple(specifications(multiverse)[:SPECIFICATIONS]),
        at_session=project.multiverse.at_session,
        fewest_patients=project.multiverse.fewest_patients,
        seed=project.multiverse.seed,
        alliance=settings.instruments["alliance"],
        replicates=(0, 2 * together),
    )

    begin = time.process_time()
    stages = Stages.numbered(cohort.patients, cohort.sessions, None, ())
    for _ in multiverse_rows(stages, job.specifications, job.at_session, job.fewest_patients):
        pass
    fitted = time.process_time()
    # with nothing remembered, as in a new job
    stages = Stages.numbered(cohort.patients, cohort.sessions, None, ())
    rows_of_replicates = resampled(stages, job)
    for _ in range(together):  # the first are made together
        next(rows_of_replicates)
    started = time.process_time()
    for _ in rows_of_replicates:
        pass
    replicates = time.process_time() - started
    seconds = {
        "fit": fitted - begin,
        "start": max(started - fitted - replicates, 0.0),
        "replicate": replicates / together,
    }
    counts = {"patients": len(cohort.patients), "sessions": len(cohort.sessions)}
    # as the page shows them, so that its hours follow from its seconds
    n = len(job.specifications)
    return counts | {kind: float(f"{value / n:.3g}") for kind, value in seconds.items()}


def _cohort(settings: CohortSettings, times: int) -> SyntheticCohort:
    one = Targets.from_published(pd.read_csv(settings.cohort.published))
    several = replace(
        one,
        n_patients=one.n_patients * times,
        n_therapists=one.n_therapists * times,
        patterns={name: number * times for name, number in one.patterns.items()},
    )
    spec, instruments = settings.cohort.synthetic, settings.instruments
    return simulate(spec, several, instruments, classifier(settings.criterion))


def _shown(hours: float) -> str:
    return f"{hours:.2g}" if hours < 10 else f"{hours:,.0f}"


def _table(rows: list[dict[str, str]]) -> str:
    """Return a table in Markdown, numbers to the right."""
    lines = [list(rows[0]), ["---:"] * len(rows[0]), *(list(row.values()) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main() -> None:
    """Measure, write the page and print it."""
    text = page(measured(), state())
    PAGE.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
