"""The tables of counts as they may be shared; those of the private folder have all of them."""

from collections.abc import Callable, Mapping

import pandas as pd

from rupture_repair.config.catalogue import TABLES
from rupture_repair.config.catalogue.table import By, Masking, Open, Parts, Rows, Withheld
from rupture_repair.disclosure import cohort_tables, detection_tables, model_tables
from rupture_repair.disclosure.known import Known
from rupture_repair.disclosure.rounding import rounded
from rupture_repair.disclosure.suppression import blanked, hidden_cells, is_small
from rupture_repair.disclosure.wording import worded

Mask = Callable[[pd.DataFrame, Known], pd.DataFrame]
MODULES = (cohort_tables, detection_tables, model_tables)


def shared_tables(tables: Mapping[str, pd.DataFrame], *, masked: bool) -> dict[str, pd.DataFrame]:
    """Return the tables for sharing, with words for keys.

    In masked cells nothing stands, and numbers are rounded.

    tables : all tables of counts by name, at full precision; each is masked as the catalogue says.
    masked : whether small counts must not be shown; without it all numbers stay as they are.
    """
    made = dict(tables)
    if masked:
        known = Known(tables)
        made = {
            name: rounded(shared(table, TABLES[name].masking, known), TABLES[name])
            for name, table in tables.items()
        }
    return {name: worded(table, TABLES[name], masked=masked) for name, table in made.items()}


def shared(table: pd.DataFrame, masking: Masking | None, known: Known) -> pd.DataFrame:
    """Return one table for sharing. Raises `ValueError` where no masking is given."""
    match masking:
        case Parts(count, also):
            return blanked(table, _hidden_parts(table, masking, known), [count, *also])
        case Rows(count, also):
            return blanked(table, table[count].map(is_small), [count, *also])
        case Open():
            return table
        case Withheld():
            return table.iloc[:0]
        case By(function):
            return function_of(function)(table, known)
        case _:
            raise ValueError(f"a table of counts is shared by a masking, not by {masking}")


def function_of(name: str) -> Mask:
    """Return the masking function `module.function` of this package."""
    modules = {module.__name__.rpartition(".")[2]: module for module in MODULES}
    module, _, function = name.partition(".")
    found: Mask = getattr(modules[module], function)
    return found


def _hidden_parts(table: pd.DataFrame, masking: Parts, known: Known) -> list[bool]:
    """Return which rows are hidden, each group of `within` with a total of its own."""
    hidden = pd.Series(False, index=table.index)
    if "pattern" in table:
        hidden = table["pattern"].isin(known.patterns)
    groups = (
        table.groupby(list(masking.within), sort=False, dropna=False)
        if masking.within
        else [((), table)]
    )
    for _, own in groups:
        counts = own[[masking.count]].fillna(0)
        mask = hidden_cells(counts.T, [hidden[own.index]])
        hidden[own.index] = mask[0]
    return hidden.tolist()
