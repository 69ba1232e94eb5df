"""What every configuration model shares: frozen, and unknown keys refused."""

import re
from typing import Any

from pydantic import BaseModel, ConfigDict, field_validator

LONGEST_TEXT = 10_000
KEY = re.compile(r"\w(?:[\w .+()/-]{0,62}[\w+)])?")


def wrong_key(name: str) -> str | None:
    """Return why an entry cannot have this name: names are printed in tables and in the paper."""
    if KEY.fullmatch(name):
        return None
    return "a name has up to 64 letters, digits, blanks and . + - _ / ( ), a letter or digit first"


class Strict(BaseModel):
    """Base of every configuration model."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, str_strip_whitespace=True, allow_inf_nan=False
    )

    @field_validator("*")
    @classmethod
    def _text_can_be_printed(cls, value: Any) -> Any:  # noqa: ANN401 - every kind of field
        for text in _texts(value):
            if not text.replace("\n", "").replace("\t", "").isprintable():
                raise ValueError("holds a control character, or another that is invisible")
            if len(text) > LONGEST_TEXT:
                raise ValueError(f"has more than {LONGEST_TEXT} characters")
        return value


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [*value, *(text for text in value.values() if isinstance(text, str))]
    return [text for text in value if isinstance(text, str)] if isinstance(value, tuple) else []
