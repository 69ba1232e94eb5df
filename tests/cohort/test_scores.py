"""Scores from items, worked by hand, and the shipped questionnaires."""

import numpy as np
import pandas as pd
import pytest
import yaml
from rupture_repair.cohort.scores import score_items
from rupture_repair.config.instruments import Instrument, Scoring

MEAN = Scoring(items=4, item_minimum=1, item_maximum=5, reversed=(2,), score="mean")
SUM = Scoring(items=4, item_minimum=1, item_maximum=5, reversed=(2,), score="sum")


def answers(*rows):
    return pd.DataFrame(rows, columns=list("abcd"), dtype=float)


@pytest.mark.parametrize(("scoring", "expected"), [(MEAN, 3.5), (SUM, 14)])
def test_mean_and_sum_with_a_reversed_item(scoring, expected):
    assert score_items(answers([5, 4, 3, 4]), scoring).tolist() == [expected]  # 5, 2, 3, 4


def test_unanswered_items_make_the_score_missing_unless_allowed():
    table = answers([5, np.nan, 3, 4], [5, np.nan, np.nan, 4], [np.nan] * 4)
    assert score_items(table, SUM).isna().all()
    assert score_items(table, SUM, 0.25).tolist()[:1] == [16]  # mean 4 of the answered, times 4
    assert score_items(table, SUM, 0.25).isna().tolist() == [False, True, True]
    assert score_items(table, SUM, 0.5).tolist()[:2] == [16, 18]
    assert score_items(table, SUM, 0.99).isna().tolist() == [False, False, True]


def test_proration_is_after_reversal():
    assert score_items(answers([np.nan, 1, 5, 5]), MEAN, 0.25).tolist() == [5]


def test_extreme_answers_give_the_ends_of_the_range():
    worst = answers([1, 5, 1, 1], [5, 1, 5, 5])
    assert score_items(worst, SUM).tolist() == [4, 20]


def test_wrong_number_of_items():
    with pytest.raises(ValueError, match="3 columns, 4 items"):
        score_items(answers([1, 2, 3, 4])[["a", "b", "c"]], SUM)


@pytest.fixture(scope="module")
def library(root):
    shipped = yaml.safe_load((root / "config/instruments.yaml").read_text(encoding="utf-8"))
    return {name: Instrument(**entry) for name, entry in shipped.items()}


def test_only_these_symptom_scales_get_better_upwards(library):
    symptoms = {name: tool for name, tool in library.items() if tool.measures == "symptoms"}
    upwards = {name for name, tool in symptoms.items() if tool.higher_is == "better"}
    assert upwards == {"ORS", "WHO-5", "WHO-5-raw"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"higher_is": "worse"}, "`higher_is` must be better"),
        ({"maximum": 6}, "by `scoring` the score goes from 0 to 5"),
        ({"citation": None, "source": None}, "give `source`"),
        ({"scoring": {"items": 6, "item_minimum": 0, "item_maximum": 5, "score": "mean",
                      "reversed": [7]}}, "`reversed` names items [7] of 6"),
    ],
)  # fmt: skip
def test_entries_that_contradict_themselves(library, change, message):
    entry = library["SAI"].model_dump() | change
    with pytest.raises(ValueError, match=message.replace("[", r"\[")):
        Instrument(**entry)
