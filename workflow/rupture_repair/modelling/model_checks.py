"""Checks of the model's assumptions: a row of part A with the headline for each assumption.

The assumptions: equal slope variances, independent residuals, the chosen form of the course, no
floor effect, equal effects of time within and between patients, uninformative ends of treatments.
"""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rupture_repair.config.criteria import PATTERNS
from rupture_repair.config.reporting import MIN_PATIENTS
from rupture_repair.config.steps.modelling import SensitivitySettings
from rupture_repair.modelling.design import per_patient, time_at
from rupture_repair.modelling.effect_rows import MODERATION, Row, moderation_rows, stored_fit
from rupture_repair.modelling.engine import (
    Extension,
    MixedModelResults,
    residual_correlation,
    slope_variances,
)
from rupture_repair.modelling.fit import FitError
from rupture_repair.modelling.formulas import FORMULAS
from rupture_repair.modelling.headline import headline_model
from rupture_repair.modelling.keys import (
    Analysis,
    FewOfThird,
    FewSessions,
    FewToCompare,
    NotDetermined,
    Third,
)
from rupture_repair.modelling.variants import Variant

CHECKS = ["variant", "label", "parameter", "value", "chisq", "df", "p", "reason"]
THIRDS: tuple[Third, ...] = ("short", "medium", "long")
# quantiles of time at which the pieces of the spline meet, and where it becomes a line
KNOTS = (0.0, 1 / 3, 2 / 3, 1.0)
Fits = Mapping[str, MixedModelResults]


def check_rows(
    table: pd.DataFrame, fits: Fits, reasons: Mapping[str, str], settings: SensitivitySettings
) -> tuple[list[Row], pd.DataFrame]:
    """Return rows of part A, and `CHECKS`: what the extended models estimate and their tests.

    Slopes: their SD by pattern (`ratio_…` to those without rupture) or per SD of interpersonal
    problems; residuals: their correlation at a distance of one session.
    """
    rows, parameters = [], []
    for analysis, extend in _extensions(table):
        found: Extension | None = None
        reason = None
        try:
            base = stored_fit(headline_model(table), fits, reasons)
            found = extend(base)
        except FitError as error:
            reason = str(error)
        except ValueError:
            reason = str(NotDetermined())

        def stored(
            found: Extension | None = found, reason: str | None = reason
        ) -> MixedModelResults:
            if found is None:
                raise FitError(str(reason))
            return found.results

        rows += moderation_rows(
            _as(analysis, table, settings), settings, stored=stored, robust=False
        )
        parameters += _parameters(analysis, found, reason)
    for other in (_square_root(table), _within_patients(table, settings)):
        rows += moderation_rows(other, settings)
    rows += moderation_rows(*_spline(table, settings))
    rows += moderation_rows(_away_from_floor(table, settings), settings)
    rows += _by_length(table, settings)
    return rows, pd.DataFrame(parameters, columns=CHECKS)


Extend = Callable[[MixedModelResults], Extension]


def _extensions(table: pd.DataFrame) -> list[tuple[Analysis, Extend]]:
    person = per_patient(table).set_index("patient_id")

    def values(found: MixedModelResults) -> pd.DataFrame:
        return person.loc[found.model.design.rows.patient_ids]

    def by_pattern(found: MixedModelResults) -> Extension:
        pattern = values(found)["pattern"]
        counts = pattern.value_counts()
        names = [name for name in PATTERNS[1:] if counts[name] >= MIN_PATIENTS]
        if not names or counts[PATTERNS[0]] < MIN_PATIENTS:
            raise FitError(FewToCompare())
        columns = np.stack([(pattern == name).to_numpy(float) for name in names])
        return slope_variances(found, [f"ratio_{name}" for name in names], columns)

    def by_problems(found: MixedModelResults) -> Extension:
        return slope_variances(found, ["ratio_per_sd"], values(found)["iip_z"].to_numpy()[None])

    def carried(found: MixedModelResults) -> Extension:
        return residual_correlation(found, table["session"].to_numpy(float))

    return [
        (Analysis("slopes_by_pattern"), by_pattern),
        (Analysis("slopes_by_problems"), by_problems),
        (Analysis("autocorrelation"), carried),
    ]


def _as(analysis: Analysis, table: pd.DataFrame, settings: SensitivitySettings) -> Variant:
    return Variant(analysis, FORMULAS[headline_model(table)], table, settings.time)


def _parameters(analysis: Analysis, found: Extension | None, reason: str | None) -> list[Row]:
    known = {"variant": analysis.name, "label": str(analysis)}
    if found is None:
        return [known | {"reason": reason}]
    test = {"chisq": found.chisq, "df": found.df, "p": found.p}
    return [
        known | test | {"parameter": key, "value": np.exp(value) if "ratio" in key else value}
        for key, value in found.parameters.items()
    ]


def _square_root(table: pd.DataFrame) -> Variant:
    return Variant(
        Analysis("time_square_root"),
        FORMULAS[headline_model(table)],
        table.assign(time=time_at(table["session"], "square_root")),
        "square_root",
    )


def _within_patients(table: pd.DataFrame, settings: SensitivitySettings) -> Variant:
    """Return the headline with each patient's mean time beside time (Mundlak 1978)."""
    mean = table.groupby("patient_id")["time"].transform("mean")
    return Variant(
        Analysis("within_patients"),
        f"{FORMULAS[headline_model(table)]} + time_mean * pattern * iip_z",
        table.assign(time_mean=mean - mean.mean()),
        settings.time,
    )


def natural_spline(time: NDArray[np.float64], knots: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the natural cubic spline's basis without constant, (len(knots) − 1, n).

    Hastie, Tibshirani & Friedman (2009), eq. 5.4 and 5.5: time, and truncated cubes that are lines
    beyond the outer knots.
    """

    def piece(k: int) -> NDArray[np.float64]:
        cubes = [np.maximum(time - knots[place], 0.0) ** 3 for place in (k, -1)]
        return (cubes[0] - cubes[1]) / (knots[-1] - knots[k])

    last = piece(len(knots) - 2)
    return np.stack([time, *(piece(k) - last for k in range(len(knots) - 2))])


def _spline(
    table: pd.DataFrame, settings: SensitivitySettings
) -> tuple[
    Variant, SensitivitySettings, Callable[[], None], None, dict[str, dict[str, float]], float
]:
    """Return the arguments of `moderation_rows` for a natural spline in time with 3 df."""
    knots = np.quantile(table["time"], KNOTS) if len(table) else np.zeros(len(KNOTS))
    apart = bool(np.diff(knots).min() > 0)
    knots = knots if apart else np.arange(len(KNOTS), dtype=float)
    ends = natural_spline(time_at(np.array([1.0, settings.effect_duration]), settings.time), knots)
    names = [f"shape_{n}" for n in range(1, len(ends) + 1)]
    columns = dict(zip(names, natural_spline(table["time"].to_numpy(), knots), strict=True))
    change = dict(zip(names, (ends[:, 1] - ends[:, 0]).tolist(), strict=True))
    wanted = {
        effect: {
            term.replace("time:", f"{name}:"): weight * by
            for term, weight in weights.items()
            for name, by in change.items()
        }
        for effect, weights in MODERATION.items()
    }

    def require() -> None:
        if not apart:
            raise FitError(FewSessions())

    variant = Variant(
        Analysis("time_spline"),
        FORMULAS[headline_model(table)].replace("time", f"({' + '.join(names)})"),
        table.assign(**columns),
        settings.time,
    )
    return variant, settings, require, None, wanted, 1.0


def _away_from_floor(table: pd.DataFrame, settings: SensitivitySettings) -> Variant:
    """Return the headline in patients whose first rating leaves room to improve.

    First ratings come before the course: leaving patients out for later ratings at the floor would
    leave out those who improved most.
    """
    first = table.groupby("patient_id")["symptoms"].transform("first")
    room = table.drop_duplicates("patient_id")["symptoms"].std(ddof=1)
    return Variant(
        Analysis("away_from_floor"),
        FORMULAS[headline_model(table)],
        table[first >= table["symptoms"].min() + room],
        settings.time,
    )


def _by_length(table: pd.DataFrame, settings: SensitivitySettings) -> list[Row]:
    """Return the pattern-mixture rows: thirds of treatment length, averaged over patients.

    Little (1993): the model is that of patients who ended alike, and the effect the mean of theirs
    by the shares of the thirds.
    """
    person = per_patient(table)
    ends = person["length"].quantile([1 / 3, 2 / 3]).to_numpy()
    third = pd.Categorical.from_codes(np.searchsorted(ends, table["length"]), THIRDS)
    parted = table.assign(third=third)
    shares = parted.drop_duplicates("patient_id")["third"].value_counts(normalize=True)
    counts = (
        parted.drop_duplicates("patient_id").groupby(["pattern", "third"], observed=False).size()
    )

    def require() -> None:
        if counts.min() < MIN_PATIENTS:
            pattern, ended = counts.idxmin()
            raise FitError(FewOfThird(pattern, ended))

    wanted = {
        effect: {
            term + more: weight * by
            for term, weight in weights.items()
            for more, by in (
                {"": 1.0} | {f":third[{name}]": float(shares[name]) for name in THIRDS[1:]}
            ).items()
        }
        for effect, weights in MODERATION.items()
    }
    variant = Variant(
        Analysis("pattern_mixture"),
        f"{FORMULAS['M2']} * third",
        parted,
        settings.time,
    )
    return moderation_rows(variant, settings, require, wanted=wanted)
