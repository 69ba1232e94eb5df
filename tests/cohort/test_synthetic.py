"""The synthetic cohort: the published figures exactly, and no pattern in the files."""

import copy
import io
import json

import numpy as np
import pandas as pd
import pytest
from rupture_repair.cohort.synthetic import Targets, simulate
from rupture_repair.cohort.tables import as_delivered
from rupture_repair.config.criteria import Criterion
from rupture_repair.config.synthetic import Synthetic
from rupture_repair.detection import detect
from rupture_repair.detection.detector import classifier


def draw(cohort_file, instruments, published, **changes):
    planted = copy.deepcopy(cohort_file["synthetic"])
    for key, value in changes.items():
        planted[key] = planted[key] | value if isinstance(value, dict) else value
    targets = Targets.from_published(published)
    return simulate(Synthetic(**planted), targets, instruments, classifier(Criterion()))


def as_csv(found, cohort_file):
    """The two raw files as the workflow writes them."""
    files = []
    for kind, table in (("patients", found.patients), ("sessions", found.sessions)):
        handle = io.StringIO()
        delivered = as_delivered(table, cohort_file["columns"][kind])
        delivered.to_csv(handle, index=False, lineterminator="\n")
        files.append(handle.getvalue())
    return files


@pytest.fixture(scope="module")
def shipped(cohort_file, instruments, published):
    """The shipped cohort, as drawn from its seed."""
    return draw(cohort_file, instruments, published)


@pytest.fixture(scope="module", params=[20250181, 1, 2, 3])
def cohort(request, cohort_file, instruments, published):
    """The shipped cohort, and the same from other seeds."""
    return draw(cohort_file, instruments, published, seed=request.param)


def test_published_figures_after_rounding(cohort):
    length = cohort.sessions.groupby("patient_id")["session"].max()
    assert len(cohort.patients) == cohort.patients["patient_id"].nunique() == len(length) == 514
    assert cohort.patients["therapist_id"].nunique() == 52
    assert f"{length.mean():.1f}" == "9.8"
    assert f"{length.std(ddof=1):.2f}" == "8.44"
    assert (length.min(), length.max()) == (3, 91)


def test_breakdown_comes_out_of_detection(cohort):
    patterns = detect(cohort.sessions, Criterion()).patterns["pattern"]
    assert patterns.value_counts().to_dict() == {"none": 297, "unrepaired": 169, "repaired": 48}
    shares = (100 * patterns.value_counts(normalize=True)).round(1)
    assert shares.to_dict() == {"none": 57.8, "unrepaired": 32.9, "repaired": 9.3}


def test_sessions_are_numbered_without_gaps(cohort):
    by_patient = cohort.sessions.groupby("patient_id")["session"]
    assert (by_patient.min() == 1).all()
    assert (by_patient.count() == by_patient.max()).all()
    assert not cohort.sessions.duplicated(["patient_id", "session"]).any()


def test_missing_ratings(cohort):
    sessions = cohort.sessions
    missing = sessions["alliance"].isna()
    assert missing.mean() == pytest.approx(0.12, abs=0.5 / len(sessions))
    assert (missing == sessions["symptoms"].isna()).all()
    assert not missing[sessions["session"] == 1].any()


def test_scores_lie_on_their_questionnaires_grid(cohort, instruments):
    alliance = cohort.sessions["alliance"].dropna().unique()
    possible = np.round(np.arange(31) / 6, 2)  # mean of 6 items from 0 to 5
    assert set(alliance) <= set(possible)
    symptoms = cohort.sessions["symptoms"].dropna()
    assert (symptoms % 1 == 0).all()
    assert symptoms.between(0, 40).all()
    assert cohort.patients["iip"].between(0, 4).all()


def test_distributions_are_near_the_planted_ones(cohort, cohort_file):
    planted = cohort_file["synthetic"]
    first = cohort.sessions[cohort.sessions["session"] == 1]
    # SE of a mean is about sd / sqrt(514), of an SD sd / sqrt(2 × 514), both more with clusters
    mean, sd = planted["symptoms"]["mean"], planted["symptoms"]["sd"]
    assert first["symptoms"].mean() == pytest.approx(mean, abs=5 * sd / np.sqrt(514))
    assert first["symptoms"].std() == pytest.approx(sd, rel=0.15)
    mean, sd = planted["iip"]["mean"], planted["iip"]["sd"]
    assert cohort.patients["iip"].mean() == pytest.approx(mean, abs=4 * sd / np.sqrt(514))
    assert cohort.patients["iip"].std() == pytest.approx(sd, rel=0.15)


def test_correlations_are_near_the_planted_ones(cohort):
    """Traits correlate as planted; ratings less, by session noise and therapists.

    First symptoms hold .70 of their variance in the trait (sd² 49, residual 12.25, therapist
    2.45), so r = .5 becomes .5 × sqrt(.70) = .42. The SE of r is about .04.
    """
    patients = cohort.patients.set_index("patient_id")
    sessions = cohort.sessions
    first = sessions[sessions["session"] == 1].set_index("patient_id")["symptoms"]
    alliance = sessions.groupby("patient_id")["alliance"].mean()
    length = sessions.groupby("patient_id")["session"].max()
    assert patients["iip"].corr(first) == pytest.approx(0.42, abs=0.13)
    assert patients["iip"].corr(length, method="spearman") == pytest.approx(0.15, abs=0.13)
    # between the planted value and none: falls of the alliance add noise to its mean
    assert -0.25 - 0.13 < patients["iip"].corr(alliance) < 0
    assert -0.28 - 0.13 < alliance.corr(first) < 0


def test_planted_slopes_are_recovered(shipped):
    """Patients with unrepaired ruptures improve less per unit of log(session), as planted."""
    rated = shipped.sessions.dropna(subset=["symptoms"])
    pattern = detect(shipped.sessions).patterns.set_index("patient_id")["pattern"]
    slopes = {
        patient: np.polyfit(np.log(rows["session"]), rows["symptoms"], 1)[0]
        for patient, rows in rated.groupby("patient_id")
    }
    mean = pd.Series(slopes).groupby(pattern).mean()
    assert mean["none"] == pytest.approx(-2.6, abs=0.8)
    assert mean["unrepaired"] > mean["none"]


def test_same_seed_same_bytes(shipped, cohort_file, instruments, published):
    again = draw(cohort_file, instruments, published)
    assert as_csv(again, cohort_file) == as_csv(shipped, cohort_file)
    assert again.truth == shipped.truth


def test_another_seed_another_cohort(shipped, cohort_file, instruments, published):
    other = draw(cohort_file, instruments, published, seed=99)
    for one, two in zip(as_csv(other, cohort_file), as_csv(shipped, cohort_file), strict=True):
        assert one != two


def test_files_contain_ratings_but_not_the_pattern(shipped, cohort_file):
    patients, sessions = as_csv(shipped, cohort_file)
    assert patients.splitlines()[0] == (
        "PatientID,TherapistID,IIP32,Age,Gender,Diagnosis,Orientation"
    )
    assert sessions.splitlines()[0] == "PatientID,Session,SAI,CORE10"
    for word in ("pattern", "repaired", "rupture", "none", "slope"):
        assert word not in patients.lower()
        assert word not in sessions.lower()


def test_names_and_order_of_patients_do_not_give_the_pattern_away(shipped):
    """Neither the pseudonym's number nor the row is related to the pattern."""
    pattern = detect(shipped.sessions).patterns.set_index("patient_id")["pattern"]
    patients = shipped.patients.assign(
        number=shipped.patients["patient_id"].str[1:].astype(int),
        row=np.arange(514),
        ruptured=pattern.reindex(shipped.patients["patient_id"]).ne("none").to_numpy(),
    )
    for column in ("number", "row"):
        assert abs(patients[column].corr(patients["ruptured"])) < 3.5 / np.sqrt(514)


def test_truth_holds_all_planted_parameters(shipped, cohort_file, published):
    truth = json.loads(json.dumps(shipped.truth))
    held, sources = truth["parameters"], truth["parameters"].pop("sources")
    assert held == {k: v for k, v in cohort_file["synthetic"].items() if k != "sources"}
    for name, source in cohort_file["synthetic"]["sources"].items():
        assert sources[name] == {"citation": None, "note": "", **source}
    assert truth["targets"]["patterns"] == {"none": 297, "unrepaired": 169, "repaired": 48}
    assert truth["targets"]["sessions_sd"] == 8.44
    assert "is assumed" in truth["note"]


def test_demographics_follow_their_section(cohort_file, instruments, small_targets):
    given = {"age_mean": 50, "age_sd": 1, "age_min": 50, "age_max": 50}
    given |= {"gender": {"x": 1.0}, "diagnosis": {"a": 0.5, "b": 0.5}, "orientation": ["only"]}
    spec = Synthetic(**cohort_file["synthetic"] | {"demographics": given})
    patients = simulate(spec, small_targets, instruments, classifier(Criterion())).patients
    assert set(patients["age"]) == {50}
    assert set(patients["gender"]) == {"x"}
    assert set(patients["diagnosis"]) == {"a", "b"}
    assert set(patients["orientation"]) == {"only"}


def test_targets_are_those_published(published):
    targets = Targets.from_published(published)
    assert (targets.n_patients, targets.n_therapists) == (514, 52)
    assert (targets.sessions_mean, targets.sessions_sd) == (9.8, 8.44)
    assert (targets.sessions_min, targets.sessions_max) == (3, 91)


def test_pattern_that_cannot_be_shown_is_an_error(
    cohort_file, instruments, small_targets, monkeypatch
):
    monkeypatch.setattr("rupture_repair.cohort.alliance_courses.MAX_ROUNDS", 3)
    spec = Synthetic(**cohort_file["synthetic"])

    def nobody_ruptures(sessions):
        return pd.Series("none", index=sessions["patient_id"].unique())

    with pytest.raises(ValueError, match="36 of 80 synthetic patients did not show"):
        simulate(spec, small_targets, instruments, nobody_ruptures)


def test_patterns_are_exchanged_where_a_course_has_no_room_for_its_own(
    cohort_file, instruments, small_targets, monkeypatch
):
    """Those at the top of the scale never fall: the counts are met by others."""
    monkeypatch.setattr("rupture_repair.cohort.alliance_courses.PATIENCE", 5)
    ordinary = classifier(Criterion())
    high = set(range(0, 80, 4))

    def the_high_never_fall(sessions):
        found = ordinary(sessions)
        return found.mask(found.index.isin(high) & (found != "none"), "unclassifiable")

    spec = Synthetic(**cohort_file["synthetic"])
    cohort = simulate(spec, small_targets, instruments, the_high_never_fall)
    found = ordinary(cohort.sessions).value_counts().to_dict()
    assert found == small_targets.patterns
