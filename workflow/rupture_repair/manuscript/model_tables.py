"""Tables of the models: comparison, fixed and random part, contrasts, what is not estimated."""

import pandas as pd

from rupture_repair.manuscript.markdown import table
from rupture_repair.manuscript.results import Results
from rupture_repair.words import apa

SHOWN = ("M2", "M3")
FACTORS = {
    "Intercept": "Intercept",
    "time": "Time",
    "pattern[unrepaired]": "Unrepaired",
    "pattern[repaired]": "Repaired",
    "iip_z": "IIP",
    "length_c": "Length",
}
RANDOM = {
    "therapist": "Therapist, intercept",
    "patient": "Patient, intercept",
    "patient_slope": "Patient, slope on time",
    "patient_correlation": "Patient, correlation of both",
    "residual": "Residual",
    "r2_marginal": "*R*² marginal",
    "r2_conditional": "*R*² conditional",
}
ROBUST = "cluster-robust standard errors (CR2) and *t* tests with their Satterthwaite *df*"
SHARES = (
    "Variances in squared points; in brackets the share of the variance at session 1 (intraclass "
    "correlation)"
)


def comparison(results: Results) -> str:
    """Return likelihood-ratio tests and information criteria of the nested models."""
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
            apa.number(row.interaction_chisq),
            apa.number(row.interaction_df, 0),
            apa.p_value(row.interaction_p),
        ]
        for row in results.tables["model_comparison"].itertuples()
    ]
    heading = ["Model", "Parameters", "log *L*", "AIC", "BIC", "χ²", "*df*", "*p*"]
    heading += ["Interaction χ²", "*df*", "*p*"]
    note = (
        "Maximum likelihood. χ²: likelihood-ratio test against the model before, with all that is "
        "new in it. Interaction: the same of the model's highest interaction alone, that of time "
        f"and pattern with what else it has. BIC counts patients. {fit_note(results)}"
    )
    rows = or_not_estimated(rows, heading)
    return table("tbl-comparison", "Comparison of the models", heading, rows, note)


def term_words(term: str) -> str:
    """Return `Time × Repaired × IIP` for `time:pattern[repaired]:iip_z`."""
    return " × ".join(FACTORS.get(factor) or _covariate(factor) for factor in term.split(":"))


def _covariate(factor: str) -> str:
    """Return `Age` for `age_c` and `Gender: f` for `gender__f`."""
    name, _, level = factor.partition("__")
    name = name.removesuffix("_c").replace("_", " ").capitalize()
    return f"{name}: {level.replace('_', ' ')}" if level else name


def headline(results: Results) -> str:
    """Return the moderation at average and at stated lengths, by length, and without length."""
    data = results.tables["headline"]
    rows = [
        [
            role_words(row),
            row.model,
            "not estimated" if pd.isna(row.estimate) else apa.number(row.estimate),
            apa.number(row.se),
            "–" if pd.isna(row.estimate) else apa.interval(row.ci_low, row.ci_high),
            "–" if pd.isna(row.df) else apa.degrees(row.df),
            apa.p_value(row.p),
            apa.number(row.model_se),
            apa.p_value(row.model_p),
        ]
        for row in data.itertuples()
    ]
    heading = ["Moderation", "Model", "*b*", "*SE*", results.interval_name, "*df*", "*p*"]
    heading += ["Model's own *SE*", "*p*"]
    units = data["clusters"].dropna()
    note = (
        "By how much the difference between the symptom slopes with repaired ruptures and without "
        f"rupture changes with one *SD* of interpersonal problems, per unit of {_time(results)}. "
        f"REML; {ROBUST}" + (f", by {units.iloc[0]}" if len(units) else "") + ". "
        f"{fit_note(results)}"
    )
    return table("tbl-headline", "Moderation by interpersonal problems", heading, rows, note)


def role_words(row: pd.Series) -> str:
    """Return what a row of the headline is, in words."""
    match row.role:
        case "headline":
            return "At average log length" if row.model == "M3" else "All treatments"
        case "at length":
            return f"At {row.length:g} sessions"
        case "by length":
            return "Change per unit of log length"
        case _:
            return "Without length in the model"


def effects(results: Results) -> str:
    """Return M2 beside M3: coefficients, then the random part and explained variance."""
    estimated = results.tables["fixed_effects"]
    terms = estimated.loc[estimated["model"].isin(SHOWN), "term"].drop_duplicates()
    rows = [
        [term_words(term), *(cell for model in SHOWN for cell in _effect(results, model, term))]
        for term in terms
    ]
    heading = ["Term"]
    for model in SHOWN:
        heading += [f"{model}: *b* (*SE*)", results.interval_name, "*df*", "*p*"]
    if rows:
        rows.append(["*Random part*", *[""] * (len(heading) - 1)])
        data = results.tables["variance_components"].set_index(["model", "component"])
        for name, label in RANDOM.items():
            cells = [(_component(data, model, name), "", "", "") for model in SHOWN]
            rows.append([label, *(cell for part in cells for cell in part)])
    note = (
        "REML; the models' own standard errors, *t* tests with Satterthwaite *df*: what is "
        "reported of the moderation rests on @tbl-headline. Time: "
        f"{_time(results)}, zero at session 1. IIP: interpersonal problems, standardised in the "
        "cohort. Length: log(number of sessions), centred over patients. Reference pattern: no "
        f"rupture. Unit: {results.settings.instruments.symptoms.short} points. {SHARES}; "
        f"–: not in the model. {fit_note(results)}"
    )
    caption = "Moderation (M2) and moderation with treatment length (M3)"
    return table("tbl-effects", caption, heading, or_not_estimated(rows, heading), note)


def _effect(results: Results, model: str, term: str) -> list[str]:
    row = results.effect(model, term)
    if row is None:
        return ["–"] * 4
    return [
        f"{apa.number(row['estimate'])}\u00a0({apa.number(row['se'])})",
        apa.interval(row["ci_low"], row["ci_high"]).replace(" ", "\u00a0"),
        apa.degrees(row["df"], 0),
        apa.p_value(row["p"]).replace(" ", "\u00a0"),
    ]


def variance(results: Results) -> str:
    """Return the random part of every model."""
    data = results.tables["variance_components"].set_index(["model", "component"])
    models = list(results.tables["model_comparison"]["model"])
    rows = [
        [label, *(_component(data, model, name) for model in models)]
        for name, label in RANDOM.items()
    ]
    note = f"REML. {SHARES}; –: not in the model. {fit_note(results)}"
    heading = ["Component", *(models or ["Not estimated"])]
    rows = rows if models else [[label, "–"] for label in RANDOM.values()]
    return table("tbl-variance", "Random part of each model", heading, rows, note)


def _component(data: pd.DataFrame, model: str, name: str) -> str:
    if (model, name) not in data.index:
        return "–"
    row = data.loc[(model, name)]
    if pd.isna(row["value"]) and name != "patient_correlation":
        return "not identified"
    if name.startswith("r2") or name.endswith("correlation"):
        return apa.proportion(float(row["value"]))
    share = row["share_at_start"]
    text = apa.number(row["value"])
    return text if pd.isna(share) else f"{text} ({apa.proportion(share)})"


def contrasts(results: Results) -> str:
    """Return differences of slopes at levels of interpersonal problems; M3 at average length."""
    data = results.tables["contrasts"]
    data = data[data["length"].isna()]
    rows = [[row["model"], *_contrast(row)] for _, row in data.iterrows()]
    caption = "Differences of symptom slopes between patterns"
    return _contrast_table(results, "tbl-contrasts", caption, "Model", rows)


def contrasts_by_length(results: Results) -> str:
    """Return differences of slopes at lengths and levels of interpersonal problems (M3)."""
    data = results.tables["contrasts"]
    data = data[data["length"].notna()]
    rows = [[f"{row['length']:.0f}", *_contrast(row)] for _, row in data.iterrows()]
    caption = "Differences of symptom slopes between patterns by treatment length (M3)"
    return _contrast_table(results, "tbl-contrasts-length", caption, "Sessions", rows)


def _contrast(row: pd.Series) -> list[str]:
    absent = pd.isna(row["estimate"])
    return [
        row["contrast"].replace(" - ", " − ").replace("none", "no rupture").capitalize(),
        apa.number(row["iip_z"], 0),
        "not estimated" if absent else apa.number(row["estimate"]),
        apa.number(row["se"]),
        "–" if absent else apa.interval(row["ci_low"], row["ci_high"]),
        apa.number(row["statistic"]),
        apa.degrees(row["df"]),
        apa.p_value(row["p"]),
    ]


def _contrast_table(
    results: Results, identifier: str, caption: str, first: str, rows: list[list[str]]
) -> str:
    heading = [first, "Contrast", "IIP", "*b*", "*SE*", results.interval_name, "*t*", "*df*", "*p*"]
    note = (
        f"Differences of symptom slopes per unit of {_time(results)}, REML; {ROBUST}, without "
        "adjustment for the number of contrasts. M3: at average log length. IIP: interpersonal "
        f"problems in cohort *SD*s. {fit_note(results)}"
    )
    return table(identifier, caption, heading, or_not_estimated(rows, heading), note, left=2)


def _time(results: Results) -> str:
    return "log(session)" if results.settings.modelling.time == "log" else "session − 1"


def fit_note(results: Results) -> str:
    """Return numbers of ratings, patients and therapists, and the engine."""
    return f"{results.sample_of_models}; engine: rupture-repair (profiled deviance)."


def or_not_estimated(rows: list[list[str]], heading: list[str]) -> list[list[str]]:
    """Return the rows, or one that says that there are none."""
    return rows or [["Not estimated", *["–"] * (len(heading) - 1)]]


def not_estimated(results: Results) -> str:
    """Return what has no number, and why; rows with the same reason together."""
    data = results.tables["not_estimated"].fillna({"term": ""})
    if data.empty:
        return ""
    rows = []
    for (model, what, why), part in data.groupby(["model", "what", "why"], sort=False):
        rows.append([model, what, "; ".join(term_words(term) for term in part["term"])])
        rows[-1].append(results.counted(why))
    heading = ["Model", "What", "Of", "Why"]
    note = "Coefficients as in the tables of fixed effects."
    caption = "What could not be estimated"
    return table("tbl-not-estimated", caption, heading, rows, note, left=4)
