"""How much of the differences between estimates goes with each choice."""

import pandas as pd

from rupture_repair.multiverse.specifications import CHOICES

OUTCOMES = {"moderation": "estimate", "length": "length_estimate"}
COLUMNS = ("outcome", "choice", "n_values", "df", "sum_sq", "share", "n_specifications")
NO_LIMIT = "none"


def variance_shares(table: pd.DataFrame, specifications: pd.DataFrame) -> pd.DataFrame:
    """Return the share of the estimates' variance that goes with each choice.

    table : `multiverse.csv`; specifications : `multiverse_specifications.csv`, where added ones
    (`also`) are left out.

    A linear model of main effects: Type II sums of squares of each choice, the others in the model,
    as a share of the total sum of squares. `residual` is what main effects leave: choices that
    matter in combination. In a draw that is not balanced the shares need not add up to 1. Rows per
    outcome: `moderation`, `length` (the estimates where length moderates); choices with one value
    are left out, and an outcome with too few estimates.
    """
    drawn = specifications[specifications["origin"] != "also"]
    joined = drawn.merge(table, on="id", validate="one_to_one")
    levels = joined[list(CHOICES)].astype("object")
    joined[list(CHOICES)] = levels.where(levels.notna(), NO_LIMIT).astype(str)
    parts = [_shares(joined, outcome, column) for outcome, column in OUTCOMES.items()]
    return pd.DataFrame([row for part in parts for row in part], columns=list(COLUMNS))


def _shares(joined: pd.DataFrame, outcome: str, column: str) -> list[dict[str, object]]:
    rows = joined.dropna(subset=[column])
    varied = [name for name in CHOICES if len(rows[name].unique()) > 1]
    if not varied:
        return []
    from statsmodels.regression.linear_model import OLS
    from statsmodels.stats.anova import anova_lm

    formula = f"{column} ~ " + " + ".join(f"C({name})" for name in varied)
    model = OLS.from_formula(formula, rows).fit()
    total = float(((rows[column] - rows[column].mean()) ** 2).sum())
    if model.df_resid <= 0 or total <= 0:
        return []
    found = anova_lm(model, typ=2)
    sums = {name: found.loc[f"C({name})"] for name in varied}
    sums["residual"] = found.loc["Residual"]
    return [
        {
            "outcome": outcome,
            "choice": name,
            "n_values": rows[name].nunique() if name in varied else 0,
            "df": float(row["df"]),
            "sum_sq": float(row["sum_sq"]),
            "share": float(row["sum_sq"]) / total,
            "n_specifications": len(rows),
        }
        for name, row in sums.items()
    ]
