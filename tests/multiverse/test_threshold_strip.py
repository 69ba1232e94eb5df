"""The strip over k: each of its rows is the analysis with that k."""

import numpy as np
import pytest
from rupture_repair.config.catalogue import TABLES
from rupture_repair.config.criteria import Criterion
from rupture_repair.detection import detect
from rupture_repair.modelling.keys import FewOfPattern
from rupture_repair.multiverse.fits import multiverse_rows, table_of
from rupture_repair.multiverse.jobs import own_settings
from rupture_repair.multiverse.threshold_strip import multiples, strip_tables, threshold_strip


@pytest.fixture(scope="module")
def own(settings_of):
    return own_settings(settings_of()).specifications[0]


@pytest.fixture(scope="module")
def strip(stages, own):
    return threshold_strip(stages, own, 10, 5)


def test_the_range_in_steps_with_the_chosen_k(own):
    assert own.origin == "own"
    assert multiples(own) == pytest.approx(np.linspace(1, 3, 41))
    between = multiples(own.model_copy(update={"k": 1.327}))
    assert len(between) == 42 and between == sorted(between) and 1.327 in between
    points = multiples(own.model_copy(update={"scale": "absolute", "k": 8.0}))
    assert (points[0], points[-1], 8.0 in points) == (pytest.approx(16 / 3, abs=1e-4), 16, True)


def test_shares_are_those_of_detection(strip, small_cohort):
    for k in (1.0, 1.5, 2.35, 3.0):
        found = detect(small_cohort.sessions, Criterion(k=k)).patterns["pattern"]
        row = strip[np.isclose(strip["k"], k)].iloc[0]
        for pattern in ("none", "unrepaired", "repaired"):
            assert row[f"n_{pattern}"] == (found == pattern).sum()
            assert row[f"percent_{pattern}"] == pytest.approx(100 * (found == pattern).mean())
    assert strip["percent_none"].is_monotonic_increasing
    assert strip.loc[strip["chosen"] == 1, "k"].tolist() == [1.5]


def test_the_moderation_is_that_of_a_whole_fit(strip, stages, own):
    known = strip.dropna(subset=["estimate"])
    assert len(known) > 3
    some = known.iloc[:: max(1, len(known) // 4)]
    each = [own.model_copy(update={"k": float(k), "id": f"{k:.2f}"}) for k in some["k"]]
    whole = table_of(multiverse_rows(stages, each, 10, 5))
    distance = (some["estimate"].to_numpy() - whole["estimate"].to_numpy()) / whole["model_se"]
    assert np.nanmax(np.abs(distance)) < 0.01
    estimated = whole["estimate"].notna().to_numpy()
    assert estimated.sum() > 1
    np.testing.assert_allclose(some["se"][estimated], whole["model_se"][estimated], rtol=0.01)
    chosen = strip[strip["chosen"] == 1].iloc[0]
    (exact,) = table_of(multiverse_rows(stages, [own], 10, 5)).to_dict("records")
    for name, theirs in (("estimate", "estimate"), ("se", "model_se"), ("p", "model_p")):
        assert chosen[name] == pytest.approx(exact[theirs], rel=1e-6)


def test_where_a_pattern_is_rare_the_reason_stands(strip, stages, own):
    rare = strip[strip["n_repaired"] < 5]
    assert len(rare) and rare["estimate"].isna().all()
    assert set(rare["reason"]) == {str(FewOfPattern("repaired", 5))}
    columns = list(TABLES["threshold_strip"].columns)
    nobody = strip_tables(stages, own, 10, 10_000, columns)["threshold_strip"]
    assert list(nobody) == columns
    assert nobody["estimate"].isna().all() and nobody["reason"].notna().all()
