"""Published shares of the patterns, of one study or several."""

from collections.abc import Mapping

import pandas as pd

from rupture_repair.config.criteria import PATTERNS
from rupture_repair.detection.series import Ints

STARTS = ("n_", "percent_")
COLUMNS = ["study", "pattern", "n", "percent"]


def published_studies(files: Mapping[str, str]) -> pd.DataFrame:
    """Return `study, pattern, n, percent` of files of published figures, by label.

    Counts that are not published follow from the percentages and the number of patients. A study
    without all three shares, or without counts and number of patients, is left out.
    """
    rows = []
    for study, file in files.items():
        value = pd.read_csv(file).set_index("item")["published"]
        given = {name: float(value[name]) for name in value.index if name.startswith(STARTS)}
        counts = [given.get(f"n_{pattern}") for pattern in PATTERNS]
        shares = [given.get(f"percent_{pattern}") for pattern in PATTERNS]
        total = given.get("n_patients")
        for pattern, n, share in zip(PATTERNS, counts, shares, strict=True):
            if n is None and share is not None and total is not None:
                n = round(share * total / 100)
            if share is None and n is not None and None not in counts:
                share = 100 * n / sum(count for count in counts if count is not None)
            if n is not None and share is not None:
                rows.append({"study": study, "pattern": pattern, "n": int(n), "percent": share})
    table = pd.DataFrame(rows, columns=COLUMNS)
    whole = table.groupby("study")["pattern"].transform("size") == len(PATTERNS)
    return table[whole].reset_index(drop=True)


def counts_of(studies: pd.DataFrame) -> dict[str, Ints]:
    """Return the counts of each study in the order of `PATTERNS`, shape (n_patterns,)."""
    return {
        str(study): own.set_index("pattern").loc[list(PATTERNS), "n"].to_numpy()
        for study, own in studies.groupby("study", sort=False)
    }
