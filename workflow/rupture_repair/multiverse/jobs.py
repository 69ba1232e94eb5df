"""What each job of the multiverse is told, as plain values for Snakemake's params."""

from collections.abc import Mapping
from typing import Any

from rupture_repair.multiverse.specifications import chunks

# replicates of a job: a stopped run goes on after the last that were finished
BLOCK = 25


def blocks(replicates: int) -> list[str]:
    """Return the names of the blocks of replicates: `0-25`, `25-50`, …, the last one shorter."""
    return [f"{first}-{min(first + BLOCK, replicates)}" for first in range(0, replicates, BLOCK)]


def chunk_settings(settings: Mapping[str, Any], chunk: str) -> dict[str, Any]:
    """Return the specifications of a job, and what is told of them.

    settings : as in `specifications`.
    """
    told = {name: settings["choices"][name] for name in ("at_session", "fewest_patients")}
    return {"specifications": [item.as_dict() for item in chunks(settings)[chunk]], **told}


def block_settings(
    settings: Mapping[str, Any], alliance: Mapping[str, Any], chunk: str, block: str
) -> dict[str, Any]:
    """Return the same with the replicates of a job; alliance : the instrument."""
    return {
        **chunk_settings(settings, chunk),
        "seed": settings["choices"]["seed"],
        "alliance": dict(alliance),
        "replicates": [int(end) for end in block.split("-")],
    }
