"""Repair as an event: which sessions are compared, and that a planted effect comes out."""

import numpy as np
import pandas as pd
import pytest
from rupture_repair.config.analysis import Sensitivity
from rupture_repair.config.criteria import PATTERNS, Criterion
from rupture_repair.config.steps.modelling import SensitivitySettings
from rupture_repair.modelling.keys import FewTrials
from rupture_repair.modelling.repair_events import AVERAGE, PER_SD, event_rows, repair_trials

SETTINGS = SensitivitySettings(
    criterion=Criterion(),
    time="log",
    patient_terms="correlated",
    confidence=0.95,
    effect_duration=10,
    sensitivity=Sensitivity(),
)


def one_patient(n=8, missing=()):
    session = np.array([s for s in range(1, n + 1) if s not in missing])
    return pd.DataFrame(
        {
            "patient_id": "P1",
            "therapist_id": "T1",
            "session": session,
            "symptoms": 20.0 - session,
            "time": np.log(session),
            "iip_z": 0.0,
            "pattern": pd.Categorical(["repaired"] * len(session), PATTERNS),
        }
    )


def rupture(at, repaired_at, patient="P1"):
    row = {"patient_id": patient, "session": at, "repaired_at": repaired_at, "drop": 2.0}
    return pd.DataFrame([row]).astype({"repaired_at": "Int64"})


def test_sessions_are_compared_until_the_repair():
    trials = repair_trials(one_patient(), rupture(2, 5))
    assert trials["at"].tolist() == [3, 4, 5]
    assert trials["repaired"].tolist() == [0, 0, 1]
    assert trials["symptoms"].tolist() == [16, 15, 14]  # of the session after
    assert trials["symptoms_before"].tolist() == [18, 17, 16]
    assert trials["symptoms_so_far"].tolist() == [18.5, 18, 17.5]
    np.testing.assert_allclose(trials["since"], np.log([1, 2, 3]))


def test_without_repair_they_are_compared_to_the_end():
    trials = repair_trials(one_patient(), rupture(5, pd.NA))
    assert trials["at"].tolist() == [6, 7]
    assert not trials["repaired"].any()


def test_sessions_without_both_neighbours_are_left_out():
    trials = repair_trials(one_patient(missing=(4,)), rupture(2, pd.NA))
    assert trials["at"].tolist() == [4, 6, 7]  # 3 and 5 lack the one after or before


def simulated(seed, effect, moderation, n=300):
    """Ruptures at session 3; those who are worse are repaired later; symptoms carry on."""
    rng = np.random.default_rng(seed)
    rows, events = [], []
    for patient in range(n):
        z, level, carried, repaired_at = rng.normal(), 2 * rng.normal(), 0.0, None
        symptoms = [np.nan]
        for session in range(1, 16):
            carried = 0.4 * carried + 2 * rng.normal()
            after = repaired_at is not None and session > repaired_at
            mean = 18 + level + z - np.log(session) + after * (effect + moderation * z)
            symptoms.append(mean + carried)
            chance = 1 / (1 + np.exp(1.5 + 0.15 * (symptoms[session - 1] - 17)))
            if session > 3 and repaired_at is None and rng.random() < chance:
                repaired_at = session
        for session in range(1, 16):
            rows.append((f"P{patient:03d}", f"T{patient % 30:02d}", session, symptoms[session], z))
        events.append(rupture(3, repaired_at if repaired_at else pd.NA, f"P{patient:03d}"))
    names = ["patient_id", "therapist_id", "session", "symptoms", "iip_z"]
    table = pd.DataFrame(rows, columns=names)
    table["time"] = np.log(table["session"])
    return table, pd.concat(events, ignore_index=True)


@pytest.mark.parametrize(
    ("effect", "moderation"), [pytest.param(0.0, 0.0, marks=pytest.mark.long), (-2.0, -1.0)]
)
def test_the_planted_effect_comes_out(effect, moderation):
    """Means over cohorts within 3 standard errors; hardly any interval without the truth."""
    found = []
    for seed in range(8):
        rows = event_rows(*simulated(seed, effect, moderation), SETTINGS)
        found += [row | {"seed": seed} for row in rows]
    found = pd.DataFrame(found)
    assert (found["certificate"] == "passed").all()
    for name, truth in ((AVERAGE, effect), (PER_SD, moderation)):
        of = found[found["effect"] == name]
        error = of["estimate"] - truth
        assert abs(error.mean()) < 3 * error.std(ddof=1) / np.sqrt(len(of)) + 0.05
        assert ((of["ci_low"] <= truth) & (truth <= of["ci_high"])).sum() >= 6


def test_too_few_repairs_are_a_reason():
    table, events = simulated(1, 0.0, 0.0, n=12)
    events["repaired_at"] = pd.array([4, 4, *[pd.NA] * 10], dtype="Int64")
    rows = event_rows(table, events, SETTINGS)
    assert [row["reason"] for row in rows] == [str(FewTrials(repaired=True))] * 2
