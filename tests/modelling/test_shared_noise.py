"""Coupled errors without any rupture: the coupling is found, and what it gives is foretold."""

import numpy as np
import pandas as pd
import pytest
from rupture_repair.config.criteria import Criterion
from rupture_repair.config.steps.modelling import SharedNoiseSettings
from rupture_repair.detection import detect
from rupture_repair.modelling.design import analysis_table
from rupture_repair.modelling.fit import certified, fit_model
from rupture_repair.modelling.formulas import FORMULAS
from rupture_repair.modelling.shared_noise import shared_noise_tables

N, LENGTHS = 240, (6, 8, 10)


def cohort(coupling, seed):
    """Stable patients, drawn apart from the package; symptoms fall alike."""
    rng = np.random.default_rng(seed)
    lengths = np.resize(LENGTHS, N)
    patient = np.repeat(np.arange(N), lengths)
    session = np.concatenate([np.arange(1, n + 1) for n in lengths])
    error, other = rng.standard_normal((2, len(session)))
    shared = coupling * error + np.sqrt(1 - coupling**2) * other
    alliance = 3.3 + 0.7 * rng.standard_normal(N)[patient] + 0.6 * shared
    symptoms = 20 + 6 * rng.standard_normal(N)[patient] + 3.5 * error
    symptoms += (-2.5 + 0.8 * rng.standard_normal(N)[patient]) * np.log(session)
    sessions = pd.DataFrame(
        {
            "patient_id": [f"P{i:03d}" for i in patient],
            "session": session,
            "alliance": np.clip(np.rint(alliance * 6) / 6, 0, 5),
            "symptoms": symptoms,
        }
    )
    patients = pd.DataFrame(
        {
            "patient_id": [f"P{i:03d}" for i in range(N)],
            "therapist_id": [f"T{i % 24:02d}" for i in range(N)],
            "iip": rng.normal(1.5, 0.6, N),
        }
    )
    return patients, sessions


@pytest.fixture(scope="module")
def found(instruments):
    def made(coupling, seed, models=("M0", "M1"), replicates=30):
        patients, sessions = cohort(coupling, seed)
        patterns = detect(sessions, Criterion(), instrument=instruments["alliance"]).patterns
        table = analysis_table(patients, sessions, patterns)
        fits = {model: fit_model(table, model, reml=True) for model in models}
        settings = SharedNoiseSettings(
            criterion=Criterion(),
            alliance=instruments["alliance"],
            patient_terms="correlated",
            replicates=replicates,
            seed=3,
        )
        return shared_noise_tables(table, sessions, fits, settings)

    return made


@pytest.fixture(scope="module")
def coupled(found):
    return found(-0.5, 1)


def test_the_coupling_is_found(coupled):
    at = coupled["session_correlation"].iloc[0]
    assert at["n_sessions"] == N * np.mean(LENGTHS)
    assert at["latent_r"] == pytest.approx(-0.5, abs=0.06)
    assert at["ci_low"] < at["r"] < at["ci_high"] < -0.3
    assert at["ci_high"] - at["ci_low"] == pytest.approx(4 * np.sqrt(0.75 / (N * 6)), rel=0.5)


def test_the_sample_without_ruptures_in_the_last_rating_alone(instruments, coupled):
    patients, sessions = cohort(-0.5, 1)
    patterns = detect(sessions, Criterion(), instrument=instruments["alliance"]).patterns
    last = patterns["n_ruptures"].eq(patterns["n_unobservable"]) & patterns["n_ruptures"].gt(0)
    assert 0 < last.sum() < (patterns["pattern"] == "unrepaired").sum()
    table = analysis_table(patients, sessions, patterns)
    rest = table[~table["patient_id"].isin(patterns.loc[last, "patient_id"])]
    exact = certified(FORMULAS["M1"], rest, reml=True, patient_terms="correlated")
    rows = coupled["shared_noise"].set_index(["sample", "term"])
    for pattern in ("unrepaired", "repaired"):
        found = rows.loc[("without_last", f"time:pattern[{pattern}]"), "estimate"]
        assert found == pytest.approx(exact.params[f"time:pattern[T.{pattern}]"], rel=1e-6)


@pytest.mark.long
def test_what_noise_gives_is_what_such_cohorts_show(coupled, found):
    """The slope of unrepaired patients in further cohorts drawn apart, where none is true."""
    rows = coupled["shared_noise"].set_index(["model", "term", "sample"])
    null = rows.loc[("M1", "time:pattern[unrepaired]", "all")]
    assert null["null_mean"] > 0.3  # symptoms of patients who end in a poor session look worse
    more = [
        found(-0.5, seed, ("M0", "M1"), 1)["shared_noise"].set_index(["term", "sample"])
        for seed in range(2, 5)
    ]
    slopes = [each.loc[("time:pattern[unrepaired]", "all"), "estimate"] for each in more]
    spread = (null["null_high"] - null["null_low"]) / 4
    assert np.mean(slopes) == pytest.approx(null["null_mean"], abs=3 * spread * np.sqrt(1.2 / 3))


@pytest.mark.long
def test_without_coupling_slopes_are_null(found):
    tables = found(0.0, 9, ("M0", "M1"))
    assert tables["session_correlation"]["latent_r"].iloc[0] == pytest.approx(0, abs=0.06)
    rows = tables["shared_noise"]
    assert (rows["null_low"] < 0).all() and (rows["null_high"] > 0).all()
    assert set(rows["model"]) == {"M1"}


def test_without_a_fitted_course_no_cohort_is_simulated(found):
    tables = found(0.0, 9, ("M1",))
    assert tables["shared_noise"].empty
    assert np.isfinite(tables["session_correlation"]["r"]).all()
