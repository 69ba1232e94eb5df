"""The multiverse beside lme4, specification by specification: `python benchmarks/multiverse.py`.

The first specifications of the shipped draw, on a cohort calibrated as the shipped one. This side:
from tidy tables to the row of each specification, detection and Satterthwaite df included. The
other side: `lmer` alone on tables made beforehand (`lme4`), and with the df (`lmerTest`). `n` is
the number of specifications that both sides fit; `multiverse_whole` times all of this side's, and
takes lme4's mean of the others. `multiverse_replicates`: seconds of one refit to resampled cohorts.
Seconds of processor time.
"""

import os

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import tempfile
import time
from pathlib import Path

import pandas as pd
from engine_timing import HERE, LME4, OURS, has_lme4, row, rscript
from rupture_repair.cohort.synthetic import Targets, simulate
from rupture_repair.config.load import load_project
from rupture_repair.detection.detector import classifier, detect
from rupture_repair.multiverse.fits import multiverse_rows, table_of
from rupture_repair.multiverse.formula import formula_of, modelled_sessions
from rupture_repair.multiverse.jobs import BlockSettings
from rupture_repair.multiverse.resampling import at_once, resampled
from rupture_repair.multiverse.samples import sample_of
from rupture_repair.multiverse.specifications import specifications
from rupture_repair.multiverse.stages import Stages

SIDE_BY_SIDE, RESAMPLED = 12, 60
REFIT = "a Newton step that promises less than 0.001 deviance is the last"
SAME = 1e-4
RANDOM = {"correlated": "(1 + time | patient_id)", "independent": "(1 + time || patient_id)"}


def rows() -> list[dict]:
    """Return the benchmark's rows; raises `AssertionError` when estimates differ."""
    project = load_project()
    settings = project.cohorts["igra2025"]
    chosen = specifications(settings.multiverse(project.multiverse))
    cohort = simulate(
        settings.cohort.synthetic,
        Targets.from_published(pd.read_csv(settings.cohort.published)),
        settings.instruments,
        classifier(settings.criterion),
    )
    some = chosen[:SIDE_BY_SIDE]
    _timed(cohort, some[:2])
    table, seconds = _timed(cohort, some)
    whole = _timed(cohort, chosen)[1]
    refits, each = _refits(cohort, chosen, settings, project)
    if not has_lme4():
        alone = {"starts": (2, ""), "tolerance": (OURS, "")}
        return [
            row("multiverse_whole", "", len(chosen), whole, None, **alone),
            row("multiverse_replicates", "", refits, each, None, starts=(1, "")),
        ]
    with tempfile.TemporaryDirectory() as folder:
        theirs = lme4_rows(cohort, some, Path(folder))
    difference = (table["coefficient"] - theirs["coefficient"]).abs().max()
    assert difference < SAME, f"coefficients differ by {difference}"
    search = {"starts": (2, 1), "tolerance": (OURS, LME4)}
    mean = theirs.mean()
    found = []
    for peer in ("lme4", "lmerTest"):
        for name, n, taken in (
            ("multiverse", len(some), seconds),
            ("multiverse_whole", len(chosen), whole),
        ):
            found.append(row(name, peer, n, taken, n * mean[peer], **search))
    quick = {"starts": (1, 1), "tolerance": (REFIT, LME4)}
    found.append(row("multiverse_replicates", "lme4", refits, each, mean["lme4"], **quick))
    return sorted(found, key=lambda one: one["benchmark"])


def _refits(cohort, chosen, settings, project):
    """Return how many refits were timed and seconds of each, what a job does once left out."""
    together = at_once(len(cohort.patients))
    job = BlockSettings(
        specifications=tuple(chosen[:RESAMPLED]),
        at_session=project.multiverse.at_session,
        fewest_patients=project.multiverse.fewest_patients,
        seed=project.multiverse.seed,
        alliance=settings.instruments["alliance"],
        replicates=(0, 2 * together),
    )
    parts = resampled(_stages(cohort), job)
    for _ in range(together):  # the first are refitted together
        next(parts)
    start = time.process_time()
    refits = sum(len(part) for part in parts)
    return refits, (time.process_time() - start) / refits


def _stages(cohort):
    return Stages.numbered(cohort.patients, cohort.sessions, None, ())  # as the workflow does


def _timed(cohort, chosen):
    start = time.process_time()
    stages = _stages(cohort)
    table = table_of(multiverse_rows(stages, chosen, 10, 5))
    return table.set_index("id"), time.process_time() - start


def lme4_rows(cohort, chosen, folder, *how):
    """Return seconds of `lme4` and `lmerTest`, coefficient, se and df by id; how : `exact`."""
    models = []
    for specification in chosen:
        sample = sample_of(cohort.sessions, *specification.sample)
        patterns = detect(sample, specification.criterion).patterns
        time_, baseline = specification.time, specification.baseline
        table = modelled_sessions(cohort.patients, sample, patterns, time_, baseline)
        table.to_csv(folder / f"{specification.id}.csv", index=False)
        terms = [formula_of(specification), RANDOM[specification.patient_terms]]
        if specification.therapist_terms == "intercept":
            terms.append("(1 | therapist_id)")
        models.append({"id": specification.id, "formula": " + ".join(terms)})
    pd.DataFrame(models).to_csv(folder / "models.csv", index=False)
    printed = rscript(HERE / "multiverse_lme4.R", folder, *how)
    lines = [line.split() for line in printed.splitlines()]
    names = ["id", "lme4", "lmerTest", "coefficient", "se", "df"]
    return pd.DataFrame(lines, columns=names).set_index("id").astype(float)


if __name__ == "__main__":
    print(pd.DataFrame(rows()).to_csv(index=False))
