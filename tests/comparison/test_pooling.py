"""Pooled estimates beside metafor, beside arithmetic by hand, and their invariances."""

import json
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rupture_repair.comparison.pooling import pool, pool_slopes

TERMS = [
    (model, pattern, model) for model in ("M2", "M3") for pattern in ("unrepaired", "repaired")
]
EXAMPLES = ("two", "homogeneous", "heterogeneous")


@pytest.fixture(scope="module")
def reference(root):
    folder = root / "tests/reference/pooling"
    values = json.loads((folder / "metafor.json").read_text(encoding="utf-8"))
    return pd.read_csv(folder / "examples.csv"), values


@pytest.mark.parametrize("example", EXAMPLES)
def test_metafor_gives_the_same(reference, example):
    table, values = reference
    rows = table[table["example"] == example]
    found, weights = pool(rows["effect"].to_numpy(), rows["se"].to_numpy() ** 2)
    for name, value in values[example].items():
        if name != "weights":
            assert found[name] == pytest.approx(value, rel=1e-6, abs=1e-9), name
    assert weights == pytest.approx(values[example]["weights"], rel=1e-6)


def test_two_cohorts_by_hand():
    """For k = 2 every tau² is (d² − v1 − v2) / 2 with d the difference of the effects."""
    found, weights = pool(np.array([-0.12, -0.03]), np.array([0.04, 0.05]) ** 2)
    tau2 = (0.09**2 - 0.04**2 - 0.05**2) / 2
    assert found["tau2"] == pytest.approx(tau2, rel=1e-9)
    assert found["tau2_dl"] == pytest.approx(tau2, rel=1e-9)
    w = 1 / (np.array([0.04, 0.05]) ** 2 + tau2)
    assert found["slope"] == pytest.approx((w * [-0.12, -0.03]).sum() / w.sum())
    assert weights == pytest.approx(w / w.sum())
    # t on 1 degree of freedom is Cauchy: its 97.5 % point is tan(.475 π)
    half = math.tan(0.475 * math.pi) / math.sqrt(w.sum())
    assert found["ci_high"] - found["slope"] == pytest.approx(half)
    assert math.isnan(found["prediction_low"]) and math.isnan(found["prediction_high"])


def test_prediction_from_three_cohorts_by_hand():
    effects, variances = np.array([-0.3, 0.0, 0.2]), np.full(3, 0.01)
    found, _ = pool(effects, variances)
    # with equal variances tau² is the variance of the effects minus that of each
    tau2 = effects.var(ddof=1) - 0.01
    assert found["tau2"] == pytest.approx(tau2, rel=1e-9)
    reach = math.tan(0.475 * math.pi) * math.sqrt(tau2 + (tau2 + 0.01) / 3)
    assert found["prediction_high"] - found["slope"] == pytest.approx(reach)
    q = (effects - effects.mean()) @ (effects - effects.mean()) / 0.01
    assert found["i2"] == pytest.approx(100 * (q - 2) / q)


sizes = st.lists(st.tuples(st.floats(-1, 1), st.floats(0.02, 0.5)), min_size=2, max_size=6).map(
    lambda rows: (np.array([e for e, _ in rows]), np.array([s for _, s in rows]) ** 2)
)


@given(sizes, st.floats(-2, 2))
def test_shift_moves_the_estimate_alone_and_order_does_not_matter(rows, shift):
    effects, variances = rows
    plain, weights = pool(effects, variances)
    moved, _ = pool(effects + shift, variances)
    turned, _ = pool(effects[::-1], variances[::-1])
    assert moved["slope"] == pytest.approx(plain["slope"] + shift, abs=1e-6)
    for name in ("se", "tau2", "tau2_dl", "q", "i2"):
        assert moved[name] == pytest.approx(plain[name], rel=1e-5, abs=1e-5), name
        assert turned[name] == pytest.approx(plain[name], rel=1e-5, abs=1e-5), name
    assert weights.sum() == pytest.approx(1)
    assert effects.min() - 1e-9 <= plain["slope"] <= effects.max() + 1e-9
    assert plain["tau2"] >= 0 and plain["tau2_dl"] >= 0 and 0 <= plain["i2"] < 100


def slopes_of(cohort, values):
    rows = [
        {"cohort": cohort, "model": m, "pattern": p, "term": t, "slope": s, "slope_se": 0.05}
        for (m, p, t), s in zip(TERMS, values, strict=True)
    ]
    return pd.DataFrame(rows)


def test_a_term_that_one_cohort_lacks_is_pooled_over_the_others():
    nan = math.nan
    given_ = [
        slopes_of("a", [-0.1, -0.2, nan, nan]),
        slopes_of("b", [-0.3, nan, nan, -0.1]),
        slopes_of("c", [-0.2, -0.4, nan, nan]),
    ]
    pooled, weighted = pool_slopes(pd.concat(given_, ignore_index=True))
    assert list(pooled["k"]) == [3, 2, 0, 1]
    assert list(pooled["slope"].round(12)[:2]) == [-0.2, -0.3]
    assert pooled["slope"][2:].isna().all(), "one cohort is not pooled"
    assert list(weighted["weight"].notna()) == [
        bool(s) for s in (1, 1, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0)
    ]
