"""The paper's tables as Markdown, each with its note on engine, method, df and N."""

from collections.abc import Callable

import pandas as pd

from rupture_repair.config.criteria import PATTERNS
from rupture_repair.manuscript import apa, detection_tables, supplement_tables
from rupture_repair.manuscript.markdown import table
from rupture_repair.manuscript.results import FEWEST_SHOWN, Results

GROUPS = ("all", *PATTERNS)
NAMES = {"all": "All", "none": "No rupture", "unrepaired": "Unrepaired", "repaired": "Repaired"}
FACTORS = {
    "Intercept": "Intercept",
    "time": "Time",
    "pattern[unrepaired]": "Unrepaired",
    "pattern[repaired]": "Repaired",
    "iip_z": "IIP",
    "length_c": "Length",
}


def paper_tables(results: Results) -> dict[str, str]:
    """Return the Markdown of each table by the name of its include file."""
    makers: dict[str, Callable[[Results], str]] = {
        "cohort": _cohort,
        "breakdown": _breakdown,
        "comparison": _comparison,
        "effects-m2": lambda r: _effects(r, "M2", "tbl-m2"),
        "effects-m3": lambda r: _effects(r, "M3", "tbl-m3"),
        "variance": _variance,
        "contrasts": _contrasts,
        "not-estimated": _not_estimated,
        "certificates": supplement_tables.certificates,
        "criteria": detection_tables.criteria,
        "exposure": detection_tables.exposure,
        "engines": supplement_tables.engines,
        "verification": supplement_tables.verification,
        "planted": supplement_tables.planted,
        "colophon": supplement_tables.colophon,
    }
    return {name: maker(results) for name, maker in makers.items()}


def _said(results: Results) -> str:
    return " Synthetic data." if results.synthetic else ""


def _fit_note(results: Results) -> str:
    return f"{results.sample_of_models}; engine: rupture-repair (profiled deviance)."


def _or_not_estimated(rows: list[list[str]], heading: list[str]) -> list[list[str]]:
    """Return the rows, or one that says that there are none."""
    return rows or [["Not estimated", *["–"] * (len(heading) - 1)]]


def _cohort(results: Results) -> str:
    values = results.tables["cohort"].set_index(["variable", "statistic", "group"])["value"]
    tools = results.settings["instruments"]
    rows = [["Patients, *n*", *(f"{values['patients', 'n', g]:.0f}" for g in GROUPS)]]
    counts = [f"{values['therapists', 'n', g]:.0f}" for g in GROUPS]
    if not values["therapists", "n", "all"]:
        counts = ["not recorded", *["–"] * len(PATTERNS)]
    rows.append(["Therapists, *n*", *counts])
    measured = [
        ("sessions", "Sessions"),
        ("iip", f"{tools['iip']['short']}"),
        ("first_symptoms", f"{tools['symptoms']['short']}, first"),
        ("first_alliance", f"{tools['alliance']['short']}, first"),
        ("age", "Age, years"),
    ]
    for variable, words in measured:
        if (variable, "mean", "all") not in values:
            continue
        rows.append([f"{words}: *M* (*SD*)", *(_mean_sd(values, variable, g) for g in GROUPS)])
        if variable == "sessions":
            rows.append([f"{words}: median [range]", *(_range(values, g) for g in GROUPS)])
        smd = [apa.number(values.get((variable, "smd", g), float("nan"))) for g in GROUPS]
        rows.append([f"{words}: SMD", *smd])
    missing = [apa.number(values["missing_ratings", "percent", g], 1) for g in GROUPS]
    rows.append(["Missing alliance ratings, %", *missing])
    levels = [v for v in values.index.get_level_values(0).unique() if ": " in v]
    for variable in levels:
        kind, level = variable.split(": ", 1)
        rows.append([f"{kind.capitalize()}: {level}, *n* (%)", *_shares(results, values, variable)])
    rows = [_without(results.hidden, row) for row in rows]
    note = (
        "SMD: difference to patients without rupture in units of the two groups' pooled *SD*. "
        "First: rating of the first rated session." + _masked(results) + _said(results)
    )
    heading = ["", *(NAMES[group] for group in GROUPS)]
    return table("tbl-cohort", "Sample by rupture pattern", heading, rows, note)


def _mean_sd(values: pd.Series, variable: str, group: str) -> str:
    mean, sd = values[variable, "mean", group], values[variable, "sd", group]
    return f"{apa.number(mean)} ({apa.number(sd)})"


def _range(values: pd.Series, group: str) -> str:
    median, low, high = (values["sessions", name, group] for name in ("median", "min", "max"))
    return "–" if pd.isna(median) else f"{median:g} [{low:.0f}, {high:.0f}]"


def _without(hidden: frozenset[str], row: list[str]) -> list[str]:
    """Blank the cells of groups of which no number is shown."""
    cells = zip(GROUPS, row[1:], strict=True)
    return [row[0], *("–" if group in hidden else cell for group, cell in cells)]


def _masked(results: Results) -> str:
    return f" Numbers on fewer than {FEWEST_SHOWN} patients are masked." if results.private else ""


def _shares(results: Results, values: pd.Series, variable: str) -> list[str]:
    counts = {group: float(values[variable, "n", group]) for group in GROUPS}
    hidden = results.small_cells({pattern: counts[pattern] for pattern in PATTERNS})
    hidden |= {"all"} if results.masks(counts["all"]) else set()
    percent = {group: apa.number(values[variable, "percent", group], 1) for group in GROUPS}
    return ["–" if g in hidden else f"{counts[g]:.0f} ({percent[g]})" for g in GROUPS]


def _breakdown(results: Results) -> str:
    data = results.tables["pattern_breakdown"].set_index("pattern")
    heading = ["Pattern", "*n*", "%"] + (["Published %"] if results.has_published else [])
    rows = []
    for pattern, row in data.iterrows():
        name = NAMES.get(str(pattern), "Unclassifiable")
        cells = [name, results.shown(row["n"]), apa.number(row["percent"], 1)]
        if pattern in results.hidden:
            cells = [name, "–", "–"]
        rows.append(cells + [apa.number(row["published_percent"], 1)] * results.has_published)
    note = (
        f"Criterion: {results.settings['criterion']['name']}." + _masked(results) + _said(results)
    )
    return table("tbl-breakdown", "Patients by rupture pattern", heading, rows, note)


def _comparison(results: Results) -> str:
    rows = [
        [
            row.model,
            f"{row.n_parameters}",
            apa.number(row.llf_ml),
            apa.number(row.aic, 1),
            apa.number(row.bic, 1),
            apa.number(row.chisq),
            apa.number(row.chisq_df, 0),
            apa.p_value(row.p),
        ]
        for row in results.tables["model_comparison"].itertuples()
    ]
    heading = ["Model", "Parameters", "log *L*", "AIC", "BIC", "χ²", "*df*", "*p*"]
    note = (
        "Maximum likelihood. χ²: likelihood-ratio test against the model before. BIC counts "
        f"patients. {_fit_note(results)}" + _said(results)
    )
    rows = _or_not_estimated(rows, heading)
    return table("tbl-comparison", "Comparison of the models", heading, rows, note)


def term_words(term: str) -> str:
    """Return `Time × Repaired × IIP` for `time:pattern[repaired]:iip_z`."""
    return " × ".join(FACTORS.get(factor, factor) for factor in term.split(":"))


def _effects(results: Results, model: str, identifier: str) -> str:
    effects = results.tables["fixed_effects"]
    rows = [
        [
            term_words(row.term),
            apa.number(row.estimate),
            apa.number(row.se),
            apa.degrees(row.df),
            apa.number(row.statistic),
            apa.p_value(row.p),
            apa.interval(row.ci_low, row.ci_high),
        ]
        for row in effects[effects["model"] == model].itertuples()
    ]
    heading = ["Term", "*b*", "*SE*", "*df*", "*t*", "*p*"]
    heading.append(results.interval_name)
    time = "log(session)" if results.settings["modelling"]["time"] == "log" else "session − 1"
    unit = results.settings["instruments"]["symptoms"]["short"]
    note = (
        f"REML; *t* tests with Satterthwaite *df*. Time: {time}, zero at session 1. "
        "IIP: interpersonal problems, standardised in the cohort. "
        + ("Length: log(number of sessions), centred. " if model == "M3" else "")
        + f"Reference pattern: no rupture. Unit: {unit} points. {_fit_note(results)}"
        + _said(results)
    )
    caption = f"Fixed effects of model {model}"
    rows = _or_not_estimated(rows, heading)
    return table(identifier, caption, heading, rows, note)


def _variance(results: Results) -> str:
    words = {
        "therapist": "Therapist, intercept",
        "patient": "Patient, intercept",
        "patient_slope": "Patient, slope on time",
        "patient_correlation": "Patient, correlation of intercept and slope",
        "residual": "Residual",
        "r2_marginal": "*R*² marginal",
        "r2_conditional": "*R*² conditional",
    }
    data = results.tables["variance_components"].set_index(["model", "component"])
    models = list(results.tables["model_comparison"]["model"])
    rows = [
        [label, *(_component(data, model, name) for model in models)]
        for name, label in words.items()
    ]
    note = (
        "Variances by REML, in squared points; in brackets the share of the variance at session 1 "
        f"(intraclass correlation); –: not in the model. {_fit_note(results)}" + _said(results)
    )
    heading = ["", *(models or ["Not estimated"])]
    rows = rows if models else [[label, "–"] for label in words.values()]
    return table("tbl-variance", "Variance components", heading, rows, note)


def _component(data: pd.DataFrame, model: str, name: str) -> str:
    if (model, name) not in data.index:
        return "–"
    row = data.loc[(model, name)]
    if name.startswith("r2") or name.endswith("correlation"):
        return apa.proportion(float(row["value"]))
    share = row["share_at_start"]
    text = apa.number(row["value"])
    return text if pd.isna(share) else f"{text} ({apa.proportion(share)})"


def _contrasts(results: Results) -> str:
    data = results.tables["contrasts"]
    data = data[data["model"].isin(["M2", "M3"])]
    rows = [
        [
            row.contrast.replace(" - ", " − ").replace("none", "no rupture").capitalize(),
            row.model,
            "–" if pd.isna(row.length) else f"{row.length:.0f}",
            apa.number(row.iip_z, 0),
            "not estimated" if pd.isna(row.estimate) else apa.number(row.estimate),
            apa.number(row.se),
            apa.degrees(row.df),
            apa.p_value(row.p),
            "–" if pd.isna(row.estimate) else apa.interval(row.ci_low, row.ci_high),
        ]
        for row in data.itertuples()
    ]
    heading = ["Contrast", "Model", "Sessions", "IIP", "*b*", "*SE*", "*df*", "*p*"]
    heading.append(results.interval_name)
    note = (
        "Differences of symptom slopes per unit of time, REML, *t* tests with Satterthwaite *df*, "
        "without adjustment for the number of contrasts. Sessions: treatment length (M3 only). "
        f"IIP: interpersonal problems in cohort *SD*s. {_fit_note(results)}" + _said(results)
    )
    rows = _or_not_estimated(rows, heading)
    return table("tbl-contrasts", "Differences of slopes between patterns", heading, rows, note)


def _not_estimated(results: Results) -> str:
    """Return what has no number, and why; rows with the same reason together."""
    data = results.tables["not_estimated"].fillna({"term": ""})
    if data.empty:
        return ""
    rows = []
    for (model, what, why), part in data.groupby(["model", "what", "why"], sort=False):
        rows.append([model, what, "; ".join(term_words(term) for term in part["term"]), why])
    heading = ["Model", "What", "Of", "Why"]
    note = "Coefficients as in the tables of fixed effects." + _said(results)
    caption = "What could not be estimated"
    return table("tbl-not-estimated", caption, heading, rows, note, left=4)
