"""config/INSTRUMENTS.md: every questionnaire that is shipped, and where its facts were seen."""

from pathlib import Path

import yaml

from rupture_repair.config.instruments import Instrument

INTRODUCTION = """# Questionnaires

The entries of `instruments.yaml`. (This page is generated: `make config-docs`.) Check an entry
against your manual before you rely on it. “Seen” says where its facts were found: in the
questionnaire or its publication (text), in an abstract, or with others who describe or score it
(cited). “Not seen” are facts that are from memory, not checked against the source.

| entry | questionnaire | scores | better is | recall | reliable change | items scored | \
publication | seen | not seen |
|---|---|---|---|---|---|---|---|---|---|
"""
UNCHECKED = "from memory, not checked against the source"


def instruments_page(library: Path) -> str:
    """Return the page as Markdown, one row an entry of the `library`, a YAML file."""
    entries = yaml.safe_load(library.read_text(encoding="utf-8"))
    rows = (_row(key, Instrument(**entry)) for key, entry in entries.items())
    return INTRODUCTION + "".join(rows)


def _row(key: str, tool: Instrument) -> str:
    cells = (
        f"`{key}`",
        tool.title,
        f"{tool.minimum:g} to {tool.maximum:g}",
        "higher" if tool.higher_is == "better" else "lower",
        tool.recall or "",
        _number(tool.reliable_change),
        _items(tool),
        tool.source or "",
        UNCHECKED if tool.seen == "memory" else f"{tool.seen}: {tool.seen_in}",
        "everything" if tool.seen == "memory" else ", ".join(map(_in_words, tool.not_seen)),
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def _in_words(fact: str) -> str:
    return fact.replace("_", " ")


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _items(tool: Instrument) -> str:
    if tool.scoring is None:
        return "no"
    scoring = tool.scoring
    answers = f"answers {scoring.item_minimum:g} to {scoring.item_maximum:g}"
    times = "" if scoring.factor == 1 else f", times {scoring.factor:g}"
    return f"{scoring.score} of {scoring.items}, {answers}{times}"
