"""Type-I error and power of the headline test and of others, where the model is wrong."""

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pandas as pd

from rupture_repair.config.criteria import PATTERNS
from rupture_repair.modelling.engine import (
    MixedModel,
    MixedModelResults,
    SingularFixedPartError,
    cluster_robust,
    slope_variances,
)
from rupture_repair.modelling.formulas import FORMULAS, KEY_TERMS
from rupture_repair.modelling.inference import clusters
from rupture_repair.modelling.recovery.processes import Process, Size, draw_study

GROUPS = ("therapist_id", "patient_id")
MODERATION = "time:pattern[T.repaired]:iip_z"
BY_LENGTH = f"{MODERATION}:length_c"
# sessions of the treatments at which M3's moderation is tested beside the average one
LENGTHS = (5, 10, 20)
COLUMNS = ["case", "replicate", "model", "effect", "inference", "estimate", "se", "df", "p"]
# studies that a core does at a time
CHUNK = 5


def analyse_study(table: pd.DataFrame) -> Iterator[dict[str, object]]:
    """Yield `COLUMNS` but case and replicate: each effect by each inference.

    effect : `average` (at average log length; of M2 over all lengths), the lengths, `by length`.
    inference : `model`, `by pattern` (the model's own, of M3 with a slope variance for each
    pattern), or `reported` (`modelling.inference`).
    """
    centre = float(np.log(table.drop_duplicates("patient_id")["length"]).mean())
    for model in KEY_TERMS:
        specified = MixedModel.from_formula(FORMULAS[model], table, groups=GROUPS, time="time")
        try:
            found = specified.fit(n_starts=1)
        except SingularFixedPartError:
            continue
        if MODERATION not in found.terms:
            continue
        names, rows = _effects(found, centre)
        unit = clusters(len(found.model.design.rows.therapist_ids))
        robust = cluster_robust(found, unit).contrasts(rows)
        tested = {"model": found.contrasts(rows), "reported": robust}
        if BY_LENGTH in found.terms:
            tested["by pattern"] = _by_pattern(found, table).contrasts(rows)
        for inference, values in tested.items():
            for effect, (_, row) in zip(names, values.iterrows(), strict=True):
                known: dict[str, object] = {"model": model, "effect": effect}
                numbers = {name: float(row[name]) for name in ("estimate", "se", "df", "p")}
                yield known | {"inference": inference} | numbers


def _by_pattern(found: MixedModelResults, table: pd.DataFrame) -> MixedModelResults:
    """Return the fit with slope variances of unrepaired and repaired patterns of their own."""
    pattern = table.drop_duplicates("patient_id").set_index("patient_id")["pattern"]
    pattern = pattern.loc[found.model.design.rows.patient_ids]
    columns = np.stack([(pattern == name).to_numpy(float) for name in PATTERNS[1:]])
    return slope_variances(found, list(PATTERNS[1:]), columns).results


def _effects(found: MixedModelResults, centre: float) -> tuple[list[str], np.ndarray]:
    unit = np.eye(len(found.terms))
    average = unit[found.terms.index(MODERATION)]
    if BY_LENGTH not in found.terms:
        return ["average"], average[None]
    slope = unit[found.terms.index(BY_LENGTH)]
    at = [average + (np.log(length) - centre) * slope for length in LENGTHS]
    return ["average", *map(str, LENGTHS), "by length"], np.stack([average, *at, slope])


def run_chunk(
    name: str, size: Size, process: Process, seed: int, replicates: Sequence[int]
) -> list[dict[str, object]]:
    """Do some replicates of one case."""
    rows = []
    for one in replicates:
        rng = np.random.default_rng([seed, one, *name.encode()])
        for row in analyse_study(draw_study(size, process, rng)):
            rows.append({"case": name, "replicate": one} | row)
    return rows


def run_level(
    cases: Sequence[tuple[str, Size, Process]],
    replicates: int,
    seed: int,
    cores: int,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """Return `COLUMNS`, a row per study, effect and inference; the same on any number of cores."""
    chunks = [
        (*case, range(start, min(start + CHUNK, replicates)))
        for case in cases
        for start in range(0, replicates, CHUNK)
    ]
    rows: list[dict[str, object]] = []
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(cores, len(chunks)), mp_context=spawn) as pool:
        jobs = [
            pool.submit(run_chunk, name, size, process, seed, numbers)
            for name, size, process, numbers in chunks
        ]
        for done, job in enumerate(jobs, start=1):
            rows += job.result()
            if progress is not None:
                progress(done, len(jobs))
    return pd.DataFrame(rows, columns=COLUMNS)
