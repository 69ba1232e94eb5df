"""Results of a small cohort: model tables made by hand, the rest from the small cohort."""

from contextlib import chdir
from dataclasses import replace

import model_check_tables
import model_tables
import multiverse_tables
import pandas as pd
import pytest
import yaml
from rupture_repair.config.analysis import Compatibility
from rupture_repair.config.criteria import Criterion
from rupture_repair.config.load import load_settings
from rupture_repair.detection import agreement
from rupture_repair.detection.breakdown import breakdown, detection_summary
from rupture_repair.detection.chance import chance_by_criterion, chance_table
from rupture_repair.detection.compatibility import compatibility_tables, published_studies
from rupture_repair.detection.detector import detect
from rupture_repair.detection.exposure import exposure
from rupture_repair.detection.grid import Grid
from rupture_repair.manuscript.results import Results
from rupture_repair.manuscript.stage import FIGURES
from rupture_repair.modelling.describe import cohort_table, patient_flow
from rupture_repair.modelling.posterior import posterior_tables
from rupture_repair.provenance.planted_effects import planted_effects
from rupture_repair.provenance.verification import verify


@pytest.fixture(scope="session")
def detection_tables(small_cohort, criteria, root):
    """Chance, other criteria and exposure of the small cohort; copy before changing."""
    sessions, grid = small_cohort.sessions, Grid(0, 5, 1 / 6)
    patterns = agreement.patterns_by_criterion(sessions, criteria)
    hazard, totals = exposure(sessions, Criterion())
    return {
        "chance": chance_table(sessions, Criterion(), grid, 50, 1),
        "chance_by_criterion": chance_by_criterion(sessions, criteria, grid, 50, 1),
        "criteria_breakdown": agreement.breakdowns(patterns),
        "criteria_agreement": agreement.agreement(patterns),
        "criteria_moves": agreement.moves(patterns),
        "criteria_consistency": agreement.consistency(patterns),
        "rupture_hazard": hazard,
        "rupture_exposure": totals,
        **compatibility_tables(
            sessions,
            grid,
            published_studies(
                {
                    "Igra et al. (2025)": str(root / "data/published/igra2025.csv"),
                    "Holmqvist Larsson et al. (2018)": str(
                        root / "data/published/holmqvist_larsson2018.csv"
                    ),
                }
            ),
            criteria,
            "igra2025_style",
            Compatibility(processes=16),
        ),
    }


@pytest.fixture(scope="session")
def paper_settings(root):
    """Settings of the paper of the shipped cohort."""
    config = yaml.safe_load((root / "config/config.yaml").read_text(encoding="utf-8"))
    with chdir(root):
        return load_settings(config, root / "config").cohorts["igra2025"].manuscript


@pytest.fixture(scope="session")
def counts(small_cohort):
    """Tables of the small cohort without any model; copy before changing."""
    found = detect(small_cohort.sessions, Criterion())
    admission = {"step": ["in the patient file", "long enough"], "n": [85, 80]}
    admission |= {"excluded": [0, 5], "reason": ["", "fewer than 3 sessions"]}
    return {
        "cohort": cohort_table(small_cohort.patients, small_cohort.sessions, found.patterns),
        "patient_flow": patient_flow(pd.DataFrame(admission), found.patterns, 80),
        "pattern_breakdown": breakdown(
            found.patterns, {"none": 57.8, "unrepaired": 32.9, "repaired": 9.3}
        ),
        "detection": detection_summary(found),
    }


@pytest.fixture
def results(counts, detection_tables, paper_settings, root, monkeypatch):
    """A function that returns results with another headline or coefficients: `model_tables`."""
    monkeypatch.chdir(root)
    published = pd.read_csv(root / "data/published/igra2025.csv", dtype={"published": str})

    def made(headline=(), **changed):
        effects = model_tables.fixed_effects(**changed)
        headline = model_tables.headline(**dict(headline))
        settings = paper_settings.model_copy()  # some tests change it
        tables = {
            **{name: table.copy() for name, table in counts.items()},
            **detection_tables,
            "model_comparison": model_tables.model_comparison(),
            "fixed_effects": effects,
            "variance_components": model_tables.variance_components(),
            "headline": headline,
            "contrasts": model_tables.contrasts(),
            "moderation": model_tables.moderation(),
            "johnson_neyman": model_tables.johnson_neyman(),
            "effect_sizes": model_tables.effect_sizes(),
            "reliable_change": model_tables.reliable_change(),
            "robustness": model_check_tables.robustness(),
            **posterior_tables(headline, None),
            "influence": model_check_tables.influence(),
            "sensitivity": model_check_tables.sensitivity(),
            "session_correlation": model_check_tables.session_correlation(),
            "shared_noise": model_check_tables.shared_noise(),
            "diagnostics": model_check_tables.diagnostics(),
            "residual_bins": model_check_tables.residual_bins(),
            "certificates": model_check_tables.certificates(),
            "engines": model_check_tables.engines(),
            "not_estimated": model_tables.not_estimated(),
            **multiverse_tables.tables(),
            "verification": verify(
                published, counts["cohort"], counts["pattern_breakdown"], headline, synthetic=True
            ),
            "planted_effects": planted_effects(effects, settings.parameters.symptoms),
        }
        record = {"version": "0.0.0", "commit": None, "clean_tree": None, "seed": 1}
        record |= {"address": None}
        record |= {"config_digest": "0" * 64, "python": "3", "inputs": [], "packages": {}}
        record |= {"seeds": {"cohort.chance.seed": 1}, "system": "none", "blas": "none"}
        texts = dict.fromkeys(FIGURES, "Text.")
        return Results(tables, settings, record, texts, texts)

    return made


@pytest.fixture
def changed(results):
    """A function that returns the results with other tables and settings."""

    def made(settings=(), **tables):
        found = results()
        return replace(
            found,
            tables={**found.tables, **tables},
            settings=found.settings.model_copy(update=dict(settings)),
        )

    return made
