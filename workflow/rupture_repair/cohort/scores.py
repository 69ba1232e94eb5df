"""Scores made from items: reversal, weights, proration, mean or sum, and its factor."""

import numpy as np
import pandas as pd

from rupture_repair.config.instruments import Scoring


def score_items(answers: pd.DataFrame, scoring: Scoring, missing_share: float = 0.0) -> pd.Series:
    """Return the score of each row, in points of the instrument.

    answers : one numeric column per item, in the instrument's order; missing where unanswered.
    missing_share : with more unanswered items than this share, the score is missing; with fewer,
    the mean of the answered items stands for them, after reversal. A group of which the highest
    answer counts is one item, unanswered if all of it is. Without any answer the score is missing,
    and so is a score of weighted items without all answers.

    Raises `ValueError` when the number of columns is not the number of items.
    """
    if answers.shape[1] != scoring.items:
        raise ValueError(f"{answers.shape[1]} columns, {scoring.items} items")
    turned = answers.astype(float).copy()
    for item in scoring.reversed:
        column = turned.columns[item - 1]
        turned[column] = scoring.item_minimum + scoring.item_maximum - turned[column]
    parts = scoring.parts
    counted = pd.concat([_highest(turned, part) for part in parts], axis=1)
    unanswered = counted.isna().sum(axis=1)
    allowed = 0.0 if scoring.weights else missing_share * len(parts)
    if scoring.weights:
        counted = counted * np.array(scoring.weights)
    score = counted.mean(axis=1)
    if scoring.score == "sum":
        score = score * len(parts)
    score = score * scoring.factor
    return score.where(unanswered <= allowed + 1e-9)


def _highest(answers: pd.DataFrame, items: tuple[int, ...]) -> pd.Series:
    columns = answers.iloc[:, [item - 1 for item in items]]
    return columns.iloc[:, 0] if len(items) == 1 else columns.max(axis=1)
