"""Scores made from items: reversal, proration, mean or sum, and its factor."""

import pandas as pd

from rupture_repair.config.instruments import Scoring


def score_items(answers: pd.DataFrame, scoring: Scoring, missing_share: float = 0.0) -> pd.Series:
    """Return the score of each row, in points of the instrument.

    answers : one numeric column per item, in the instrument's order; missing where unanswered.
    missing_share : with more unanswered items than this share, the score is missing; with fewer,
    the mean of the answered items stands for them, after reversal. Without any answer the score
    is missing.

    Raises `ValueError` when the number of columns is not the number of items.
    """
    if answers.shape[1] != scoring.items:
        raise ValueError(f"{answers.shape[1]} columns, {scoring.items} items")
    turned = answers.astype(float).copy()
    for item in scoring.reversed:
        column = turned.columns[item - 1]
        turned[column] = scoring.item_minimum + scoring.item_maximum - turned[column]
    unanswered = turned.isna().sum(axis=1)
    score = turned.mean(axis=1)
    if scoring.score == "sum":
        score = score * scoring.items
    score = score * scoring.factor
    return score.where(unanswered <= missing_share * scoring.items + 1e-9)
