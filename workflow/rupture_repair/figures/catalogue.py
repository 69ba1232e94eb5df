"""The figures, and the tables that each of them draws, as the modules themselves declare them.

A figure is a module of this folder with a function `draw` and the names of its tables:
`TABLES = ("pattern_breakdown", "chance")`. They are read from the source, not imported, so that
the workflow starts without matplotlib.
"""

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from rupture_repair.config.catalogue import PARTS, TABLES, TIDY
from rupture_repair.config.errors import ConfigError, ConfigProblem, did_you_mean

DECLARED = re.compile(r"^TABLES = (\([^)]*\))", re.MULTILINE)


def figures_in(folder: Path) -> dict[str, tuple[str, ...]]:
    """Return figure → names of its tables, sorted by the name of the figure."""
    found = {file.stem: _declared(file) for file in sorted(folder.glob("*.py"))}
    return {name: tables for name, tables in found.items() if tables is not None}


def require_known(figures: Mapping[str, tuple[str, ...]]) -> None:
    """Raise `ConfigError` where a figure names a table that there is not."""
    known = [*TABLES, *TIDY]
    problems = [
        ConfigProblem(f"figures/{name}.py", "TABLES", f"no `{table}`; {did_you_mean(table, known)}")
        for name, tables in figures.items()
        for table in tables
        if table not in known
    ]
    if problems:
        raise ConfigError(problems)


def _declared(file: Path) -> tuple[str, ...] | None:
    """Return the literal `TABLES` of a module, or None where it has none."""
    found = DECLARED.search(file.read_text(encoding="utf-8"))
    return tuple(ast.literal_eval(found[1])) if found else None


FIGURES = figures_in(Path(__file__).parent)
MODELLED = {
    name
    for part in ("Models", "Checks of the models, and change", "Multiverse")
    for name in PARTS[part]
}
# drawn as soon as ruptures are known, and those that wait for models
OF_MODELS = tuple(name for name, tables in FIGURES.items() if MODELLED & set(tables))
OF_RATINGS = tuple(name for name in FIGURES if name not in OF_MODELS)


def tables_of_figures(figures: Iterable[str]) -> list[str]:
    """Return the names of the tables that figures draw, each once."""
    return sorted({name for figure in figures for name in FIGURES[figure]})


def in_words(figures: Sequence[str]) -> str:
    """Return the names of figures as they are read; of more than three the first two."""
    names = [figure.replace("_", " ") for figure in figures]
    if len(names) <= 3:
        return ", ".join(names)
    return f"{names[0]}, {names[1]} and {len(names) - 2} more"
