"""What each job of the multiverse depends on."""

from rupture_repair.config.base import Strict
from rupture_repair.config.instruments import Instrument
from rupture_repair.config.steps.modelling import ModelCovariate
from rupture_repair.config.steps.multiverse import MultiverseSettings
from rupture_repair.multiverse.specifications import Specification, chunks, specifications

# replicates of a job: a stopped run goes on after the last that were finished
BLOCK = 50


class ChunkSettings(Strict):
    """For the specifications of a job."""

    specifications: tuple[Specification, ...]
    at_session: int
    fewest_patients: int
    alliance: Instrument
    covariates: tuple[ModelCovariate, ...] = ()


class BlockSettings(ChunkSettings):
    """For the same on replicates, from the first to before the last."""

    seed: int
    replicates: tuple[int, int]


def blocks(replicates: int) -> list[str]:
    """Return the names of the blocks of replicates: `0-50`, `50-100`, …, the last one shorter."""
    return [f"{first}-{min(first + BLOCK, replicates)}" for first in range(0, replicates, BLOCK)]


def chunk_settings(settings: MultiverseSettings, chunk: str) -> ChunkSettings:
    """Return the settings of the job `chunk`."""
    return ChunkSettings(
        specifications=tuple(chunks(settings)[chunk]),
        at_session=settings.multiverse.at_session,
        fewest_patients=settings.multiverse.fewest_patients,
        alliance=settings.alliance,
        covariates=settings.covariates,
    )


def own_settings(settings: MultiverseSettings) -> ChunkSettings:
    """Return the settings of a job on the cohort's own analysis alone."""
    return ChunkSettings(
        specifications=tuple(specifications(settings)[:1]),
        at_session=settings.multiverse.at_session,
        fewest_patients=settings.multiverse.fewest_patients,
        alliance=settings.alliance,
    )


def block_settings(
    settings: MultiverseSettings, chunk: str, block: str, most: int = 0
) -> BlockSettings:
    """Return the settings of the job `chunk` on the replicates of `block`.

    most : of all jobs together, the cohort's own specification and the first of the draw, which
    are a random sample of it; 0: all.
    """
    first, last = block.split("-")
    again = {item.id for item in specifications(settings)[: most or None]}
    return BlockSettings(
        specifications=tuple(item for item in chunks(settings)[chunk] if item.id in again),
        at_session=settings.multiverse.at_session,
        fewest_patients=settings.multiverse.fewest_patients,
        seed=settings.multiverse.seed,
        alliance=settings.alliance,
        covariates=settings.covariates,
        replicates=(int(first), int(last)),
    )
