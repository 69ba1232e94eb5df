"""Headline terms by other ways to their uncertainty, and without each therapist in turn."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rupture_repair.modelling.engine.resampling import Resamples, bootstrap, leave_one_out
from rupture_repair.modelling.engine.results import MixedModelResults
from rupture_repair.modelling.engine.sandwich import cluster_robust
from rupture_repair.modelling.fit import plain
from rupture_repair.modelling.headline import KEY_TERMS, by_therapist, determined

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


def robustness(fits: Fits, table: pd.DataFrame, settings: Mapping[str, Any]) -> pd.DataFrame:
    """Return a row per model, headline term and method: `model`, `cr2` and `bootstrap`.

    Headline terms are the products of time, pattern and interpersonal problems. `model` is REML
    with Satterthwaite df; `cr2` the bias-reduced cluster-robust covariance with its Satterthwaite
    df (`engine.sandwich`); `bootstrap` draws whole therapists (`unit`; patients where fewer than
    two therapists are named) with replacement: SD, percentile interval and p over replicates. The
    p is the level at which the percentile interval begins to hold zero.

    settings : `replicates`, `seed`, `confidence`. n_failed : replicates that did not identify the
    model; with half of them or more the bootstrap says nothing.
    """
    alpha = 1 - settings["confidence"]
    parts = []
    for model, found in fits.items():
        rows = _headline_rows(found, table)
        if not len(rows):
            continue
        names = [plain(found.terms[column]) for column in rows.argmax(axis=1)]
        draws = bootstrap(found, settings["replicates"], settings["seed"])
        of_model = found.contrasts(rows, alpha)
        methods = {
            "model": of_model,
            "cr2": cluster_robust(found).contrasts(rows, alpha),
            "bootstrap": _percentile(draws, rows, alpha),
        }
        ids = found.model.design.rows
        units = ids.therapist_ids if by_therapist(found) else ids.patient_ids
        together = pd.concat([part.assign(method=name) for name, part in methods.items()])
        together = together.sort_index(kind="stable")  # the methods of a term side by side
        drawn = together["method"] == "bootstrap"
        parts.append(
            together.assign(
                model=model,
                term=np.repeat(names, len(methods)),
                estimate=np.repeat(of_model["estimate"].to_numpy(), len(methods)),
                unit="therapist" if by_therapist(found) else "patient",
                n_units=len(units),
                n_replicates=np.where(drawn, len(draws.params), np.nan),
                n_failed=np.where(drawn, draws.failures, np.nan),
            )
        )
    if not parts:
        return pd.DataFrame(columns=COLUMNS)
    return pd.concat(parts, ignore_index=True)[COLUMNS]


def influence(fits: Fits, table: pd.DataFrame) -> pd.DataFrame:
    """Return a row per model and therapist left out, most influential first: private.

    cook : Cook's distance over all fixed effects, by their number. largest_change : the largest
    change of a coefficient, `largest_term`, in standard errors of the full fit. estimate,
    estimate_without, change : the model's key coefficient, in the full fit and without this
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
        known = [
            name for name, here in zip(found.terms, determined(found, table), strict=True) if here
        ]
        key = {plain(name): name for name in known}.get(KEY_TERMS[model])
        whole = found.params.get(key, np.nan)
        nowhere = pd.Series(np.nan, index=moved.index)
        without = refits.params.get(key, nowhere)
        other = {plain(name): name for name in known}.get(_of_unrepaired(KEY_TERMS[model]))
        part = pd.DataFrame(
            {
                "model": model,
                "therapist_id": moved.index,
                "n_patients": sizes["nunique"].reindex(moved.index),
                "n_sessions": sizes["size"].reindex(moved.index),
                "cook": moved["cook"],
                "largest_change": moved["largest"],
                "largest_term": moved["term"].map(plain).where(moved["cook"].notna()),
                "term": KEY_TERMS[model],
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
    """Return `influence` without what tells who a therapist is: name and size of the caseload."""
    return private.drop(columns=IDENTIFYING)


def _of_unrepaired(term: str) -> str:
    return term.replace("[repaired]", "[unrepaired]")


def _headline_rows(found: MixedModelResults, table: pd.DataFrame) -> NDArray[np.float64]:
    """Return unit rows of the headline terms that the data determine, shape (m, p)."""
    wanted = [
        number
        for number, (name, here) in enumerate(
            zip(found.terms, determined(found, table), strict=True)
        )
        if here and name.startswith("time:pattern[") and "iip_z" in name
    ]
    return np.eye(len(found.terms))[wanted]


def _percentile(draws: Resamples, rows: NDArray[np.float64], alpha: float) -> pd.DataFrame:
    values = draws.params.dropna().to_numpy() @ rows.T
    if len(values) <= len(draws.params) / 2:
        return pd.DataFrame(np.nan, index=range(len(rows)), columns=["se", "p"])
    beyond = np.minimum((values <= 0).sum(axis=0), (values >= 0).sum(axis=0))
    p = np.minimum(2 * (1 + beyond) / (1 + len(values)), 1.0)
    return draws.contrasts(rows, alpha).assign(p=p)
