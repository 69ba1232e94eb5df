"""Treatment lengths and caseloads."""

import numpy as np
import pytest
from rupture_repair.cohort.lengths import draw_caseloads, draw_lengths
from rupture_repair.config.synthetic import LengthDistribution

PUBLISHED = {"mean": 9.8, "sd": 8.44, "minimum": 3, "maximum": 91}
SHAPE = LengthDistribution(shift=2, mu=1.667, sigma=0.88)


@pytest.mark.parametrize("seed", range(25))
def test_published_lengths_are_met_after_rounding(seed):
    lengths = draw_lengths(np.random.default_rng(seed), 514, SHAPE, **PUBLISHED)
    assert len(lengths) == 514
    assert lengths.dtype.kind == "i"
    assert f"{lengths.mean():.1f}" == "9.8"
    assert f"{lengths.std(ddof=1):.2f}" == "8.44"
    assert (lengths.min(), lengths.max()) == (3, 91)


@pytest.mark.parametrize(
    ("n", "target", "seeds"),
    [
        (120, {"mean": 20.0, "sd": 5.0, "minimum": 8, "maximum": 40}, range(5)),
        # moving one patient at a time gets stuck for each of these seeds
        (60, {"mean": 9.8, "sd": 6.5, "minimum": 3, "maximum": 30}, (25, 83, 113)),
    ],
)
def test_other_targets(n, target, seeds):
    for seed in seeds:
        lengths = draw_lengths(np.random.default_rng(seed), n, SHAPE, **target)
        assert f"{lengths.mean():.1f}" == f"{target['mean']:.1f}"
        assert f"{lengths.std(ddof=1):.2f}" == f"{target['sd']:.2f}"
        assert (lengths.min(), lengths.max()) == (target["minimum"], target["maximum"])


def test_lengths_keep_their_long_tail():
    lengths = draw_lengths(np.random.default_rng(1), 514, SHAPE, **PUBLISHED)
    assert np.median(lengths) < lengths.mean()
    assert 5 <= (lengths > 30).sum() <= 40


@pytest.mark.parametrize(
    "impossible",
    [{"mean": 2.0, "sd": 1.0}, {"mean": 9.8, "sd": 60.0}, {"mean": 90.9, "sd": 8.4}],
)
def test_impossible_targets_are_refused(impossible):
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="no 30 treatment lengths from 3 to 91"):
        draw_lengths(rng, 30, SHAPE, minimum=3, maximum=91, **impossible)


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("concentration", [0.2, 3])
def test_no_therapist_is_without_patients(seed, concentration):
    rng = np.random.default_rng(seed)
    therapist = draw_caseloads(rng, 514, 52, concentration)
    sizes = np.bincount(therapist, minlength=52)
    assert len(therapist) == 514
    assert len(sizes) == 52
    assert sizes.min() >= 1
    assert sizes.max() > sizes.min()


def test_as_many_therapists_as_patients():
    assert sorted(draw_caseloads(np.random.default_rng(0), 6, 6, 1.0)) == [0, 1, 2, 3, 4, 5]


def test_smaller_concentration_is_more_unequal():
    spread = [
        np.mean(
            [
                np.bincount(draw_caseloads(np.random.default_rng(s), 514, 52, c)).std()
                for s in range(20)
            ]
        )
        for c in (0.5, 20)
    ]
    assert spread[0] > 2 * spread[1]
