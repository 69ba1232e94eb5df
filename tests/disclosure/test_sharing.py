"""The shared tables of a cohort with rare patterns, answers and exclusions."""

import model_check_tables
import model_tables
import numpy as np
import pandas as pd
import pytest
from rupture_repair.config.criteria import Criterion
from rupture_repair.detection import agreement as between
from rupture_repair.detection.breakdown import breakdown, detection_summary
from rupture_repair.detection.chance import chance_by_criterion, chance_table
from rupture_repair.detection.detector import detect
from rupture_repair.detection.exposure import exposure
from rupture_repair.detection.null_model import Grid
from rupture_repair.disclosure.sharing import shared_tables
from rupture_repair.modelling.describe import cohort_table, patient_flow

PATTERNS = ["none", "unrepaired", "repaired"]


@pytest.fixture(scope="module")
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
    return {
        "chance_by_criterion": chance_by_criterion(sessions, rules, Grid(0, 5, 1 / 6), 10, 1),
        "criteria_breakdown": between.breakdowns(by_rule),
        "criteria_agreement": between.agreement(by_rule),
        "criteria_moves": between.moves(by_rule),
        "criteria_consistency": between.consistency(by_rule),
        "multiverse": pd.DataFrame(
            {
                "id": ["a", "b", "c"],
                "n_patients": [66, 71, 60],
                "n_sessions": 500,
                "n_unclassifiable": [2, 0, 9],
                **{f"n_{p}": n for p, n in zip(PATTERNS, ([42, 40, 30],) * 3, strict=True)},
                "n_repaired": [3, 8, 2],
                **{f"percent_{pattern}": 30.0 for pattern in PATTERNS},
                "estimate": 1.0,
            }
        ),
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
        "johnson_neyman": model_tables.johnson_neyman().assign(share_of_patients=3 / 66),
    }


@pytest.fixture(scope="module")
def shared(full):
    return shared_tables(full, masked=True)


def test_the_cohort_has_what_must_be_masked(full):
    counts = full["pattern_breakdown"].set_index("pattern")["n"]
    assert counts["repaired"] == 3
    assert counts["unclassifiable"] == 2
    assert full["patient_flow"]["n"].tolist() == [90, 71, 69, 66]


def test_without_masking_the_tables_stay_as_they_are(full):
    open_ = shared_tables(full, masked=False)
    for name, table in full.items():
        pd.testing.assert_frame_equal(open_[name], table)


def test_breakdown(shared, full):
    table = shared["pattern_breakdown"].set_index("pattern")
    assert table.loc["none", "n"] == full["pattern_breakdown"]["n"][0]
    for pattern in ("unrepaired", "repaired", "unclassifiable"):
        assert table.loc[pattern, ["n", "percent"]].isna().all()


def test_numbers_of_nested_groups_never_differ_by_few(shared):
    """Admitted, classified and modelled: 71, 69, 66; of each near pair one is told."""
    everyone = shared["cohort"].query("variable == 'patients' and group == 'all'")["value"]
    told = pd.concat(
        [
            shared["patient_flow"]["n"].astype(float),
            everyone,
            shared["model_comparison"]["n_patients"],
            shared["chance"].query("length == 'all'")["n_patients"].astype(float),
        ]
    ).dropna()
    assert set(told) == {90.0, 69.0}
    assert shared["patient_flow"]["excluded"].dropna().tolist() == [0]


def test_groups_with_few_patients_are_not_described(shared):
    table = shared["cohort"]
    assert table.loc[table["group"].isin(["unrepaired", "repaired"]), "value"].isna().all()
    assert table.query("group == 'none' and statistic == 'mean'")["value"].notna().all()


def test_a_rare_answer_cannot_be_worked_out(shared, full):
    def of_gender(tables):
        rows = tables["cohort"]["variable"].str.startswith("gender: ")
        return tables["cohort"][rows].set_index(["variable", "statistic", "group"])["value"]

    told, true = of_gender(shared), of_gender(full)
    small = (true > 0) & (true < 5) & (true.index.get_level_values("statistic") == "n")
    assert small.any()
    assert told[small].isna().all()
    everyone = told.xs("all", level="group")
    assert everyone.isna().all()  # with the patterns' counts they would tell the unclassifiable
    none = told.xs("none", level="group").xs("n", level="statistic")
    assert none.isna().sum() != 1
    percent, n = (told.xs(name, level="statistic") for name in ("percent", "n"))
    assert (percent.isna() == n.isna()).all()


def test_shares_in_bands_of_length_do_not_tell_few_patients(shared, full):
    told, true = shared["chance"], full["chance"]
    bands = true["length"] != "all"
    count = (true["observed_percent"] * true["n_patients"] / 100).round()
    small = bands & (count > 0) & (count < 5)
    assert small.any()
    assert told.loc[small, ["observed_percent", "excess", "excess_low"]].isna().all(axis=None)
    rows = told[bands & (told["kind"] == "permuted")]
    hidden = rows.assign(hidden=rows["observed_percent"].isna() & (count[rows.index] > 0))
    assert 1 not in hidden.groupby("pattern")["hidden"].sum().tolist()
    large = hidden[true.loc[rows.index, "n_patients"] >= 5]  # of small bands no total is told
    assert 1 not in large.groupby("length")["hidden"].sum().tolist()
    known = told["expected_percent"].notna()
    assert known[~bands].all()
    pd.testing.assert_series_equal(
        told.loc[known, "expected_percent"], true.loc[known, "expected_percent"]
    )


def test_few_ruptures_are_not_described(full):
    values = {"n_ruptures": 9.0, "n_repaired_ruptures": 6.0, "n_unobservable_ruptures": 2.0}
    values |= {"median_sessions_to_repair": 2.0, "pooled_within_sd": 0.7}
    table = pd.DataFrame({"quantity": list(values), "value": list(values.values())})
    told = shared_tables(full | {"detection": table}, masked=True)["detection"]
    told = told.set_index("quantity")["value"]
    assert told[["n_repaired_ruptures", "n_unobservable_ruptures"]].isna().all()
    assert told[["n_ruptures", "pooled_within_sd"]].tolist() == [9.0, 0.7]


def test_a_region_of_few_patients_has_no_share(shared):
    assert shared["johnson_neyman"]["share_of_patients"].isna().all()
    assert shared["johnson_neyman"]["high_from"].notna().all()


def test_no_shared_table_holds_a_small_count(shared, full):
    """Columns of counts by name; those of therapists and sessions at risk count no patients."""
    for name, table in shared.items():
        for column in table:
            if column in {"n", "excluded"} or column.startswith("n_"):
                if name == "model_comparison" and column != "n_patients":
                    continue
                counts = table[column].astype(float)
                assert not counts.between(1, 4).any(), (name, column)
        assert list(table) == list(full[name])
    values = shared["criteria_consistency"].query("quantity != 'n_criteria'")["value"]
    assert not values.between(1, 4).any()


def test_other_criteria_do_not_tell_few_patients(shared, full):
    for table, columns in (
        ("criteria_breakdown", ["n", "percent"]),
        ("criteria_moves", ["n_patients"]),
    ):
        count = full[table][columns[0]]
        few = (count > 0) & (count < 5)
        assert few.any()
        assert shared[table].loc[few, columns].isna().all(axis=None)
    hidden = shared["criteria_breakdown"].query("n.isna()")[["criterion", "pattern"]]
    chance = shared["chance_by_criterion"].set_index(["criterion", "pattern"])
    for pair in hidden.itertuples(index=False):
        if pair.pattern != "unclassifiable":
            assert chance.loc[tuple(pair), ["observed_percent", "excess"]].isna().all(axis=None)


def test_moves_are_hidden_alike_in_both_directions(shared):
    table = shared["criteria_moves"]
    there = table.set_index(["from_criterion", "to_criterion", "from_pattern", "to_pattern"])
    for key, n in there["n_patients"].items():
        back = there.loc[(key[1], key[0], key[3], key[2]), "n_patients"]
        assert pd.isna(back) == pd.isna(n)


def test_the_curve_is_told_at_steps_of_enough_patients(shared, full):
    told = shared["rupture_hazard"]
    true = full["rupture_hazard"].query("length == 'all'").reset_index(drop=True)
    assert set(told["length"]) == {"all"}
    assert told[["n_in_treatment", "n_ended"]].isna().all(axis=None)
    so_far = true["n_first_ruptures"].cumsum()
    shown = so_far[told["incidence"].notna()]
    steps = np.diff([0, *shown, so_far.iloc[-1]])
    assert len(shown) > 1
    assert not [step for step in steps if 0 < step < 5]


def test_exposure_tells_no_band_with_few_ruptures(shared, full):
    told, true = (tables["rupture_exposure"].set_index("length") for tables in (shared, full))
    for band in true.index.drop("all"):
        with_one, n = true.loc[band, ["n_ruptured", "n_patients"]]
        if 0 < with_one < 5 or 0 < n - with_one < 5:
            assert told.loc[band].drop("n_patients").isna().all()
    hidden = told.drop(index="all")["n_ruptured"].isna() & (true["n_ruptured"].drop("all") > 0)
    assert hidden.sum() != 1


def test_specifications_do_not_tell_few_patients(shared):
    told = shared["multiverse"].set_index("id")
    assert told.loc["a"].drop(["n_sessions", "estimate"]).isna().all()
    assert told.loc["b", "n_repaired"] == 8
    assert told.loc["c", ["n_repaired", "percent_repaired"]].isna().all()
    assert (told["estimate"] == 1).all()


def test_outcomes_of_few_patients_and_of_hidden_patterns(shared, full):
    told = shared["reliable_change"].set_index(["pattern", "outcome"])
    for pattern in ("unrepaired", "repaired"):
        assert told.loc[pattern, ["n", "n_rated", "share", "low", "high"]].isna().all(axis=None)
    n = full["reliable_change"].set_index(["pattern", "outcome"])["n"]
    few = (n > 0) & (n < 5)
    assert told.loc[few, ["n", "share"]].isna().all(axis=None)


def test_bins_with_few_patients_are_empty(shared):
    told = shared["residual_bins"]
    assert told.loc[0, ["n_patients", "mean", "sd"]].isna().all()
    assert told.loc[1:, "mean"].notna().all()
