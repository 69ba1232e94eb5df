"""How categories are called in a cohort's paper, and which second language it has."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import Field, field_validator

from rupture_repair.config.base import Strict
from rupture_repair.config.errors import did_you_mean, one_line

# a folder of templates for each language of the paper; that of all its sections is the main one
WORDS = Path(__file__).resolve().parents[3] / "reports/words"
MAIN_LANGUAGE = "en"
MAX_LABEL_LENGTH = 100


def second_languages() -> list[str]:
    """Return the languages that a summary can be given in beside the paper's own."""
    folders = sorted(folder.name for folder in WORDS.iterdir() if folder.is_dir())
    return [name for name in folders if name[0] not in "._" and name != MAIN_LANGUAGE]


class Labels(Strict):
    """Labels of categories by what stands in the patient file; what is not named stays."""

    gender: dict[str, str] = Field({}, description="Labels of gender, such as `{w: female}`.")
    diagnosis: dict[str, str] = Field(
        {}, description="Labels of diagnoses, such as `{Angststörung: anxiety disorder}`."
    )
    orientation: dict[str, str] = Field({}, description="Labels of therapeutic orientations.")

    def __iter__(self) -> Iterator[tuple[str, dict[str, str]]]:  # type: ignore[override]
        """Yield column and labels of those that have any."""
        for column in type(self).model_fields:
            if labels := getattr(self, column):
                yield column, labels

    @field_validator("*", mode="before")
    @classmethod
    def _codes_may_be_numbers(cls, labels: Any) -> Any:  # noqa: ANN401 - whatever YAML holds
        if not isinstance(labels, dict):
            return labels
        return {f"{k:g}" if type(k) in (int, float) else k: v for k, v in labels.items()}

    @field_validator("*")
    @classmethod
    def _labels_can_be_printed(cls, labels: dict[str, str]) -> dict[str, str]:
        for found, label in labels.items():
            if not label or len(label) > MAX_LABEL_LENGTH:
                raise ValueError(
                    f"the label of `{one_line(found, 40)}` should have 1 to {MAX_LABEL_LENGTH} "
                    "characters"
                )
        return labels


class Wording(Strict):
    """The paper of one cohort."""

    second_language: str | None = Field(
        None,
        description=(
            "Language of a summary after the abstract: a folder of `reports/words`, such as `de` "
            "(docs/words.md). null: none."
        ),
    )

    @field_validator("second_language")
    @classmethod
    def _there_are_templates(cls, language: str | None) -> str | None:
        if language is not None and language not in (known := second_languages()):
            raise ValueError(
                f"`{one_line(language, 40)}`: reports/words has no such second language; "
                f"{did_you_mean(language, known)}"
            )
        return language
