"""The detector agrees with a slow, obvious implementation on thousands of random series."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from rupture_repair.config.criteria import Criterion
from rupture_repair.detection import detect, detect_each, series
from slow_detector import detect_slowly

ROOT = Path(__file__).parents[2]
SHIPPED = yaml.safe_load((ROOT / "config/criteria.yaml").read_text(encoding="utf-8"))
SCALES = ("own_sd", "own_see", "pooled_within_sd", "between_sd", "diff_sd", "moving_range", "rci")
SCALES += ("stricter", "absolute", "own_sd_c4", "own_or_between")


def random_ratings(rng, n_patients):
    """Ratings of a random cohort: {patient: {session: rating or None}}.

    A third of the patients rate on whole points and a third on sixths, so that ties, constant
    series and drops of exactly the threshold are frequent. Some sessions have no rating, some no
    row, and some patients no rating at all.
    """
    cohort = {}
    for number in range(n_patients):
        n = int(rng.integers(1, 16))
        values = rng.normal(3.5, rng.choice([0, 0.3, 1.0]), n) + rng.normal(0, 0.8)
        if rng.random() < 0.2:  # a lasting fall, as the rule of Tang and DeRubeis asks for
            values[int(rng.integers(n)) :] -= 2
        if rng.random() < 0.2:  # a single deep one, as a chart with wide limits asks for
            values[int(rng.integers(n))] -= 4
        match rng.integers(3):
            case 0:
                values = np.clip(np.rint(values), 0, 5)
            case 1:
                values = np.round(np.clip(np.rint(values * 6) / 6, 0, 5), 2)
        missing = rng.random(n) < rng.choice([0, 0.2, 0.6, 1.0], p=[0.5, 0.3, 0.15, 0.05])
        present = rng.random(n) < rng.choice([1.0, 0.8])
        sessions = {
            session: None if missing[session - 1] else float(values[session - 1])
            for session in range(1, n + 1)
            if present[session - 1]
        }
        cohort[f"P{number:03d}"] = sessions or {1: None}
    return cohort


def as_table(cohort, rng):
    rows = [(p, s, rating) for p, course in cohort.items() for s, rating in course.items()]
    table = pd.DataFrame(rows, columns=["patient_id", "session", "alliance"])
    return table.astype({"alliance": float}).sample(frac=1, random_state=int(rng.integers(2**31)))


def random_criterion(rng):
    scale = str(rng.choice(SCALES))
    reference = str(rng.choice(["previous", "decline_start", "running_mean", "own_mean"]))
    tang_derubeis = reference == "previous" and rng.random() < 0.5
    return Criterion(
        rule="tang_derubeis" if tang_derubeis else "threshold",
        min_share=float(rng.choice([0, 0.1, 0.25])),
        reference=reference,
        scale=scale,
        k=float(rng.choice([0.5, 1, 1.5, 2, 3])),
        max_gap=rng.choice([1, 2, 3, None]),
        repair_window=rng.choice([1, 3, 5, None]),
        repair_tolerance=float(rng.choice([0, 0.25, 0.5])),
        aggregate=str(rng.choice(["all", "any", "first", "last"])),
        merge_consecutive=bool(rng.integers(2)),
        western_electric=reference == "own_mean" and bool(rng.integers(2)),
        reliability=0.8 if scale == "rci" else None,
    )


def assert_same(found, slow_rows):
    """Same rows, same order; whole numbers exactly, points to rounding error."""
    assert len(found) == len(slow_rows)
    slow = pd.DataFrame(slow_rows, columns=found.columns)
    for column in found:
        ours, theirs = found[column], slow[column]
        if ours.dtype == float:
            np.testing.assert_allclose(ours, theirs.astype(float), rtol=0, atol=1e-9)
        else:
            expected = [None if pd.isna(value) else value for value in theirs]
            assert [None if pd.isna(value) else value for value in ours] == expected, column


def compare(criterion, rng, n_patients):
    cohort = random_ratings(rng, n_patients)
    found = detect(as_table(cohort, rng), criterion)
    events, patterns = detect_slowly(cohort, criterion)
    assert_same(found.events, events)
    assert_same(found.patterns, patterns)
    return found


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_criterion(name):
    rng = np.random.default_rng([2025, len(name)])
    found = compare(Criterion(**SHIPPED[name]), rng, 400)
    # the comparison means something only if each outcome occurs
    assert set(found.patterns["pattern"]) == {"none", "unrepaired", "repaired", "unclassifiable"}


@pytest.mark.parametrize("block", [50, series.BLOCK])
def test_several_criteria_together_equal_one_by_one(block, monkeypatch):
    monkeypatch.setattr(series, "BLOCK", block)  # in the first case many blocks are kept
    rng = np.random.default_rng(12)
    table = as_table(random_ratings(rng, 200), rng)
    criteria = {name: Criterion(**entry) for name, entry in SHIPPED.items()}
    together = dict(detect_each(table, criteria))
    assert list(together) == list(SHIPPED)
    for name, found in together.items():
        alone = detect(table, criteria[name])
        pd.testing.assert_frame_equal(found.events, alone.events)
        pd.testing.assert_frame_equal(found.patterns, alone.patterns)
        assert found.pooled_within_sd == alone.pooled_within_sd


@pytest.mark.long
@pytest.mark.parametrize("name", SHIPPED)
def test_ten_thousand_series(name):
    rng = np.random.default_rng([10_000, len(name)])
    for _ in range(100):  # cohorts of 100: the slow detector pools anew for each patient
        compare(Criterion(**SHIPPED[name]), rng, 100)


@pytest.mark.parametrize("seed", range(120))
def test_random_criteria(seed, monkeypatch):
    rng = np.random.default_rng([514, seed])
    # blocks of a few patients, or of all: where they are cut must not matter
    monkeypatch.setattr(series, "BLOCK", int(rng.choice([1, 20, 100, series.BLOCK])))
    compare(random_criterion(rng), rng, int(rng.integers(1, 60)))


@pytest.mark.parametrize("scale", SCALES)
def test_every_scale_on_tied_grids(scale):
    rng = np.random.default_rng([52, SCALES.index(scale)])
    reliability = 0.8 if scale == "rci" else None
    for k in (0.5, 1, 2):
        compare(Criterion(scale=scale, k=k, reliability=reliability), rng, 60)
