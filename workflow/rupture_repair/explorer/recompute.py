"""What follows from a choice, by the package's own functions; nothing has a second version here."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from rupture_repair.config.criteria import PATTERNS
from rupture_repair.detection.bands import WHOLE
from rupture_repair.detection.chance import compare_with_nulls, draw_nulls
from rupture_repair.detection.detector import Detection, detect
from rupture_repair.detection.exposure import hazard_table, person_sessions
from rupture_repair.detection.series import Series
from rupture_repair.explorer.data import Explored
from rupture_repair.multiverse.fits import breakdown_of, multiverse_rows, table_of
from rupture_repair.multiverse.specifications import Specification
from rupture_repair.multiverse.stages import Stages

# what is kept of earlier choices, so that going back costs nothing and memory stays small
MAX_CHOICES = 200
# ratings of all replicates of a kind of null together; 8 bytes each
MAX_RATINGS = 4_000_000
MIN_REPLICATES = 50
# points of symptoms within which two fits of one model agree
SAME = 1e-6
NAMES = (*PATTERNS, "unclassifiable")


class OutOfDate(Exception):
    """Another choice was made meanwhile."""


@dataclass(repr=False)
class Results:
    """Computes what follows from a choice, and keeps what choices share.

    Several threads may ask at once: what two of them make is the same.
    """

    explored: Explored
    _stages: Stages | None = None
    _chosen: set[str] = field(default_factory=set)
    _nulls: tuple[Any, list[tuple[str, list[Series]]]] | None = None

    def stages(self, choice: Specification) -> Stages:
        """Return the stages of the multiverse, new ones after many choices."""
        known = self._stages
        if known is None or len(self._chosen) >= MAX_CHOICES:
            known = Stages(
                self.explored.patients,
                self.explored.sessions,
                self.explored.grid,
                self.explored.multiverse.covariates,
            )
            self._stages, self._chosen = known, set()
        self._chosen.add(choice.id)
        return known

    def breakdown(self, choice: Specification) -> dict[str, float]:
        """Return `n_…` and `percent_…` of each pattern, see `fits.breakdown_of`."""
        return breakdown_of(self.stages(choice).codes(choice))

    def classes(self, choice: Specification) -> pd.DataFrame:
        """Return `patient_id`, and each patient's class by the cohort's own rule and by the choice.

        `own`, `now`: a pattern, `unclassifiable`, or `left out` of the sample.
        """
        own, now = (self._class_of(one) for one in (self.explored.own, choice))
        found = pd.concat([own.rename("own"), now.rename("now")], axis=1).fillna("left out")
        return found.rename_axis("patient_id").reset_index()

    def moves(self, classes: pd.DataFrame) -> pd.DataFrame:
        """Return how many patients go from which class (rows) to which (columns)."""
        names = [*NAMES, "left out"]
        return pd.crosstab(classes["own"], classes["now"]).reindex(
            index=names, columns=names, fill_value=0
        )

    def hazard(self, choice: Specification) -> pd.DataFrame:
        """Return `exposure.hazard_table` of the whole cohort, as `rupture_hazard` has it."""
        sample, _ = self.stages(choice).sample(choice)
        risk, people = person_sessions(sample, choice.criterion, self.explored.grid)
        table = hazard_table(risk, people)
        table.insert(0, "length", WHOLE)
        return table

    def moderation(self, choice: Specification) -> pd.DataFrame:
        """Return the row of the multiverse: breakdown, moderation, certificate, or the reason."""
        asked = self.explored.multiverse.multiverse
        rows = multiverse_rows(
            self.stages(choice), [choice], asked.at_session, asked.fewest_patients
        )
        return table_of(rows)

    def chance(
        self, choice: Specification, still_wanted: Callable[[], bool] = lambda: True
    ) -> pd.DataFrame:
        """Return `chance.compare_with_nulls` of the choice's rule and sample, as `chance` has it.

        The cohort's own number of replicates, fewer of a large cohort. Raises `OutOfDate` as soon
        as it is not wanted any more.
        """
        _, series = self.stages(choice).sample(choice)
        everybody = {WHOLE: np.ones(len(series.patients), dtype=bool)}
        kept = self._kept_nulls(choice, series, still_wanted)
        rules = {"": choice.criterion}
        watched = ((kind, _while(still_wanted, nulls)) for kind, nulls in kept)
        return compare_with_nulls(series, rules, everybody, watched)

    def replicates(self, series: Series) -> int:
        """Return how many cohorts by chance a breakdown is compared with."""
        wanted = self.explored.settings.cohort.chance.replicates
        affordable = MAX_RATINGS // max(len(series.rating), 1)
        return min(wanted, max(affordable, MIN_REPLICATES))

    def detection(self, choice: Specification) -> Detection:
        """Return events and patterns of the choice's sample."""
        sample, _ = self.stages(choice).sample(choice)
        return detect(
            sample, choice.criterion, instrument=self.explored.settings.instruments["alliance"]
        )

    def _class_of(self, choice: Specification) -> pd.Series:
        stages = self.stages(choice)
        _, series = stages.sample(choice)
        names = np.array(NAMES)  # −1, unclassifiable, is the last
        return pd.Series(names[stages.codes(choice)], index=pd.Index(series.patients))

    def _kept_nulls(
        self, choice: Specification, series: Series, still_wanted: Callable[[], bool]
    ) -> list[tuple[str, list[Series]]]:
        if self._nulls is None or self._nulls[0] != choice.sample:
            seed = self.explored.settings.cohort.chance.seed
            made = draw_nulls(series, self.explored.grid, self.replicates(series), seed)
            self._nulls = (
                choice.sample,
                [(kind, list(_while(still_wanted, nulls))) for kind, nulls in made],
            )
        return self._nulls[1]


def rank_in_curve(curve: pd.DataFrame, estimate: float) -> dict[str, float]:
    """Return where an estimate lies among those of the run: how many are lower, and of how many."""
    return {"lower": int((curve["estimate"] < estimate - SAME).sum()), "of": len(curve)}


def _while(still_wanted: Callable[[], bool], nulls: Iterable[Series]) -> Iterator[Series]:
    for null in nulls:
        if not still_wanted():
            raise OutOfDate
        yield null
