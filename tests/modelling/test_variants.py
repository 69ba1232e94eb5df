"""What other analyses change about time, ratings and patterns."""

import numpy as np
import pandas as pd
import pytest
from rupture_repair.config.analysis import Sensitivity
from rupture_repair.config.criteria import Criterion
from rupture_repair.config.steps.modelling import SensitivitySettings
from rupture_repair.detection.detector import detect
from rupture_repair.modelling.design import analysis_table, time_at
from rupture_repair.modelling.fit import FitError
from rupture_repair.modelling.formulas import FORMULAS
from rupture_repair.modelling.samples import (
    adjusted_for_baseline,
    limits,
    without_first_symptoms,
)
from rupture_repair.modelling.variants import landmark, require_patients, variants

CRITERION = Criterion(k=1.5)


def settings_of(**given):
    return SensitivitySettings(
        criterion=CRITERION,
        time="log",
        patient_terms="correlated",
        confidence=0.95,
        effect_duration=10,
        sensitivity=Sensitivity(**given),
    )


def test_the_time_at_a_session():
    assert time_at(1, "log") == time_at(1, "linear") == 0
    assert time_at(10, "log") == pytest.approx(2.302585)
    assert time_at(10, "linear") == 9


def test_limits_are_quantiles_and_ignore_what_is_missing():
    ratings = pd.Series([*range(101), np.nan])
    assert limits(ratings, 0.025) == (2.5, 97.5)


def test_the_first_rating_is_taken_from_the_outcome():
    sessions = pd.DataFrame(
        {
            "patient_id": ["A"] * 3 + ["B"] * 5,
            "session": [1, 2, 3, 1, 2, 3, 4, 5],
            "symptoms": [np.nan, 7, 6, 30, 29, 28, 27, 26],
        },
        index=range(100, 108),
    )
    rest, first = without_first_symptoms(sessions)
    assert first.to_dict() == {"A": 7, "B": 30}
    assert rest["symptoms"].isna().to_numpy().tolist() == [True, True, False, True] + [False] * 4
    assert len(rest) == len(sessions)


def test_first_symptoms_are_standardised_over_the_patients_analysed(small_cohort):
    patterns = detect(small_cohort.sessions, CRITERION).patterns
    table = adjusted_for_baseline(small_cohort.patients, small_cohort.sessions, patterns, "log")
    person = table.drop_duplicates("patient_id").set_index("patient_id")["baseline_z"]
    assert person.mean() == pytest.approx(0, abs=1e-12)
    assert person.std(ddof=1) == pytest.approx(1)
    first = without_first_symptoms(small_cohort.sessions)[1].loc[person.index]
    assert np.corrcoef(person, first)[0, 1] == pytest.approx(1)


def test_one_sd_of_interpersonal_problems_is_the_same_in_all_variants(small_cohort):
    """One patient has a single symptom rating, extreme in problems: a covariate leaves none."""
    patients, sessions = small_cohort.patients.copy(), small_cohort.sessions.copy()
    sessions = sessions[
        (sessions["patient_id"] != patients["patient_id"][0]) | (sessions["session"] == 1)
    ]
    patients.loc[0, "iip"] = 4.0
    patterns = detect(small_cohort.sessions, CRITERION).patterns
    settings = settings_of(first_sessions=8, winsorise=0.05)
    table = analysis_table(patients, sessions, patterns)
    of = {
        one.analysis.name: one.table.groupby("patient_id")["iip_z"].first()
        for one in variants(table, patients, sessions, patterns, settings)
    }
    assert len(of["baseline_adjusted"]) < len(of["headline"])
    for iip_z in of.values():
        np.testing.assert_allclose(iip_z, of["headline"].loc[iip_z.index], rtol=1e-12)


def landmark_of(cohort, sessions, last=6):
    table = analysis_table(cohort.patients, sessions, detect(sessions, CRITERION).patterns)
    return table, landmark(table, sessions, CRITERION, last, "log").table


def test_ratings_after_the_landmark_do_not_change_the_pattern(small_cohort):
    """Whatever follows: the same patients have the same patterns, and it is their outcome."""
    sessions = small_cohort.sessions
    _, before = landmark_of(small_cohort, sessions)
    changed, rng = sessions.copy(), np.random.default_rng(3)
    late = changed["session"] > 6
    changed.loc[late, "alliance"] = rng.uniform(0, 5, late.sum())
    changed.loc[late & changed["symptoms"].notna(), "symptoms"] += 3.0
    table, after = landmark_of(small_cohort, changed)
    pattern = [t.set_index(["patient_id", "session"])["pattern"] for t in (before, after)]
    both = pattern[0].index.intersection(pattern[1].index)
    assert len(both) > 0.9 * len(before)
    assert (pattern[0][both] == pattern[1][both]).all()
    whole = table.set_index(["patient_id", "session"])["pattern"]
    assert (pattern[1][both] != whole[both]).any()  # patterns of all sessions do look ahead
    symptoms = [t.set_index(["patient_id", "session"])["symptoms"][both] for t in (before, after)]
    np.testing.assert_allclose(symptoms[1] - symptoms[0], 3.0)


def test_a_rating_before_the_landmark_changes_the_pattern(small_cohort):
    sessions = small_cohort.sessions
    _, before = landmark_of(small_cohort, sessions)
    calm = sessions.assign(alliance=sessions["alliance"].where(sessions["session"] > 6, 3.0))
    _, after = landmark_of(small_cohort, calm)
    assert set(after["pattern"]) == {"none"} < set(before["pattern"])


def test_the_landmark_equals_a_direct_computation(small_cohort):
    """Cut off the ratings, classify, follow those who go on."""
    table, later = landmark_of(small_cohort, small_cohort.sessions)
    early = small_cohort.sessions[small_cohort.sessions["session"] <= 6]
    patterns = detect(early, CRITERION).patterns.set_index("patient_id")["pattern"]
    assert later["session"].min() == 7
    assert later["time"].min() == pytest.approx(0)
    assert (later["pattern"].astype(str) == later["patient_id"].map(patterns)).all()
    rated = table[table["session"] > 6]
    left_out = ~rated["patient_id"].isin(later["patient_id"])
    assert (patterns[rated.loc[left_out, "patient_id"].unique()] == "unclassifiable").all()
    np.testing.assert_allclose(np.exp(later["time"]) * 7, later["session"])


def test_variants_differ_in_one_respect(small_cohort):
    patterns = detect(small_cohort.sessions, CRITERION).patterns
    settings = settings_of(first_sessions=4, winsorise=0.1)
    cohort = (small_cohort.patients, small_cohort.sessions, patterns)
    table = analysis_table(*cohort)
    found = {variant.analysis.name: variant for variant in variants(table, *cohort, settings)}
    headline = found["headline"].table
    of_study = {v.analysis.model: v.formula for v in found.values() if v.analysis.model}
    assert of_study == {model: FORMULAS[model] for model in ("M2", "M3")}
    assert next(iter(found)) == "headline" and len(found) == 7
    standard = headline.drop_duplicates("patient_id").set_index("patient_id")["iip_z"]
    for variant in found.values():
        own = variant.table.drop_duplicates("patient_id").set_index("patient_id")["iip_z"]
        pd.testing.assert_series_equal(own, standard[own.index])  # one SD for all
    assert found["first_sessions"].table["session"].max() == 4
    moved = found["winsorised"].table["symptoms"]
    assert (moved.min(), moved.max()) == found["winsorised"].limits
    assert (moved != headline["symptoms"]).mean() == pytest.approx(0.2, abs=0.1)
    of_baseline = found["baseline_adjusted"].table
    assert len(of_baseline) == len(headline) - headline["patient_id"].nunique()
    linear = found["time_linear"]
    assert (linear.table["time"] == headline["session"] - 1).all() and linear.time == "linear"
    by_session = analysis_table(*cohort, "linear")
    pd.testing.assert_frame_equal(linear.table, by_session)
    backwards = variants(by_session, *cohort, settings.model_copy(update={"time": "linear"}))
    assert "time_log" in {variant.analysis.name for variant in backwards}


@pytest.mark.parametrize("fewest", [4, 5])
def test_five_patients_of_each_pattern_are_enough_after_the_landmark(small_cohort, fewest):
    table, _ = landmark_of(small_cohort, small_cohort.sessions)
    person = table.drop_duplicates("patient_id")
    kept = person.groupby("pattern", observed=False)["patient_id"].head(5)
    kept = kept.iloc[5 - fewest :]  # without one of the first pattern there
    few = table[table["patient_id"].isin(kept)]
    if fewest == 5:
        require_patients(few, 6)
    else:
        with pytest.raises(FitError, match=r"few_after .*\"session\": 6"):
            require_patients(few, 6)
