"""What is explored: the tables that a run has admitted, and what it found with the cohort's own."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from rupture_repair.cohort.csv_tables import read_csv
from rupture_repair.config.cohort_settings import CohortSettings
from rupture_repair.config.errors import ExpectedError
from rupture_repair.config.load import load_project
from rupture_repair.config.steps.multiverse import MultiverseSettings
from rupture_repair.detection.grid import Grid
from rupture_repair.multiverse.specifications import CHOICES, Specification, specifications
from rupture_repair.provenance.integrity import record_of

# of a run: what the explorer shows beside what it computes
TABLES = ("published_studies", "pattern_breakdown", "multiverse", "multiverse_specifications")
IN_CURVE = ("estimate", "ci_low", "ci_high", "p")


@dataclass(frozen=True, repr=False)
class Explored:
    """A cohort whose analysis can be changed.

    patients, sessions : the tidy tables that a run has admitted.
    tables : `TABLES` by name, as they may be shared.
    """

    settings: CohortSettings
    multiverse: MultiverseSettings
    patients: pd.DataFrame
    sessions: pd.DataFrame
    tables: Mapping[str, pd.DataFrame]

    @cached_property
    def own(self) -> Specification:
        """The cohort's own analysis."""
        return specifications(self.multiverse)[0]

    @cached_property
    def grid(self) -> Grid:
        """The scores that the alliance questionnaire can give."""
        return Grid.of(self.settings.instruments["alliance"])

    @cached_property
    def shares(self) -> dict[str, dict[str, float]]:
        """Published percentages by study and pattern, that of the cohort first."""
        studies = self.tables["published_studies"]
        return {
            str(study): dict(zip(rows["pattern"], rows["percent"], strict=True))
            for study, rows in studies.groupby("study", sort=False)
        }

    @cached_property
    def curve(self) -> pd.DataFrame:
        """The specifications of the run that have an estimate, from the lowest to the highest."""
        joined = self.tables["multiverse_specifications"].merge(self.tables["multiverse"], on="id")
        found = joined.dropna(subset=["estimate"])
        shares = [name for name in joined if name.startswith("percent_")]
        columns = ["id", "origin", *CHOICES, *IN_CURVE, *shares]
        return found.sort_values("estimate", ignore_index=True)[columns]


def validated(name: str) -> Explored:
    """Return a cohort after its last run, whose record must match the files that are there.

    Raises `ExpectedError` or `ConfigError`, which say what to do.
    """
    project = load_project(name)
    record_of(project, name)
    results = Path(project.project.results) / name
    settings = project.cohorts[name]
    tables = {table: read_csv(results / f"tables/{table}.csv") for table in TABLES}
    people, sessions = (
        pd.read_parquet(results / f"data/{kind}.parquet") for kind in ("patients", "sessions")
    )
    if sessions.empty:
        raise ExpectedError(f"{results} has no patient: there is nothing to explore.")
    return Explored(settings, settings.multiverse(project.multiverse), people, sessions, tables)
