"""Sentences on other standard errors, on single therapists and on what the models assume."""

from dataclasses import dataclass
from typing import Literal

import pandas as pd

from rupture_repair.config.reporting import ALPHA
from rupture_repair.manuscript.results import Results
from rupture_repair.modelling.formulas import BY_LENGTH, KEY_TERMS, MODERATION
from rupture_repair.words.templates import NOTHING, Claim, Estimate, estimate

Subject = Literal["moderation", "length"]
SUBJECTS: dict[str, Subject] = {MODERATION: "moderation", BY_LENGTH: "length"}
Way = Literal["cr2", "model", "bootstrap"]
METHODS: tuple[Way, ...] = ("cr2", "model", "bootstrap")
# a bootstrap over fewer units is no basis for an interval
MIN_UNITS = 10
# from where on a distribution is called other than nearly normal, a spread other than even
SKEWED, HEAVY, UNEVEN = 0.5, 1.0, 1.5
Part = Literal["patient_intercept", "patient_slope", "therapist_intercept"]
PARTS: tuple[Part, ...] = ("patient_intercept", "patient_slope", "therapist_intercept")


@dataclass(frozen=True)
class Verdict:
    """By which ways a term differs from zero, by which not, and which could not be computed.

    unit : whom the clusters are.
    """

    yes: tuple[Way, ...]
    no: tuple[Way, ...]
    missing: tuple[Way, ...]
    unit: str


@dataclass(frozen=True)
class RobustnessShort(Claim, at="robustness/short"):
    """Whether the moderation differs from zero by each of the ways."""

    verdict: Verdict | None


@dataclass(frozen=True)
class Robustness(Claim, at="robustness/robustness"):
    """A key term of the headline's model by each of the ways.

    robust : by CR2; own : by the model; drawn : the interval of the bootstrap; replicates, failed :
    of the bootstrap, and those that did not identify the model.
    """

    model: str
    subject: Subject
    verdict: Verdict | None
    robust: Estimate | None
    own: Estimate
    drawn: Estimate | None
    replicates: float
    failed: int


@dataclass(frozen=True)
class FewUnits(Claim, at="robustness/few_units"):
    """Units of resampling that are too few."""

    units: int
    unit: str


@dataclass(frozen=True)
class Without:
    """A key term without any one therapist.

    examined : therapists without whom the model is identified. turned : how many change the sign.
    """

    subject: Subject
    estimate: float
    therapists: int
    examined: int
    lowest: float
    highest: float
    turned: int
    largest_cook: float


@dataclass(frozen=True)
class Influence(Claim, at="robustness/influence"):
    """The key terms of the headline's model without any one therapist."""

    model: str
    terms: tuple[Without, ...]


@dataclass(frozen=True)
class Shape:
    """Where a distribution is skewed to, and how its tails are, if not nearly normal."""

    skewed: Literal["right", "left"] | None
    tails: Literal["heavy", "light"] | None


@dataclass(frozen=True)
class Far:
    """Shares more than three SDs from zero: observed, and what a normal distribution has."""

    share: float
    expected: float


@dataclass(frozen=True)
class Effects:
    """Random effects of a kind, with the shape of their distribution."""

    part: Part
    shape: Shape


@dataclass(frozen=True)
class Diagnostics(Claim, at="robustness/diagnostics"):
    """Residuals and random effects of M2; without a shape there is no fit.

    spread : of residuals at high fitted values, beside low ones. ratio : of both SDs.
    """

    shape: Shape | None
    skewness: float
    kurtosis: float
    far: Far | None
    spread: Literal["more", "less", "alike"]
    ratio: float
    effects: tuple[Effects, ...]


MISSING = float("nan")


def robustness_short(results: Results) -> str:
    """Say whether the moderation differs from zero by each of the three ways."""
    rows = _rows(results, MODERATION)
    return RobustnessShort(None if rows is None else _verdict(rows)).words


def robustness(results: Results) -> str:
    """Tell the key terms by each method, with what limits them."""
    sentences = [_robustness(results, term, subject).words for term, subject in _subjects(results)]
    return " ".join([*sentences, *_few_units(results.tables["robustness"])])


def _robustness(results: Results, term: str, subject: Subject) -> Robustness:
    model, rows = results.headline_model, _rows(results, term)
    if rows is None:
        return Robustness(model, subject, None, None, NOTHING, None, MISSING, 0)
    by: dict[Way, Estimate] = {
        way: estimate(rows.loc[way], 100 * results.settings.modelling.confidence) for way in METHODS
    }
    drawn = rows.loc["bootstrap"]
    return Robustness(
        model=model,
        subject=subject,
        verdict=_verdict(rows),
        robust=by["cr2"] if pd.notna(by["cr2"].p) else None,
        own=by["model"],
        drawn=by["bootstrap"] if pd.notna(drawn["p"]) else None,
        replicates=float(drawn["n_replicates"]),
        failed=int(drawn["n_failed"]) if pd.notna(drawn["n_failed"]) else 0,
    )


def influence(results: Results) -> str:
    """Say between what values the key terms lie without any one therapist."""
    table, model = results.tables["influence"], results.headline_model
    terms = []
    for term, subject in _subjects(results):
        rows = table[(table["model"] == model) & (table["term"] == term)]
        rows = rows[rows["estimate"].notna()]
        if rows.empty:
            continue
        known = rows.dropna(subset=["estimate_without"])
        full, without = rows["estimate"].iloc[0], known["estimate_without"]
        terms.append(
            Without(
                subject=subject,
                estimate=float(full),
                therapists=len(rows),
                examined=len(known),
                lowest=float(without.min()),
                highest=float(without.max()),
                turned=int(((without > 0) != (full > 0)).sum()),
                largest_cook=float(known["cook"].max()),
            )
        )
    return Influence(model, tuple(terms)).words


def diagnostics(results: Results) -> str:
    """Judge residuals and random effects of M2 in plain words."""
    table = results.tables["diagnostics"].query("model == 'M2'").set_index("part")
    if table.empty:
        return Diagnostics(None, MISSING, MISSING, None, "alike", MISSING, ()).words
    row = table.loc["residual"]
    shown = pd.notna(row["n_far"]) and not results.masks(row["n_far"])
    return Diagnostics(
        shape=_shape(row),
        skewness=float(row["skewness"]),
        kurtosis=float(row["excess_kurtosis"]),
        far=Far(float(row["share_far"]), float(row["expected_far"])) if shown else None,
        spread=_spread(row["spread_ratio"]),
        ratio=float(row["spread_ratio"]),
        effects=tuple(
            Effects(part, _shape(table.loc[part])) for part in PARTS if part in table.index
        ),
    ).words


def _subjects(results: Results) -> list[tuple[str, Subject]]:
    """Return what is examined of the headline model, by term."""
    return [(t, w) for t, w in SUBJECTS.items() if t in KEY_TERMS[results.headline_model]]


def _rows(results: Results, term: str) -> pd.DataFrame | None:
    table = results.tables["robustness"]
    rows = table[(table["model"] == results.headline_model) & (table["term"] == term)]
    return None if rows.empty else rows.set_index("method")


def _verdict(rows: pd.DataFrame) -> Verdict:
    """Return which ways find a difference from zero; those that could not be used are named."""
    tested = rows["p"].dropna()
    return Verdict(
        yes=tuple(way for way in METHODS if tested.get(way, 1.0) < ALPHA),
        no=tuple(way for way in METHODS if tested.get(way, -1.0) >= ALPHA),
        missing=tuple(way for way in METHODS if way not in tested.index),
        unit=str(rows.loc["cr2", "unit"]),
    )


def _few_units(table: pd.DataFrame) -> list[str]:
    known = table.dropna(subset=["n_units"])
    if known.empty or known["n_units"].min() >= MIN_UNITS:
        return []
    return [FewUnits(int(known["n_units"].min()), str(known["unit"].iloc[0])).words]


def _shape(row: pd.Series) -> Shape:
    skewness, kurtosis = float(row["skewness"]), float(row["excess_kurtosis"])
    return Shape(
        ("right" if skewness > 0 else "left") if abs(skewness) > SKEWED else None,
        ("heavy" if kurtosis > 0 else "light") if abs(kurtosis) > HEAVY else None,
    )


def _spread(ratio: float) -> Literal["more", "less", "alike"]:
    if ratio > UNEVEN:
        return "more"
    return "less" if ratio < 1 / UNEVEN else "alike"
