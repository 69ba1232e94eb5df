"""config/INSTRUMENTS.md: every questionnaire that is shipped, and where its facts were seen."""

from pathlib import Path

import yaml

from rupture_repair.config.instruments import Instrument

INTRODUCTION = """# Questionnaires

The entries of `instruments.yaml`. (This page is generated: `make config-docs`.) Check an entry
against your manual before you rely on it. “Seen” says where its facts were found: in the
questionnaire or its publication (text), in an abstract, or with others who describe or score it
(cited). “Not seen” are facts that are from memory, not checked against the source. An empty cell is
a fact that the source does not name, or that was not certain enough to be stated.

“From items” says how the answers to single items give the score; items turned round are named by
their numbers in the original form. Where it says **no**, scores from single items are not offered,
for the reason given: deliver the total score in one column, or define the questionnaire under
`own_instruments` with `scoring` from your manual.

| entry | questionnaire | scores | better is | recall | cut-off | reliable change | from items | \
publication | seen | not seen |
|---|---|---|---|---|---|---|---|---|---|---|
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
        _number(tool.cut_off),
        _number(tool.reliable_change),
        _items(tool),
        tool.source or "",
        UNCHECKED if tool.seen == "memory" else f"{tool.seen}: {tool.seen_in}",
        "everything" if tool.seen == "memory" else ", ".join(map(_in_words, tool.not_seen)),
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def _in_words(fact: str) -> str:
    return fact.replace("_", " ").replace("cut off", "cut-off")


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _items(tool: Instrument) -> str:
    if tool.scoring is None:
        return f"**no**: {tool.not_scored or 'no scoring is given'}"
    scoring = tool.scoring
    n = len(scoring.parts)
    of = f"{n} of {scoring.items}" if n < scoring.items else f"{n}"
    details = [
        f"{scoring.score} of {of}, answers {scoring.item_minimum:g} to {scoring.item_maximum:g}"
    ]
    if scoring.counted:
        details.append(f"items {_numbers(scoring.counted)}")
    if scoring.reversed:
        details.append(f"turned round: {_numbers(scoring.reversed)}")
    if scoring.highest_of:
        groups = " and of ".join(map(_numbers, scoring.highest_of))
        details.append(f"the highest answer of {groups}")
    if scoring.weights:
        details.append("each answer times the weight of its item")
    if scoring.factor != 1:
        details.append(f"times {scoring.factor:g}")
    return "; ".join(details)


def _numbers(items: tuple[int, ...]) -> str:
    """Return numbers with runs shortened: `1, 5–8`."""
    runs: list[list[int]] = []
    for item in items:
        if runs and item == runs[-1][-1] + 1:
            runs[-1].append(item)
        else:
            runs.append([item])
    return ", ".join(
        f"{run[0]}–{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs
    )
