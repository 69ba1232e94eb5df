"""The rule of Tang and DeRubeis, as the package suddengains applies it, once more in R."""

import io

import numpy as np
import pandas as pd
import pytest
from r_packages import require_r, run_r
from rupture_repair.config.criteria import Criterion
from rupture_repair.detection import detect

pytestmark = pytest.mark.long


@pytest.mark.parametrize(
    ("seed", "step", "cutoff"), [(1, 1 / 6, 1.0), (2, 1.0, 7.0), (3, None, 0.8)]
)
def test_drops_and_reversals_are_those_of_an_implementation_in_r(
    root, tmp_path, seed, step, cutoff
):
    """Random courses with jumps, missing sessions and ratings; item steps make exact ties."""
    require_r()
    rng = np.random.default_rng(seed)
    unit = 7 * step if step == 1 else 1.0  # points of a sum score, or of a mean
    rows = []
    for patient in range(500):
        length = int(rng.integers(2, 30))
        levels = rng.uniform(0.5, 5.5, length)[(rng.random(length) < 0.25).cumsum() - 1]
        course = unit * (levels + rng.normal(0, 0.2, length))
        if step:
            course = np.rint(course / step) * step
        for session, rating in enumerate(np.clip(course, 0, 6 * unit), start=1):
            if rng.random() > 0.08:
                rows.append((patient, session, rating if rng.random() > 0.08 else np.nan))
    ratings = pd.DataFrame(rows, columns=["patient", "session", "rating"])
    file = tmp_path / "ratings.csv"
    ratings.to_csv(file, index=False)
    theirs = pd.read_csv(
        io.StringIO(run_r(root / "tests/reference/tang_derubeis.R", file, cutoff)),
        dtype={"drop": float, "repaired_at": "Int64"},
    )
    rule = Criterion(rule="tang_derubeis", scale="absolute", k=cutoff, repair_tolerance=0.5)
    events = detect(ratings, rule, patient="patient", alliance="rating").events
    ours = events.rename(columns={"patient_id": "patient"})[list(theirs)]
    assert len(theirs) > 150
    assert theirs["repaired_at"].isna().any() and theirs["repaired_at"].notna().any()
    pd.testing.assert_frame_equal(
        ours.reset_index(drop=True).astype({"patient": "int64", "session": "int64"}), theirs
    )
