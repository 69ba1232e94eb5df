"""The tables of small confidential cohorts, with all counts and as they are shared."""

import numpy as np
import pandas as pd
from rupture_repair.config.criteria import PATTERNS, Criterion
from rupture_repair.detection.agreement import criteria_tables, patterns_by_criterion
from rupture_repair.detection.breakdown import breakdown, detection_summary
from rupture_repair.detection.chance import chance_table
from rupture_repair.detection.detector import detect
from rupture_repair.detection.exposure import exposure
from rupture_repair.detection.grid import Grid
from rupture_repair.modelling.describe import cohort_table, patient_flow
from rupture_repair.modelling.reliable_change import reliable_change

# the first is the cohort's own
RULES = {"own": 2.0, "strict": 2.8, "lenient": 1.2}


def full_tables(
    patients, sessions, instrument, rules=RULES, unmodelled=0
) -> dict[str, pd.DataFrame]:
    """Return all tables in which patients are counted or described, at full precision.

    rules : multiples by name, the cohort's own first. unmodelled : classified patients who are in
    no model.
    """
    rules = {name: Criterion(k=k) for name, k in rules.items()}
    own = rules["own"]
    found = detect(sessions, own)
    hazard, totals = exposure(sessions, own)
    rated = sessions.dropna(subset="symptoms").merge(found.patterns[["patient_id", "pattern"]])
    rated = rated[rated["pattern"].isin(PATTERNS)]
    rated = rated[~rated["patient_id"].isin(rated["patient_id"].unique()[:unmodelled])]
    n = len(patients)
    admission = {"step": ["in the patient file", "long enough"], "n": [n + 7, n]}
    admission |= {"excluded": [0, 7], "reason": ["", "fewer than 3 sessions"]}
    return {
        "pattern_breakdown": breakdown(found.patterns, {}),
        "detection": detection_summary(found),
        "patient_flow": patient_flow(
            pd.DataFrame(admission), found.patterns, rated["patient_id"].nunique()
        ),
        "cohort": cohort_table(patients, sessions, found.patterns),
        "chance": chance_table(sessions, own, Grid(0, 5, 1 / 6), 10, 1),
        "rupture_hazard": hazard,
        "rupture_exposure": totals,
        "reliable_change": reliable_change(rated, instrument, 0.95),
        "threshold_strip": threshold_strip(sessions, np.linspace(1, 3, 21).round(4).tolist()),
        **criteria_tables(patterns_by_criterion(sessions, rules)),
    }


def threshold_strip(sessions, multiples) -> pd.DataFrame:
    """Return the breakdown under each multiple of the scale, as in the table of that name."""
    rows = []
    for k in multiples:
        n = detect(sessions, Criterion(k=k)).patterns["pattern"].value_counts()
        n = n.reindex([*PATTERNS, "unclassifiable"], fill_value=0)
        total = n[list(PATTERNS)].sum()
        row = {"k": k, "chosen": int(k == RULES["own"]), "n_patients": total, "estimate": 1.0}
        row |= {f"n_{pattern}": count for pattern, count in n.items()}
        rows.append(row | {f"percent_{p}": 100 * n[p] / total for p in PATTERNS})
    return pd.DataFrame(rows)


def cohort_with_rare_answers(cohort, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Draw 45 to 79 patients of a cohort, up to 7 of them without a rating of the alliance."""
    rng = np.random.default_rng(seed)
    names = cohort.patients["patient_id"]
    keep = rng.choice(names, rng.integers(45, 80), replace=False)
    patients, sessions = (
        table[table["patient_id"].isin(keep)].copy() for table in (cohort.patients, cohort.sessions)
    )
    silent = rng.choice(patients["patient_id"], rng.integers(0, 8), replace=False)
    sessions.loc[sessions["patient_id"].isin(silent), "alliance"] = np.nan
    n = len(patients)
    patients["gender"] = rng.choice(["female", "male", "nonbinary"], n, p=[0.6, 0.34, 0.06])
    diagnoses = ["depression", "anxiety", "adjustment", "trauma"]
    patients["diagnosis"] = rng.choice(diagnoses, n, p=[0.5, 0.3, 0.12, 0.08])
    patients.loc[rng.random(n) < 0.06, "diagnosis"] = None
    return patients, sessions
