"""The reported inference, and when an estimate has enough data: docs/inference.md.

Tests and intervals are cluster-robust (CR2, Satterthwaite df), by therapist where there are enough
of them, else by patient; those of the model itself stand beside them. What rests on a pattern with
too few patients, or on too few degrees of freedom, is not estimated.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rupture_repair.config.criteria import PATTERNS, Pattern
from rupture_repair.config.reporting import MIN_DF, MIN_PATIENTS, MIN_THERAPISTS
from rupture_repair.modelling.engine import (
    ClusterRobust,
    MixedModelResults,
    Unit,
    cluster_robust,
)
from rupture_repair.modelling.fit import aliases, plain_term
from rupture_repair.modelling.keys import Aliased, FewPatients, TooFewUnits

TESTED = ["estimate", "se", "df", "statistic", "p", "ci_low", "ci_high"]
BESIDE = ["se", "df", "p", "ci_low", "ci_high"]
# of each combination: the inference reported, its clusters, that of the model, why there is none
REPORTED = [*TESTED, "clusters", *(f"model_{name}" for name in BESIDE), "reason"]
# a coefficient that depends on an aliased one by more than this is not determined
DEPENDS = 1e-6
Rows = NDArray[np.float64]


@dataclass(frozen=True)
class Reported:
    """A fit with the inference that is reported of it.

    model : its name. found : the fit, by REML.
    aliased, aliases : terms left out, and what they are of those kept, shape (a, p).
    few : patients of each pattern that has too few, or none. clusters : `therapist` or `patient`.
    robust : CR2 by these.
    """

    model: str
    found: MixedModelResults
    aliased: list[str]
    aliases: Rows
    few: Mapping[Pattern, int]
    clusters: Unit
    robust: ClusterRobust

    @classmethod
    def of(cls, found: MixedModelResults, table: pd.DataFrame, model: str = "") -> "Reported":
        """Choose the inference of a fit to a table with a row per session."""
        design = found.model.design
        unit = clusters(len(design.rows.therapist_ids))
        matrix = np.asarray(aliases(found, table), dtype=float).reshape(-1, len(found.terms))
        robust = cluster_robust(found, unit)
        dropped = [plain_term(term) for term in design.aliased]
        return cls(model, found, dropped, matrix, too_few(table), unit, robust)

    @property
    def columns(self) -> list[str]:
        """All fixed effects of the formula: those kept, then the aliased ones."""
        return [*(plain_term(term) for term in self.found.terms), *self.aliased]

    def tests(
        self, rows: Sequence[Rows] | Rows, confidence: float, *, robust: bool = True
    ) -> pd.DataFrame:
        """Return `REPORTED` for each combination of fixed effects.

        rows : shape (r, c), over `columns`. robust : else the model's own tests in their place.
        """
        rows = np.atleast_2d(np.asarray(rows, dtype=float))
        reasons = self.reasons(rows)
        places = np.flatnonzero(reasons == "")
        kept = rows[places, : len(self.found.terms)]
        own = self.found.contrasts(kept, 1 - confidence)
        tested = self.robust.contrasts(kept, 1 - confidence) if robust else own
        table = tested[TESTED].join(own[BESIDE].add_prefix("model_"))
        table = table.assign(clusters=self.clusters if robust else None).set_axis(places)
        uncertain = places[~(tested["df"].to_numpy() >= MIN_DF)]
        reasons[uncertain] = str(TooFewUnits())
        table = table.drop(index=uncertain).reindex(range(len(rows)))
        table["reason"] = pd.Series(reasons, dtype=object).replace("", None)
        return table[REPORTED]

    def reasons(self, rows: Rows) -> NDArray[np.object_]:
        """Return the keys of why combinations have no estimate; nothing where they may have one."""
        kept, dropped = np.split(rows, [len(self.found.terms)], axis=1)
        reasons = np.full(len(rows), "", dtype=object)
        reasons[~determined(kept, dropped, self.aliases)] = str(Aliased())
        for pattern, n in self.few.items():
            reasons[rests_on(rows, self.columns, pattern)] = str(FewPatients(pattern, n))
        return reasons


def supported(reported: Reported) -> NDArray[np.bool_]:
    """Return which coefficients are determined and rest on enough patients, shape (p,)."""
    n = len(reported.found.terms)
    return reported.reasons(np.eye(n, n + len(reported.aliased))) == ""


def clusters(n_therapists: int) -> Unit:
    """Return the clusters of the robust inference."""
    return "therapist" if n_therapists >= MIN_THERAPISTS else "patient"


def too_few(table: pd.DataFrame) -> dict[Pattern, int]:
    """Return the number of patients of each pattern that has too few for estimates, or none.

    table : a row per session, with `patient_id` and `pattern`; without patterns none has too few.
    """
    if "pattern" not in table:
        return {}
    counts = table.drop_duplicates("patient_id")["pattern"].value_counts()
    counts = counts.reindex(PATTERNS, fill_value=0)
    return {name: int(counts[name]) for name in PATTERNS if counts[name] < MIN_PATIENTS}


def rests_on(rows: Rows, columns: Sequence[str], pattern: str) -> NDArray[np.bool_]:
    """Return which combinations of fixed effects rest on the patients of a pattern, shape (r,).

    rows : shape (r, c), over `columns`. With the coefficients b of the reference and b + d of
    another pattern, w₀b + wd is (w₀ − w) times the former and w times the latter.
    """
    own: dict[str, Rows] = {}
    if not any("pattern[" in column for column in columns):
        return np.zeros(len(rows), dtype=bool)
    for weights, column in zip(rows.T, columns, strict=True):
        factors = [name for name in column.split(":") if not name.startswith("pattern[")]
        product = ":".join(factors) or "Intercept"
        here = own.setdefault(product, np.zeros(len(rows)))
        if f"pattern[{pattern}]" in column.split(":"):
            here += weights
        elif pattern == PATTERNS[0]:
            here += weights if len(factors) == len(column.split(":")) else -weights
    return np.any([np.abs(weights) > DEPENDS for weights in own.values()], axis=0)


def determined(kept: Rows, dropped: Rows, aliases: Rows) -> NDArray[np.bool_]:
    """Return which combinations the data determine, shape (r,).

    kept, dropped : weights of the columns in the model and of the aliased ones, shapes (r, p) and
    (r, a). aliases : what each aliased column is of the columns kept, shape (a, p).

    With X_a = X_k A', c'b is determined when c lies in the row space of X, that is when
    c_a = A c_k (Searle 1971, ch. 5).
    """
    if not len(aliases):
        return np.ones(len(kept), dtype=bool)
    return np.abs(dropped - kept @ aliases.T).max(axis=-1) < DEPENDS
