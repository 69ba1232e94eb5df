"""Small tables and settings that every figure can be drawn from."""

from functools import cache

import model_check_tables
import model_tables
import multiverse_tables
import numpy as np
import pandas as pd
import pytest
from figure_modules import MODULES, PUBLISHED
from rupture_repair.config.analysis import Compatibility, Modelling
from rupture_repair.config.criteria import Criterion
from rupture_repair.config.instruments import Instruments, NamedInstrument
from rupture_repair.config.steps.figures import FigureSettings
from rupture_repair.detection import agreement
from rupture_repair.detection.breakdown import breakdown
from rupture_repair.detection.chance import chance_table
from rupture_repair.detection.compatibility import compatibility_tables, published_studies
from rupture_repair.detection.detector import detect
from rupture_repair.detection.exposure import exposure
from rupture_repair.detection.grid import Grid
from rupture_repair.figures.save import as_svg
from rupture_repair.figures.style import house_style
from rupture_repair.modelling.design import analysis_table


@pytest.fixture(autouse=True)
def style():
    with house_style():
        yield


@pytest.fixture(scope="session")
def tables(small_cohort, criteria, root):
    found = detect(small_cohort.sessions, Criterion())
    compared = agreement.patterns_by_criterion(small_cohort.sessions, criteria)
    steps = ["in the patient file", "with sessions", "with baseline", "with therapist"]
    steps += ["long enough", "classified", "modelled"]
    reasons = ["", "no sessions", "no interpersonal problems score", "no therapist named"]
    reasons += ["fewer than 3 sessions", "alliance ratings too few to classify"]
    reasons += ["no symptom rating"]
    n = [95, 93, 92, 91, 85, 80, 80]
    excluded = [0, 2, 1, 1, 6, 5, 0]
    flow = {"step": steps, "n": n, "excluded": excluded, "reason": reasons}
    return {
        "patient_flow": pd.DataFrame(flow).replace("", np.nan),
        "pattern_breakdown": breakdown(found.patterns, PUBLISHED),
        **compatibility_tables(
            small_cohort.sessions,
            Grid(0, 5, 1 / 6),
            published_studies(
                {
                    "Igra et al. (2025)": str(root / "data/published/igra2025.csv"),
                    "Another study": str(root / "data/published/holmqvist_larsson2018.csv"),
                }
            ),
            criteria,
            "igra2025_style",
            Compatibility(processes=16),
        ),
        "chance": chance_table(small_cohort.sessions, Criterion(), Grid(0, 5, 1 / 6), 20, 1),
        "criteria_breakdown": agreement.breakdowns(compared),
        "criteria_agreement": agreement.agreement(compared),
        "rupture_hazard": exposure(small_cohort.sessions, Criterion())[0],
        "sessions": small_cohort.sessions,
        "patients": small_cohort.patients,
        "events": found.events,
        "patterns": found.patterns,
        "trajectories": model_tables.trajectories(),
        "simple_slopes": model_tables.simple_slopes(),
        "moderation_curve": model_tables.moderation_curve(),
        "analysis": analysis_table(small_cohort.patients, small_cohort.sessions, found.patterns),
        "johnson_neyman": model_tables.johnson_neyman(),
        "johnson_neyman_curve": model_tables.johnson_neyman_curve(),
        "diagnostic_quantiles": model_check_tables.diagnostic_quantiles(),
        "residual_bins": model_check_tables.residual_bins(),
        "robustness": model_check_tables.robustness(),
        "influence": model_check_tables.influence(),
        "sensitivity": model_check_tables.sensitivity(),
        **multiverse_tables.tables(),
    }


@pytest.fixture(scope="session")
def settings(instruments):
    tools = {role: NamedInstrument(key=role, **dict(tool)) for role, tool in instruments.items()}
    return FigureSettings(
        calibrated=False,
        synthetic=True,
        confidential=True,
        criterion="igra2025_style",
        instruments=Instruments(**tools),
        modelling=Modelling(lengths=model_tables.LENGTHS, iip_levels=model_tables.LEVELS),
    )


@pytest.fixture(scope="session")
def drawn(tables, settings):
    """A function that returns the drawing of a figure by name, drawn once; do not change it."""

    @cache
    def drawing(name):
        return MODULES[name].draw(tables, settings)

    return drawing


@pytest.fixture(scope="session")
def svg_of(drawn):
    """A function that returns a figure as SVG by name, written once."""

    @cache
    def svg(name):
        return as_svg(drawn(name))

    return svg
