"""The front page of a run: how it compares, where everything is, and what is not for sharing."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import pandas as pd
from jinja2 import Environment, PackageLoader, select_autoescape

from rupture_repair.config.catalogue import PARTS, shared_file
from rupture_repair.config.catalogue.multiverse import COMPARISON
from rupture_repair.config.steps.front_page import FrontPageSettings
from rupture_repair.figures.labels import SHARED, labels
from rupture_repair.words.templates import Claim

Section = Literal["verdict", "paper", "figures", "tables", "record", "private"]
Document = Literal["manuscript", "supplement"]
Record = Literal["verification", "provenance", "run"]
PrivatePart = Literal["validation", "audit", "data", "ruptures", "models", "multiverse", "logs"]
RECORDS = {
    "verification": "verification.csv",
    "provenance": "provenance.json",
    "run": "run.json",
}
# what `provenance.record` does not count as shareable; a test compares the two
PRIVATE = {
    "validation": "validation/report.html",
    "audit": "ruptures/audit.html",
    "data": "data/",
    "ruptures": "ruptures/",
    "models": "models/",
    "multiverse": "multiverse/",
    "logs": "logs/",
}
SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")
SHOWN = ("description", "published", "recomputed", "verdict")
MET = {"reproduced", "recovered"}


@dataclass(frozen=True)
class Verdict(Claim, at="front_page/verdict"):
    """Published figures: all of them, those met by construction, and of the others those met."""

    items: int
    calibrated: int
    met: int
    synthetic: bool


@dataclass(frozen=True)
class Doubts(Claim, at="front_page/doubts"):
    """Fits without certificate, things that could not be estimated, sources that were changed."""

    uncertified: int
    missing: int
    changed: bool


@dataclass(frozen=True)
class Patients(Claim, at="front_page/patients"):
    """Whether there are real patients in the data."""

    calibrated: bool
    synthetic: bool
    confidential: bool


@dataclass(frozen=True)
class PrivateFiles(Claim, at="front_page/private"):
    """The private part as a whole."""

    synthetic: bool


@dataclass(frozen=True)
class Heading(Claim, at="front_page/heading"):
    """The heading of a section."""

    of: Section


@dataclass(frozen=True)
class Link(Claim, at="front_page/link"):
    """The sentence beside a link."""

    of: Document | Record | PrivatePart


@dataclass(frozen=True)
class TableRow(Claim, at="front_page/table"):
    """What a row of a table stands for."""

    rows: str


@dataclass(frozen=True)
class Entry:
    """A file with its name and a sentence."""

    file: str
    name: str
    words: str
    alt: str = ""


def front_page(
    settings: FrontPageSettings,
    run: Mapping[str, Any],
    tables: Mapping[str, pd.DataFrame],
    captions: Iterable[str],
) -> str:
    """Return the page as HTML: no script, nothing from elsewhere, all text escaped.

    run : the record of the run. tables : `verification`, its `published` as text, `certificates`
    and `not_estimated`, as they may be shared. captions : a `<name>.caption.txt` of each figure,
    beside its `<name>.alt.txt`.
    """
    verification = tables["verification"]
    headings = {of: Heading(of).words for of in get_args(Section)}
    return _template().render(
        title=settings.title,
        synthetic=settings.synthetic,
        run=run,
        headings=headings,
        patients=Patients(settings.calibrated, settings.synthetic, settings.confidential).words,
        verdict=verdict(verification, synthetic=settings.synthetic).words,
        doubts=_doubts(tables, run).words,
        compared=_compared(verification),
        documents={of: Link(of).words for of in get_args(Document)},
        figures=[_figure(Path(file)) for file in captions],
        tables=dict(_tables()),
        records=[Entry(RECORDS[of], RECORDS[of], Link(of).words) for of in get_args(Record)],
        private=[Entry(PRIVATE[of], PRIVATE[of], Link(of).words) for of in get_args(PrivatePart)],
        private_words=PrivateFiles(settings.synthetic).words,
    )


def verdict(verification: pd.DataFrame, *, synthetic: bool) -> Verdict:
    """Return how many published figures there are, and what became of them."""
    calibrated = verification["kind"] == "calibrated"
    met = verification["verdict"].isin(MET) & ~calibrated
    return Verdict(len(verification), int(calibrated.sum()), int(met.sum()), synthetic)


def first_sentence(text: str) -> str:
    """Return the first sentence of a caption."""
    return SENTENCE.split(text.strip(), maxsplit=1)[0]


def _doubts(tables: Mapping[str, pd.DataFrame], run: Mapping[str, Any]) -> Doubts:
    uncertified = (tables["certificates"]["verdict"] != "passed").sum()
    return Doubts(int(uncertified), len(tables["not_estimated"]), run["clean_tree"] is False)


def _compared(verification: pd.DataFrame) -> list[dict[str, str]]:
    """Return the rows that could have come out otherwise, numbers as they are read."""
    tested = verification[verification["kind"] != "calibrated"]
    shown = tested.loc[:, list(SHOWN)].copy()
    shown["recomputed"] = [
        "–" if pd.isna(n) else f"{n:.4g}".replace("-", "−") for n in tested["recomputed"]
    ]
    return shown.fillna("").to_dict("records")


def _figure(caption: Path) -> Entry:
    """Return a figure with its title and the first sentence of its caption."""
    name = caption.name.removesuffix(".caption.txt")
    alt = caption.with_name(f"{name}.alt.txt").read_text(encoding="utf-8").strip()
    words = first_sentence(caption.read_text(encoding="utf-8"))
    title = labels(SHARED).phrase("titles", name).replace("_", " ")
    return Entry(f"figures/{name}", title, words, alt)


def _tables() -> Iterator[tuple[str, list[Entry]]]:
    """Yield each part of the catalogue with those of its tables that may be shared."""
    for part, tables in PARTS.items():
        entries = [
            Entry(shared_file(name), f"{name}.csv", TableRow(table.rows.replace("`", "")).words)
            for name, table in tables.items()
            if table.folder == "tables" and name not in COMPARISON
        ]
        if entries:
            yield part, entries


def _template() -> Any:  # noqa: ANN401 - a template of jinja2
    loader = PackageLoader("rupture_repair.manuscript", ".")
    environment = Environment(loader=loader, autoescape=select_autoescape())
    return environment.get_template("front_page.html")
