"""Planted effects of a synthetic cohort beside what the analysis recovers."""

import pandas as pd

from rupture_repair.config.planted import PLANTED
from rupture_repair.config.synthetic import SymptomProcess

# the model that has a term for each planted effect; the others average over lengths
MODEL = "M3"
COLUMNS = ["term", "parameter", "planted", "recovered", "ci_low", "ci_high", "inside"]


def planted_effects(fixed_effects: pd.DataFrame, process: SymptomProcess | None) -> pd.DataFrame:
    """Return a row per planted effect with `COLUMNS`; none without a synthetic cohort.

    fixed_effects : table of that name; symptom points per unit of log(session), interpersonal
        problems in cohort SDs, centred log(length). `inside` is 1 where the interval holds the
        planted value, 0 where it does not.
    """
    if process is None:
        return pd.DataFrame(columns=COLUMNS)
    effects = fixed_effects[fixed_effects["model"] == MODEL].copy()
    # names of terms in the tables are without the coding of the contrasts
    found = effects.set_index(effects["term"].str.replace("[T.", "[", regex=False))
    rows = []
    for term, parameter in PLANTED.items():
        name = term.replace("[T.", "[")
        if name not in found.index:
            continue
        row = found.loc[name]
        planted = 0.0 if parameter is None else float(getattr(process, parameter))
        rows.append(
            {
                "term": name,
                "parameter": parameter or "none planted",
                "planted": planted,
                "recovered": row["estimate"],
                "ci_low": row["ci_low"],
                "ci_high": row["ci_high"],
                "inside": int(row["ci_low"] <= planted <= row["ci_high"]),
            }
        )
    return pd.DataFrame(rows, columns=COLUMNS)
