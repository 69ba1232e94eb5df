"""The tables of one step, written as the catalogue describes them."""

from collections.abc import Mapping, Sequence

import pandas as pd

from rupture_repair.cohort.csv_tables import write_csv
from rupture_repair.config.errors import ExpectedError

CATALOGUE = "workflow/rupture_repair/config/catalogue"


def write_tables(
    tables: Mapping[str, pd.DataFrame],
    files: Mapping[str, str],
    columns: Mapping[str, Sequence[str]],
) -> None:
    """Write the tables of a step as CSV.

    tables : what the step has made, by name. files : where each goes, by name. columns : those that
    the catalogue has for each table of the step. Raises `ExpectedError` unless the step has made
    just these tables, with just these columns.
    """
    wrong = [
        f"table `{name}` is made, but the catalogue has no such table of this step: describe it "
        f"in {CATALOGUE}, with columns and masking"
        for name in tables.keys() - columns.keys()
    ]
    wrong += [
        f"table `{name}` is in the catalogue ({CATALOGUE}), but this step does not make it"
        for name in columns.keys() - tables.keys()
    ]
    for name in columns.keys() & tables.keys():
        made, described = list(tables[name]), list(columns[name])
        if made != described:
            wrong.append(
                f"table `{name}` has the columns {', '.join(map(str, made))}; the catalogue "
                f"({CATALOGUE}) has {', '.join(described)}"
            )
    if wrong:
        raise ExpectedError("\n".join(sorted(wrong)))
    for name, table in tables.items():
        write_csv(table, files[name])
