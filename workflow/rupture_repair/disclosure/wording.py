"""The words that shared tables have where steps write keys: `csv` of `reports/words`."""

import json
import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from rupture_repair.config.catalogue.table import Table
from rupture_repair.disclosure.suppression import is_small
from rupture_repair.modelling import keys
from rupture_repair.modelling.keys import Key, name_of
from rupture_repair.words.templates import Claim

CELL = re.compile(r"([a-z_]+) (\{.*\})")
# where the words of a key are: all others are reasons
PLACES: Mapping[type[Key], tuple[str, tuple[str, ...]]] = {
    keys.Analysis: ("csv/analyses", ("label", "question")),
    keys.Unit: ("csv/quantities/unit", ()),
    keys.WholeModel: ("csv/quantities/whole_model", ()),
    keys.Variance: ("csv/quantities/variance", ()),
    keys.Coefficient: ("csv/quantities/coefficient", ()),
    keys.Combination: ("csv/quantities/combination", ()),
}


def _claim(kind: type[Key]) -> type[Claim]:
    """Return what has the parts of a key and says it."""
    at, blocks = PLACES.get(kind, (f"csv/reasons/{name_of(kind)}", ()))
    made: Any = type(Claim)
    claim: type[Claim] = made(kind.__name__, (kind, Claim), {}, at=at, blocks=blocks)
    return claim


CLAIMS = {name_of(kind): _claim(kind) for kind in Key.__subclasses__()}


def worded(table: pd.DataFrame, described: Table, *, masked: bool) -> pd.DataFrame:
    """Return a table with words for its keys.

    described : its entry in the catalogue. masked : whether small counts must not be told.
    """
    new = {}
    for column in [name for name in described.worded if name in table]:
        cells = table[column].dropna().unique()
        texts = {cell: said(str(cell), column, masked=masked) for cell in cells}
        if any(text != cell for cell, text in texts.items()):
            new[column] = table[column].map(texts)
    return table.assign(**new)


def said(cell: str, column: str = "", *, masked: bool) -> str:
    """Return the words for a key; what is no key, such as `passed`, stays.

    column : that it stands in, where the key has words for several.
    """
    found = CELL.fullmatch(cell)
    if not found or found[1] not in CLAIMS:
        return cell
    kind: Any = CLAIMS[found[1]]
    parts: dict[str, Any]
    parts = {k: tuple(v) if isinstance(v, list) else v for k, v in json.loads(found[2]).items()}
    for name in kind.nested:
        parts[name] = tuple(said(one, masked=masked) for one in parts[name])
    if masked and issubclass(kind, keys.FewPatients) and is_small(parts["n"]):
        parts["n"] = None
    claim: Claim = kind(**parts)
    return claim.text(column if column in claim.blocks else claim.blocks[0])
