"""How to cite the very run whose results are there: version, commit, cohort and data."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from rupture_repair.config.settings import Settings
from rupture_repair.provenance.integrity import record_of

DIGITS = 12  # of a commit or checksum, in a citation


def cite(settings: Settings, citation_file: Path = Path("CITATION.cff")) -> tuple[int, str]:
    """Return exit status and, for each cohort, its citation as APA reference and as BibTeX."""
    about = yaml.safe_load(citation_file.read_text(encoding="utf-8"))
    lines = []
    for name in settings.cohorts:
        record = record_of(settings, name)
        lines += [apa(about, record), "", bibtex(about, record), ""]
        if record["clean_tree"] is False:
            lines += [
                "The sources were changed after that commit: commit them before you cite.",
                "",
            ]
    lines += ["The study that the workflow reproduces:", ""]
    lines += [apa_article(article) for article in about.get("references", [])]
    return 0, "\n".join(lines)


def apa(about: Mapping[str, Any], record: Mapping[str, Any]) -> str:
    """Return the APA (7th ed.) reference of a run.

    about : the content of CITATION.cff; record : a `provenance.json`.
    """
    authors = _apa_authors(about["authors"])
    year = (record["commit_date"] or "n.d.")[:4]
    parts = [f"Version {record['version']}", *_identity(record)]
    reference = f"{authors} ({year}). {about['title']} ({'; '.join(parts)}) [Computer software]."
    return f"{reference} {place}" if (place := _place(about)) else reference


def bibtex(about: Mapping[str, Any], record: Mapping[str, Any]) -> str:
    """Return the same as a BibTeX entry `@software`; unchanging keys, one field a line."""
    year = (record["commit_date"] or "n.d.")[:4]
    fields = {
        "author": " and ".join(_bibtex_author(author) for author in about["authors"]),
        "title": f"{{{about['title']}}}",
        "year": year,
        "version": record["version"],
        "note": _escaped("; ".join(_identity(record))),
        "doi": about.get("doi"),
        "url": about.get("repository-code"),
    }
    key = f"rupture_repair_{record['cohort']}_{(record['commit'] or 'unknown')[:7]}"
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@software{{{key.replace('-', '_')},", *lines, "}"])


def apa_article(article: Mapping[str, Any]) -> str:
    """Return the APA reference of a journal article that CITATION.cff names."""
    volume = f", {article['volume']}" if "volume" in article else ""
    number = f", {article['number']}" if "number" in article else ""
    place = f" https://doi.org/{article['doi']}" if "doi" in article else ""
    source = f"{article['journal']}{volume}{number}.{place}"
    return f"{_apa_authors(article['authors'])} ({article['year']}). {article['title']}. {source}"


def data_checksum(record: Mapping[str, Any]) -> str:
    """Return the SHA-256 of each raw file, shortened."""
    raw = [entry for entry in record["inputs"] if entry["kind"] == "raw"]
    return ", ".join(f"{Path(e['file']).name} {e['sha256'][:DIGITS]}" for e in raw)


def _identity(record: Mapping[str, Any]) -> list[str]:
    commit = (record["commit"] or "unknown")[:DIGITS]
    changed = " with changes" if record["clean_tree"] is False else ""
    kind = " (synthetic)" if record["synthetic"] else ""
    return [
        f"commit {commit}{changed}",
        f"cohort {record['cohort']}{kind}",
        f"data SHA-256 {data_checksum(record)}",
    ]


def address_of(citation_file: Path) -> str | None:
    """Return the DOI or else the repository that CITATION.cff names; None where there is none."""
    if not citation_file.is_file():
        return None
    return _place(yaml.safe_load(citation_file.read_text(encoding="utf-8"))) or None


def _place(about: Mapping[str, Any]) -> str:
    if "doi" in about:
        return f"https://doi.org/{about['doi']}"
    return str(about.get("repository-code", ""))


def _apa_authors(authors: list[Mapping[str, str]]) -> str:
    names = [
        author["name"] if "name" in author else f"{author['family-names']}, {author['given-names']}"
        for author in authors
    ]
    joined = names[0] if len(names) == 1 else f"{', '.join(names[:-1])}, & {names[-1]}"
    return joined if joined.endswith(".") else f"{joined}."


def _bibtex_author(author: Mapping[str, str]) -> str:
    if "name" in author:
        return f"{{{author['name']}}}"
    return f"{author['family-names']}, {author['given-names']}"


def _escaped(text: str) -> str:
    return text.replace("_", r"\_")
