"""Tables of the models: comparison, fixed and random part, contrasts, what is not estimated."""

from dataclasses import dataclass
from typing import Literal

import pandas as pd

from rupture_repair.manuscript.printed import CONTRASTS, TABLE, cell, printed
from rupture_repair.manuscript.results import Results
from rupture_repair.words import apa
from rupture_repair.words.templates import Claim

SHOWN = ("M2", "M3")
TERMS = ("Intercept", "time", "pattern_unrepaired", "pattern_repaired", "iip_z", "length_c")
RANDOM = (
    *("therapist", "patient", "patient_slope", "patient_correlation", "residual"),
    *("r2_marginal", "r2_conditional"),
)


@dataclass(frozen=True)
class Fitted:
    """Ratings, patients and therapists (0: not recorded) of the models; none without a model.

    patients : none where it would tell of few; they are then all but few of the `classified`.
    """

    ratings: int | None
    patients: int | None
    classified: int
    therapists: int


@dataclass(frozen=True)
class Comparison(Claim, at="tables/comparison", blocks=TABLE):
    """What the models rest on."""

    fitted: Fitted


@dataclass(frozen=True)
class Headline(Claim, at="tables/headline", blocks=TABLE):
    """The clusters of the tests, none where there are none; confidence: in percent."""

    confidence: float
    log_time: bool
    clusters: str | None
    fitted: Fitted


@dataclass(frozen=True)
class Role(Claim, at="tables/headline/role"):
    """What a row of the headline is; `length`: in sessions, where it is at one."""

    role: Literal["average", "all", "at length", "by length", "without length"]
    length: float


@dataclass(frozen=True)
class Effects(Claim, at="tables/effects", blocks=TABLE):
    """The models side by side; symptoms: the questionnaire of the outcome."""

    models: tuple[str, ...]
    confidence: float
    log_time: bool
    symptoms: str
    fitted: Fitted


@dataclass(frozen=True)
class Variance(Claim, at="tables/variance", blocks=TABLE):
    """The random part of the models; none where nothing was estimated."""

    models: tuple[str, ...]
    fitted: Fitted


@dataclass(frozen=True)
class Contrasts(Claim, at="tables/contrasts", blocks=TABLE):
    """Differences of slopes, at average treatment length."""

    confidence: float
    log_time: bool
    fitted: Fitted


@dataclass(frozen=True)
class ContrastsByLength(Claim, at="tables/contrasts_length", blocks=TABLE):
    """Differences of slopes, at stated lengths of treatment."""

    confidence: float
    log_time: bool
    fitted: Fitted


@dataclass(frozen=True)
class NotEstimated(Claim, at="tables/not_estimated", blocks=TABLE):
    """What could not be estimated."""


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
    return printed(Comparison(fitted(results)), rows, empty="not_estimated")


def term_words(term: str) -> str:
    """Return `Time × Repaired × IIP` for `time:pattern[repaired]:iip_z`."""
    return " × ".join(_factor(factor) for factor in term.split(":"))


def _factor(factor: str) -> str:
    block = factor.replace("[", "_").removesuffix("]")
    return cell(block) if block in TERMS else _covariate(factor)


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
            cell("not_estimated").lower() if pd.isna(row.estimate) else apa.number(row.estimate),
            apa.number(row.se),
            "–" if pd.isna(row.estimate) else apa.interval(row.ci_low, row.ci_high),
            "–" if pd.isna(row.df) else apa.degrees(row.df),
            apa.p_value(row.p),
            apa.number(row.model_se),
            apa.p_value(row.model_p),
        ]
        for row in data.itertuples()
    ]
    units = data["clusters"].dropna()
    texts = Headline(
        confidence=results.confidence,
        log_time=results.log_time,
        clusters=str(units.iloc[0]) if len(units) else None,
        fitted=fitted(results),
    )
    return printed(texts, rows)


def role_words(row: pd.Series) -> str:
    """Return what a row of the headline is, in words."""
    role, length = row.role, row.length
    if role == "headline":
        role = "average" if row.model == "M3" else "all"
    if role not in {"average", "all", "at length", "by length"}:
        role = "without length"
    return Role(role, float(length)).words


def effects(results: Results) -> str:
    """Return M2 beside M3: coefficients, then the random part and explained variance."""
    estimated = results.tables["fixed_effects"]
    terms = estimated.loc[estimated["model"].isin(SHOWN), "term"].drop_duplicates()
    rows = [
        [term_words(term), *(cell for model in SHOWN for cell in _effect(results, model, term))]
        for term in terms
    ]
    if rows:
        rows.append([cell("random_part"), *[""] * (4 * len(SHOWN))])
        data = results.tables["variance_components"].set_index(["model", "component"])
        for name in RANDOM:
            cells = [(_component(data, model, name), "", "", "") for model in SHOWN]
            rows.append([cell(name), *(one for part in cells for one in part)])
    texts = Effects(
        models=SHOWN,
        confidence=results.confidence,
        log_time=results.log_time,
        symptoms=results.settings.instruments.symptoms.short,
        fitted=fitted(results),
    )
    return printed(texts, rows, empty="not_estimated")


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
        [cell(name), *([_component(data, model, name) for model in models] or ["–"])]
        for name in RANDOM
    ]
    return printed(Variance(tuple(models), fitted(results)), rows)


def _component(data: pd.DataFrame, model: str, name: str) -> str:
    if (model, name) not in data.index:
        return "–"
    row = data.loc[(model, name)]
    if pd.isna(row["value"]) and name != "patient_correlation":
        return cell("not_identified")
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
    texts = Contrasts(results.confidence, results.log_time, fitted(results))
    return printed(texts, rows, left=2, empty="not_estimated")


def contrasts_by_length(results: Results) -> str:
    """Return differences of slopes at lengths and levels of interpersonal problems (M3)."""
    data = results.tables["contrasts"]
    data = data[data["length"].notna()]
    rows = [[f"{row['length']:.0f}", *_contrast(row)] for _, row in data.iterrows()]
    texts = ContrastsByLength(results.confidence, results.log_time, fitted(results))
    return printed(texts, rows, left=2, empty="not_estimated")


def _contrast(row: pd.Series) -> list[str]:
    absent = pd.isna(row["estimate"])
    return [
        CONTRASTS[row["contrast"]].text("slopes"),
        apa.number(row["iip_z"], 0),
        cell("not_estimated").lower() if absent else apa.number(row["estimate"]),
        apa.number(row["se"]),
        "–" if absent else apa.interval(row["ci_low"], row["ci_high"]),
        apa.number(row["statistic"]),
        apa.degrees(row["df"]),
        apa.p_value(row["p"]),
    ]


def fitted(results: Results) -> Fitted:
    """Return the numbers of ratings, patients and therapists that the models used."""
    table = results.tables["model_comparison"]
    if table.empty:
        return Fitted(None, None, 0, 0)
    row = table.iloc[-1]
    patients, classified = row["n_patients"], 0
    if pd.isna(patients):  # a few of the classified have no rating of symptoms
        flow = results.tables["patient_flow"].set_index("step")["n"]
        classified = int(flow["classified"])
    known = None if pd.isna(patients) else int(patients)
    return Fitted(int(row["n_obs"]), known, classified, int(row["n_therapists"]))


def not_estimated(results: Results) -> str:
    """Return what has no number, and why; rows with the same reason together."""
    data = results.tables["not_estimated"].fillna({"term": ""})
    if data.empty:
        return ""
    rows = []
    for (model, what, why), part in data.groupby(["model", "what", "why"], sort=False):
        rows.append([model, what, "; ".join(term_words(term) for term in part["term"])])
        rows[-1].append(why)
    return printed(NotEstimated(), rows, left=4)
