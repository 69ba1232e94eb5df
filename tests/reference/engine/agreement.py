"""Print the agreement with lme4, lmerTest, emmeans and statsmodels: `python agreement.py`.

A row per data set, random part and method: differences of log-likelihood, largest difference of
estimates in standard errors, largest relative differences of standard errors and df. statsmodels,
where it can express the model, is compared at our estimates, as its optimisers may stop short.
"""

import json
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import statsmodels.formula.api as smf
from rupture_repair.modelling.engine import (
    Agreement,
    MixedModel,
    MixedModelResults,
    compare_engines,
)

HERE = Path(__file__).parent
PATTERNS = ["none", "unrepaired", "repaired"]
TERMS = {
    "correlated": ("correlated", "intercept"),
    "independent": ("independent", "intercept"),
    "intercept": ("intercept", "intercept"),
    "therapist_slope": ("correlated", "correlated"),
    "no_therapist": ("correlated", "none"),
}
COMPONENTS = {"patient": "0 + C(patient_id)", "patient_slope": "0 + C(patient_id):time"}


def table(name: str) -> pd.DataFrame:
    """Return a data set of this folder."""
    sessions = pd.read_csv(HERE / f"{name}.csv.gz")
    sessions["pattern"] = pd.Categorical(sessions["pattern"], PATTERNS)
    return sessions


def fit(reference: dict) -> MixedModelResults:
    """Fit the model of one stored fit of lme4."""
    patient, therapist = TERMS[reference["structure"]]
    model = MixedModel.from_formula(
        reference["formula"],
        table(reference["data"]),
        groups=("therapist_id", "patient_id"),
        time="time",
        patient_terms=patient,
        therapist_terms=therapist,
    )
    return model.fit(reference["reml"])


def factors(term: str) -> frozenset[str]:
    """Return a term's factors, named alike in R and patsy."""
    plain = term.replace("(Intercept)", "Intercept").replace("[T.", "").replace("]", "")
    return frozenset(plain.split(":"))


def compare(reference: dict) -> dict:
    """Return one row of the table."""
    ours = fit(reference)
    other = _statsmodels(reference, ours)
    place = {factors(term): n for n, term in enumerate(reference["terms"])}
    order = [place[factors(term)] for term in ours.terms]
    estimate, se, df = (np.array(reference[key])[order] for key in ("estimate", "se", "df"))
    return {
        "data": reference["data"],
        "random": reference["structure"],
        "method": ours.method,
        "sessions": ours.nobs,
        "llf": ours.llf,
        "llf - lme4": ours.llf - reference["llf"],
        "llf - statsmodels": None if other is None else ours.llf - other.peer_at_ours,
        "statsmodels stops below": None if other is None else other.shortfall,
        "estimates, se": np.abs((ours.params - estimate) / se).max(),
        "se, rel.": np.abs(ours.bse / se - 1).max(),
        "df, rel.": np.abs(ours.df / df - 1).max(),
        "boundary": " ".join(ours.certificate().boundary),
    }


def _statsmodels(reference: dict, ours: MixedModelResults) -> Agreement | None:
    if reference["structure"] not in ("independent", "intercept"):
        return None
    components = dict(COMPONENTS)
    if reference["structure"] == "intercept":
        del components["patient_slope"]
    specification = smf.mixedlm(
        reference["formula"],
        table(reference["data"]),
        groups="therapist_id",
        re_formula="1",
        vc_formula=components,
    )
    with warnings.catch_warnings(action="ignore"):
        peers = [specification.fit(reml=reference["reml"], method=m) for m in ("bfgs", "powell")]
    peer = max(peers, key=lambda result: result.llf)
    return compare_engines(ours, peer)


if __name__ == "__main__":
    fits = json.loads((HERE / "lme4.json").read_text())["fits"]
    pd.DataFrame([compare(one) for one in fits]).to_csv(
        sys.stdout, index=False, float_format="%.3g"
    )
