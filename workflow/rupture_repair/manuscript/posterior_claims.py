"""Sentences and table on the posterior of the headline beside REML; only where it was sampled."""

from typing import assert_never

import pandas as pd

from rupture_repair.config.analysis import PatientTerms
from rupture_repair.manuscript import apa
from rupture_repair.manuscript.markdown import table
from rupture_repair.manuscript.model_tables import role_words
from rupture_repair.manuscript.results import Results
from rupture_repair.modelling.posterior import CONVERGED, FEWEST_ESS, MOST_RHAT
from rupture_repair.modelling.posterior_sampling import COEFFICIENT_SCALE, LKJ_ETA

Row = pd.Series


def priors(results: Results) -> str:
    """Tell the priors, in units of the outcome's standard deviation."""
    therapists = "therapist" in set(results.tables["variance_components"]["component"])
    intercepts = "patients' and therapists' intercepts" if therapists else "patients' intercepts"
    return (
        "Priors were weakly informative: coefficients normal, with a standard deviation of "
        f"{COEFFICIENT_SCALE:g} *SD*s of the outcome per *SD* of their column (the intercept, "
        "about the outcome's mean); standard deviations of residuals and of "
        f"{intercepts} half-normal, with a scale of one *SD* of the outcome"
        f"{_patients(results.settings.modelling.patient_terms)}."
    )


def _patients(terms: PatientTerms) -> str:
    slopes = "; that of patients' slopes the same per *SD* of time"
    match terms:
        case "correlated":
            return f"{slopes}; their correlation LKJ({LKJ_ETA:g}) [@lewandowski2009]"
        case "independent":
            return slopes
        case "intercept":
            return ""
        case unknown:
            assert_never(unknown)


def posterior(results: Results) -> str:
    """Tell whether the chains converged and, only then, the posterior beside REML."""
    data, sampling = results.tables["posterior"], results.tables["posterior_sampling"]
    if data.empty:
        return "The posterior was not sampled."
    run = sampling.iloc[0]
    chains = f"{apa.plural(int(run['chains']), 'chain')} of {run['draws']:,.0f} draws each"
    checks = (
        f"largest R-hat {apa.number(run['rhat'], 3)}, least effective sample size "
        f"{apa.number(min(run['ess_bulk'], run['ess_tail']), 0)}, "
        f"{apa.plural(int(run['divergences']), 'divergent step')}"
    )
    if run["verdict"] != CONVERGED:
        return (
            f"The {chains} did not converge ({checks}), so that no posterior is told: R-hat should "
            f"be at most {MOST_RHAT:g} and each effective sample size at least {FEWEST_ESS}, "
            "without divergent steps [@vehtari2021]. More draws may mend this."
        )
    row, words = data.iloc[0], f"The {chains} converged ({checks}) [@vehtari2021]. "
    apart = ((data["mean"] - data["estimate"]).abs() / data["sd"]).max()
    wide = (data["high"] - data["low"]) / (data["model_ci_high"] - data["model_ci_low"])
    place = role_words(row)
    return (
        f"{words}{place}, the posterior mean of the moderation was {apa.number(row['mean'])} "
        f"({_level(results)} interval {apa.interval(row['low'], row['high'])}, probability below "
        f"zero {apa.proportion(row['below_zero'])}), beside {apa.number(row['estimate'])} by REML "
        f"(model's own {results.interval_name} "
        f"{apa.interval(row['model_ci_low'], row['model_ci_high'])}). Over the rows of "
        f"@tbl-posterior, posterior means lie within {apa.size(apart, 2)} posterior *SD*s of REML, "
        f"and intervals are {apa.number(wide.min())} to {apa.number(wide.max())} times as wide as "
        "the model's own. Like these, they rest on the model's variances; the intervals that "
        "this paper reports do not."
    )


def posterior_table(results: Results) -> str:
    """Return the table `posterior`; nothing where nothing was sampled."""
    data = results.tables["posterior"]
    if data.empty:
        return ""
    rows = [
        [
            role_words(row),
            apa.number(row["estimate"]),
            apa.interval(row["ci_low"], row["ci_high"]),
            apa.interval(row["model_ci_low"], row["model_ci_high"]),
            *_posterior(row),
            apa.number(row["rhat"], 3),
            apa.number(row["ess_bulk"], 0),
        ]
        for _, row in data.iterrows()
    ]
    heading = ["Moderation", "REML *b*", "CR2", "Model's own", "Mean", "Median", "*SD*"]
    heading += [_level(results), "*P* < 0", "R-hat", "ESS"]
    run = results.tables["posterior_sampling"].iloc[0]
    note = (
        f"{run['sampler']}, seed {run['seed']:.0f}. CR2: the interval that this paper reports; "
        "model's own: with Satterthwaite *df*. Mean to *P* < 0: the posterior, with its "
        "equal-tailed interval; a posterior interval is not a confidence interval. R-hat: "
        "rank-normalised; ESS: effective sample size of the bulk. Units as in @tbl-headline."
    )
    if run["verdict"] != CONVERGED:
        note += " The chains did not converge: no posterior is told."
    caption = f"Posterior of the headline beside REML, {results.interval_name}s"
    return table("tbl-posterior", caption, heading, rows, note)


def _posterior(row: pd.Series) -> list[str]:
    if pd.isna(row["mean"]):
        return ["–"] * 5
    return [
        apa.number(row["mean"]),
        apa.number(row["median"]),
        apa.number(row["sd"]),
        apa.interval(row["low"], row["high"]),
        apa.proportion(row["below_zero"]),
    ]


def _level(results: Results) -> str:
    return f"{100 * results.settings.modelling.confidence:g}%"
