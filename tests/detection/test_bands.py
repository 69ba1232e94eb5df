"""Bands of treatment length, and how many sessions a treatment has."""

import numpy as np
import pandas as pd
from rupture_repair.detection.bands import length_bands, sessions_held


def test_every_length_lies_in_one_band_and_in_the_whole():
    lengths = np.array([1, 2, 3, 4, 5, 9, 10, 20, 21, 91])
    bands = length_bands(lengths)
    members = {name: lengths[inside].tolist() for name, inside in bands.items()}
    assert members == {
        "all": lengths.tolist(),
        "1–2": [1, 2],
        "3–4": [3, 4],
        "5–9": [5, 9],
        "10–20": [10, 20],
        "21+": [21, 91],
    }


def test_a_band_without_anybody_is_left_out_but_never_the_whole():
    assert list(length_bands(np.array([3, 40]))) == ["all", "3–4", "21+"]
    assert list(length_bands(np.array([], dtype=np.int64))) == ["all"]


def test_sessions_without_a_rating_are_held_too():
    sessions = pd.DataFrame(
        {"patient_id": ["B", "A", "B"], "session": [1, 1, 2], "alliance": [None, 3.0, None]}
    )
    assert sessions_held(sessions, pd.Index(["A", "B"])).tolist() == [1, 2]
