"""The tables of the multiverse, by name."""

from collections.abc import Iterable

import pandas as pd

from rupture_repair.multiverse.inference import COLUMNS, joint_inference
from rupture_repair.multiverse.influence import influence
from rupture_repair.multiverse.specification_table import specification_table
from rupture_repair.multiverse.specifications import Specification


def multiverse_tables(
    chosen: list[Specification], parts: Iterable[pd.DataFrame], resampled: Iterable[pd.DataFrame]
) -> dict[str, pd.DataFrame]:
    """Return the tables of the estimates and of the joint inference.

    parts : rows of `fits.table_of`, in any order. resampled : rows of `resampling.resampled`; none
    without resampling.
    """
    specifications = specification_table(chosen)
    table = pd.concat([part for part in parts if len(part)])
    table = table.set_index("id").loc[specifications["id"]].reset_index()
    drawn = specifications.loc[specifications["origin"] != "also", "id"]
    again = pd.concat(found) if (found := list(resampled)) else pd.DataFrame(columns=list(COLUMNS))
    return {
        "multiverse_specifications": specifications,
        "multiverse": table,
        "multiverse_influence": influence(table, specifications),
        "multiverse_inference": joint_inference(table[table["id"].isin(drawn)], again),
    }
