"""The words on figures: `figures.yaml` of a language, whose `{{ … }}` are filled when drawn."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import yaml

from rupture_repair.config.errors import ExpectedError, did_you_mean
from rupture_repair.config.wording import MAIN_LANGUAGE, WORDS
from rupture_repair.disclosure.suppression import count_text

FILE = "figures.yaml"
SHARED = "shared"
PLACE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
Words = Mapping[str, Mapping[str, str | Mapping[str, str]]]


@dataclass(frozen=True)
class Labels:
    """The labels of one figure in one language; raises `ExpectedError` for what is not there.

    own, shared : texts by key, and groups of phrases that stand in tables; file : for messages.
    """

    figure: str
    own: Mapping[str, str | Mapping[str, str]]
    shared: Mapping[str, str | Mapping[str, str]]
    file: Path

    def __call__(self, key: str, **parts: str | float) -> str:
        """Return a label, with `parts` in the places that it names."""
        text = self.own.get(key, self.shared.get(key))
        if not isinstance(text, str):
            known = [*self.own, *self.shared]
            raise ExpectedError(f"{self._at(key)} is missing; {did_you_mean(key, known)}")
        return self._filled(key, text, parts)

    def phrase(self, group: str, text: str) -> str:
        """Return a phrase of a table as `group` has it, or as it is where the group lacks it.

        A phrase with `{{ … }}` stands for all with something else there: `{{ n }} sessions`.
        """
        phrases = self.own.get(group, self.shared.get(group))
        if not isinstance(phrases, Mapping):
            raise ExpectedError(f"{self._at(group)} is missing")
        for phrase, label in phrases.items():
            if found := _pattern(phrase).fullmatch(text):
                return self._filled(f"{group}.{phrase}", label, found.groupdict())
        return text

    def number(self, value: float, digits: int = 2) -> str:
        """Return a number with a true minus and the decimal mark of the language."""
        return self.decimal(f"{value:z.{digits}f}".replace("-", "−"))

    def decimal(self, text: str) -> str:
        """Return a number that is written as text with the decimal mark of the language."""
        return text.replace(".", self("decimal_mark"))

    def interval(self, row: Sequence[float], digits: int = 2) -> str:
        """Return `−1.20 [−2.30, −0.10]` of middle, low, high; no brackets without the ends."""
        middle, low, high = (self.number(value, digits) for value in row)
        if not np.isfinite(row[1:]).all():
            return middle
        return self("interval", estimate=middle, low=low, high=high)

    def intervals(self, rows: Iterable[Sequence[float]], digits: int = 2) -> list[str]:
        """Return `interval` of each row."""
        return [self.interval(row, digits) for row in rows]

    def counted(self, n: float) -> str:
        """Return a count; what is masked is a dash."""
        return count_text(n).replace(",", self("thousands_mark"))

    def iip(self, level: float) -> str:
        """Return words for a level of interpersonal problems in SDs."""
        if level == 0:
            return self("average")
        key = "above_average" if level > 0 else "below_average"
        return self(key, sd=self.decimal(f"{abs(level):g}"))

    def _filled(self, key: str, text: str, parts: Mapping[str, str | float]) -> str:
        def part(match: re.Match[str]) -> str:
            if match[1] not in parts:
                known = ", ".join(f"`{name}`" for name in parts) or "no names"
                raise ExpectedError(
                    f"{self._at(key)}: `{match[1]}` is not known. Available there: {known}."
                )
            return str(parts[match[1]])

        return PLACE.sub(part, text)

    def _at(self, key: str) -> str:
        return f"{_shown(self.file)}: `{self.figure}.{key}`"


def labels(figure: str, language: str = MAIN_LANGUAGE) -> Labels:
    """Return the labels of a figure; raises `ExpectedError` where the file has none."""
    file, content = WORDS / language / FILE, read(language)
    for section in (SHARED, figure):
        if section not in content:
            raise ExpectedError(f"{_shown(file)}: `{section}` is missing")
    return Labels(figure, content[figure], content[SHARED], file)


@cache
def read(language: str) -> Words:
    """Return all labels of a language; raises `ExpectedError` where its file cannot be read."""
    file = WORDS / language / FILE
    try:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        content: Words = yaml.load(file.read_text(encoding="utf-8"), loader)
    except (OSError, yaml.YAMLError) as error:
        raise ExpectedError(f"{_shown(file)} cannot be read: {error}") from None
    return content


def label_problems(language: str) -> Iterator[str]:
    """Yield what a language's file lacks or has too much, beside that of the main language."""
    file = _shown(WORDS / language / FILE)
    own, main = _flat(read(language)), _flat(read(MAIN_LANGUAGE))
    for key in main.keys() - own.keys():
        yield f"{file}: `{key}` is missing"
    for key, text in own.items():
        if key not in main:
            yield f"{file}: `{key}` is used by no figure; {did_you_mean(key, list(main))}"
        elif unknown := set(PLACE.findall(text)) - set(PLACE.findall(main[key])):
            yield f"{file}: `{key}`: {', '.join(f'`{name}`' for name in sorted(unknown))} not known"


def _flat(content: Words) -> dict[str, str]:
    """Return each text under the path of its keys."""
    flat: dict[str, str] = {}
    for figure, own in content.items():
        for key, value in own.items():
            texts = (
                {"": value} if isinstance(value, str) else {f".{k}": v for k, v in value.items()}
            )
            flat |= {f"{figure}.{key}{end}": text for end, text in texts.items()}
    return flat


def _shown(file: Path) -> Path:
    return file.relative_to(WORDS.parents[1])


@cache
def _pattern(phrase: str) -> re.Pattern[str]:
    """Return what matches a phrase, with anything in its places."""
    parts = PLACE.split(phrase)  # words, name, words, name, words
    return re.compile(
        "".join(f"(?P<{p}>.+)" if n % 2 else re.escape(p) for n, p in enumerate(parts))
    )
