"""Pandoc Markdown of tables and figures, understood by Quarto and by pandoc alike."""

import re
from collections.abc import Sequence

# characters that a line of a table holds on A4, and those that a column of words needs
LINE = 124
NARROWEST = 14
# what Markdown, pandoc's extensions to it or Quarto give a meaning inside of a line
MARKUP = re.compile(r"[\\`*_{}\[\]<>#|~^$@&]")
# `*b* = −0.80`, `*t*(12.3) = 2.10`, `*p* < .001`, `*M* = {{< var …`
ET_AL = re.compile(r"(?<=\bet) (?=al\.)")
STATISTIC = re.compile(r"(?:(?<=[*²])|(?<=\d\))) ([=<>]) (?=[−.\d{])")


def table(
    identifier: str,
    caption: str,
    heading: Sequence[str],
    rows: Sequence[Sequence[str]],
    note: str = "",
    left: int = 1,
) -> str:
    """Return a pipe table with a cross-referable caption and a note below it.

    left : the number of left-aligned columns; the others are right-aligned.
    The widths of the columns follow their longest cells; on a full line words wrap, numbers do not.
    """
    cells = [[_cell(cell) for cell in row] for row in rows]
    widths = [
        max(6, *(min(_width(row[i]) + 2, 46) for row in [list(heading), *cells]))
        for i in range(len(heading))
    ]
    words, numbers = sum(widths[:left]), sum(widths[left:])
    if words + numbers > LINE:
        share = max(LINE - numbers, 0) / words
        widths[:left] = [max(NARROWEST, round(width * share)) for width in widths[:left]]
    rule = [
        ":" + "-" * (width - 1) if i < left else "-" * (width - 1) + ":"
        for i, width in enumerate(widths)
    ]
    lines = [f"| {' | '.join(row)} |" for row in [list(heading), rule, *cells]]
    lines += ["", f": {caption} {{#{identifier}}}", ""]
    if note:
        lines += ["::: {.table-note}", f"*Note.* {note}", ":::", ""]
    return "\n".join(lines)


def figure(identifier: str, file: str, caption: str, alt: str) -> str:
    """Return a figure block; `file` has no ending, so that each format takes its own kind."""
    safe = alt.replace('"', "”").replace("\n", " ").replace("\\", "⧵").replace("{{", "{ {").strip()
    return f'![{caption.strip()}]({file}){{#{identifier} fig-alt="{safe}" width=100%}}\n'


def unbroken(text: str) -> str:
    """Return Markdown in which no line ends within et al. or a statistic such as `*b* = −0.80`."""
    text = ET_AL.sub("\N{NO-BREAK SPACE}", text)
    return STATISTIC.sub("\N{NO-BREAK SPACE}\\g<1>\N{NO-BREAK SPACE}", text)


def escape_markdown(text: str) -> str:
    """Return text of a user or a data file as Markdown that shows just that text, on one line.

    Nothing in it is markup, HTML, maths, a citation, a shortcode, or looks like one that failed.
    """
    escaped = MARKUP.sub(r"\\\g<0>", " ".join(text.split()))
    # an invisible joiner keeps apart what the checks of a paper take for unresolved
    return re.sub(r"\?(?=\?|\\@|var:)|\\\{(?=\\\{)", "\\g<0>\N{WORD JOINER}", escaped)


def _cell(text: str) -> str:
    return re.sub(r"(?<!\\)\|", r"\\|", text).replace("\n", " ")


def _width(text: str) -> int:
    return len(re.sub(r"[*`\\]", "", text))
