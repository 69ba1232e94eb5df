"""Tables for a figure, by the name of their file."""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from rupture_repair.cohort.csv_tables import read_csv


def read_tables(files: Iterable[str]) -> dict[str, pd.DataFrame]:
    """Return each CSV or Parquet file as a table under its stem."""
    return {
        Path(file).stem: pd.read_parquet(file) if file.endswith(".parquet") else read_csv(file)
        for file in files
    }
