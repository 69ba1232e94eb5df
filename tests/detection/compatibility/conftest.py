"""A design of treatments: who is rated when."""

import numpy as np
import pandas as pd
import pytest
from rupture_repair.detection.series import Series, series_of


def sessions_of(n: int, seed: int = 3) -> pd.DataFrame:
    """Return sessions of `n` patients, 3 to about 40, some unrated."""
    rng = np.random.default_rng(seed)
    lengths = np.clip(np.rint(2 + np.exp(rng.normal(1.7, 0.8, n))), 3, 40).astype(int)
    table = pd.DataFrame(
        {
            "patient_id": np.repeat([f"p{i:04}" for i in range(n)], lengths),
            "session": np.concatenate([np.arange(1, length + 1) for length in lengths]),
            "alliance": 3.0,
        }
    )
    table.loc[(rng.random(len(table)) < 0.1) & (table["session"] > 1), "alliance"] = np.nan
    return table


@pytest.fixture(scope="session")
def design() -> pd.DataFrame:
    return sessions_of(120)


@pytest.fixture(scope="session")
def rated(design) -> Series:
    return series_of(design)


@pytest.fixture(scope="session")
def treatments():
    """A function that returns the sessions of `n` patients."""
    return sessions_of
