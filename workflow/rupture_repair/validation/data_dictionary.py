"""Data dictionary and Psych-DS description of a cohort.

Both are made from the schemas, the cohort file and the instruments.

Psych-DS (schema 1.5.0) asks for `dataset_description.json`, a schema.org `Dataset` whose
`variableMeasured` names just the columns of the CSV files in `data/`, and for file names made of
`keyword-value` pairs that end in `_data.csv`.
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pandera.pandas as pa

from rupture_repair.cohort.csv_tables import write_csv
from rupture_repair.config.cohort_settings import CohortSettings
from rupture_repair.config.columns import Items
from rupture_repair.config.instruments import Instrument
from rupture_repair.config.load import load_settings
from rupture_repair.validation.schemas import (
    described,
    events_schema,
    patients_schema,
    patterns_schema,
    sessions_schema,
)

TABLES = ("patients", "sessions")
ROWS = {
    "patients": "a row per patient who is analysed",
    "sessions": "a row per session",
    "events": "a row per rupture, made by detection",
    "patterns": "a row per patient, made by detection",
}
SYNTHETIC = (
    "Synthetic data, drawn at random and calibrated to published figures: no patient is in them."
)


def data_pages(settings: CohortSettings) -> dict[str, str]:
    """Return the text of each file that describes the cohort's data, by file name."""
    description = json.dumps(dataset_description(settings), indent=2, ensure_ascii=False)
    return {"dataset_description.json": description + "\n", "dictionary.md": dictionary(settings)}


def dataset_description(settings: CohortSettings) -> dict[str, Any]:
    """Return the Psych-DS description of the tidy tables `patients` and `sessions`."""
    shared: dict[str, dict[str, Any]] = {}
    for table in TABLES:
        for name, column in _columns(settings, table).items():
            shared.setdefault(name, _variable(settings, table, name, column))
    return {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "name": settings.cohort.title,
        "description": " ".join(
            [_nature(settings), *(f"Table `{name}`: {ROWS[name]}." for name in TABLES)]
        ),
        "keywords": ["psychotherapy", "therapeutic alliance", "rupture", "routine outcome"],
        "variableMeasured": list(shared.values()),
    }


def dictionary(settings: CohortSettings) -> str:
    """Return the readable data dictionary of all tidy tables as Markdown."""
    cohort = settings.cohort
    parts = [
        f"# Data dictionary: {cohort.title}",
        "",
        f"{_nature(settings)} (This page is generated: `make data-docs`.)",
        "",
        "## Questionnaires",
        "",
        "| score | questionnaire | possible scores | higher is | time asked about | source |",
        "|---|---|---|---|---|---|",
        *(_instrument_row(role, tool) for role, tool in settings.instruments.items()),
    ]
    for schema in (
        patients_schema(settings.instruments, settings.cohort.columns.patients.other),
        sessions_schema(settings.instruments),
        events_schema(),
        patterns_schema(),
    ):
        parts += _table(settings, schema)
    return "\n".join(parts) + "\n"


def _table(settings: CohortSettings, schema: pa.DataFrameSchema) -> list[str]:
    table = str(schema.name)
    raw = _raw_names(settings, table)
    heads = ["column", "meaning", "allowed", "may be missing", *(["raw column"] if raw else [])]
    lines = ["", f"## `{table}`", "", f"{ROWS[table].capitalize()}.", ""]
    lines += [_row(heads), "|" + "---|" * len(heads)]
    for row in described(schema).to_dict("records"):
        name = row["column"]
        if table in TABLES and name not in _columns(settings, table):
            continue
        missing = "yes" if row["may_be_missing"] else "no"
        cells = [f"`{name}`", row["description"], row["allowed"], missing]
        lines.append(_row([*cells, *([raw.get(name, "given by the order")] if raw else [])]))
    return lines


def write_psych_ds(settings: CohortSettings, tidy: Path, folder: Path) -> None:
    """Write a complete Psych-DS dataset: description, dictionary and the tidy tables as CSV.

    tidy : the folder with `patients.parquet` and `sessions.parquet`. The tables are patient-level.
    """
    (folder / "data").mkdir(parents=True)
    pages = data_pages(settings)
    (folder / "dataset_description.json").write_text(
        pages["dataset_description.json"], encoding="utf-8"
    )
    (folder / "README.md").write_text(pages["dictionary.md"], encoding="utf-8")
    study = "".join(letter for letter in settings.name if letter.isalnum())
    for table in TABLES:
        name = f"study-{study}_table-{table}_data.csv"
        content = pd.read_parquet(tidy / f"{table}.parquet")
        write_csv(content, folder / "data" / name)


def export_psych_ds(name: str, folder: Path) -> tuple[int, str]:
    """Write the dataset of a cohort; return exit status and what to say. Raises `ConfigError`."""
    project = load_settings({"cohorts": [name]}, Path("config"))
    tidy = Path(project.project.results) / name / "data"
    if not tidy.is_dir():
        return 1, f"{tidy} is absent: run `make reproduce COHORT={name}` first."
    if folder.exists():
        return 1, f"{folder} exists already and was left as it is; choose another folder."
    write_psych_ds(project.cohorts[name], tidy, folder)
    real = project.cohorts[name].cohort.real_patients and not project.cohorts[name].synthetic
    private = " It holds patient-level data." if real else ""
    return 0, f"Wrote the Psych-DS dataset {folder}.{private}"


def _columns(settings: CohortSettings, table: str) -> dict[str, pa.Column]:
    """Return the columns that this cohort's table has: required ones and those it names."""
    other = settings.cohort.columns.patients.other
    schema = (
        patients_schema(settings.instruments, other)
        if table == "patients"
        else sessions_schema(settings.instruments)
    )
    columns = schema.columns
    named = _raw_names(settings, table)
    return {name: column for name, column in columns.items() if column.required or name in named}


def _raw_names(settings: CohortSettings, table: str | None) -> dict[str, str]:
    """Return tidy name → raw column or columns, as the cohort file gives them."""
    if table not in TABLES:
        return {}
    columns = getattr(settings.cohort.columns, table)
    apart = settings.cohort.columns.symptoms
    if apart and table == "sessions":
        columns = [*columns, ("symptoms", apart.symptoms), ("symptoms_days", apart.date)]
    again = table == "patients" and settings.cohort.sessions.second_treatment == "each"
    labels = settings.cohort.sessions.intake if table == "patients" else ()
    before = ", ".join(f"`{label}`" for label in labels)
    made = {"treatment": "given by the order"} if again else {}
    return (
        made
        | ({"intake_symptoms": f"`symptoms` of {before}"} if before else {})
        | {
            tidy: f"`{raw}`"
            if isinstance(raw, str)
            else ", ".join(f"`{name}`" for name in raw.items)
            for tidy, raw in columns
            if isinstance(raw, str | Items)
        }
    )


def _variable(settings: CohortSettings, table: str, name: str, column: pa.Column) -> dict[str, Any]:
    variable: dict[str, Any] = {
        "@type": "PropertyValue",
        "name": name,
        "description": str(column.description),
    }
    variable |= dict(_limits(column))
    tool = settings.instruments.get(name)
    if tool is not None:
        variable |= {"unitText": f"{tool.short} points", "measurementTechnique": tool.title}
    if column.nullable:
        variable["valueReference"] = "an empty cell is a missing value"
    return variable


def _limits(column: pa.Column) -> Iterator[tuple[str, float]]:
    """Yield the limits of the schema's checks, without their numerical tolerance."""
    for check in column.checks:
        for key, limit in (check.statistics or {}).items():
            if key in {"min_value", "max_value"}:
                yield f"{key[:3]}Value", round(limit, 5) + 0.0


def _instrument_row(role: str, tool: Instrument) -> str:
    grid = f", in steps of {tool.step:.4g}" if tool.step else ""
    cells = (
        f"`{role}`",
        f"{tool.title} ({tool.short})",
        f"{tool.minimum:g} to {tool.maximum:g}{grid}",
        tool.higher_is,
        tool.recall or "",
        tool.source or f"[@{tool.citation}]",
    )
    return _row(cells)


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _nature(settings: CohortSettings) -> str:
    if settings.cohort.synthetic is not None:
        return SYNTHETIC
    if not settings.cohort.real_patients:
        return "Synthetic data, drawn at random: no patient is in them."
    return "Session ratings of a psychotherapy cohort."


def shipped_cohorts(config: Path = Path("config")) -> dict[str, CohortSettings]:
    """Return the cohorts whose data are described in `data/`. Raises `ConfigError`."""
    folder = config / "cohorts"
    names = sorted(file.stem for file in folder.glob("*.yaml"))
    project = {"cohorts": names, "cohort_folder": str(folder)}
    cohorts = load_settings(project, config).cohorts
    return {name: settings for name, settings in cohorts.items() if is_shipped(settings)}


def is_shipped(settings: CohortSettings) -> bool:
    """Return whether a cohort can be drawn, or its raw files are in its own folder of `data`."""
    raw = Path(settings.cohort.files.patients)
    return settings.cohort.synthetic is not None or raw.is_relative_to(f"data/{settings.name}")


def write_data_docs(data: Path = Path("data")) -> tuple[int, str]:
    """Write the pages of every shipped cohort under `data`; return exit status and what to say."""
    written = []
    for name, settings in shipped_cohorts().items():
        for file, text in data_pages(settings).items():
            page = data / name / file
            page.parent.mkdir(exist_ok=True)
            page.write_text(text, encoding="utf-8")
            written.append(f"Wrote {page}.")
    return 0, "\n".join(written)
