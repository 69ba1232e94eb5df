"""The tables of the multiverse, by name."""

from collections.abc import Iterable

import pandas as pd

from rupture_repair.multiverse.inference import joint_inference, resampled_rows
from rupture_repair.multiverse.specification_table import specification_table
from rupture_repair.multiverse.specifications import Specification
from rupture_repair.multiverse.variance_shares import variance_shares


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
    return {
        "multiverse_specifications": specifications,
        "multiverse": table,
        "multiverse_influence": variance_shares(table, specifications),
        "multiverse_inference": joint_inference(
            table[table["id"].isin(drawn)], of_all_jobs(resampled)
        ),
    }


def of_all_jobs(parts: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Return the rows of `resampling.resampled` of all jobs; perhaps none.

    The file of a job in which nothing could be estimated has no rows, and no say in the types.
    """
    filled = [part for part in parts if len(part)]
    return pd.concat(filled) if filled else resampled_rows([])
