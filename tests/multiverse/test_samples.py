"""What specifications do to ratings."""

import numpy as np
import pandas as pd
import pytest
from rupture_repair.multiverse.samples import sample_of


@pytest.fixture
def sessions():
    return pd.DataFrame(
        {
            "patient_id": ["A"] * 3 + ["B"] * 5,
            "session": [1, 2, 3, 1, 2, 3, 4, 5],
            "alliance": [0.0, 1, 2, 3, 4, 5, np.nan, 100],
            "symptoms": [np.nan, 7, 6, 30, 29, 28, 27, 26],
        },
        index=range(100, 108),
    )


def test_short_treatments_are_left_out(sessions):
    assert set(sample_of(sessions, 4, 0.0)["patient_id"]) == {"B"}
    assert len(sample_of(sessions, 3, 0.0)) == 8


def test_the_ends_are_moved_to_the_quantiles_and_nothing_else(sessions):
    found = sample_of(sessions, 3, 0.2)["alliance"]
    low, high = np.nanquantile(sessions["alliance"], [0.2, 0.8])
    assert found.min() == low and found.max() == high
    assert np.isnan(found[6])
    inside = sessions["alliance"].between(low, high).to_numpy()
    assert (found[inside] == sessions["alliance"].to_numpy()[inside]).all()
    assert sessions["alliance"].max() == 100
