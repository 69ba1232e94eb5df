"""The summary in a second language: the same findings, said by the templates of that language.

`section.md` in the folder of the language is the section with its headings; what depends on results
stands in it as `{{< var second.… >}}`. It follows the abstract of the paper.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from rupture_repair.manuscript import multiverse_claims, sample_claims, summary_claims
from rupture_repair.manuscript.claims import LengthShort, ModerationShort, short_claims
from rupture_repair.manuscript.criterion_words import Repair, Rupture, Short, in_short
from rupture_repair.manuscript.results import Results
from rupture_repair.manuscript.variables import OfTherapists, of_therapists, patients
from rupture_repair.words.templates import Claim, Words, words

SECTION = "section.md"
# the blocks that a second language must have, and no others
SPOKEN: tuple[type[Claim], ...] = (
    ModerationShort,
    LengthShort,
    multiverse_claims.InShort,
    summary_claims.Noise,
    summary_claims.Return,
    summary_claims.Patterns,
    summary_claims.Plain,
    summary_claims.PlainLength,
    summary_claims.Practice,
    summary_claims.PracticeNoise,
    sample_claims.Patterns,
    OfTherapists,
    Rupture,
    Repair,
    Short,
)
# what the section may show, as `{{< var second.patients >}}`
NUMBERS = ("patients", "sessions_mean", "sessions_sd")
SENTENCES = (
    *(
        "moderation_short",
        "length_short",
        "multiverse_short",
        "noise",
        "shares",
        "of_therapists",
        "criterion",
    ),
    *("plain_return", "plain_patterns", "plain", "plain_length", "practice", "practice_noise"),
)
_SHOWN = re.compile(r"\{\{<\s*var\s+([^\s>]+)\s*>\}\}")


def section(language: str) -> str:
    """Return the section as Markdown for the paper, before its variables are in place."""
    return (words(language).folder / SECTION).read_text(encoding="utf-8").strip() + "\n"


def second_variables(results: Results, language: str) -> dict[str, str]:
    """Return what the section shows by key, as it is written in that language."""
    templates = words(language)
    claims: dict[str, Claim] = {
        **short_claims(results),
        **summary_claims.plain_claims(results),
        "shares": sample_claims.patterns(results, counted=False),
        "of_therapists": of_therapists(results),
        "criterion": in_short(results.settings.criterion, templates),
    }
    number = templates.environment.filters["number"]
    mean, sd = (results.described("sessions", name) for name in ("mean", "sd"))
    numbers = (number(patients(results), 0), number(mean, 1), number(sd))
    return {key: templates.say(claims[key]) for key in SENTENCES} | dict(
        zip(NUMBERS, numbers, strict=True)
    )


def section_problems(templates: Words) -> Iterator[str]:
    """Yield what is wrong with the section of a language, with its file and line."""
    file: Path = templates.folder / SECTION
    if not file.is_file():
        yield f"{templates.place(SECTION)}: the file is missing; the section is made from it"
        return
    known = {f"second.{name}" for name in (*NUMBERS, *SENTENCES)}
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        for name in _SHOWN.findall(line):
            if name not in known:
                yield (
                    f"{templates.place(SECTION, number)}: `{name}` is not known. "
                    f"Available there: {', '.join(f'`{one}`' for one in sorted(known))}."
                )
