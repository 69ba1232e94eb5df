"""Simulated alliance courses have the moments that their process states."""

import numpy as np
import pandas as pd
from rupture_repair.detection.compatibility.processes import (
    NOISE,
    REPAIR_WITHIN,
    RUPTURES,
    draw_families,
    simulate_ratings,
)
from rupture_repair.detection.grid import Grid
from rupture_repair.detection.series import series_of

# so wide that nothing is cut off or rounded
WIDE = Grid(0.0, 1000.0, None)


def process(**values: float) -> pd.DataFrame:
    quiet = {"person_share": 0.6, "autocorrelation": 0.0, "spread_of_noise": 0.0}
    return pd.DataFrame([{**quiet, "total_sd": 0.01, "headroom": 50.0, "rise": 0.0, **values}])


def courses(n: int, length: int, values: pd.DataFrame, seed: int = 5) -> np.ndarray:
    table = pd.DataFrame(
        {
            "patient_id": np.repeat(np.arange(n), length),
            "session": np.tile(np.arange(1, length + 1), n),
            "alliance": 0.0,
        }
    )
    drawn = simulate_ratings(series_of(table), WIDE, values, np.random.default_rng(seed))
    return drawn[0].reshape(n, length)


def test_both_families_share_their_noise_and_keep_to_the_ranges():
    noise, ruptures = draw_families(64, 1)
    pd.testing.assert_frame_equal(noise.processes, ruptures.processes[list(NOISE)])
    for name, (low, high) in (NOISE | RUPTURES).items():
        values = ruptures.processes[name]
        assert values.between(low, high).all()
        # spread evenly: each quarter of the range holds a quarter of the points
        place = np.log(values) if name == "rupture_rate" else values
        ends = np.log([low, high]) if name == "rupture_rate" else (low, high)
        quarters = np.histogram(place, bins=4, range=tuple(ends))[0]
        assert (quarters == 16).all(), name


def test_variance_is_shared_between_and_within_patients_as_stated():
    ratings = courses(4000, 8, process(person_share=0.7, spread_of_noise=0.4))
    within = ratings.var(axis=1, ddof=1).mean()
    between = ratings.mean(axis=1).var(ddof=1) - within / 8
    total = 0.01 * 1000
    assert np.isclose(between + within, total**2, rtol=0.06)
    assert np.isclose(between / (between + within), 0.7, atol=0.02)
    assert np.isclose(ratings[:, 0].mean(), 1000 - 50 * total, atol=0.5)


def test_noise_of_successive_sessions_is_correlated_as_stated():
    ratings = courses(4000, 10, process(autocorrelation=0.5, person_share=0.0))
    lag = [np.corrcoef(ratings[:, 4], ratings[:, 4 + by])[0, 1] for by in (1, 2)]
    assert np.allclose(lag, [0.5, 0.25], atol=0.04)


def test_ruptures_occur_at_their_rate_and_end_with_repair():
    one = process(rupture_rate=0.1, drop=1000.0, repair_chance=1.0, recovery=0.0, person_share=0.0)
    fallen = courses(3000, 20, one) < 500 - 50
    assert not fallen[:, 0].any()
    begins = fallen[:, 1:] & ~fallen[:, :-1]
    free = ~fallen[:, :-1]
    assert np.isclose(begins.sum() / free.sum(), 0.1, atol=0.01)
    after = [begins[:, :-by] & fallen[:, 1 + by :] for by in (1, 2)]
    # over after one, two or three sessions, equally often
    lasting = [np.sum(later) / begins[:, : -i - 1].sum() for i, later in enumerate(after)]
    assert REPAIR_WITHIN == 3
    assert np.isclose(lasting[0], 2 / 3, atol=0.06)


def test_unrepaired_ruptures_leave_a_lasting_drop():
    one = process(rupture_rate=0.05, drop=100.0, repair_chance=0.0, recovery=0.5, person_share=0.0)
    ratings = courses(2000, 30, one)
    drop = 100 * 10  # own noise SDs in points
    assert ratings[:, 0].mean() > 500 - 10
    # by session 30 nearly all have had one, and none is back
    below = 500 - ratings[:, -1]
    assert np.mean(below > 0.45 * drop) > 0.7
