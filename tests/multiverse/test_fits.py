"""Each row of the multiverse is what its specification gives on its own."""

import numpy as np
import pandas as pd
import pytest
from rupture_repair.config.criteria import PATTERNS, Criterion
from rupture_repair.config.reporting import MIN_DF
from rupture_repair.config.steps.modelling import ModelCovariate
from rupture_repair.detection.detector import detect
from rupture_repair.modelling.design import analysis_table
from rupture_repair.modelling.engine import cluster_robust
from rupture_repair.modelling.fit import fit_model
from rupture_repair.modelling.inference import clusters
from rupture_repair.modelling.keys import FewOfPattern, TooFewUnits
from rupture_repair.multiverse.fits import COLUMNS, multiverse_rows, table_of
from rupture_repair.multiverse.formula import LENGTH_MODERATION, MODERATION
from rupture_repair.multiverse.specifications import specifications
from rupture_repair.multiverse.stages import Stages
from slow_multiverse import analysed, fit_one


@pytest.fixture(scope="module")
def table(stages, few):
    return table_of(multiverse_rows(stages, few, 10, 1)).set_index("id", drop=False)


def test_batched_rows_are_those_of_one_by_one_fits(table, few, small_cohort):
    for specification in few:
        row = table.loc[specification.id]
        if isinstance(row["reason"], str):
            few_patients = {str(FewOfPattern(pattern, 5)) for pattern in PATTERNS}
            assert row["reason"] in few_patients | {str(TooFewUnits())}
            continue
        alone = fit_one(specification, small_cohort.patients, small_cohort.sessions)
        unit = clusters(len(alone.model.design.rows.therapist_ids))
        robust = cluster_robust(alone, unit).contrasts(np.eye(len(alone.terms)))
        robust = robust.set_axis(alone.terms)
        units = np.log(10) if specification.time == "log" else 9
        terms = {"": MODERATION}
        if specification.length == "moderator":
            terms["length_"] = LENGTH_MODERATION
        for prefix, term in terms.items():
            if term not in alone.terms or robust.loc[term, "df"] < MIN_DF:
                assert np.isnan(row[f"{prefix}estimate"])
                continue
            expected = [
                alone.params[term] * units,
                robust.loc[term, "se"] * units,
                robust.loc[term, "p"],
                *(robust.loc[term, ["ci_low", "ci_high"]] * units),
                alone.bse[term] * units,
                alone.pvalues[term],
            ]
            names = ("estimate", "se", "p", "ci_low", "ci_high", "model_se", "model_p")
            found = [row[f"{prefix}{name}"] for name in names]
            np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-7)
            assert row[f"{prefix}coefficient"] == pytest.approx(alone.params[term], rel=1e-4)
        assert row["n_sessions"] == alone.nobs


def test_the_breakdown_is_that_of_the_detector(table, few, small_cohort):
    for specification in few:
        people = analysed(specification, small_cohort.patients, small_cohort.sessions)
        counts = people.drop_duplicates("patient_id")["pattern"].value_counts()
        row = table.loc[specification.id]
        for pattern in ("none", "unrepaired", "repaired"):
            assert row[f"n_{pattern}"] == counts[pattern]
        shares = [row[f"percent_{pattern}"] for pattern in ("none", "unrepaired", "repaired")]
        assert sum(shares) == pytest.approx(100)


def test_the_own_analysis_is_that_of_the_paper(table, few, small_cohort):
    from rupture_repair.modelling.design import analysis_table
    from rupture_repair.modelling.effects import moderations
    from rupture_repair.modelling.fit import estimate
    from rupture_repair.modelling.inference import Reported

    patterns = detect(small_cohort.sessions, Criterion()).patterns
    sessions = analysis_table(small_cohort.patients, small_cohort.sessions, patterns)
    fit = estimate(sessions, "M3", reml=True, patient_terms="correlated")
    headline = moderations(Reported.of(fit, sessions, "M3"), {np.nan: 0.0}, 0.95)
    expected = headline.set_index("contrast").loc["repaired - none"]
    row = table.loc[few[0].id]
    assert row["coefficient"] == pytest.approx(expected["estimate"], rel=1e-5)
    assert row["df"] == pytest.approx(expected["df"], rel=1e-3)


def test_the_order_and_the_company_of_specifications_do_not_matter(table, few, small_cohort):
    alone = Stages(small_cohort.patients, small_cohort.sessions)
    backwards = table_of(multiverse_rows(alone, few[::-4], 10, 1)).set_index("id", drop=False)
    pd.testing.assert_frame_equal(backwards, table.loc[backwards.index], check_exact=True)


def test_jobs_that_know_patients_by_number_give_the_same_rows(table, few, small_cohort):
    backwards = [one.iloc[::-1] for one in (small_cohort.patients, small_cohort.sessions)]
    numbered = Stages.numbered(*backwards, None, ())
    found = table_of(multiverse_rows(numbered, few[:6], 10, 1)).set_index("id", drop=False)
    pd.testing.assert_frame_equal(found, table.loc[found.index])


def test_a_specification_without_an_estimate_keeps_its_row(stages, few):
    found = table_of(multiverse_rows(stages, few[:3], 10, 500))
    assert list(found["id"]) == [item.id for item in few[:3]]
    assert list(found) == list(COLUMNS)
    assert found["estimate"].isna().all() and found["n_none"].notna().all()
    assert set(found["reason"]) <= {str(FewOfPattern(pattern, 500)) for pattern in PATTERNS}


def test_nobody_repaired_is_a_reason(settings_of, small_cohort):
    """A drop of nine scale points does not exist."""
    (one,) = specifications(settings_of(criterion=Criterion(scale="absolute", k=9)))[:1]
    stages = Stages(small_cohort.patients, small_cohort.sessions)
    (row,) = multiverse_rows(stages, [one], 10, 1)
    # the rule of support holds whatever is asked for
    assert row["reason"] == str(FewOfPattern("unrepaired", 5))


def test_interpersonal_problems_that_do_not_vary_are_a_reason(few, small_cohort):
    patients = small_cohort.patients.assign(iip=1.5)
    (row,) = multiverse_rows(Stages(patients, small_cohort.sessions), few[:1], 10, 1)
    assert isinstance(row["reason"], str) and "estimate" not in row


def test_points_by_another_session_are_the_same_coefficient(stages, few):
    ten, twenty = (table_of(multiverse_rows(stages, few[:6], session, 1)) for session in (10, 20))
    pd.testing.assert_series_equal(ten["coefficient"], twenty["coefficient"])
    pd.testing.assert_series_equal(ten["p"], twenty["p"])
    factor = [np.log(20) / np.log(10) if item.time == "log" else 19 / 9 for item in few[:6]]
    known = ten["estimate"].notna().to_numpy()
    assert known.sum() >= 3
    np.testing.assert_allclose(
        (twenty["estimate"] / ten["estimate"])[known], np.array(factor)[known]
    )


def test_without_therapists_the_component_is_left_out(few, small_cohort):
    patients = small_cohort.patients.assign(therapist_id="(not recorded)")
    stages = Stages(patients, small_cohort.sessions)
    own = few[0]
    other = own.model_copy(update={"therapist_terms": "none"})
    first, second = multiverse_rows(stages, [own, other], 10, 1)
    assert first["estimate"] == pytest.approx(second["estimate"], abs=1e-10)


def test_covariates_are_those_of_the_paper_or_none(settings_of, small_cohort):
    """The own analysis adjusts for age as the fit of M3 does; without them it is as before."""
    age = ModelCovariate(name="age", number=True)
    settings = settings_of(specifications=1).model_copy(update={"covariates": (age,)})
    own = specifications(settings)[0]
    none = own.model_copy(update={"covariates": "none"})
    people, sessions = small_cohort.patients, small_cohort.sessions
    stages = Stages(people, sessions, covariates=(age,))
    found = table_of(multiverse_rows(stages, [own, none], 10, 1))
    table = analysis_table(
        people, sessions, detect(sessions, own.criterion).patterns, "log", (age,)
    )
    for row, covariates in zip(found.itertuples(), [(age,), ()], strict=True):
        alone = fit_model(table, "M3", reml=True, covariates=covariates)
        assert row.coefficient == pytest.approx(alone.params["time:pattern[repaired]:iip_z"])
    plain = table_of(multiverse_rows(Stages(people, sessions), [none], 10, 1))
    assert plain["coefficient"].iloc[0] == pytest.approx(found["coefficient"].iloc[1])
