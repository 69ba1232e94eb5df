"""The tables of the step that compares rules with published shares."""

from collections.abc import Mapping

import pandas as pd

from rupture_repair.config.analysis import Compatibility
from rupture_repair.config.catalogue import TABLES, made_by
from rupture_repair.config.criteria import Criterion
from rupture_repair.detection.compatibility.studies import counts_of
from rupture_repair.detection.compatibility.weigh import weigh_rules
from rupture_repair.detection.grid import Grid


def compatibility_tables(
    sessions: pd.DataFrame,
    grid: Grid,
    studies: pd.DataFrame,
    criteria: Mapping[str, Criterion],
    criterion: str,
    how: Compatibility,
) -> dict[str, pd.DataFrame]:
    """Return the tables of the step by name; without published shares they have no rows.

    studies : see `published_studies`; the other arguments as in `weigh_rules`.
    """
    tables = {
        name: pd.DataFrame(columns=list(TABLES[name].columns)) for name in made_by("weigh_rules")
    }
    tables["published_studies"] = studies
    if len(studies):
        weighed = weigh_rules(
            sessions, grid, counts_of(studies), criteria, criterion, how.processes, how.seed
        )
        tables["rule_compatibility"] = weighed.rules
        tables["rule_processes"] = weighed.processes
        tables["rule_ranges"] = weighed.ranges
        tables["rule_recovery"] = weighed.recovery
    return tables
