"""Parquet files: already typed, so only spelled."""

from pathlib import Path

import pandas as pd
import pyarrow as pa

from rupture_repair.cohort.raw_file import RawFile, RawFileError
from rupture_repair.cohort.statistical import spelled_table
from rupture_repair.config.reading import Reading


def read_parquet(path: Path, reading: Reading) -> RawFile:
    """Return a Parquet file; an index that was stored with a name is a column.

    Raises `RawFileError` when the file cannot be read.
    """
    try:
        table = pd.read_parquet(path)
    except (pa.ArrowException, OSError, ValueError) as error:
        said = str(error).split(".")[0]
        message = f"the file cannot be read as Parquet ({said})"
        raise RawFileError(str(path), message, "Export the table again.") from None
    if table.index.name is not None:
        table = table.reset_index()
    return RawFile(spelled_table(str(path), table))
