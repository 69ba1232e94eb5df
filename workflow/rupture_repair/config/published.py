"""Published figures, `data/published/<study>.csv`: checked before anything is compared."""

import csv
import math
from pathlib import Path

from rupture_repair.config.criteria import PATTERNS
from rupture_repair.config.errors import ConfigProblem, one_line

COLUMNS = ("item", "published", "decimals", "tag", "description")
DIRECTIONS = ("moderation_iip", "moderation_length")
COUNTS = (
    *("n_patients", "n_therapists", "sessions_min", "sessions_max"),
    *(f"n_{pattern}" for pattern in PATTERNS),
)
NUMBERS = (
    *COUNTS, "sessions_mean", "sessions_sd", *(f"percent_{pattern}" for pattern in PATTERNS),
)  # fmt: skip
# what a synthetic cohort is calibrated to
TARGETS = (*COUNTS, "sessions_mean", "sessions_sd")
MAX_BYTES = 1_000_000
MAX_PATIENTS = 200_000


def published_problems(file: Path, synthetic: bool) -> list[ConfigProblem]:
    """Return what is wrong with a file of published figures.

    synthetic : whether a cohort is to be drawn that meets them.
    """
    try:
        if file.stat().st_size > MAX_BYTES:
            return [ConfigProblem(str(file), "", "has more than 1 MB: these are no figures")]
        text = file.read_text(encoding="utf-8-sig")
        heading, *rows = [row for row in csv.reader(text.splitlines(), strict=True) if row] or [[]]
    except UnicodeDecodeError:
        return [ConfigProblem(str(file), "", "cannot be read as UTF-8 text: save it so")]
    except OSError as error:
        return [ConfigProblem(str(file), "", f"cannot be read: {error.strerror}")]
    except csv.Error as error:
        return [ConfigProblem(str(file), "", f"the rows do not form a table ({error})")]
    absent = [column for column in COLUMNS if heading.count(column) != 1]
    if absent:
        message = f"must have each of the columns {', '.join(COLUMNS)} once; see data/README.md"
        return [ConfigProblem(str(file), ", ".join(absent), message)]
    ragged = [row for row in rows if len(row) != len(heading)]
    if ragged:
        message = f"the row has {len(ragged[0])} cells, the heading {len(heading)}"
        return [ConfigProblem(str(file), one_line(ragged[0][0], 40), message)]
    figures = [dict(zip(heading, row, strict=True)) for row in rows]
    found = [(figure["item"], reason) for figure in figures for reason in _wrong(figure)]
    items = [figure["item"] for figure in figures]
    found += [(item, "is given twice") for item in sorted({i for i in items if items.count(i) > 1})]
    if synthetic and not found:
        found = _targets({figure["item"]: figure["published"] for figure in figures})
    return [ConfigProblem(str(file), one_line(item, 40), message) for item, message in found]


def _wrong(figure: dict[str, str]) -> list[str]:
    item, value, decimals = (figure[name] for name in ("item", "published", "decimals"))
    found = []
    if item in DIRECTIONS:
        if value not in {"negative", "positive"}:
            found.append(f"`{one_line(value, 40)}` is not allowed; allowed: negative, positive")
    elif item in NUMBERS and not _is_number(value):
        found.append(f"`{one_line(value, 40)}` is not a number of 0 or more")
    elif item in COUNTS and not float(value).is_integer():
        found.append(f"`{one_line(value, 40)}` is not a whole number")
    if decimals and not (decimals.isascii() and decimals.isdigit() and len(decimals) < 3):
        found.append(f"decimals: `{one_line(decimals, 40)}` is not a whole number under 100")
    for column in COLUMNS:
        if not figure[column].isprintable() or len(figure[column]) > 1000:
            found.append(f"{column}: holds a control character, or more than 1000 characters")
    return found


def _is_number(text: str) -> bool:
    """Whether it is plainly one: pandas must read the same."""
    try:
        number = float(text)
    except ValueError:
        return False
    return text.isascii() and "_" not in text and math.isfinite(number) and 0 <= number < 1e9


def _targets(value: dict[str, str]) -> list[tuple[str, str]]:
    """Return why no cohort can be drawn to the figures."""
    absent = [item for item in TARGETS if item not in value]
    if absent:
        return [(", ".join(absent), "is missing; a synthetic cohort is calibrated to it")]
    number = {item: float(value[item]) for item in TARGETS}
    found = []
    if sum(number[f"n_{pattern}"] for pattern in PATTERNS) != number["n_patients"]:
        found.append(("n_patients", "is not the sum of the patterns' patients"))
    if not 1 <= number["n_patients"] <= MAX_PATIENTS:
        found.append(("n_patients", f"must be 1 to {MAX_PATIENTS} for a synthetic cohort"))
    if not 1 <= number["n_therapists"] <= number["n_patients"]:
        found.append(("n_therapists", "must be at least 1 and at most the number of patients"))
    if not 1 <= number["sessions_min"] <= number["sessions_mean"] <= number["sessions_max"]:
        found.append(
            ("sessions_mean", "must lie between sessions_min (at least 1) and sessions_max")
        )
    if number["sessions_max"] > 2000:
        found.append(("sessions_max", "must be 2000 or less"))
    return found
