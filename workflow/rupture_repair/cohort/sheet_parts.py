"""What openpyxl's fast reader leaves out of a workbook's XML: formulas, hidden rows."""

import re
import xml.etree.ElementTree as ET
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from openpyxl.utils import column_index_from_string

# fewer zeros may be what the formulas come to; a library that computes none stores only zeros
MIN_ZEROS = 5
_HIDDEN = re.compile(rb"<(?:\w+:)?(?:row|col)\s[^>]*hidden=")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")


@dataclass(frozen=True)
class SheetParts:
    """formulas : column number → formulas without a stored value; hidden : rows, columns."""

    formulas: dict[int, int] = field(default_factory=dict)
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()


def sheet_parts(workbook: Path, part: str) -> SheetParts:
    """Return what the XML `part` of a workbook contains; fast where it contains neither."""
    with zipfile.ZipFile(workbook) as packed:
        content = packed.read(part)
        if not _HIDDEN.search(content) and not _FORMULA.search(content):
            return SheetParts()
        with packed.open(part) as xml:
            return _parts(ET.iterparse(xml, events=("end",)))


def _parts(elements: Iterator[tuple[str, ET.Element]]) -> SheetParts:
    empty: Counter[int] = Counter()
    zero: Counter[int] = Counter()
    formulas: Counter[int] = Counter()
    rows, columns = set(), set()
    number = 0
    for _, element in elements:
        tag = element.tag.rpartition("}")[2]
        if tag == "col" and _is_true(element.get("hidden")):
            last = min(int(element.get("max", "0")), 16_384)
            columns |= set(range(int(element.get("min", "1")), last + 1))
        elif tag == "row":
            number = int(element.get("r", number + 1))
            cells = [cell for cell in element if len(cell)]
            if cells and _is_true(element.get("hidden")):
                rows.add(number)
            for place, cell in enumerate(cells, start=1):
                kinds = {child.tag.rpartition("}")[2]: child.text for child in cell}
                if "f" not in kinds:
                    continue
                letters = re.match(r"[A-Z]+", cell.get("r", ""))
                column = column_index_from_string(letters[0]) if letters else place
                formulas[column] += 1
                # a formula that comes to an empty text has the type `str`
                empty[column] += not kinds.get("v") and cell.get("t") != "str"
                zero[column] += kinds.get("v") == "0"
            element.clear()
    without = {
        column: empty[column] + (zero[column] if _only_zeros(zero[column], n, empty[column]) else 0)
        for column, n in formulas.items()
    }
    found = {column: n for column, n in without.items() if n}
    return SheetParts(found, frozenset(rows), frozenset(columns))


def _only_zeros(zeros: int, formulas: int, empty: int) -> bool:
    return zeros >= MIN_ZEROS and zeros + empty == formulas


def _is_true(value: str | None) -> bool:
    return value in {"1", "true"}
