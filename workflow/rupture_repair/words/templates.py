"""The words of the paper: sentences are templates in `reports/words`, filled with what was found.

A block of a template is a sentence, or a few; the parts of its claim are the names that it may use.
Line breaks and indentation of a template count as one space, and none stands before a comma, a
full stop at an end or a closing bracket, so that sentences may be laid out as their conditions ask.
"""

import traceback
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Literal, cast, get_args, get_type_hints

import pandas as pd
from jinja2 import BaseLoader, Environment, FileSystemLoader, StrictUndefined, Template
from jinja2.exceptions import TemplateError, TemplateSyntaxError
from jinja2.utils import missing

from rupture_repair.config.errors import ExpectedError
from rupture_repair.config.reporting import ALPHA, MIN_PATIENTS, MIN_SHOWN
from rupture_repair.config.wording import MAIN_LANGUAGE, WORDS
from rupture_repair.words.filters import FILTERS, OF_LANGUAGES, in_one_line

FOLDER = WORDS
SHARED = "shared.jinja"
# what all templates may name
LIMITS = {"alpha": ALPHA, "fewest_patients": MIN_PATIENTS, "fewest_shown": MIN_SHOWN}
Direction = Literal["more", "less"]


@dataclass(frozen=True)
class Claim:
    """What was found about one thing: the parts are all that its block may name.

    A subclass names its template and its block: `class Noise(Claim, at="summary/noise")`. What
    fills several blocks of a template names them apart: caption and alternative text of a figure,
    title, columns and note of a table.
    """

    topic: ClassVar[str]
    blocks: ClassVar[tuple[str, ...]]

    def __init_subclass__(cls, at: str, blocks: tuple[str, ...] = ()) -> None:
        """Keep where the words of the claim are."""
        topic, _, block = at.rpartition("/")
        cls.topic, cls.blocks = (at, blocks) if blocks else (topic, (block,))

    @property
    def words(self) -> str:
        """The claim in English."""
        return words().say(self)

    def text(self, block: str) -> str:
        """One of the blocks of the claim in English."""
        return words().say(self, block)


@dataclass(frozen=True)
class Estimate:
    """An estimate with its test and its interval at the level of `confidence`, in percent.

    length : of the treatments that it holds for, in sessions, where it is of one length.
    how : whether it stands for more or for less improvement.
    """

    estimate: float
    se: float
    df: float
    statistic: float
    p: float
    ci_low: float
    ci_high: float
    confidence: float
    how: Direction = "more"
    length: float = float("nan")

    @property
    def shown(self) -> bool:
        """Whether it differs from zero."""
        return self.p < ALPHA

    @property
    def excludes_zero(self) -> bool:
        """Whether its interval does."""
        return self.ci_low > 0 or self.ci_high < 0


@dataclass(frozen=True)
class Range:
    """A lower and an upper limit, whatever of."""

    ci_low: float
    ci_high: float


@dataclass(frozen=True)
class Percent:
    """A share in percent with its interval."""

    percent: float
    ci_low: float
    ci_high: float


# stands where there is no estimate and none is spoken of
MISSING = float("nan")
NOTHING = Estimate(MISSING, MISSING, MISSING, MISSING, MISSING, MISSING, MISSING, MISSING)


def estimate(row: pd.Series, confidence: float, how: Direction = "more") -> Estimate:
    """Return a row of a table of results; what it has no column for is missing."""
    names = ("estimate", "se", "df", "statistic", "p", "ci_low", "ci_high", "length")
    values = {name: float(row.get(name, float("nan"))) for name in names}
    return Estimate(**values, confidence=confidence, how=how)


class WordsError(ExpectedError):
    """A template that cannot be read or names what there is not; the message says where."""


class Unknown(StrictUndefined):
    """A name that a template uses and nothing has: an error wherever it is used."""

    @property
    def _undefined_message(self) -> str:
        name = f"`{self._undefined_name}`"
        if self._undefined_hint or self._undefined_obj is missing:
            return self._undefined_hint or f"{name} is not known"
        return f"{name} is no part of what stands before it"


class Unsaid:
    """Templates of a folder, whose mistakes are said with file, line and what is available."""

    folder: Path
    environment: Environment

    def place(self, name: str | None, line: int | None = None) -> str:
        """Return a template and a line as a person reads them."""
        file = self.folder / (name or "")
        reports = FOLDER.parent
        where = file.relative_to(reports.parent) if file.is_relative_to(reports) else file
        return f"{where}, line {line}" if line else str(where)

    def in_words(self, error: Exception, filled: object, name: str, block: str = "") -> WordsError:
        """Return an error as file, line, what is unknown and what is available.

        filled : what the template was to be filled with, if anything; name : of the template.
        """
        if isinstance(error, TemplateSyntaxError):
            return WordsError(f"{self.place(error.name, error.lineno)}: {error.message}")
        origin, line = self._origin(error)
        message = f"{self.place(origin or name, line)}: {getattr(error, 'message', None) or error}"
        return WordsError(f"{message}. {available(filled, block)}" if filled else message)

    def _origin(self, error: Exception) -> tuple[str | None, int | None]:
        """Return the template and the line that an error comes from, where it has one."""
        at = [
            (Path(frame.filename), frame.lineno)
            for frame in traceback.extract_tb(error.__traceback__)
        ]
        own = [
            (file.relative_to(self.folder).as_posix(), line)
            for file, line in at
            if file.is_relative_to(self.folder)
        ]
        return own[-1] if own else (None, None)


class Words(Unsaid):
    """The templates of one language."""

    def __init__(self, folder: Path, loader: BaseLoader | None = None) -> None:
        """Prepare to read the templates of `folder`; raises `WordsError` where the shared fail."""
        self.folder = folder
        self.environment = environment(loader or FileSystemLoader(folder), folder.name)
        try:
            shared = vars(self.environment.get_template(SHARED).module)
            self.environment.globals |= {k: v for k, v in shared.items() if k[0] != "_"}
        except TemplateError as error:
            raise self.in_words(error, None, SHARED) from None

    def say(self, claim: Claim, block: str = "") -> str:
        """Return the sentences of a claim on one line; raises `WordsError`.

        block : of the claim, its first where none is given.
        """
        block = block or claim.blocks[0]
        parts = {field.name: getattr(claim, field.name) for field in fields(claim)}
        try:
            template = self.environment.get_template(f"{claim.topic}.jinja")
            if block not in template.blocks:
                raise WordsError(
                    f"{self.place(template.name)}: the block `{block}` is missing; "
                    f"the paper needs it. Blocks there: {', '.join(template.blocks)}."
                )
            return in_one_line(self._filled(template, block, parts))
        except (TemplateError, TypeError, ValueError, ArithmeticError) as error:
            raise self.in_words(error, claim, f"{claim.topic}.jinja", block) from None

    def _filled(self, template: Template, block: str, parts: dict[str, object]) -> str:
        try:
            return "".join(template.blocks[block](template.new_context(parts)))
        except Exception:
            self.environment.handle_exception()  # raises it again with the template's own lines


def environment(loader: BaseLoader, language: str = MAIN_LANGUAGE) -> Environment:
    """Return how templates are read: unknown names are errors, nothing is escaped.

    language : how numbers are written.
    """
    # Markdown, not HTML: what users wrote is escaped by `markdown.escape_markdown` before
    made = Environment(loader=loader, undefined=Unknown, autoescape=False, auto_reload=False)
    made.filters |= FILTERS | OF_LANGUAGES.get(language, {})
    made.globals = dict(LIMITS)
    return made


@cache
def words(language: str = MAIN_LANGUAGE) -> Words:
    """Return the templates of a language."""
    return Words(FOLDER / language)


def available(filled: object, block: str = "") -> str:
    """Return the names that a block of a claim, or a page, may use, with the parts of each."""
    names, own = [], cast(Any, type(filled))
    for name, kind in hints(own).items():
        parts = [part for one in (kind, *get_args(kind)) for part in _parts(one)]
        names.append(f"`{name}`" + (f" ({', '.join(parts)})" if parts else ""))
    where = f"in the block `{block}`" if block else "there"
    return f"Available {where}: {', '.join(names) or 'no names'}."


@cache
def hints(kind: Any) -> dict[str, Any]:  # noqa: ANN401 - any dataclass
    """Return the types of a dataclass's fields, by name."""
    known = get_type_hints(kind)
    return {field.name: known[field.name] for field in fields(kind)}


def _parts(kind: Any) -> list[str]:  # noqa: ANN401 - the type of whatever a claim holds
    if not is_dataclass(kind):
        return []
    computed = [name for name, value in vars(kind).items() if isinstance(value, property)]
    return [*(field.name for field in fields(kind)), *computed]
