"""The reference data, the values other software found in them, and the workflow's own fits."""

import json

import pandas as pd
import pytest
from rupture_repair.config.criteria import PATTERNS
from rupture_repair.modelling import fit as fit_module
from rupture_repair.modelling.fit import FORMULAS, fit_model


@pytest.fixture(scope="session")
def reference_table(root):
    """The analysis table that lme4 read, made by tests/reference/make_analysis_table.py."""
    table = pd.read_csv(root / "tests/reference/analysis_table.csv")
    return table.assign(pattern=pd.Categorical(table["pattern"], PATTERNS))


@pytest.fixture(scope="session")
def lme4(root):
    """What tests/reference/lme4_models.R wrote."""
    text = (root / "tests/reference/lme4_models.json").read_text(encoding="utf-8")
    return json.loads(text)


@pytest.fixture(scope="session")
def shipped_table(root):
    """The analysis table of the shipped cohort that lme4 read."""
    table = pd.read_csv(root / "tests/reference/shipped_table.csv.gz")
    return table.assign(pattern=pd.Categorical(table["pattern"], PATTERNS))


def all_models(table, patient_terms="correlated"):
    """M0 to M3 fitted to a table, by method and model."""
    return {
        method: {
            model: fit_model(table, model, reml=method == "REML", patient_terms=patient_terms)
            for model in FORMULAS
        }
        for method in ("ML", "REML")
    }


@pytest.fixture(scope="session")
def fits(reference_table):
    """M0 to M3 fitted to the reference data, by method and model."""
    return all_models(reference_table)


@pytest.fixture(scope="session")
def studies(fits, reference_table, shipped_table):
    """All fits that lme4 made too, by table and structure; lme4 is their second engine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fit_module, "cross_check", lambda found, table: {})
        return {
            ("reference", "correlated"): fits,
            ("reference", "independent"): all_models(reference_table, "independent"),
            ("shipped", "correlated"): all_models(shipped_table),
        }
