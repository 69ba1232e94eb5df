"""What can be taken away of a choice: figures as SVG, numbers as CSV."""

import threading
from collections.abc import Callable, Mapping
from io import StringIO

import pandas as pd

from rupture_repair.cohort.csv_tables import write_csv
from rupture_repair.config.criteria import PATTERNS
from rupture_repair.config.steps.figures import FigureSettings
from rupture_repair.explorer.choice import named_rule
from rupture_repair.explorer.data import Explored
from rupture_repair.explorer.recompute import Results
from rupture_repair.explorer.sharing import Sharing
from rupture_repair.explorer.window import Shown
from rupture_repair.figures import pattern_breakdown, rupture_hazard
from rupture_repair.figures.save import as_svg
from rupture_repair.figures.style import Drawing, house_style
from rupture_repair.multiverse.specification_table import specification_table
from rupture_repair.multiverse.specifications import Specification

FILES = (
    *("pattern_breakdown.csv", "moderation.csv", "rupture_hazard.csv"),
    *("pattern_breakdown.svg", "rupture_hazard.svg"),
)
DRAWING = threading.Lock()  # Matplotlib's settings are of the process


def breakdown_table(row: pd.DataFrame, explored: Explored) -> pd.DataFrame:
    """Return `pattern_breakdown` of a choice from its `row` of the multiverse, as it is shown."""
    first = row.iloc[0]
    published = next(iter(explored.shares.values()), {})
    return pd.DataFrame(
        {
            "pattern": PATTERNS,
            "n": [first[f"n_{name}"] for name in PATTERNS],
            "percent": [first[f"percent_{name}"] for name in PATTERNS],
            "published_percent": [published.get(name, float("nan")) for name in PATTERNS],
        }
    ).astype({"n": "Float64", "percent": "Float64"})


def moderation_table(choice: Specification, row: pd.DataFrame) -> pd.DataFrame:
    """Return one row: the choices and everything that was found."""
    return specification_table([choice]).merge(row.assign(id=choice.id), on="id")


def file_of(name: str, shown: Shown, results: Results, sharing: Sharing) -> str:
    """Return one of `FILES` on what is shown; tables that are not there yet are computed."""
    explored, choice = results.explored, shown.choice

    def hazard() -> pd.DataFrame:
        if shown.hazard is not None:
            return shown.hazard
        return sharing.hazard(choice, results.hazard(choice), results.breakdown(explored.own))

    match name:
        case "pattern_breakdown.csv":
            return _csv(breakdown_table(shown.row, explored))
        case "moderation.csv":
            return _csv(moderation_table(choice, shown.row))
        case "rupture_hazard.csv":
            return _csv(hazard())
        case "pattern_breakdown.svg":
            counts = breakdown_table(shown.row, explored).astype({"n": float, "percent": float})
            tables = {"pattern_breakdown": counts, "chance": results.chance(choice)}
            tables["published_studies"] = explored.tables["published_studies"]
            return _svg(pattern_breakdown.draw, tables, explored, choice)
        case "rupture_hazard.svg":
            return _svg(rupture_hazard.draw, {"rupture_hazard": hazard()}, explored, choice)
        case _:
            return ""


def _csv(table: pd.DataFrame) -> str:
    text = StringIO()
    write_csv(table, text)  # type: ignore[arg-type]  # pandas writes to either
    return text.getvalue()


def _svg(
    draw: Callable[[Mapping[str, pd.DataFrame], FigureSettings], Drawing],
    tables: Mapping[str, pd.DataFrame],
    explored: Explored,
    choice: Specification,
) -> str:
    words = named_rule(choice, explored) or f"{choice.scale}, k = {choice.k:g}"
    settings = explored.settings.figures.model_copy(update={"criterion": words})
    with DRAWING, house_style():
        return as_svg(draw(tables, settings))
