"""The specifications as a table to read."""

import pandas as pd

from rupture_repair.multiverse.specifications import CHOICES, Specification


def specification_table(found: list[Specification]) -> pd.DataFrame:
    """Return a row per specification: `id, origin` and the choices; null is no limit."""
    rows = [{"id": item.id, "origin": item.origin, **item.content()} for item in found]
    table = pd.DataFrame(rows, columns=["id", "origin", *CHOICES])
    limits = ["max_gap", "repair_window"]
    table[limits] = table[limits].astype("Int64")
    return table
