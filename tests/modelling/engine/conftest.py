import pandas as pd
import pytest
from engine_data import tiny_cohort


@pytest.fixture
def tiny() -> pd.DataFrame:
    return tiny_cohort()
