"""What is wrong with the catalogue, in words, before anything runs."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from rupture_repair.config.catalogue import COUNTED, PARTS, TABLES, full_file, made_by, shared_file
from rupture_repair.config.catalogue.table import (
    MASKED_BEFORE,
    PATIENTS,
    By,
    Masking,
    Open,
    Parts,
    Rows,
    Table,
)
from rupture_repair.config.errors import ConfigError, ConfigProblem, did_you_mean

CATALOGUE = "workflow/rupture_repair/config/catalogue"
DISCLOSURE = Path(__file__).parents[2] / "disclosure"


def require_complete(outputs: Mapping[str, Iterable[str]], results: str) -> None:
    """Raise `ConfigError` unless catalogue and rules agree, and every table has a masking.

    outputs : rule → the files that it writes; results : the folder of the results.
    """
    problems = [
        ConfigProblem(CATALOGUE, f"table `{name}`", words)
        for name, table in TABLES.items()
        for words in [*problems_of(table), *_step_problems(table, outputs)]
    ]
    names = [name for part in PARTS.values() for name in part]
    problems += [
        ConfigProblem(CATALOGUE, f"table `{name}`", "there are two tables of this name")
        for name in sorted({name for name in names if names.count(name) > 1})
    ]
    for rule, files in outputs.items():
        problems += [
            ConfigProblem("workflow/rules", f"rule {rule}", words)
            for words in _unlisted(rule, files, results)
        ]
    if problems:
        raise ConfigError(problems)


def problems_of(table: Table) -> Iterator[str]:
    """Yield what is wrong with an entry."""
    if table.masking is None:
        yield (
            "it has no `masking`: say how counts of 1 to 4 patients are masked in it (`Parts`, "
            "`Rows`, `By`), or `NO_COUNTS` if it counts no patients"
        )
        return
    for name, column in table.columns.items():
        if not column.unit and (name == "n" or name.startswith("n_")):
            yield f"its column `{name}` counts something: say what in its `unit`"
    counts = {name for name, column in table.columns.items() if column.unit == PATIENTS}
    open_ = counts - set(_masked(table.masking, table))
    if open_ and table.masking != MASKED_BEFORE:
        yield (
            f"its column `{sorted(open_)[0]}` counts patients, and the masking does not name it: "
            "add it to `also`, or choose a masking that masks it"
        )
    for name in _named(table.masking):
        if name not in table.columns:
            yield f"its masking names the column `{name}`; {did_you_mean(name, table.columns)}"
    if isinstance(table.masking, By) and table.masking.function not in masking_functions():
        hint = did_you_mean(table.masking.function, masking_functions())
        yield (
            f"its masking function `{table.masking.function}` is not in the package `disclosure`; "
            f"{hint}"
        )
    if table.caption and table.place != "supplement":
        yield "a table with a `caption` is printed in the supplement: its `place` is `supplement`"


@cache
def masking_functions() -> list[str]:
    """Return the public functions of the package `disclosure` as `module.function`."""
    return [
        f"{file.stem}.{node.name}"
        for file in sorted(DISCLOSURE.glob("*.py"))
        for node in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    ]


def _masked(masking: Masking, table: Table) -> Iterable[str]:
    """Return the columns that the masking looks after."""
    if isinstance(masking, Parts | Rows):
        return [masking.count, *masking.also]
    return [] if isinstance(masking, Open) else table.columns


def _named(masking: Masking) -> Iterable[str]:
    match masking:
        case Parts(count, also, within):
            return [count, *also, *within]
        case Rows(count, also):
            return [count, *also]
        case _:
            return []


def _step_problems(table: Table, outputs: Mapping[str, Iterable[str]]) -> Iterator[str]:
    if table.step not in outputs:
        yield f"there is no rule `{table.step}` to make it; {did_you_mean(table.step, outputs)}"


def _unlisted(rule: str, files: Iterable[str], results: str) -> Iterator[str]:
    """Yield each CSV file that lies where tables lie and is not one of the catalogue's."""
    listed = {full_file(name) for name in made_by(rule)}
    if rule == "share_counts":
        listed |= {shared_file(name) for name in COUNTED}
    folders = {table.folder for table in TABLES.values()}
    folders |= {table.full_folder for table in TABLES.values()}
    for file in files:
        inside = str(file).removeprefix(f"{results}/").partition("/")[2]
        folder, _, name = inside.rpartition("/")
        if name.endswith(".csv") and folder in folders and inside not in listed:
            yield (
                f"it writes {inside}, a table that the catalogue does not have for this step: "
                f"describe it in {CATALOGUE}, with columns and masking"
            )
