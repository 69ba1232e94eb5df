"""The shared tables of a cohort with rare patterns, answers and exclusions."""

import numpy as np
import pandas as pd
import pytest
from rupture_repair.disclosure.sharing import shared_tables


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
    masked = pd.concat(
        [
            shared["patient_flow"]["n"].astype(float),
            everyone,
            shared["model_comparison"]["n_patients"],
            shared["chance"].query("length == 'all'")["n_patients"].astype(float),
        ]
    ).dropna()
    assert set(masked) == {90.0, 69.0}
    # 19 too short and 2 unclassifiable in one sum; 3 without symptoms are not told
    assert shared["patient_flow"]["excluded"].dropna().tolist() == [0, 21]
    reasons = shared["patient_flow"]["reason"]
    assert reasons[2] == "fewer than 3 sessions; alliance ratings too few to classify"
    assert reasons[1] == ""


def test_groups_with_few_patients_are_not_described(shared):
    table = shared["cohort"]
    assert table.loc[table["group"].isin(["unrepaired", "repaired"]), "value"].isna().all()
    assert table.query("group == 'none' and statistic == 'mean'")["value"].notna().all()


def test_a_rare_answer_cannot_be_worked_out(shared, full):
    def of_gender(tables):
        rows = tables["cohort"]["variable"].str.startswith("gender: ")
        return tables["cohort"][rows].set_index(["variable", "statistic", "group"])["value"]

    masked, true = of_gender(shared), of_gender(full)
    true = true.drop("classified", level="group").reindex(masked.index)
    small = (true > 0) & (true < 5) & (true.index.get_level_values("statistic") == "n")
    assert small.any()
    assert masked[small].isna().all()
    everyone = masked.xs("all", level="group")
    assert everyone["gender: female", "n"] == 45  # of the classified: all would tell of two more
    assert everyone["gender: male"].isna().all() and everyone["gender: other"].isna().all()
    none = masked.xs("none", level="group").xs("n", level="statistic")
    assert none.isna().sum() != 1
    percent, n = (masked.xs(name, level="statistic") for name in ("percent", "n"))
    assert (percent.isna() == n.isna()).all()


def test_shares_in_bands_of_length_do_not_tell_few_patients(shared, full):
    masked, true = shared["chance"], full["chance"]
    bands = true["length"] != "all"
    count = (true["observed_percent"] * true["n_patients"] / 100).round()
    small = bands & (count > 0) & (count < 5)
    assert small.any()
    assert masked.loc[small, ["observed_percent", "excess", "excess_low"]].isna().all(axis=None)
    rows = masked[bands & (masked["kind"] == "permuted")]
    # a hidden zero keeps a hidden count from being worked out as well as any other
    hidden = rows.assign(hidden=rows["observed_percent"].isna())
    assert 1 not in hidden.groupby("pattern")["hidden"].sum().tolist()
    large = hidden[true.loc[rows.index, "n_patients"] >= 5]  # of small bands no total is told
    assert 1 not in large.groupby("length")["hidden"].sum().tolist()
    known = masked["expected_percent"].notna()
    assert known[~bands].all()
    pd.testing.assert_series_equal(
        masked.loc[known, "expected_percent"], true.loc[known, "expected_percent"].round(1)
    )


def test_few_ruptures_are_not_described(full):
    values = {"n_ruptures": 9.0, "n_repaired_ruptures": 6.0, "n_unobservable_ruptures": 2.0}
    values |= {"median_sessions_to_repair": 2.0, "pooled_within_sd": 0.7}
    table = pd.DataFrame({"quantity": list(values), "value": list(values.values())})
    masked = shared_tables(full | {"detection": table}, masked=True)["detection"]
    masked = masked.set_index("quantity")["value"]
    assert masked[["n_repaired_ruptures", "n_unobservable_ruptures"]].isna().all()
    assert masked[["n_ruptures", "pooled_within_sd"]].tolist() == [9.0, 0.7]


def test_a_region_of_few_patients_has_no_share(shared):
    assert shared["johnson_neyman"]["share_of_patients"].isna().all()
    assert shared["johnson_neyman"]["high_from"].notna().all()


def test_regions_do_not_end_at_the_score_of_one_patient(full):
    regions = full["johnson_neyman"].iloc[:1].copy()
    ends = ["observed_low", "low_from", "low_to", "high_from", "high_to", "observed_high"]
    regions[ends] = [-2.76, -2.76, -1.03, 1.08, 2.34, 2.34]
    masked = shared_tables(full | {"johnson_neyman": regions}, masked=True)["johnson_neyman"]
    assert masked[ends].iloc[0].tolist() == [-3.0, -3.0, -1.03, 1.08, 2.5, 2.5]
    assert masked[["supported_low", "supported_high"]].iloc[0].tolist() == [-0.5, 0.5]


def test_the_curve_of_regions_does_not_end_at_the_score_of_one_patient(shared):
    masked = shared["johnson_neyman_curve"]
    assert masked["iip_z"].iloc[[0, 1, -1]].tolist() == [-2.5, -2.45, 2.0]
    assert masked["estimate"].tolist() == pytest.approx((1 - 2 * masked["iip_z"]).tolist())
    moderated = shared["moderation_curve"].groupby("length")
    assert moderated["iip_z"].agg(["min", "max"]).eq([-2.0, 2.5]).all(axis=None)
    assert moderated["iip"].agg(["min", "max"]).to_numpy() == pytest.approx(
        np.array([[0.3, 3.0]] * 3)
    )


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
    count = full["criteria_breakdown"]["n"]
    few = (count > 0) & (count < 5)
    assert few.any()
    assert shared["criteria_breakdown"].loc[few, ["n", "percent"]].isna().all(axis=None)
    hidden = shared["criteria_breakdown"].query("n.isna()")[["criterion", "pattern"]]
    chance = shared["chance_by_criterion"].set_index(["criterion", "pattern"])
    for pair in hidden.itertuples(index=False):
        if pair.pattern != "unclassifiable":
            assert chance.loc[tuple(pair), ["observed_percent", "excess"]].isna().all(axis=None)


def test_moves_and_consistency_between_criteria_are_masked(shared):
    assert shared["criteria_moves"].empty
    values = shared["criteria_consistency"].set_index("quantity")["value"]
    assert values.dropna().index.tolist() == ["n_criteria", "n_classified_by_all"]


def test_the_curve_has_steps_of_enough_patients(shared, full):
    masked = shared["rupture_hazard"]
    true = full["rupture_hazard"].query("length == 'all'").reset_index(drop=True)
    assert set(masked["length"]) == {"all"}
    assert masked[["n_in_treatment", "n_ended"]].isna().all(axis=None)
    so_far = true["n_first_ruptures"].cumsum()
    shown = so_far[masked["incidence"].notna()]
    steps = np.diff([0, *shown, so_far.iloc[-1]])
    assert len(shown) > 1
    assert not [step for step in steps if 0 < step < 5]


def test_exposure_tells_no_band_with_few_ruptures(shared, full):
    masked, true = (tables["rupture_exposure"].set_index("length") for tables in (shared, full))
    for band in true.index.drop("all"):
        with_one, n = true.loc[band, ["n_ruptured", "n_patients"]]
        if 0 < with_one < 5 or 0 < n - with_one < 5:
            assert masked.loc[band].drop("n_patients").isna().all()
    hidden = masked.drop(index="all")["n_ruptured"].isna() & (true["n_ruptured"].drop("all") > 0)
    assert hidden.sum() != 1


def test_specifications_tell_estimates_alone(shared):
    masked = shared["multiverse"]
    numbers = [c for c in masked if c.startswith(("n_", "percent_"))]
    assert len(numbers) == 9 and masked[numbers].isna().all(axis=None)
    assert (masked["estimate"] == 1).all()


def test_thresholds_do_not_tell_what_the_breakdown_hides(shared):
    masked = shared["threshold_strip"]
    assert masked.filter(regex="^(n|percent)_").isna().all(axis=None)
    assert (masked["estimate"] == 1).all()


def test_few_further_ruptures_do_not_tell_of_patients_with_several(full):
    table = full["rupture_exposure"].copy()
    bands = table["length"] != "all"
    further = np.r_[1, 9, 20, [0] * len(table)][: bands.sum()]
    table.loc[bands, "n_ruptures"] = table.loc[bands, "n_ruptured"].to_numpy() + further
    shown = shared_tables(full | {"rupture_exposure": table}, masked=True)["rupture_exposure"]
    assert shown.loc[bands, "n_ruptures"].isna().tolist()[:2] == [True, True]
    counts = full["pattern_breakdown"].set_index("pattern")["n"]
    ruptured = counts["unrepaired"] + counts["repaired"]
    for more, masked in ((2, True), (5, False)):
        values = {"n_ruptures": ruptured + more, "n_repaired_ruptures": 6.0, "mean_drop": 1.5}
        detection = pd.DataFrame({"quantity": list(values), "value": list(values.values())})
        shown = shared_tables(full | {"detection": detection}, masked=True)["detection"]
        assert shown["value"].isna().tolist() == [masked, False, False]


def test_no_table_shows_a_hidden_number_of_modelled_patients(shared, full):
    """66 of 69 classified patients: their number, and what follows from it."""
    assert full["model_comparison"]["bic"].notna().all()
    assert shared["model_comparison"][["n_patients", "bic"]].isna().all(axis=None)
    assert shared["robustness"]["n_units"].isna().all()
    masked = shared["diagnostics"].set_index("part")
    assert (
        masked.loc[["patient_intercept", "patient_slope"], ["n", "share_far"]].isna().all(axis=None)
    )
    assert masked.loc[["residual", "therapist_intercept"], "n"].notna().all()
    assert full["diagnostic_quantiles"]["tail"].any()
    assert not shared["diagnostic_quantiles"]["tail"].any()  # each is the value of a patient
    inside = full["diagnostic_quantiles"].query("tail == 0")["observed"].abs().max()
    assert shared["diagnostic_quantiles"]["observed"].abs().max() <= inside
    ends = shared["diagnostic_quantiles"].groupby("part")["expected"].agg(["min", "max"])
    assert (ends.round(6) == ends.round(1)).all(axis=None)


def test_outcomes_of_few_patients_and_of_hidden_patterns(shared, full):
    masked = shared["reliable_change"].set_index(["pattern", "outcome"])
    for pattern in ("unrepaired", "repaired"):
        assert masked.loc[pattern, ["n", "n_rated", "share", "low", "high"]].isna().all(axis=None)
    n = full["reliable_change"].set_index(["pattern", "outcome"])["n"]
    few = (n > 0) & (n < 5)
    assert masked.loc[few, ["n", "share"]].isna().all(axis=None)


def test_bins_with_few_patients_are_empty(shared):
    masked = shared["residual_bins"]
    assert masked.loc[0, ["n_patients", "mean", "sd"]].isna().all()
    assert masked.loc[1:, "mean"].notna().all()
