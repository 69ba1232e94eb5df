"""What a comparison report speaks of, read from files."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from rupture_repair.config.steps.comparison import ComparedCohort
from rupture_repair.figures.load import read_tables
from rupture_repair.manuscript.markdown import escape_markdown

Compared = Literal["symptoms", "alliance", "iip", "criterion"]
COMPARED: tuple[Compared, ...] = ("symptoms", "alliance", "iip", "criterion")


@dataclass(frozen=True)
class Comparison:
    """What the report speaks of.

    tables : `cohorts`, `effects` and `pooled`; cohorts : their settings, in the same order.
    left_out : cohorts of the run that are not compared, with what stopped them.
    records : the provenance of each cohort; texts : caption and alt text of each part of the
    forest plot.
    """

    tables: Mapping[str, pd.DataFrame]
    cohorts: Sequence[ComparedCohort]
    left_out: Mapping[str, str]
    records: Sequence[Mapping[str, Any]]
    texts: Sequence[tuple[str, str]]

    @property
    def differ(self) -> tuple[Compared, ...]:
        """What is not the same in all cohorts."""
        table = self.tables["cohorts"]
        return tuple(name for name in COMPARED if _several(table[name]))


def read_comparison(
    tables: Iterable[str],
    records: Iterable[str],
    texts: Iterable[tuple[str, str]],
    cohorts: Sequence[ComparedCohort],
    left_out: Mapping[str, str],
) -> Comparison:
    """Read the files that the report speaks of.

    texts : the files with caption and alt text of each part of the figure.
    """
    read = [json.loads(Path(file).read_text(encoding="utf-8")) for file in records]
    described = read_tables(tables)
    names = ["title", "alliance", "symptoms", "iip", "criterion"]
    table = described["cohorts"]
    described["cohorts"] = table.assign(
        **{name: table[name].map(escape_markdown) for name in names}
    )
    return Comparison(
        described,
        [cohort.model_copy(update={"title": escape_markdown(cohort.title)}) for cohort in cohorts],
        {name: escape_markdown(reason) for name, reason in left_out.items()},
        read,
        [(escape_markdown(_text(caption)), _text(alt)) for caption, alt in texts],
    )


def _text(file: str) -> str:
    return Path(file).read_text(encoding="utf-8").strip()


def _several(values: pd.Series) -> bool:
    return len(set(values)) > 1
