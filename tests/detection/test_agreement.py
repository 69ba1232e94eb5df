"""Agreement of criteria: kappa worked out by hand, and who moves where."""

import warnings
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rating_tables import long_table
from rupture_repair.config.criteria import PATTERNS, Criterion
from rupture_repair.detection import detect
from rupture_repair.detection.agreement import (
    agreement,
    breakdowns,
    consistency,
    moves,
    patterns_by_criterion,
)

LETTERS = {"n": "none", "u": "unrepaired", "r": "repaired", "x": "unclassifiable"}


def judged(**criteria):
    """Patterns from a letter per patient and criterion."""
    columns = {name: [LETTERS[c] for c in word] for name, word in criteria.items()}
    ids = [f"P{i}" for i in range(len(next(iter(criteria.values()))))]
    return pd.DataFrame({"patient_id": ids, **columns})


def test_kappa_by_hand():
    """10 patients; observed .7, expected (5·6 + 3·2 + 2·2)/100 = .40: (.7 − .4)/.6 = .5."""
    found = agreement(judged(a="nnnnnuuurr", b="nnnnunnurr")).iloc[0]
    assert (found["first"], found["second"]) == ("a", "b")
    assert (found["n_patients"], found["n_agree"], found["percent_agree"]) == (10, 7, 70)
    assert found["kappa"] == pytest.approx(0.5)
    # any rupture against none: observed .7, expected (5·6 + 5·4)/100 = .5
    assert found["kappa_rupture"] == pytest.approx(0.4)
    assert found["ci_low"] < 0.5 < found["ci_high"]


def test_the_interval_is_fleiss_cohen_and_everitts():
    """The asymptotic variance of 1969, written out for the table of the test above."""
    share = np.array([[4, 1, 0], [2, 1, 0], [0, 0, 2]]) / 10
    row, column = share.sum(axis=1), share.sum(axis=0)
    observed, expected = np.trace(share), row @ column
    kappa = (observed - expected) / (1 - expected)
    mixed = row[None, :] + column[:, None]  # p(.i) + p(j.)
    kept = sum(share[i, i] * (1 - (row[i] + column[i]) * (1 - kappa)) ** 2 for i in range(3))
    crossed = (1 - kappa) ** 2 * sum(
        share[i, j] * mixed[i, j] ** 2 for i in range(3) for j in range(3) if i != j
    )
    rest = (kappa - expected * (1 - kappa)) ** 2
    error = np.sqrt((kept + crossed - rest) / (10 * (1 - expected) ** 2))
    found = agreement(judged(a="nnnnnuuurr", b="nnnnunnurr")).iloc[0]
    half = 1.959964 * error
    np.testing.assert_allclose(
        [found["ci_low"], found["ci_high"]], [kappa - half, kappa + half], atol=1e-6
    )


words = st.integers(1, 25).flatmap(
    lambda n: st.tuples(*[st.text("nurx", min_size=n, max_size=n)] * 2)
)


@settings(derandomize=True)
@given(words)
def test_kappa_of_any_patients(pair):
    """In exact fractions, patient by patient; the unclassifiable of either side are left out."""
    found = agreement(judged(a=pair[0], b=pair[1])).iloc[0]
    both = [(a, b) for a, b in zip(*pair, strict=True) if "x" not in {a, b}]
    n = len(both)
    assert found["n_patients"] == n
    for column, classes in (("kappa", lambda c: c), ("kappa_rupture", lambda c: c == "n")):
        ratings = [(classes(a), classes(b)) for a, b in both]
        kinds = {kind for rating in ratings for kind in rating}
        if len(kinds) < 2:
            assert np.isnan(found[column])
            continue
        observed = Fraction(sum(a == b for a, b in ratings), n)
        expected = sum(
            Fraction(sum(a == k for a, _ in ratings) * sum(b == k for _, b in ratings), n * n)
            for k in kinds
        )
        assert found[column] == pytest.approx(float((observed - expected) / (1 - expected)))


def test_moves_by_hand():
    table = moves(judged(a="nnux", b="nuun"))
    there = table[table["from_criterion"] == "a"]
    assert there[
        ["to_criterion", "from_pattern", "to_pattern", "n_patients"]
    ].to_numpy().tolist() == [
        ["b", "none", "none", 1],
        ["b", "none", "unrepaired", 1],
        ["b", "unrepaired", "unrepaired", 1],
        ["b", "unclassifiable", "none", 1],
    ]
    back = table[table["from_criterion"] == "b"]
    mirrored = back.rename(columns={"from_pattern": "to_pattern", "to_pattern": "from_pattern"})
    keys = ["from_pattern", "to_pattern", "n_patients"]
    assert sorted(mirrored[keys].to_numpy().tolist()) == sorted(there[keys].to_numpy().tolist())


def test_consistency_by_hand():
    """Same under all: 1 (n) and 5 (u); some: 2 and 6; all rupture: 3 and 5; 4 is left out."""
    found = consistency(judged(a="nnuxuu", b="nurnun", c="nnruun"))
    assert dict(zip(found["quantity"], found["value"], strict=True)) == {
        "n_criteria": 3,
        "n_classified_by_all": 5,
        "n_same_pattern": 2,
        "n_no_rupture_by_any": 1,
        "n_rupture_by_all": 2,
        "n_rupture_by_some": 2,
    }


def test_patterns_are_those_of_each_detection(small_cohort, criteria):
    table = patterns_by_criterion(small_cohort.sessions, criteria)
    assert list(table) == ["patient_id", *criteria]
    for name, rule in criteria.items():
        alone = detect(small_cohort.sessions, rule).patterns
        assert table["patient_id"].tolist() == alone["patient_id"].tolist()
        assert table[name].tolist() == alone["pattern"].tolist()
    shares = breakdowns(table)
    assert list(shares) == ["criterion", "pattern", "n", "percent"]
    assert (shares.groupby("criterion")["n"].sum() == 80).all()
    known = shares[shares["pattern"].isin(PATTERNS)]
    np.testing.assert_allclose(known.groupby("criterion")["percent"].sum(), 100)
    counted = moves(table).groupby(["from_criterion", "to_criterion"])["n_patients"].sum()
    assert len(counted) == len(criteria) * (len(criteria) - 1)
    assert (counted == 80).all()


def test_a_stricter_cut_off_only_takes_ruptures_away(small_cohort):
    rules = {f"k{k}": Criterion(k=k) for k in (1, 2)}
    found = moves(patterns_by_criterion(small_cohort.sessions, rules)).query(
        "from_criterion == 'k1' and from_pattern == 'none'"
    )
    assert found["to_pattern"].tolist() == ["none"]


def test_one_criterion_gives_no_agreement():
    alone = judged(a="nur")
    assert agreement(alone).empty
    assert "kappa" in agreement(alone).columns
    assert moves(alone).empty
    assert consistency(alone).set_index("quantity")["value"]["n_same_pattern"] == 3


@pytest.mark.parametrize("word", ["nnn", "uuu", "xxx", ""])
def test_kappa_is_unknown_where_all_are_alike(word):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = agreement(judged(a=word, b=word)).iloc[0]
    assert np.isnan(found["kappa"])
    assert np.isnan(found["kappa_rupture"])


def test_nobody_ruptures_under_any_criterion(criteria):
    flat = long_table(A=[4] * 6, B=[3] * 6)
    table = patterns_by_criterion(flat, criteria)
    assert consistency(table).set_index("quantity")["value"]["n_no_rupture_by_any"] == 2
    assert agreement(table)["kappa"].isna().all()
