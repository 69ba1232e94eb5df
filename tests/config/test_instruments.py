"""The questionnaires that are shipped, and what an entry may say."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest
import yaml
from pydantic import ValidationError
from rupture_repair.cohort.scores import score_items
from rupture_repair.config.instruments import Instrument
from rupture_repair.config.instruments_page import instruments_page
from rupture_repair.modelling.reliable_change import reliable_at_95

NAMED = {
    "alliance": "SAI WAI-SR WAI-SR-7 WAI-S WAI-36 HAQ-II HAQ-D CALPAS ARM-5 ARM-12 BPSR-P SRS",
    "symptoms": (
        "CORE-10 CORE-OM CORE-OM-10 CORE-5 GP-CORE OQ-45 OQ-30 PHQ-9 PHQ-4 GAD-7 GAD-2 BDI-II "
        "MADRS-S QIDS-SR DASS-21 DASS-21-doubled K10 PCL-5 CCAPS-34 BSI-18 BSI-53 SCL-90-R "
        "SCL-K-9 HSCL-25 ORS WHO-5 WHO-5-raw"
    ),
    "iip": (
        "IIP-32 IIP-64 IIP-12 IIP-SC ECR-S-anxiety ECR-S-avoidance ECR-R-anxiety ECR-R-avoidance "
        "RQ PID-5-BF LPFS-BF LPFS-SR OPD-SQS SIPP-SF"
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def library(root):
    entries = yaml.safe_load((root / "config/instruments.yaml").read_text(encoding="utf-8"))
    return {key: Instrument(**entry) for key, entry in entries.items()}


@pytest.mark.parametrize("role", NAMED)
def test_the_usual_questionnaires_are_there(library, role):
    assert {key for key, tool in library.items() if tool.measures == role} == set(
        NAMED[role].split()
    )


def test_answers_at_both_ends_give_both_ends_of_the_score(library):
    """Of every questionnaire that can be scored here, reversed items and factors included."""
    scored = {key: tool for key, tool in library.items() if tool.scoring}
    assert len(scored) > 25
    for key, tool in scored.items():
        scoring = tool.scoring
        turned = {*scoring.reversed, *(i for i, w in enumerate(scoring.weights, 1) if w < 0)}
        worst = [
            scoring.item_maximum if item in turned else scoring.item_minimum
            for item in range(1, scoring.items + 1)
        ]
        best = [scoring.item_minimum + scoring.item_maximum - answer for answer in worst]
        found = score_items(pd.DataFrame([worst, best]), scoring)
        assert found.tolist() == pytest.approx([tool.minimum, tool.maximum]), key


def test_steps_are_those_of_the_scoring(library):
    """One answer of one item higher is one step; lines that are marked have none."""
    for key, tool in library.items():
        if tool.scoring and tool.step:
            answers = np.full((2, tool.scoring.items), tool.scoring.item_minimum)
            answers[1, tool.scoring.parts[0][0] - 1] += 1
            low, high = score_items(pd.DataFrame(answers), tool.scoring)
            assert abs(high - low) == pytest.approx(tool.step), key
        if tool.step:
            n_steps = (tool.maximum - tool.minimum) / tool.step
            assert n_steps == pytest.approx(round(n_steps)), key


def test_cut_offs_and_reliable_changes_lie_within_the_scale(library):
    for key, tool in library.items():
        if tool.cut_off is not None:
            assert tool.minimum < tool.cut_off < tool.maximum, key
        if tool.reliable_change is not None:
            assert tool.reliable_change < (tool.maximum - tool.minimum) / 2, key


def test_the_clinical_score_of_the_core_om_is_ten_times_its_mean(library):
    mean, clinical = library["CORE-OM"], library["CORE-OM-10"]
    answers = pd.DataFrame(np.random.default_rng(3).integers(0, 5, (20, 34)))
    assert np.allclose(
        score_items(answers, clinical.scoring), 10 * score_items(answers, mean.scoring)
    )
    assert clinical.cut_off == 10 * mean.cut_off


def test_the_reliable_change_of_the_core_10_is_of_90_percent(library):
    """Barkham et al. (2013): 6 points; alpha .90 and SD 7.7 give 1.96 · √2 · 7.7 · √.1 at 95%."""
    tool = library["CORE-10"]
    assert (tool.reliable_change, tool.reliable_change_level) == (6, 0.9)
    assert reliable_at_95(tool) == pytest.approx(6.75, abs=0.005)
    # the published 6 is what 1.645 gives, rounded up
    assert 1.645 / 1.96 * reliable_at_95(tool) == pytest.approx(5.66, abs=0.01)


@pytest.mark.parametrize(
    "change", [{"reliable_change_level": 0.95}, {"reliability": None}, {"reference_sd": None}]
)
def test_no_stricter_criterion_where_nothing_gives_one(library, change):
    assert reliable_at_95(library["CORE-10"].model_copy(update=change)) is None


ENTRY = {"title": "X", "short": "X", "measures": "symptoms", "minimum": 0, "maximum": 40,
         "higher_is": "worse", "source": "Anyone, 2001"}  # fmt: skip
TEN = {"items": 10, "item_minimum": 0, "item_maximum": 4}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"source": None}, "give `source`"),
        ({"seen": "abstract"}, "`seen_in` is the place"),
        ({"seen": "memory", "seen_in": "doi:10.1/1"}, "`seen_in` is the place"),
        ({"reliable_change_level": 0.9}, "without `reliable_change`"),
        ({"scoring": {"items": 4, "item_minimum": 0, "item_maximum": 4, "score": "mean"}},
         "by `scoring` the score goes from 0 to 4"),
        ({"scoring": {"items": 4, "item_minimum": 0, "item_maximum": 4, "score": "mean",
                      "factor": 5}}, "by `scoring` the score goes from 0 to 20"),
        ({"scoring": {**TEN, "score": "sum", "counted": [11]}}, "names items \\[11\\] of 10"),
        ({"scoring": {**TEN, "score": "sum", "highest_of": [[1, 2], [2, 3]]}}, "in one group"),
        ({"scoring": {**TEN, "score": "sum", "weights": [1, 2]}}, "2 `weights` are given for 10"),
        ({"scoring": {**TEN, "score": "sum", "weights": [1] * 10, "counted": [1]}}, "give 0"),
        ({"scoring": {**TEN, "score": "sum", "weights": [2] * 10}}, "goes from 0 to 80"),
        ({"scoring": {**TEN, "score": "sum"}, "not_scored": "unknown"}, "leave one of them out"),
    ],
)  # fmt: skip
def test_an_entry_that_contradicts_itself(change, expected):
    with pytest.raises(ValidationError, match=expected):
        Instrument(**ENTRY | change)


def test_each_entry_says_where_its_facts_were_seen(library):
    for key, tool in library.items():
        assert tool.source, key
        assert tool.seen, key
        if tool.seen != "memory":
            assert tool.seen_in, key
        for fact in tool.not_seen:
            assert fact in ("items", "range", "direction", "scoring") or (
                tool.scoring.reversed if fact == "reversed" else getattr(tool, fact)
            ), (key, fact)


# Known answers: the score of the least answer to every item, of the largest to every item, and of
# one pattern (the answers, and its score worked by hand beside them). Of the items of a subscale
# and of what is turned round, the sources are in `seen_in`.
BY_HAND = {
    # 1, 7 and 9 of 22 count: (3 + 1 − 1) / 3
    "BPSR-P": (-3, 3, {1: 3, 7: 1, 9: -1, 2: 3, 22: 3}, 1),
    # largest of 1–4 is 2, of 6–9 is 3, of 15 and 16 is 1; item 5 has 1, item 10 has 2: 9
    "QIDS-SR": (0, 27, {1: 1, 4: 2, 5: 1, 6: 1, 9: 3, 10: 2, 15: 1, 16: 1}, 9),
    # 20 of 34 count; of items 2, 4 and 33 come 4 + 3 + 3, and 1, 3 and 34 do not count
    "CCAPS-34": (0, 4, {2: 4, 4: 3, 33: 3, 1: 4, 3: 4, 34: 4}, 0.5),
    # five items have 1 and item 8, 7 turned round, has 1; items 2 and 4 have 7 and 4 instead
    "ECR-S-anxiety": (2, 6, {2: 7, 4: 4, 8: 7}, 2.5),
    # 1, 5 and 9 are turned round: 7, 3 and 7; 3, 7 and 11 have 1, 1 and 5: 24 / 6
    "ECR-S-avoidance": (4, 4, {5: 5, 11: 5}, 4),
    # 9 and 11 are turned round: 16 items of 1 and two of 7 are 30; item 1 has 7: 36 / 18
    "ECR-R-anxiety": (30 / 18, 114 / 18, {1: 7, 20: 7}, 2),
    # 12 of 18 are turned round: 6 items of 1, 12 of 7 are 90; 20 and 36 have 7, so 1: 78 / 18
    "ECR-R-avoidance": (5, 3, {20: 7, 36: 7, 1: 7}, 78 / 18),
    # all answers 1 give the sum of the weights, 140; item 1 (−.5) has 3 more: −1.5; item 9 (3.5)
    # has 2 more: 7; item 80 (.5) has 1 more: .5
    "LPFS-SR": (140, 560, {1: 4, 9: 3, 80: 2}, 146),
    "OPD-SQS": (0, 48, {1: 4, 6: 3, 12: 1}, 8),
}  # fmt: skip


@pytest.mark.parametrize("key", BY_HAND)
def test_scores_worked_by_hand(library, key):
    scoring = library[key].scoring
    least, largest, pattern, expected = BY_HAND[key]
    answers = np.full((3, scoring.items), scoring.item_minimum)
    answers[1] = scoring.item_maximum
    for item, answer in pattern.items():
        answers[2, item - 1] = answer
    if key == "BPSR-P":
        answers[2, [i - 1 for i in range(1, 23) if i not in pattern]] = 0
    found = score_items(pd.DataFrame(answers), scoring)
    assert found.tolist() == pytest.approx([least, largest, expected])


def test_the_weights_of_the_lpfs_sr_are_of_five_levels(library):
    """From no impairment (−.5) to extreme impairment (3.5), as its description has them."""
    weights = Counter(library["LPFS-SR"].scoring.weights)
    assert weights == {-0.5: 12, 0.5: 14, 1.5: 15, 2.5: 20, 3.5: 19}


def test_weighted_answers_are_not_prorated(library):
    answers = pd.DataFrame(np.ones((2, 80)))
    answers.iloc[1, 40] = np.nan
    found = score_items(answers, library["LPFS-SR"].scoring, missing_share=0.5)
    assert found.notna().tolist() == [True, False]


def test_of_a_group_the_answers_given_count(library):
    """The QIDS-SR asks for more or for less appetite: one of the two stays empty."""
    answers = pd.DataFrame(np.ones((2, 16)))
    answers.iloc[0, [6, 8]] = np.nan  # items 7 and 9
    answers.iloc[1, [5, 6, 7, 8]] = np.nan
    assert score_items(answers, library["QIDS-SR"].scoring).tolist()[:1] == [9]
    assert score_items(answers, library["QIDS-SR"].scoring).isna().tolist() == [False, True]
    assert score_items(answers, library["QIDS-SR"].scoring, 1 / 9).tolist() == [9, 9]


def test_an_entry_has_scoring_or_says_why_not(root, library):
    page = (root / "config/INSTRUMENTS.md").read_text(encoding="utf-8")
    for key, tool in library.items():
        assert (tool.scoring is None) == bool(tool.not_scored), key
        assert tool.scoring or f"**no**: {tool.not_scored} |" in page, key
    assert sum(tool.scoring is None for tool in library.values()) <= 9


def test_the_page_of_questionnaires_is_made_of_the_library(root, library):
    shipped = (root / "config/INSTRUMENTS.md").read_text(encoding="utf-8")
    assert shipped == instruments_page(root / "config/instruments.yaml"), "run `make config-docs`"
    rows = {line.split("`")[1]: line for line in shipped.splitlines() if line.startswith("| `")}
    assert list(rows) == list(library)
    for key, tool in library.items():
        unchecked = "from memory, not checked against the source" in rows[key]
        assert unchecked == (tool.seen == "memory"), key


def test_a_range_that_was_not_seen_is_named_so_and_your_own_is_not(library):
    assert library["CORE-10"].named_range == "CORE-10"
    for key in ("SAI", "ARM-12"):  # not found there; nothing seen
        assert "not checked" in library[key].named_range
    assert Instrument(**ENTRY).named_range == "X"


def test_a_factor_makes_the_range(library):
    scoring = {"items": 4, "item_minimum": 0, "item_maximum": 4, "score": "mean", "factor": 10}
    assert Instrument(**ENTRY | {"scoring": scoring}).scoring.factor == 10
