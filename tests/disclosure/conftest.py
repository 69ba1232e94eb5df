"""A cohort with rare patterns, answers and exclusions."""

import model_check_tables
import model_tables
import numpy as np
import pandas as pd
import pytest
from releases import threshold_strip
from rupture_repair.config.criteria import Criterion
from rupture_repair.detection import agreement as between
from rupture_repair.detection.breakdown import breakdown, detection_summary
from rupture_repair.detection.chance import chance_by_criterion, chance_table
from rupture_repair.detection.detector import detect
from rupture_repair.detection.exposure import exposure
from rupture_repair.detection.grid import Grid
from rupture_repair.modelling.describe import cohort_table, patient_flow

PATTERNS = ["none", "unrepaired", "repaired"]


@pytest.fixture(scope="session")
def full(small_cohort):
    """Tables with 2 unclassifiable patients, 3 repaired patterns, 1 patient of a rare gender."""
    found = detect(small_cohort.sessions, Criterion())
    repaired = found.patterns.query("pattern == 'repaired'")["patient_id"].tolist()
    patients, sessions = (
        table[~table["patient_id"].isin(repaired[3:])].copy()
        for table in (small_cohort.patients, small_cohort.sessions)
    )
    silent = found.patterns.query("pattern == 'none'")["patient_id"].iloc[:2].tolist()
    sessions.loc[sessions["patient_id"].isin(silent), "alliance"] = np.nan
    patients["gender"] = "female"
    patients.iloc[::3, patients.columns.get_loc("gender")] = "male"
    patients.iloc[5, patients.columns.get_loc("gender")] = "other"
    found = detect(sessions, Criterion())
    admission = {"step": ["in the patient file", "long enough"], "n": [90, 71]}
    admission |= {"excluded": [0, 19], "reason": ["", "fewer than 3 sessions"]}
    rules = {name: Criterion(k=k) for name, k in (("two", 2.0), ("large", 2.8), ("small", 1.2))}
    by_rule = between.patterns_by_criterion(sessions, rules)
    hazard, totals = exposure(sessions, Criterion())
    specified = pd.DataFrame(
        {
            "n_patients": [66, 71, 60],
            "n_unclassifiable": [2, 0, 9],
            **{f"{kind}_{pattern}": 30.0 for kind in ("n", "percent") for pattern in PATTERNS},
            "estimate": 1.0,
        }
    )
    return {
        "chance_by_criterion": chance_by_criterion(sessions, rules, Grid(0, 5, 1 / 6), 10, 1),
        "criteria_breakdown": between.breakdowns(by_rule),
        "criteria_agreement": between.agreement(by_rule),
        "criteria_moves": between.moves(by_rule),
        "criteria_consistency": between.consistency(by_rule),
        "multiverse": specified.assign(id=["a", "b", "c"], n_sessions=500),
        "threshold_strip": threshold_strip(sessions, [1.2, 1.8, 1.9, 1.95, 2.0, 2.05, 2.8]),
        "robustness": model_check_tables.robustness(n_units=66).assign(unit="patient"),
        "diagnostic_quantiles": model_check_tables.diagnostic_quantiles(),
        "rupture_hazard": hazard,
        "rupture_exposure": totals,
        "pattern_breakdown": breakdown(found.patterns, {}),
        "cohort": cohort_table(patients, sessions, found.patterns),
        "patient_flow": patient_flow(pd.DataFrame(admission), found.patterns, 66),
        "detection": detection_summary(found),
        "chance": chance_table(sessions, Criterion(), Grid(0, 5, 1 / 6), 10, 1),
        "effect_sizes": pd.DataFrame({"n_patients": [66, 66], "d": 0.4}),
        "sensitivity": model_check_tables.sensitivity().assign(n_patients=66),
        "reliable_change": model_tables.reliable_change(),
        "diagnostics": model_check_tables.diagnostics(),
        "residual_bins": model_check_tables.residual_bins(n_patients=[4, *[40] * 9]),
        "model_comparison": model_tables.model_comparison().assign(n_patients=66),
        "moderation_curve": model_tables.moderation_curve(),
        "johnson_neyman_curve": pd.DataFrame(
            {"contrast": "repaired - none", "iip_z": np.linspace(-2.76, 2.34, 121)}
        ).assign(estimate=lambda c: 1 - 2 * c["iip_z"], ci_low=-9.0, ci_high=9.0),
        "johnson_neyman": model_tables.johnson_neyman().assign(share_of_patients=3 / 66),
    }
