"""Problems in words; those of the configuration: file, key, value, what is allowed."""

import difflib
import errno
import os
import reprlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError


class ExpectedError(Exception):
    """Something the user can mend; the message says how."""


# what the system says of a disk, and what to do about it
DISK_REMEDIES = {
    os.strerror(errno.ENOSPC): "the disk is full; make room and run again",
    os.strerror(errno.EDQUOT): "your share of the disk is full; make room and run again",
    os.strerror(errno.EROFS): "cannot be written; allow writing in this folder and run again",
}


def disk_remedy(error: BaseException) -> str | None:
    """Return what to do, where it is the disk that made `error`; whoever met it, in words."""
    return next(
        (remedy for message, remedy in DISK_REMEDIES.items() if message in str(error)), None
    )


MAX_SHOWN = 200  # characters of a name or a value


def one_line(text: object, most: int = MAX_SHOWN) -> str:
    """Return text of a user on one line: what does not print as an escape, long text cut.

    Control characters can rewrite a terminal, marks of direction turn a line round.
    """
    words = str(text)
    cut = words if len(words) <= most else f"{words[:most]}…"
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in cut)


@dataclass(frozen=True)
class ConfigProblem:
    """One thing to mend in one configuration file."""

    file: str
    key: str
    message: str

    def __str__(self) -> str:
        parts = (self.file, self.key, self.message)
        return ": ".join(one_line(part, 5 * MAX_SHOWN) for part in parts if part)


class ConfigError(Exception):
    """All problems of a configuration at once."""

    def __init__(self, problems: Iterable[ConfigProblem]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        head = f"The configuration has {count} problem{'s' if count != 1 else ''}:"
        super().__init__("\n".join([head, *(f"  * {problem}" for problem in self.problems)]))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a hint naming the closest known word, or the known words."""
    known = sorted(known)
    short = [name for name in known if len(name) <= MAX_SHOWN]  # comparing takes length squared
    close = difflib.get_close_matches(word[:MAX_SHOWN], short, n=1, cutoff=0.6)
    if close:
        return f"did you mean `{close[0]}`?"
    return f"known: {', '.join(map(one_line, known))}" if known else "there are none"


def problems_of(error: ValidationError, model: type[BaseModel], file: str) -> list[ConfigProblem]:
    """Translate pydantic's errors for `model` into problems of `file`."""
    found: list[dict[str, Any]] = [dict(details) for details in error.errors()]
    # of `text or section`, a section was meant where one was written
    meant = [d for d in found if not ("str" in str(d["loc"][-1:]) and isinstance(d["input"], dict))]
    return [_problem(details, model, file) for details in meant]


def _problem(details: dict[str, Any], model: type[BaseModel], file: str) -> ConfigProblem:
    location = tuple(part for part in details["loc"] if part != "Items")
    key = ".".join(str(part) for part in location)
    context = details.get("ctx", {})
    value = details.get("input")
    # of a list a part: aliases of YAML can make it enormous
    shown = one_line(value if isinstance(value, str) else reprlib.repr(value))
    match details["type"]:
        case "extra_forbidden":
            parent = _model_at(model, location[:-1])
            known = parent.model_fields if parent else ()
            message = f"unknown key; {did_you_mean(str(location[-1]), known)}"
        case "missing":
            message = f"is missing; it gives: {_description(model, location)}"
        case "literal_error":
            allowed = context["expected"].replace("'", "`")
            words = allowed.replace("`", "").replace(" or ", ", ").split(", ")
            message = f"`{shown}` is not allowed; allowed: {allowed}"
            if isinstance(value, str) and difflib.get_close_matches(value[:MAX_SHOWN], words, n=1):
                message += f"; {did_you_mean(value, words)}"
        case "value_error":
            message = str(context["error"])
        case _:
            reason = details["msg"].replace("Input should be", "should be")
            message = f"`{shown}` {reason}" if not isinstance(value, dict) else reason
            if isinstance(value, bool) and details["type"] == "string_type":
                message += "; write the name in quotes: YAML takes Yes, No, On, Off for true, false"
    return ConfigProblem(file, key, message)


def _model_at(model: type[BaseModel], location: tuple[Any, ...]) -> type[BaseModel] | None:
    named = False
    for part in location:
        if named or isinstance(part, int):  # a name of the user's own, or a place in a list
            named = False
            continue
        field = model.model_fields.get(str(part))
        if field is None:
            return None
        named = get_origin(field.annotation) is dict
        candidates = [field.annotation, *get_args(field.annotation)]
        inner = [c for c in candidates if isinstance(c, type) and issubclass(c, BaseModel)]
        if not inner:
            return None
        model = inner[0]
    return model


def _description(model: type[BaseModel], location: tuple[Any, ...]) -> str:
    parent = _model_at(model, location[:-1])
    field = parent.model_fields.get(str(location[-1])) if parent else None
    return (field.description if field else None) or "a value"
