"""Detection in 10 million ratings of 1 million patients: `python benchmarks/detection.py`.

The default criterion beside the floor, one grouped difference of the same ratings in NumPy, and
all named criteria in one go; one core. Every measurement has a process of its own, those of the
default and of the floor take turns. Seconds are processor time of the best run, from the data frame
to both tables of results: other work on the machine disturbs them least. The peak of memory is that
of the whole process, data included. An argument (`floor`, `default`, `all_presets`) makes one
measurement.
"""

import os

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import yaml
from engine_timing import row
from rupture_repair.config.criteria import Criterion
from rupture_repair.detection import detect, detect_each

PATIENTS, RATINGS = 1_000_000, 10_000_000
ROUNDS, REPEATS = 3, 5
CRITERIA = Path(__file__).parents[1] / "config/criteria.yaml"


def ratings() -> pd.DataFrame:
    """Return ratings in sixths from 0 to 5 without ruptures; lengths as in the study."""
    rng = np.random.default_rng(1)
    lengths = np.rint(2 + np.exp(rng.normal(1.667, 0.88, PATIENTS))).astype(np.int64)
    lengths = np.clip(lengths, 3, 91)
    lengths[rng.choice(PATIENTS, RATINGS - lengths.sum(), replace=False)] += 1
    patient = np.repeat(np.arange(PATIENTS), lengths)
    alliance = rng.normal(0, 0.5, RATINGS)
    alliance += rng.normal(3.6, 0.68, PATIENTS)[patient]
    alliance = np.clip(np.rint(alliance * 6) / 6, 0, 5)
    session = np.arange(RATINGS) - np.repeat(np.cumsum(lengths) - lengths, lengths) + 1
    columns = {"patient_id": patient, "session": session, "alliance": alliance}
    return pd.DataFrame(columns, copy=False)


def floor(table: pd.DataFrame) -> np.ndarray:
    """Return each patient's differences from rating to rating, NaN where another begins."""
    patient, rating = table["patient_id"].to_numpy(), table["alliance"].to_numpy()
    step = np.diff(rating)
    step[patient[1:] != patient[:-1]] = np.nan
    return step


def all_presets(table: pd.DataFrame) -> int:
    """Detect by every named criterion; return the number of ruptures found."""
    named = yaml.safe_load(CRITERIA.read_text(encoding="utf-8"))
    criteria = {name: Criterion(**entry) for name, entry in named.items()}
    return sum(len(found.events) for _, found in detect_each(table, criteria))


SUBJECTS: dict[str, tuple[Callable[[pd.DataFrame], object], int]] = {
    "floor": (floor, REPEATS),
    "default": (detect, REPEATS),
    "all_presets": (all_presets, 1),
}


def measure(name: str) -> dict[str, float]:
    """Return seconds and peak memory (GB) in this process."""
    table = ratings()
    action, repeats = SUBJECTS[name]
    times = []
    for _ in range(repeats):
        start = time.process_time()
        action(table)
        times.append(time.process_time() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    return {"seconds": min(times), "peak_gb": peak}


def measurements() -> pd.DataFrame:
    """Return `seconds` (best) and `peak_gb` (largest) per subject."""
    turns = ["floor", "default"] * ROUNDS + ["all_presets"]
    found = []
    for name in turns:
        command = [sys.executable, __file__, name]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        found.append({"subject": name, **json.loads(done.stdout)})
    best = {"seconds": "min", "peak_gb": "max"}
    return pd.DataFrame(found).groupby("subject", sort=False).agg(best)


def rows() -> list[dict]:
    """Return the benchmark's rows; the table with memory goes to standard error."""
    table = measurements()
    print(table.to_string(), file=sys.stderr)
    seconds = table["seconds"]
    return [
        row("detection_default", "numpy_floor", RATINGS, seconds["default"], seconds["floor"]),
        row(
            "detection_all_presets",
            "numpy_floor",
            RATINGS,
            seconds["all_presets"],
            seconds["floor"],
        ),
    ]


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(measure(sys.argv[1])))
    else:
        print(pd.DataFrame(rows()).to_csv(index=False))
