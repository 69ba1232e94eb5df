"""Headline terms with other standard errors, and without each therapist in turn."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rupture_repair.config.steps.modelling import RobustnessSettings
from rupture_repair.modelling.engine import (
    MixedModelResults,
    Resamples,
    bootstrap,
    leave_one_out,
)
from rupture_repair.modelling.fit import plain_term
from rupture_repair.modelling.formulas import KEY_TERMS
from rupture_repair.modelling.headline import by_therapist
from rupture_repair.modelling.inference import TESTED, Reported, supported

COLUMNS = [
    *("model", "term", "method", "estimate", "se", "df", "statistic", "p", "ci_low", "ci_high"),
    *("unit", "n_units", "n_replicates", "n_failed"),
]
INFLUENCE = [
    *("model", "therapist_id", "n_patients", "n_sessions", "rank", "cook"),
    *("largest_change", "largest_term", "term", "estimate", "estimate_without", "change"),
    *("from_unrepaired", "from_unrepaired_without"),
]
IDENTIFYING = ["therapist_id", "n_patients", "n_sessions"]
Fits = Mapping[str, MixedModelResults]


def resampling_tables(
    fits: Fits, table: pd.DataFrame, settings: RobustnessSettings
) -> dict[str, pd.DataFrame]:
    """Return the tables of the step by name, see `robustness` and `influence`."""
    private = influence(fits, table)
    return {
        "robustness": robustness(fits, table, settings),
        "influence": without_identity(private),
        "therapist_influence": private,
    }


def robustness(fits: Fits, table: pd.DataFrame, settings: RobustnessSettings) -> pd.DataFrame:
    """Return a row per model, headline term and method: `model`, `cr2` and `bootstrap`.

    Headline terms are the products of time, pattern and interpersonal problems. `model` is REML
    with Satterthwaite df; `cr2` the inference that the paper reports (`inference`), with its
    clusters as `unit`; `bootstrap` draws whole therapists (patients where fewer than two
    therapists are named) with replacement: SD, percentile interval and p over replicates. The
    p is the level at which the percentile interval begins to hold zero. Terms of a pattern with too
    few patients have no rows, and CR2 no numbers where its df are too few.

    n_failed : replicates that did not identify the model; with half of them or more the bootstrap
    says nothing.
    """
    alpha = 1 - settings.confidence
    parts = []
    for model, found in fits.items():
        reported = Reported.of(found, table, model)
        rows = _headline_rows(reported)
        if not len(rows):
            continue
        names = [plain_term(found.terms[column]) for column in rows.argmax(axis=1)]
        draws = bootstrap(found, settings.robustness.replicates, settings.robustness.seed)
        of_model = found.contrasts(rows, alpha)
        methods = {
            "model": of_model,
            "cr2": reported.tests(_all(rows, reported), settings.confidence)[TESTED],
            "bootstrap": _percentile(draws, rows, alpha),
        }
        ids = found.model.design.rows
        drawn_by = "therapist" if by_therapist(found) else "patient"
        many = {"therapist": len(ids.therapist_ids), "patient": len(ids.patient_ids)}
        together = pd.concat([part.assign(method=name) for name, part in methods.items()])
        together = together.sort_index(kind="stable")  # the methods of a term side by side
        drawn = together["method"] == "bootstrap"
        unit = np.where(together["method"] == "cr2", reported.clusters, drawn_by)
        parts.append(
            together.assign(
                model=model,
                term=np.repeat(names, len(methods)),
                estimate=np.repeat(of_model["estimate"].to_numpy(), len(methods)),
                unit=unit,
                n_units=[many[name] for name in unit],
                n_replicates=np.where(drawn, len(draws.params), np.nan),
                n_failed=np.where(drawn, draws.failures, np.nan),
            )
        )
    if not parts:
        return pd.DataFrame(columns=COLUMNS)
    return pd.concat(parts, ignore_index=True)[COLUMNS]


def influence(fits: Fits, table: pd.DataFrame) -> pd.DataFrame:
    """Return a row per model, key term and therapist left out, most influential first: private.

    cook : Cook's distance over all fixed effects, by their number. largest_change : the largest
    change of a coefficient, `largest_term`, in standard errors of the full fit. estimate,
    estimate_without, change : the key coefficient `term`, in the full fit and without this
    therapist, and the change in standard errors. from_unrepaired, from_unrepaired_without : the key
    coefficient less that of unrepaired patterns, so that these are the reference. Where the others
    do not identify the model, all of these are missing, and the therapist stands first. No rows
    with fewer than two therapists.
    """
    parts = []
    sizes = table.groupby("therapist_id")["patient_id"].agg(["nunique", "size"])
    for model, found in fits.items():
        if not by_therapist(found):
            continue
        refits, moved = leave_one_out(found)
        here = supported(Reported.of(found, table, model))
        known = {plain_term(name): name for name, ok in zip(found.terms, here, strict=True) if ok}
        nowhere = pd.Series(np.nan, index=moved.index)
        for term in KEY_TERMS[model]:
            key, other = known.get(term), known.get(_of_unrepaired(term))
            whole = found.params.get(key, np.nan)
            without = refits.params.get(key, nowhere)
            part = pd.DataFrame(
                {
                    "model": model,
                    "therapist_id": moved.index,
                    "n_patients": sizes["nunique"].reindex(moved.index),
                    "n_sessions": sizes["size"].reindex(moved.index),
                    "cook": moved["cook"],
                    "largest_change": moved["largest"],
                    "largest_term": moved["term"].map(plain_term).where(moved["cook"].notna()),
                    "term": term,
                    "estimate": whole,
                    "estimate_without": without,
                    "change": (without - whole) / found.bse.get(key, np.nan),
                    "from_unrepaired": whole - found.params.get(other, np.nan),
                    "from_unrepaired_without": without - refits.params.get(other, nowhere),
                }
            ).sort_values("cook", ascending=False, kind="stable", na_position="first")
            parts.append(part.assign(rank=np.arange(1, len(part) + 1)))
    if not parts:
        return pd.DataFrame(columns=INFLUENCE)
    return pd.concat(parts, ignore_index=True)[INFLUENCE]


def without_identity(private: pd.DataFrame) -> pd.DataFrame:
    """Return `influence` without what identifies a therapist: name and size of the caseload."""
    return private.drop(columns=IDENTIFYING)


def _of_unrepaired(term: str) -> str:
    return term.replace("[repaired]", "[unrepaired]")


def _headline_rows(reported: Reported) -> NDArray[np.float64]:
    """Return unit rows of the headline terms that the data support, shape (m, p)."""
    terms = reported.found.terms
    rows = np.eye(len(terms))
    wanted = [name.startswith("time:pattern[") and "iip_z" in name for name in terms]
    return rows[supported(reported) & np.array(wanted)]


def _all(rows: NDArray[np.float64], reported: Reported) -> NDArray[np.float64]:
    """Return rows over the terms of a fit as rows over all of its columns."""
    return np.pad(rows, ((0, 0), (0, len(reported.aliased))))


def _percentile(draws: Resamples, rows: NDArray[np.float64], alpha: float) -> pd.DataFrame:
    values = draws.params.dropna().to_numpy() @ rows.T
    if len(values) <= len(draws.params) / 2:
        return pd.DataFrame(np.nan, index=range(len(rows)), columns=["se", "p"])
    beyond = np.minimum((values <= 0).sum(axis=0), (values >= 0).sum(axis=0))
    p = np.minimum(2 * (1 + beyond) / (1 + len(values)), 1.0)
    return draws.contrasts(rows, alpha).assign(p=p)
