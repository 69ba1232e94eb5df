"""Lay out a complete Quarto project: sources, variables, tables, figures."""

import json
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel

from rupture_repair.cohort.csv_tables import read_csv
from rupture_repair.config.steps.manuscript import ManuscriptSettings
from rupture_repair.figures import catalogue
from rupture_repair.figures.load import read_tables
from rupture_repair.manuscript.checklists import checklist_tables
from rupture_repair.manuscript.further import further
from rupture_repair.manuscript.markdown import escape_markdown, figure, unbroken
from rupture_repair.manuscript.numbering import DOCUMENTS, elsewhere, labels
from rupture_repair.manuscript.own_texts import put_own_texts
from rupture_repair.manuscript.pages import mark_pages
from rupture_repair.manuscript.pandoc_engine import prepare
from rupture_repair.manuscript.results import Results
from rupture_repair.manuscript.second_language import second_variables, section
from rupture_repair.manuscript.tables import paper_tables
from rupture_repair.manuscript.variables import variables
from rupture_repair.words.templates import Claim

FIGURES = tuple(catalogue.FIGURES)
Entry = TypeVar("Entry", bound=BaseModel)


@dataclass(frozen=True)
class Title(Claim, at="paper/title"):
    """The title of the paper on a cohort; calibrated: a synthetic one, to published figures."""

    cohort: str
    published: bool
    calibrated: bool


@dataclass(frozen=True)
class PageHead(Claim, at="paper/page_head"):
    """What stands on each page of a paper on synthetic data."""


def read_results(
    tables: Iterable[str],
    verification: str,
    provenance: str,
    figures: Path,
    settings: ManuscriptSettings,
) -> Results:
    """Read what the paper speaks of; `figures` is the folder with captions and alt texts."""
    read = read_tables(tables)
    read["verification"] = read_csv(verification, dtype={"published": str})
    return Results(
        tables=read,
        settings=in_markdown(settings),
        provenance=json.loads(Path(provenance).read_text(encoding="utf-8")),
        captions={
            name: escape_markdown(_text(figures / f"{name}.caption.txt")) for name in FIGURES
        },
        alts={name: _text(figures / f"{name}.alt.txt") for name in FIGURES},
    )


def stage(
    results: Results,
    sources: Path,
    figures: Path,
    project: Path,
    engine: str,
    own: Iterable[Path] = (),
) -> dict[str, int]:
    """Write the project folder: nothing in it has to be computed any more.

    sources : the folder `reports`; project : an empty or absent folder; own : the authors' texts.
    engine : name and version of the rendering engine, printed in the colophon.
    Returns the number of figures in each document.
    """
    # the sentences of `words` are among the variables
    unused = shutil.ignore_patterns("comparison.qmd", "preview", "checklists", "words", "pages")
    shutil.copytree(sources, project, dirs_exist_ok=True, ignore=unused)
    generated = project / "_generated"
    generated.mkdir()
    (project / "figures").mkdir()
    for name in FIGURES:
        for ending in ("svg", "png"):
            shutil.copyfile(figures / f"{name}.{ending}", project / "figures" / f"{name}.{ending}")
        identifier = f"fig-{name.replace('_', '-')}"
        block = figure(identifier, f"figures/{name}", results.captions[name], results.alts[name])
        (generated / f"_figure-{name}.md").write_text(block, encoding="utf-8")
    checklists = checklist_tables(sources, results.synthetic)
    for name, text in {**paper_tables(results), **checklists}.items():
        (generated / f"_table-{name}.md").write_text(unbroken(text), encoding="utf-8")
    authors = put_own_texts(project, own)
    content = variables(results, engine)
    if language := results.settings.second_language:
        with (project / "_sections/_abstract.md").open("a", encoding="utf-8") as abstract:
            abstract.write("\n" + section(language))
        content["second"] = second_variables(results, language)
    sections = "".join(_text(file) for file in (project / "_sections").glob("*.md"))
    (generated / "_further.md").write_text(further(results, sections), encoding="utf-8")
    _write_yaml(project / "_variables.yml", content)
    for file in [project / "_variables.yml", *(project / "_sections").glob("*.md")]:
        file.write_text(unbroken(_text(file)) + "\n", encoding="utf-8")
    flags: dict[str, object] = {
        "has-published": results.has_published,
        "has-published-shares": len(results.tables["published_studies"]) > 0,
        "has-other-studies": results.tables["published_studies"]["study"].nunique() > 1,
        "has-reliable-change": results.has_reliable_change,
        "has-posterior": len(results.tables["posterior"]) > 0,
        "is-calibrated": results.calibrated,
        "is-example": results.synthetic and not results.calibrated,
        "is-synthetic": results.synthetic,
        "not-estimated": len(results.tables["not_estimated"]) > 0,
        "certificate-failed": results.uncertified,
        "tree-changed": results.provenance["clean_tree"] is False,
        "title": unbroken(
            Title(results.settings.title, results.has_published, results.calibrated).words
        ),
        "author": [f"rupture-repair {results.provenance['version']}"],
        **_date(results.provenance.get("commit_date")),
        "has-data-statement": False,
        **authors,
    }
    if results.synthetic:
        mark_pages(project, PageHead().words)
    numbered = labels(project, flags)
    flags["elsewhere"] = elsewhere(numbered)
    _write_yaml(project / "_metadata.yml", flags)
    for document in DOCUMENTS:
        prepare(project, document)
    return {
        document: sum(name.startswith("fig-") for name in names)
        for document, names in numbered.items()
    }


def in_markdown(settings: ManuscriptSettings) -> ManuscriptSettings:
    """Return the settings with what users wrote in them as Markdown that shows it."""
    tools = {role: _shown(tool, "title", "short", "source") for role, tool in settings.instruments}
    words = {
        "title": escape_markdown(settings.title),
        "instruments": settings.instruments.model_copy(update=tools),
        "criterion": _shown(settings.criterion, "source", "assumed"),
        "criteria": {
            name: _shown(rule, "source", "assumed") for name, rule in settings.criteria.items()
        },
    }
    return settings.model_copy(update=words)


def _shown(entry: Entry, *texts: str) -> Entry:
    return entry.model_copy(
        update={name: escape_markdown(getattr(entry, name) or "") for name in texts}
    )


def _date(iso: str | None) -> dict[str, object]:
    """Return the date of the sources in words, unless the authors give another one."""
    if not iso:
        return {}
    day = date.fromisoformat(iso)
    return {"date": f"{day.day} {day:%B} {day.year}"}


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8").strip()


def _write_yaml(file: Path, content: Mapping[str, Any]) -> None:
    text = yaml.safe_dump(dict(content), allow_unicode=True, sort_keys=True, width=10_000)
    file.write_text(text, encoding="utf-8")
