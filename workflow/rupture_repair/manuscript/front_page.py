"""The front page of a run: how it compares, where everything is, and what is not for sharing."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import pandas as pd

from rupture_repair.config.catalogue import PARTS, shared_file
from rupture_repair.config.catalogue.multiverse import COMPARISON
from rupture_repair.config.steps.front_page import FrontPageSettings
from rupture_repair.figures.labels import SHARED, labels
from rupture_repair.words.pages import Page
from rupture_repair.words.templates import Claim

Section = Literal["verdict", "paper", "figures", "tables", "record", "private"]
Document = Literal["manuscript", "supplement"]
Record = Literal["verification", "provenance", "run"]
PrivatePart = Literal["validation", "audit", "data", "ruptures", "models", "multiverse", "logs"]
RECORDS: dict[Record, str] = {
    "verification": "verification.csv",
    "provenance": "provenance.json",
    "run": "run.json",
}
# what `provenance.record` does not count as shareable; a test compares the two
PRIVATE: dict[PrivatePart, str] = {
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
class Headings:
    """The headings by section."""

    verdict: str
    paper: str
    figures: str
    tables: str
    record: str
    private: str


@dataclass(frozen=True)
class Entry:
    """A file with its name and a sentence."""

    file: str
    name: str
    words: str
    alt: str = ""


@dataclass(frozen=True)
class Compared:
    """A published figure that could have come out otherwise, and the recomputed one."""

    description: str
    verdict: str
    published: str
    recomputed: str


@dataclass(frozen=True)
class Part:
    """A part of the catalogue of tables."""

    name: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class FrontPage(Page, at="front_page"):
    """The page; headings are sentences by section, commit that of the sources, where known.

    documents : with their names without an ending as `file`.
    """

    title: str
    cohort: str
    program: str
    version: str
    commit: str | None
    headings: Headings
    patients: str
    verdict: str
    doubts: str
    compared: tuple[Compared, ...]
    documents: tuple[Entry, ...]
    figures: tuple[Entry, ...]
    tables: tuple[Part, ...]
    records: tuple[Entry, ...]
    private: tuple[Entry, ...]
    private_words: str


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
    return FrontPage(
        title=settings.title,
        cohort=run["cohort"],
        program=run["name"],
        version=run["version"],
        commit=run["commit"],
        headings=Headings(**{of: Heading(of).words for of in get_args(Section)}),
        patients=Patients(settings.calibrated, settings.synthetic, settings.confidential).words,
        verdict=verdict(verification, synthetic=settings.synthetic).words,
        doubts=_doubts(tables, run).words,
        compared=tuple(_compared(verification)),
        documents=tuple(Entry(of, of, Link(of).words) for of in get_args(Document)),
        figures=tuple(_figure(Path(file)) for file in captions),
        tables=tuple(_tables()),
        records=tuple(_links(RECORDS)),
        private=tuple(_links(PRIVATE)),
        private_words=PrivateFiles(settings.synthetic).words,
    ).html


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


def _compared(verification: pd.DataFrame) -> Iterator[Compared]:
    """Yield the rows that could have come out otherwise, numbers as they are read."""
    tested = verification[verification["kind"] != "calibrated"]
    shown = tested.loc[:, list(SHOWN)].copy()
    shown["recomputed"] = [
        "–" if pd.isna(n) else f"{n:.4g}".replace("-", "−") for n in tested["recomputed"]
    ]
    for row in shown.fillna("").astype(str).to_dict("records"):
        yield Compared(**row)


def _figure(caption: Path) -> Entry:
    """Return a figure with its title and the first sentence of its caption."""
    name = caption.name.removesuffix(".caption.txt")
    alt = caption.with_name(f"{name}.alt.txt").read_text(encoding="utf-8").strip()
    words = first_sentence(caption.read_text(encoding="utf-8"))
    title = labels(SHARED).phrase("titles", name).replace("_", " ")
    return Entry(f"figures/{name}", title, words, alt)


def _tables() -> Iterator[Part]:
    """Yield each part of the catalogue with those of its tables that may be shared."""
    for part, tables in PARTS.items():
        entries = tuple(
            Entry(shared_file(name), f"{name}.csv", TableRow(table.rows.replace("`", "")).words)
            for name, table in tables.items()
            if table.folder == "tables" and name not in COMPARISON
        )
        if entries:
            yield Part(part, entries)


def _links(files: Mapping[Record, str] | Mapping[PrivatePart, str]) -> Iterator[Entry]:
    """Yield files and folders, each with the sentence beside it."""
    for of, file in files.items():
        yield Entry(file, file, Link(of).words)
