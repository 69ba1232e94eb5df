"""The tables of the multiverse, by name."""

from collections.abc import Iterable

import pandas as pd

from rupture_repair.multiverse.inference import joint_inference, resampled_rows
from rupture_repair.multiverse.influence import influence
from rupture_repair.multiverse.specification_table import specification_table
from rupture_repair.multiverse.specifications import Specification


def multiverse_tables(
    chosen: list[Specification], parts: Iterable[pd.DataFrame]
) -> dict[str, pd.DataFrame]:
    """Return the tables of the estimates; parts : rows of `fits.table_of`, in any order."""
    specifications = specification_table(chosen)
    table = pd.concat([part for part in parts if len(part)])
    table = table.set_index("id").loc[specifications["id"]].reset_index()
    return {
        "multiverse_specifications": specifications,
        "multiverse": table,
        "multiverse_influence": influence(table, specifications),
    }


def inference_tables(
    specifications: pd.DataFrame, table: pd.DataFrame, parts: Iterable[pd.DataFrame]
) -> dict[str, pd.DataFrame]:
    """Return the tables of the joint inference.

    specifications, table : of `multiverse_tables`. parts : rows of `resampling.resampled`; none
    without resampling.
    """
    drawn = specifications.loc[specifications["origin"] != "also", "id"]
    filled = [part for part in parts if len(part)]  # in others, nothing could be estimated
    resampled = pd.concat(filled) if filled else resampled_rows([])
    return {"multiverse_inference": joint_inference(table[table["id"].isin(drawn)], resampled)}
