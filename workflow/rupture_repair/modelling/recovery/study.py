"""One simulated study: draw a cohort, detect, fit, compare estimates with planted values."""

from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd
from scipy import stats

from rupture_repair.config.planted import PLANTED, REPAIRED, UNREPAIRED
from rupture_repair.detection.detector import detect
from rupture_repair.modelling.design import analysis_table
from rupture_repair.modelling.engine import MixedModel, SingularFixedPartError
from rupture_repair.modelling.formulas import ADJUSTED_FOR_LENGTH, FORMULAS, WITHOUT_INTERACTION
from rupture_repair.modelling.recovery.scenarios import Scenario, Setting, draw, specification

GROUPS = ("therapist_id", "patient_id")
# models of docs/methods.md and, `_length`, those adjusted for length
MODELS = {
    "M1": FORMULAS["M1"],
    "M1_length": f"{FORMULAS['M1']} * length_c",
    "M2": FORMULAS["M2"],
    "M2_length": f"{FORMULAS['M2']} + {ADJUSTED_FOR_LENGTH}",
    "M3": FORMULAS["M3"],
}
# the interaction whose terms of both patterns are tested together, and the model without it
JOINT = {
    "M2": ("time:pattern:iip_z", WITHOUT_INTERACTION["M2"]),
    "M2_length": ("time:pattern:iip_z", f"{WITHOUT_INTERACTION['M2']} + {ADJUSTED_FOR_LENGTH}"),
    "M3": ("time:pattern:iip_z:length_c", WITHOUT_INTERACTION["M3"]),
}


@dataclass(frozen=True)
class Finding:
    """The estimate of one term in one study.

    truth : what was planted, points per log(session); nan for tests of several terms.
    estimate, se, df, ci_low, ci_high : REML with Satterthwaite df; nan for tests of several terms,
        and all nan where the study did not identify the term.
    p : of a t test, or of the likelihood-ratio test (ML) of several terms.
    certified : whether the fit passed its certificate.
    """

    scenario: str
    replicate: int
    model: str
    term: str
    truth: float
    estimate: float
    se: float
    df: float
    ci_low: float
    ci_high: float
    p: float
    certified: bool


OF_LENGTH = {f"time:{pattern}:length_c" for pattern in (UNREPAIRED, REPAIRED)}
FINDING = list(Finding.__dataclass_fields__)
NUMBERS = ("estimate", "se", "df", "ci_low", "ci_high", "p")


def replicate_seed(seed: int, replicate: int) -> int:
    """Return the seed of a replicate: it depends on nothing else, on no number of cores."""
    return int(np.random.SeedSequence([seed, replicate]).generate_state(1)[0])


def study(setting: Setting, scenario: Scenario, seed: int, replicate: int) -> list[Finding]:
    """Draw and analyse one cohort."""
    cohort = draw(setting, scenario, replicate_seed(seed, replicate))
    patterns = detect(
        cohort.sessions, setting.criterion, instrument=setting.instruments["alliance"]
    ).patterns
    table = analysis_table(cohort.patients, cohort.sessions, patterns)
    truth = specification(setting, scenario).symptoms.model_dump()
    found = []
    for model in scenario.models:
        for term, numbers, certified in analyse(table, model):
            parameter = PLANTED.get(term)
            nothing = 0.0 if term in PLANTED else np.nan
            planted = nothing if parameter is None else truth[parameter]
            named = dict(zip(NUMBERS, numbers, strict=True))
            found.append(
                Finding(
                    scenario.name, replicate, model, term, planted, **named, certified=certified
                )
            )
    return found


def analyse(table: pd.DataFrame, model: str) -> list[tuple[str, tuple[float, ...], bool]]:
    """Fit one model; return term, numbers in the order of `NUMBERS`, and whether certified."""
    names = [*_terms(model), *([JOINT[model][0]] if model in JOINT else [])]
    try:
        fit = _model(table, MODELS[model]).fit()
    except SingularFixedPartError:
        return [(name, (np.nan,) * len(NUMBERS), False) for name in names]
    certified = fit.certificate().passed
    known = [term for term in names if term in fit.terms]
    rows = np.eye(len(fit.terms))[[fit.terms.index(term) for term in known]]
    tests = fit.contrasts(rows).set_index(pd.Index(known)).reindex(names)
    found = [(term, tuple(tests.loc[term, list(NUMBERS)]), certified) for term in names]
    if model in JOINT:
        found[-1] = (names[-1], (*[np.nan] * 5, _joint_p(table, model)), certified)
    return found


def _model(table: pd.DataFrame, formula: str) -> MixedModel:
    return MixedModel.from_formula(formula, table, groups=GROUPS, time="time")


def _joint_p(table: pd.DataFrame, model: str) -> float:
    """Return p of the likelihood-ratio test of the model's highest interaction."""
    full, less = (
        _model(table, formula).fit(reml=False, n_starts=2)
        for formula in (MODELS[model], JOINT[model][1])
    )
    df = len(full.terms) - len(less.terms)
    return float(stats.chi2.sf(2 * (full.llf - less.llf), df)) if df > 0 else np.nan


def _terms(model: str) -> list[str]:
    """Return the reported terms of a model, in the order of `PLANTED`."""
    factors = {"M1": ("pattern",), "M2": ("pattern", "iip_z")}.get(model[:2])
    allowed = {"time", *(factors or ("pattern", "iip_z", "length_c"))}
    extra = {
        "M1_length": {"time:length_c", *OF_LENGTH},
        "M2_length": {"time:length_c", "time:iip_z:length_c", *OF_LENGTH},
    }
    parts = {term: {part.split("[")[0] for part in term.split(":")} for term in PLANTED}
    return [t for t, used in parts.items() if used <= allowed or t in extra.get(model, set())]


def as_table(findings: list[Finding]) -> pd.DataFrame:
    """Return a row per finding, columns as in `Finding`."""
    return pd.DataFrame([asdict(finding) for finding in findings], columns=FINDING)
