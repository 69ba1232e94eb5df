"""A raw file under tidy names, as the checks see it."""

from dataclasses import dataclass, field

import pandas as pd


@dataclass
class RawTable:
    """A raw file under tidy names: text cells, `line`, and how the file calls its columns."""

    file: str
    table: pd.DataFrame
    raw_names: dict[str, str | None]
    found_columns: list[str] = field(default_factory=list)
