"""Sentences on other standard errors, on single therapists and on what the models assume."""

import pandas as pd

from rupture_repair.config.reporting import ALPHA
from rupture_repair.manuscript import apa
from rupture_repair.manuscript.results import Results
from rupture_repair.modelling.formulas import BY_LENGTH, KEY_TERMS, MODERATION

SUBJECTS = {
    MODERATION: "the moderation",
    BY_LENGTH: "its dependence on treatment length",
}
METHODS = {
    "cr2": "the cluster-robust standard error",
    "model": "the model's own",
    "bootstrap": "the bootstrap",
}
# a bootstrap over fewer units is no basis for an interval
FEWEST_UNITS = 10
# from where on a distribution is called other than nearly normal, a spread other than even
SKEWED, HEAVY, UNEVEN = 0.5, 1.0, 1.5
PARTS = {
    "patient_intercept": "patients' intercepts",
    "patient_slope": "patients' slopes",
    "therapist_intercept": "therapists' intercepts",
}


def robustness_short(results: Results) -> str:
    """Say whether the moderation differs from zero by each of the three ways."""
    rows = _rows(results, MODERATION)
    if rows is None:
        return "It could not be examined by other standard errors."
    return f"{_verdict(rows, 'this moderation', results)} (@tbl-robustness)."


def robustness(results: Results) -> str:
    """Tell the key terms by each method, with what limits them."""
    sentences = []
    model = results.headline_model
    for term, subject in _subjects(results).items():
        rows = _rows(results, term)
        if rows is None:
            sentences.append(f"{subject.capitalize()} ({model}) could not be estimated.")
            continue
        robust = rows.loc["cr2"]
        own = rows.loc["model"]
        numbers = f"model: *SE* = {apa.number(own['se'])}, {apa.p_statement(own['p'])}"
        if pd.notna(robust["p"]):
            numbers = (
                f"CR2: *SE* = {apa.number(robust['se'])}, *t*({apa.degrees(robust['df'])}) = "
                f"{apa.number(robust['statistic'])}, {apa.p_statement(robust['p'])}; {numbers}"
            )
        drawn = rows.loc["bootstrap"]
        if pd.notna(drawn["p"]):
            numbers += (
                f"; bootstrap: {results.interval_name} "
                f"{apa.interval(drawn['ci_low'], drawn['ci_high'])}"
            )
        sentences.append(f"{_verdict(rows, subject, results)} ({model}; {numbers}).")
        if pd.notna(drawn["n_failed"]) and drawn["n_failed"]:
            sentences.append(
                f"Of {apa.number(drawn['n_replicates'], 0)} replicates, {drawn['n_failed']:.0f} "
                f"did not identify {model} and are left out."
            )
    return " ".join([*sentences, *_few_units(results.tables["robustness"])])


def influence(results: Results) -> str:
    """Say between what values the key terms lie without any one therapist."""
    table = results.tables["influence"]
    sentences = []
    model = results.headline_model
    for term, subject in _subjects(results).items():
        rows = table[(table["model"] == model) & (table["term"] == term)]
        rows = rows[rows["estimate"].notna()]
        if rows.empty:
            continue
        known = rows.dropna(subset=["estimate_without"])
        full, without = rows["estimate"].iloc[0], known["estimate_without"]
        turned = int(((without > 0) != (full > 0)).sum())
        sign = "kept its sign" if not turned else f"changed its sign without {turned} of them"
        sentence = (
            f"Without any one of {len(rows)} therapists, {subject} ({model}: *b* = "
            f"{apa.number(full)}) lay between {apa.number(without.min())} and "
            f"{apa.number(without.max())} and {sign}"
        )
        if len(known) < len(rows):
            sentence += f"; without {len(rows) - len(known)} the model is not identified"
        worst = known["cook"].max()
        sentences.append(f"{sentence}. The largest Cook's distance was {apa.number(worst)}.")
    none = (
        "The influence of single therapists could not be examined: it needs the models and at "
        "least two therapists."
    )
    return " ".join(sentences) or none


def diagnostics(results: Results) -> str:
    """Judge residuals and random effects of M2 in plain words."""
    table = results.tables["diagnostics"].query("model == 'M2'").set_index("part")
    if table.empty:
        return "There is no fit of M2 to examine."
    row = table.loc["residual"]
    far = ""
    if pd.notna(row["n_far"]) and not results.masks(row["n_far"]):
        far = (
            f"; {apa.number(100 * row['share_far'])}% lay more than three *SD*s from zero, where "
            f"a normal distribution has {apa.number(100 * row['expected_far'])}%"
        )
    sentences = [
        f"Residuals of M2 were {_shape(row)} (skewness {apa.number(row['skewness'])}, excess "
        f"kurtosis {apa.number(row['excess_kurtosis'])}{far}) and {_spread(row)} (*SD* in the "
        "fifth of the sessions with the highest fitted values by that in the lowest: "
        f"{apa.number(row['spread_ratio'])})."
    ]
    effects = [
        f"{words} were {_shape(table.loc[p])}" for p, words in PARTS.items() if p in table.index
    ]
    if effects:
        sentences.append(f"Of the predicted random effects, {apa.joined(effects)}.")
    return " ".join(sentences)


def _subjects(results: Results) -> dict[str, str]:
    """Return what is examined of the headline model, by term."""
    return {t: w for t, w in SUBJECTS.items() if t in KEY_TERMS[results.headline_model]}


def _rows(results: Results, term: str) -> pd.DataFrame | None:
    table = results.tables["robustness"]
    rows = table[(table["model"] == results.headline_model) & (table["term"] == term)]
    return None if rows.empty else rows.set_index("method")


def _verdict(rows: pd.DataFrame, subject: str, results: Results) -> str:
    """Return which ways find a difference from zero; those that could not be used are named."""
    subject = subject[0].upper() + subject[1:]
    tested = rows["p"].dropna()
    yes = [words for method, words in METHODS.items() if tested.get(method, 1.0) < ALPHA]
    no = [words for method, words in METHODS.items() if tested.get(method, -1.0) >= ALPHA]
    unit = rows.loc["cr2", "unit"]
    ways = f"with {unit}s as clusters"
    if not no:
        said = f"{subject} differed significantly from zero by {apa.joined(yes)}, {ways}"
    elif not yes:
        said = f"{subject} did not differ significantly from zero by {apa.joined(no)}, {ways}"
    else:
        said = (
            f"{subject} depends on how it is tested: it differed significantly from zero by "
            f"{apa.joined(yes)}, but not by {apa.joined(no)}, {ways}"
        )
    missing = [words for method, words in METHODS.items() if method not in tested.index]
    return said + (f"; {apa.joined(missing)} could not be computed" if missing else "")


def _few_units(table: pd.DataFrame) -> list[str]:
    known = table.dropna(subset=["n_units"])
    if known.empty or known["n_units"].min() >= FEWEST_UNITS:
        return []
    n, unit = int(known["n_units"].min()), known["unit"].iloc[0]
    return [f"{apa.plural(n, unit)} are too few for resampling to be relied on."]


def _shape(row: pd.Series) -> str:
    found = []
    if abs(row["skewness"]) > SKEWED:
        found.append(f"skewed to the {'right' if row['skewness'] > 0 else 'left'}")
    if abs(row["excess_kurtosis"]) > HEAVY:
        found.append(f"{'heavy' if row['excess_kurtosis'] > 0 else 'light'}-tailed")
    return apa.joined(found) if found else "nearly normal"


def _spread(row: pd.Series) -> str:
    ratio = row["spread_ratio"]
    if ratio > UNEVEN:
        return "more widely spread at high than at low fitted values"
    if ratio < 1 / UNEVEN:
        return "less widely spread at high than at low fitted values"
    return "about as widely spread at high as at low fitted values"
