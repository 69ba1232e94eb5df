"""What every configuration model shares: frozen, and unknown keys refused."""

import re
from types import NoneType
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from rupture_repair.config.errors import one_line

MAX_TEXT_LENGTH = 10_000
# beyond these a number is a slip, and overflows in one library or another
MAX_INTEGER, MAX_SIZE, MIN_SIZE = 2**31 - 1, 1e9, 1e-6
MAX_SESSIONS = 10_000  # of a treatment
Sessions = Annotated[int, Field(ge=1, le=MAX_SESSIONS)]
Replicates = Annotated[int, Field(le=1_000_000)]
# of a measure of spread; scale `absolute` counts in points, of which questionnaires have hundreds
Multiple = Annotated[float, Field(ge=0.01, le=1000)]
KEY = re.compile(r"\w(?:[\w .+()/-]{0,62}[\w+)])?")


def key_problem(name: str) -> str | None:
    """Return why an entry cannot have this name: names are printed in tables and in the paper."""
    if KEY.fullmatch(name):
        return None
    return "a name has up to 64 letters, digits, blanks and . + - _ / ( ), a letter or digit first"


class Strict(BaseModel):
    """Base of every configuration model."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, str_strip_whitespace=True, allow_inf_nan=False
    )

    @field_validator("*", mode="before")
    @classmethod
    def _numbers_are_written_as_numbers(cls, value: Any, info: ValidationInfo) -> Any:  # noqa: ANN401
        annotation = cls.model_fields[str(info.field_name)].annotation
        if _takes_numbers_alone(annotation):
            for number in _parts(value):
                if why := _no_number(number):
                    raise ValueError(f"`{one_line(number, 40)}` {why}")
        return value

    @field_validator("*")
    @classmethod
    def _text_can_be_printed(cls, value: Any) -> Any:  # noqa: ANN401 - every kind of field
        for text in _texts(value):
            if not text.replace("\n", "").replace("\t", "").isprintable():
                raise ValueError("holds a control character, or another that is invisible")
            if len(text) > MAX_TEXT_LENGTH:
                raise ValueError(f"has more than {MAX_TEXT_LENGTH} characters")
        return value


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [*value, *(text for text in value.values() if isinstance(text, str))]
    return [text for text in value if isinstance(text, str)] if isinstance(value, tuple) else []


def _takes_numbers_alone(annotation: Any) -> bool:  # noqa: ANN401 - any type
    """Return whether a field holds numbers, alone, listed or named, and nothing else."""
    if get_origin(annotation) is dict:
        return _takes_numbers_alone(get_args(annotation)[1])
    if get_origin(annotation) is Annotated:
        return _takes_numbers_alone(get_args(annotation)[0])
    parts = [part for part in get_args(annotation) if part not in (NoneType, ...)]
    return all(map(_takes_numbers_alone, parts)) if parts else annotation in (int, float)


def _parts(value: object) -> list[object]:
    if isinstance(value, dict):
        return list(value.values())
    return list(value) if isinstance(value, list | tuple) else [value]


def _no_number(value: object) -> str | None:
    """Return why a value is not taken for a number, though it could be."""
    if isinstance(value, bool):
        return "should be a number; YAML takes yes, no, on, off, true and false for true or false"
    if isinstance(value, str):
        return "should be a number: digits, with a point before decimals, without quotes"
    if isinstance(value, int) and abs(value) > MAX_INTEGER:
        return f"should be at most {MAX_INTEGER}"
    if isinstance(value, float) and value and not MIN_SIZE <= abs(value) <= MAX_SIZE:
        return f"should be 0 or between {MIN_SIZE:g} and {MAX_SIZE:g}, apart from the sign"
    return None
