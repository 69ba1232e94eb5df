"""From tidy tables to the analysis table, Table 1, the patient flow and the model tables."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from rupture_repair.cohort.csv_tables import write_csv
from rupture_repair.config.analysis import Modelling
from rupture_repair.detection import detect
from rupture_repair.modelling.compare import model_comparison, variance_components
from rupture_repair.modelling.describe import cohort_table, patient_flow, standardised_difference
from rupture_repair.modelling.design import (
    analysis_table,
    column_guide,
    mean_log_length,
    per_patient,
)
from rupture_repair.modelling.engine import cluster_robust
from rupture_repair.modelling.fit import restored
from rupture_repair.modelling.keys import TooFewUnits
from rupture_repair.modelling.tables import model_tables
from scipy import stats

NA = float("nan")


@pytest.fixture
def tidy():
    """Six patients: B unclassifiable, E without symptom ratings."""
    patients = pd.DataFrame(
        {
            "patient_id": ["A", "B", "C", "D", "E", "F"],
            "therapist_id": ["T2", "T1", "T1", "T2", "T1", "T1"],
            "iip": [1.0, 9.0, 2.0, 3.0, 9.0, 2.0],
            "gender": ["f", "f", "m", None, "m", "m"],
        }
    )
    sessions = pd.DataFrame(
        [
            ("A", 1, 4.0, 20.0),
            ("A", 2, NA, NA),
            ("A", 3, 3.0, 18.0),
            ("B", 1, 4.0, 20.0),
            ("C", 1, 2.0, 10.0),
            ("C", 2, 4.0, 11.0),
            ("C", 4, 5.0, 12.0),  # session 3 has no row
            ("D", 1, NA, NA),
            ("D", 2, 3.0, 30.0),
            ("D", 3, 1.0, 31.0),
            ("E", 1, 4.0, NA),
            ("E", 2, 4.0, NA),
            ("F", 1, 5.0, 14.0),
            ("F", 2, 5.0, 13.0),
        ],
        columns=["patient_id", "session", "alliance", "symptoms"],
    )
    patterns = pd.DataFrame(
        {
            "patient_id": ["A", "B", "C", "D", "E", "F"],
            "pattern": ["none", "unclassifiable", "repaired", "unrepaired", "none", "none"],
        }
    )
    return patients, sessions, patterns


def test_the_analysis_table_is_the_same_when_it_is_read_again(tidy, tmp_path):
    """Models are fitted to the file: types, categories and all digits survive."""
    table = analysis_table(*tidy)
    table.to_parquet(tmp_path / "analysis.parquet", index=False)
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "analysis.parquet"), table)
    write_csv(table, tmp_path / "analysis.csv")
    read = pd.read_csv(tmp_path / "analysis.csv")
    for name in table.columns:
        assert read[name].tolist() == table[name].tolist(), name


def test_every_column_of_the_analysis_table_is_explained(tidy):
    assert column_guide()["column"].tolist() == list(analysis_table(*tidy).columns)
    assert column_guide()["meaning"].str.len().gt(20).all()


def test_analysis_table_rows(tidy):
    table = analysis_table(*tidy)
    who = list(zip(table["patient_id"], table["session"], strict=True))
    # by therapist, patient and session; only rated sessions of classified patients
    assert who == [
        ("C", 1), ("C", 2), ("C", 4), ("F", 1), ("F", 2),
        ("A", 1), ("A", 3), ("D", 2), ("D", 3),
    ]  # fmt: skip
    assert table["symptoms"].tolist() == [10, 11, 12, 14, 13, 20, 18, 30, 31]
    assert table["pattern"].cat.categories.tolist() == ["none", "unrepaired", "repaired"]


def test_rows_are_numbered_and_have_the_columns_that_are_documented(tidy):
    person = ["therapist_id", "iip", "iip_z", "length", "length_c", "pattern"]
    table = analysis_table(*tidy)
    assert set(table) == {"patient_id", "session", "symptoms", "time", *person}
    assert table.index.tolist() == list(range(9))
    people = per_patient(table)
    assert set(people) == {"patient_id", *person}
    assert people.index.tolist() == list(range(4))


def test_iip_is_standardised_over_analysed_patients_not_rows(tidy):
    person = per_patient(analysis_table(*tidy)).set_index("patient_id")
    # 1, 2, 3, 2 of A, C, D, F: M 2, SD sqrt(2/3); B and E do not count
    expected = np.array([-1, 0, 1, 0]) / np.sqrt(2 / 3)
    np.testing.assert_allclose(person.loc[["A", "C", "D", "F"], "iip_z"], expected, atol=1e-12)
    assert person["iip_z"].std(ddof=1) == pytest.approx(1)


def test_length_counts_attended_sessions_and_is_centred_over_patients(tidy):
    table = analysis_table(*tidy)
    person = per_patient(table).set_index("patient_id")
    assert person["length"].to_dict() == {"A": 3, "C": 4, "D": 3, "F": 2}
    centre = np.mean(np.log([3, 4, 3, 2]))
    assert mean_log_length(table) == pytest.approx(centre)
    assert person.loc["C", "length_c"] == pytest.approx(np.log(4) - centre)
    assert person["length_c"].sum() == pytest.approx(0, abs=1e-12)


def test_both_kinds_of_time_are_zero_at_session_one(tidy):
    log, linear = (analysis_table(*tidy, time) for time in ("log", "linear"))
    np.testing.assert_allclose(log["time"], np.log(log["session"]))
    assert linear["time"].tolist() == (linear["session"] - 1).tolist()


def cell(table, variable, statistic, group):
    rows = table[
        (table["variable"] == variable)
        & (table["statistic"] == statistic)
        & (table["group"] == group)
    ]
    assert len(rows) == 1
    return rows["value"].item()


def test_cohort_table_by_hand(tidy):
    table = cohort_table(*tidy)
    assert cell(table, "patients", "n", "all") == 6
    assert cell(table, "patients", "n", "none") == 3
    assert cell(table, "therapists", "n", "none") == 2
    assert cell(table, "therapists", "n", "repaired") == 1
    # sessions of A, E, F: 3, 2, 2
    assert cell(table, "sessions", "mean", "none") == pytest.approx(7 / 3)
    assert cell(table, "sessions", "sd", "none") == pytest.approx(np.std([3, 2, 2], ddof=1))
    assert cell(table, "sessions", "median", "none") == 2
    assert (cell(table, "sessions", "min", "all"), cell(table, "sessions", "max", "all")) == (1, 4)
    # the first rating that there is: D's first session has none
    assert cell(table, "first_symptoms", "mean", "unrepaired") == 30
    assert cell(table, "first_symptoms", "mean", "none") == 17
    assert cell(table, "first_alliance", "mean", "all") == pytest.approx(22 / 6)
    # 15 sessions were attended, A 2, C 3 and D 1 have no alliance rating
    assert cell(table, "missing_ratings", "percent", "all") == pytest.approx(100 * 3 / 15)
    assert cell(table, "missing_ratings", "percent", "repaired") == pytest.approx(100 * 1 / 4)
    # and A 2, C 3, D 1 and both of E no symptom rating
    assert cell(table, "missing_symptoms", "percent", "all") == pytest.approx(100 * 5 / 15)
    assert cell(table, "missing_symptoms", "percent", "none") == pytest.approx(100 * 3 / 7)
    assert cell(table, "gender: f", "n", "all") == 2
    assert cell(table, "gender: m", "n", "none") == 2
    assert cell(table, "gender: m", "percent", "none") == pytest.approx(200 / 3)
    groups = set(table.loc[table["statistic"] == "smd", "group"])
    assert groups == {"unrepaired", "repaired"}


def test_cohort_table_against_direct_computation(small_cohort):
    patients, sessions = small_cohort.patients, small_cohort.sessions
    patterns = detect(sessions).patterns
    table = cohort_table(patients, sessions, patterns)
    kind = patterns.set_index("patient_id")["pattern"]
    iip = patients.set_index("patient_id")["iip"]
    repaired, none = iip[kind[kind == "repaired"].index], iip[kind[kind == "none"].index]
    smd = (repaired.mean() - none.mean()) / np.sqrt((repaired.var() + none.var()) / 2)
    assert cell(table, "iip", "smd", "repaired") == pytest.approx(smd)
    assert cell(table, "iip", "mean", "repaired") == pytest.approx(repaired.mean())
    assert cell(table, "patients", "n", "repaired") == 12
    diagnoses = table[table["variable"].str.startswith("diagnosis")]
    shares = diagnoses[diagnoses["statistic"] == "percent"]
    np.testing.assert_allclose(shares.groupby("group")["value"].sum(), 100)


def test_standardised_difference_by_hand():
    first, second = pd.Series([2.0, 4.0, 6.0]), pd.Series([1.0, 2.0, 3.0])
    assert standardised_difference(first, second) == pytest.approx(2 / np.sqrt((4 + 1) / 2))
    assert np.isnan(standardised_difference(pd.Series([1.0, 1.0]), pd.Series([2.0, 2.0])))
    assert np.isnan(standardised_difference(pd.Series([1.0]), pd.Series([2.0, 3.0])))


def test_patient_flow_accounts_for_everyone(tidy):
    patients, sessions, patterns = tidy
    admission = pd.DataFrame(
        [("in the patient file", 8, 0, ""), ("long enough", 6, 2, "fewer than 2 sessions")],
        columns=["step", "n", "excluded", "reason"],
    )
    modelled = analysis_table(patients, sessions, patterns)["patient_id"].nunique()
    flow = patient_flow(admission, patterns, modelled)
    assert flow["step"].tolist()[-2:] == ["classified", "modelled"]
    assert flow["n"].tolist() == [8, 6, 5, 4]
    assert flow["excluded"].tolist() == [0, 2, 1, 1]
    assert (flow["n"].shift(1) - flow["n"]).iloc[1:].tolist() == flow["excluded"].tolist()[1:]


def test_explained_variance_row_by_row(fits, reference_table):
    """R² from the definition: mean variance of the random part over rows, one row at a time."""
    table = variance_components(list(fits["REML"].values()))
    for model, fit in fits["REML"].items():
        v = fit.variances
        per_row = [
            v["therapist"]
            + v["patient"]
            + 2 * v["patient_covariance"] * row.time
            + v["patient_slope"] * row.time**2
            for row in reference_table.itertuples()
        ]
        fixed, random, residual = fit.fixed_variance, np.mean(per_row), v["residual"]
        part = table[table["model"] == model].set_index("component")
        total = fixed + random + residual
        assert part.loc["r2_marginal", "value"] == pytest.approx(fixed / total)
        assert part.loc["r2_conditional", "value"] == pytest.approx((fixed + random) / total)
        at_start = v["therapist"] + v["patient"] + v["residual"]
        assert part.loc["therapist", "share_at_start"] == pytest.approx(v["therapist"] / at_start)
        assert part["share_at_start"].sum() == pytest.approx(1)
        sd = part["sd"].dropna()
        assert set(sd.index) == {"therapist", "patient", "patient_slope", "residual"}
        np.testing.assert_allclose(sd**2, part.loc[sd.index, "value"])
        correlation = v["patient_covariance"] / np.sqrt(v["patient"] * v["patient_slope"])
        assert part.loc["patient_correlation", "value"] == pytest.approx(correlation)


@pytest.mark.parametrize("unit", [0.01, 1, 100])
def test_shares_and_correlations_have_no_unit(fits, unit):
    """A mean of items and their sum share their variance in the same way."""
    fit = fits["REML"]["M1"]
    scaled = dataclasses.replace(
        fit,
        variances={name: value * unit**2 for name, value in fit.variances.items()},
        fixed_variance=fit.fixed_variance * unit**2,
        random_variance=fit.random_variance * unit**2,
    )
    ours, other = (variance_components([one]).set_index("component") for one in (fit, scaled))
    same = ["patient_correlation", "r2_marginal", "r2_conditional"]
    np.testing.assert_allclose(other.loc[same, "value"], ours.loc[same, "value"])
    np.testing.assert_allclose(other["share_at_start"], ours["share_at_start"])
    np.testing.assert_allclose(other["sd"], ours["sd"] * unit)


def test_fixed_variance_is_that_of_the_predictions(fits, reference_table):
    fit = fits["REML"]["M0"]
    predicted = fit.params["Intercept"] + fit.params["time"] * reference_table["time"]
    assert fit.fixed_variance == pytest.approx(predicted.var(ddof=1))


def test_information_criteria(fits):
    ml, reml = (list(fits[method].values()) for method in ("ML", "REML"))
    table = model_comparison(ml, reml)
    k = np.array([2, 6, 12, 24]) + 5
    assert table["n_parameters"].tolist() == k.tolist()
    np.testing.assert_allclose(table["aic"], -2 * table["llf_ml"] + 2 * k)
    np.testing.assert_allclose(table["bic"], -2 * table["llf_ml"] + np.log(150) * k)
    assert (table["llf_reml"] != table["llf_ml"]).all()


def test_model_tables(fits, reference_table):
    settings = Modelling(lengths=(5, 20), iip_levels=(-1.0, 1.0), confidence=0.9, effect_duration=8)
    both = {method: list(models.values()) for method, models in fits.items()}
    tables = model_tables(both, {}, reference_table, settings)
    assert tables["fixed_effects"].groupby("model").size().to_dict() == {
        "M0": 2, "M1": 6, "M2": 12, "M3": 24,
    }  # fmt: skip
    contract = ["model", "term", "estimate", "se", "df", "statistic", "p", "ci_low", "ci_high"]
    assert list(tables["fixed_effects"].columns) == contract
    contrasts = tables["contrasts"].groupby("model").size()
    assert contrasts.to_dict() == {"M1": 3, "M2": 3 * 2, "M3": 3 * 2 * 3}
    levels = tables["contrasts"].groupby("model")["iip_z"].unique().map(list)
    assert levels.to_dict() == {"M1": [0.0], "M2": [-1.0, 1.0], "M3": [-1.0, 1.0]}
    for name, one in tables.items():
        assert one.index.tolist() == list(range(len(one))), name
    slopes, moderated = (
        tables[name].groupby("model").size() for name in ("simple_slopes", "moderation")
    )
    assert slopes.to_dict() == {"M1": 3, "M2": 3 * 2, "M3": 3 * 2 * 3}
    assert moderated.to_dict() == {"M2": 3, "M3": 3 * 3}
    assert len(tables["effect_sizes"]) == slopes.sum() + contrasts.sum() + moderated.sum()
    key = tables["moderation"].set_index(["model", "contrast"]).loc[("M2", "repaired - none")]
    whole = tables["fixed_effects"].set_index(["model", "term"])
    expected = whole.loc[("M2", "time:pattern[repaired]:iip_z")]
    assert key["estimate"] == pytest.approx(expected["estimate"])
    for name in ("se", "df", "p", "ci_low", "ci_high"):
        assert key[f"model_{name}"] == pytest.approx(expected[name])
    robust = cluster_robust(restored(fits["REML"]["M2"], reference_table), "therapist")
    assert key["se"] == pytest.approx(robust.bse["time:pattern[T.repaired]:iip_z"])
    assert tables["trajectories"]["session"].max() == 20
    assert tables["johnson_neyman"]["contrast"].nunique() == 3
    assert len(tables["certificates"]) == len(tables["engines"]) == 2 * 4
    assert set(tables["not_estimated"]["why"]) <= {str(TooFewUnits())}
    # the slope at 5 sessions is that at length_c = log 5 minus the mean log length of patients
    fit = fits["REML"]["M3"]
    centred = np.log(5) - mean_log_length(reference_table)
    b = fit.params
    expected = b["time"] + b["time:length_c"] * centred
    expected += b["time:iip_z"] + b["time:iip_z:length_c"] * centred
    slopes = tables["simple_slopes"]
    row = slopes[
        (slopes["model"] == "M3")
        & (slopes["pattern"] == "none")
        & (slopes["iip_z"] == 1)
        & (slopes["length"] == 5)
    ]
    assert row["estimate"].item() == pytest.approx(expected)
    assert (row["ci_high"] - row["estimate"]).item() == pytest.approx(
        stats.t.ppf(0.95, row["df"].item()) * row["se"].item()
    )
