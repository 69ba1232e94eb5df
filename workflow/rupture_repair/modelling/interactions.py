"""Likelihood-ratio tests of the highest interaction of each model."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.special import chdtrc

from rupture_repair.modelling.fit import Fit, FitError, Random, certified
from rupture_repair.modelling.formulas import FORMULAS, WITHOUT_INTERACTION
from rupture_repair.modelling.inference import too_few

COLUMNS = ["model", "interaction_chisq", "interaction_df", "interaction_p"]


def interaction_tests(ml: Sequence[Fit], table: pd.DataFrame) -> pd.DataFrame:
    """Return `COLUMNS` for each model with pattern: likelihood-ratio tests (ML), df 2.

    The model without its highest interaction (time, pattern and moderators) keeps all other
    products: both models have the effects of interpersonal problems and length in all patients.
    Missing where the data do not determine the interaction or a pattern has too few patients.

    ml : fits by ML; table : the analysis table that they were fitted to.
    """
    rows = []
    for fit in ml:
        if fit.model not in WITHOUT_INTERACTION:
            continue
        chisq, df, p = np.nan, np.nan, np.nan
        less = None if too_few(table) else _without(fit, table)
        if less is not None and fit.n_parameters > less[1]:
            chisq = max(2 * (fit.llf - less[0]), 0.0)
            df = fit.n_parameters - less[1]
            p = float(chdtrc(df, chisq))
        rows.append((fit.model, chisq, df, p))
    return pd.DataFrame(rows, columns=COLUMNS)


def _without(fit: Fit, table: pd.DataFrame) -> tuple[float, int] | None:
    """Return log-likelihood and number of parameters without the interaction."""
    # what the cohort's covariates add to a formula stands at its end
    formula = WITHOUT_INTERACTION[fit.model] + fit.formula.removeprefix(FORMULAS[fit.model])
    how: Random = {"patient_terms": fit.patient_terms, "clustering": fit.clustering}
    try:
        found = certified(formula, table, reml=False, **how)
    except FitError:
        return None
    return found.llf, found.n_parameters
