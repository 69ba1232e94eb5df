"""The authors' own part of a paper: their names, statements and sections, put into the sources."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from rupture_repair.config.authors import AUTHORS, SECTIONS, Authors, read_authors
from rupture_repair.manuscript.markdown import escape_markdown
from rupture_repair.words.templates import Claim

# in the order of the page
STATEMENTS = ("ethics", "registration", "funding", "conflicts", "acknowledgements")


@dataclass(frozen=True)
class Headings(Claim, at="statements", blocks=(*STATEMENTS, "contributions")):
    """The headings of the authors' statements."""


@dataclass(frozen=True)
class Letters(Claim, at="statements/letters"):
    """Whom letters are sent to."""

    name: str
    email: str


def put_own_texts(project: Path, files: Iterable[Path]) -> dict[str, object]:
    """Put own texts into a staged project; return what the paper's metadata have to say of them.

    project : with `_sections/_<section>.md` and `_generated`; files : of the cohort's own folder.
    """
    named = {file.name: file for file in files}
    for section in SECTIONS:
        target = project / f"_sections/_{section}.md"
        parts = [target.read_text(encoding="utf-8").strip()]
        if file := named.get(f"instead-of-{section}.md"):
            parts = [_with_anchors(_text(file), parts[0])]
        if file := named.get(f"before-{section}.md"):
            parts.insert(0, _text(file))
        if file := named.get(f"after-{section}.md"):
            parts.append(_text(file))
        target.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    authors = read_authors(named[AUTHORS]) if AUTHORS in named else None
    generated = project / "_generated"
    (generated / "_authors.md").write_text(author_block(authors), encoding="utf-8")
    (generated / "_statements.md").write_text(statements(authors), encoding="utf-8")
    if authors is None:
        return {}
    names: list[str] = [escape_markdown(author.name) for author in authors.authors]
    dated = {"date": escape_markdown(authors.date)} if authors.date else {}
    return {"author": names, "has-data-statement": authors.data is not None, **dated}


def _with_anchors(text: str, replaced: str) -> str:
    """Return a text to which links to the headings of the `replaced` one lead.

    Checklists say where an item stands; without its place such a link could not be set.
    """
    lost = [name for name in _identifiers(replaced) if name not in _identifiers(text)]
    fence = ":" * 3
    for level, name in enumerate(reversed(lost)):
        around = fence + ":" * level
        text = f"{around} {{#{name}}}\n{text}\n{around}"
    return text


def _identifiers(text: str) -> list[str]:
    """Return the identifiers that pandoc gives to headings, as links in our sources use them."""
    headings = re.findall(r"^#+ (.+?)(?: \{.*\})?$", text, flags=re.MULTILINE)
    return [re.sub(r"[^\w\s.-]", "", name).strip().lower().replace(" ", "-") for name in headings]


def author_block(authors: Authors | None) -> str:
    """Return affiliations, ORCID iDs and the address for letters, as Markdown below the title.

    The names stand above, in the title: here they tell who is where, if not all are at one place.
    """
    if authors is None:
        return ""
    places = dict.fromkeys(place for author in authors.authors for place in author.affiliations)
    lines = []
    for place in places:
        there = [escape_markdown(a.name) for a in authors.authors if place in a.affiliations]
        everybody = len(places) == 1 and len(there) == len(authors.authors)
        lines.append(escape_markdown(place) + ("" if everybody else f" ({', '.join(there)})"))
    for author in authors.authors:
        if author.orcid:
            lines.append(f"{escape_markdown(author.name)}: <https://orcid.org/{author.orcid}>")
    letters = [a for a in authors.authors if a.email]
    lines += [
        Letters(escape_markdown(a.name), escape_markdown(a.email or "")).words for a in letters
    ]
    return "::: {.authors}\n" + "\n\n".join(lines) + "\n:::\n" if lines else ""


def statements(authors: Authors | None) -> str:
    """Return the statements that a journal asks for, each with its heading."""
    if authors is None:
        return ""
    parts = [authors.data.strip()] if authors.data else []  # below the heading on data
    texts = {name: (getattr(authors, name) or "").strip() for name in STATEMENTS}
    texts["contributions"] = _contributions(authors)
    for name, text in texts.items():
        if text:
            parts.append(f"# {Headings().text(name)} {{.unnumbered}}\n\n{text}")
    return "\n\n".join(parts) + "\n"


def _contributions(authors: Authors) -> str:
    given = [(author.name, author.roles) for author in authors.authors if author.roles]
    return " ".join(f"**{escape_markdown(name)}:** {', '.join(roles)}." for name, roles in given)


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8-sig").strip()
