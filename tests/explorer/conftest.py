"""The small cohort as the explorer has it after a run."""

from dataclasses import replace
from types import SimpleNamespace

import pandas as pd
import pytest
import yaml
from rupture_repair.config.criteria import PATTERNS
from rupture_repair.config.load import load_settings
from rupture_repair.detection.compatibility import published_studies
from rupture_repair.detection.grid import Grid
from rupture_repair.explorer.data import Explored
from rupture_repair.explorer.recompute import Results
from rupture_repair.multiverse.fits import multiverse_rows, table_of
from rupture_repair.multiverse.specification_table import specification_table
from rupture_repair.multiverse.specifications import specifications
from rupture_repair.multiverse.stages import Stages


@pytest.fixture(scope="session")
def explored(small_cohort, root):
    """The small cohort with the shipped settings and a curve of 24 specifications."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        config = yaml.safe_load((root / "config/config.yaml").read_text(encoding="utf-8"))
        found = load_settings(config | {"cohorts": ["igra2025"]}, root / "config")
        studies = published_studies(
            {"Igra et al. (2025)": "data/published/igra2025.csv"}
            | {"Holmqvist Larsson et al. (2018)": "data/published/holmqvist_larsson2018.csv"}
        )
    settings = found.cohorts["igra2025"]
    few = settings.cohort.chance.model_copy(update={"replicates": 60})
    settings = replace(settings, cohort=settings.cohort.model_copy(update={"chance": few}))
    fewer = found.multiverse.model_copy(update={"specifications": 24})
    multiverse = settings.multiverse(fewer)
    chosen = specifications(multiverse)
    grid = Grid.of(settings.instruments["alliance"])
    stages = Stages(small_cohort.patients, small_cohort.sessions, grid)
    rows = table_of(multiverse_rows(stages, chosen, fewer.at_session, fewer.fewest_patients))
    tables = {
        "published_studies": studies,
        "pattern_breakdown": pd.DataFrame(
            {"pattern": PATTERNS, "n": [44, 24, 12], "percent": [55.0, 30.0, 15.0]}
        ),
        "multiverse": rows,
        "multiverse_specifications": specification_table(chosen),
    }
    return Explored(settings, multiverse, small_cohort.patients, small_cohort.sessions, tables)


@pytest.fixture(scope="session")
def real(explored):
    """The same patients as if they were real, confidential ones."""
    settings = explored.settings
    disclosed = SimpleNamespace(private=True)
    known = SimpleNamespace(
        **{name: getattr(settings, name) for name in ("criteria", "cohort", "instruments")},
        disclosure=disclosed,
        named_instruments=settings.named_instruments,
        shows_synthetic=False,
        file=settings.file,
    )
    return Explored(
        known, explored.multiverse, explored.patients, explored.sessions, explored.tables
    )


@pytest.fixture(scope="session")
def results(explored):
    """What the explorer computes of the small cohort; keeps what it found."""
    return Results(explored)
