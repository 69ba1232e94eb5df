"""The table of other analyses: units, sources, and what it says where something is missing."""

import numpy as np
import pandas as pd
import pytest
from rupture_repair.cohort.therapists import NOT_RECORDED
from rupture_repair.config.analysis import Sensitivity
from rupture_repair.config.criteria import Criterion
from rupture_repair.config.steps.modelling import SensitivitySettings
from rupture_repair.detection.detector import detect
from rupture_repair.disclosure.wording import said
from rupture_repair.modelling import inference
from rupture_repair.modelling.design import analysis_table
from rupture_repair.modelling.effect_rows import moderation_rows
from rupture_repair.modelling.effects import moderations
from rupture_repair.modelling.fit import FitError, estimate, fit_model
from rupture_repair.modelling.formulas import MODERATION
from rupture_repair.modelling.inference import Reported
from rupture_repair.modelling.keys import LooksAhead
from rupture_repair.modelling.robustness import INFLUENCE, influence
from rupture_repair.modelling.sensitivity import COLUMNS, COUNTS, sensitivity
from rupture_repair.modelling.variants import variants

SETTINGS = SensitivitySettings(
    criterion=Criterion(k=1.0),
    time="log",
    patient_terms="correlated",
    confidence=0.9,
    effect_duration=10,
    sensitivity=Sensitivity(landmark=6, first_sessions=8, winsorise=0.05),
)
DIFFERENCE = 3.0
VARIANTS = ["headline", "length_adjusted", "averaged_over_lengths", "time_linear"]
VARIANTS += ["baseline_adjusted", "first_sessions", "winsorised", "landmark"]
VARIANTS += ["slopes_by_pattern", "slopes_by_problems", "autocorrelation", "time_square_root"]
VARIANTS += ["within_patients", "time_spline", "away_from_floor", "pattern_mixture"]
VARIANTS += ["without_each_therapist"]
OTHERS = ["rupture_state", "rupture_state_next", "repair_event"]
OTHERS += ["alliance_to_symptoms", "symptoms_to_alliance"]


def tables_of(patients, sessions, left_out=False, **criterion):
    found = detect(sessions, Criterion(k=1.0, **criterion))
    moved = pd.DataFrame(columns=INFLUENCE)
    table = analysis_table(patients, sessions, found.patterns)
    if left_out:
        fit = estimate(table, "M3", reml=True, patient_terms="correlated")
        moved = influence({"M3": fit}, table)
    return {
        "analysis": table,
        "patients": patients,
        "sessions": sessions,
        "patterns": found.patterns,
        "events": found.events,
        "influence": moved,
    }


def analysed(tables, settings=SETTINGS):
    """The table of other analyses, after the models of the study have been fitted."""
    fits, reasons = {}, {}
    for model in ("M2", "M3"):
        try:
            fits[model] = estimate(
                tables["analysis"], model, reml=True, patient_terms=settings.patient_terms
            )
        except FitError as error:
            reasons[model] = str(error)
    return sensitivity(tables, fits, reasons, settings)[0]


@pytest.fixture(scope="module")
def tables(small_cohort):
    return tables_of(small_cohort.patients, small_cohort.sessions, left_out=True)


@pytest.fixture(scope="module")
def found(tables):
    return analysed(tables)


def test_every_variant_is_there(found):
    assert list(found.columns) == COLUMNS
    assert list(found["variant"].drop_duplicates()) == VARIANTS + OTHERS
    rows = found.groupby("variant").size()
    assert {name for name, n in rows.items() if n != 2} == {"rupture_state", "rupture_state_next"}
    assert (found["question"] == found["label"]).all()
    names = [said(key, "label", masked=False) for key in found["label"].unique()]
    asked = [said(key, "question", masked=False) for key in found["question"].unique()]
    assert len(set(names)) == len(names) == len(VARIANTS + OTHERS)
    assert all(text.endswith("?") for text in asked)
    assert set(found.loc[found["variant"].isin(OTHERS), "part"]) == {"B"}
    units = found.groupby("part")["unit"].nunique()
    assert units["A"] == 1 and units["B"] == 6
    shown = found["estimate"].notna() | found["range_low"].notna() | found["reason"].notna()
    assert shown.all()
    assert found.loc[found["estimate"].notna(), "certificate"].notna().all()


def test_the_headline_is_the_papers_moderation_over_the_named_time(tables, found):
    table = analysis_table(tables["patients"], tables["sessions"], tables["patterns"])
    fit = estimate(table, "M3", reml=True, patient_terms="correlated")
    reported = Reported.of(fit, table, "M3")
    theirs = moderations(reported, {float("nan"): 0.0}, 0.9).set_index("contrast")
    for row in found[found["variant"] == "headline"].itertuples():
        other = theirs.loc[row.effect]
        assert row.coefficient == pytest.approx(other["estimate"], rel=1e-6)
        for name in ("estimate", "se", "ci_low", "ci_high"):
            assert getattr(row, name) == pytest.approx(other[name] * np.log(10), rel=1e-5)
        for name in ("df", "statistic", "p"):
            assert getattr(row, name) == pytest.approx(other[name], rel=1e-4)
        assert (row.n_patients, row.n_sessions) == (table["patient_id"].nunique(), len(table))


@pytest.mark.parametrize(
    ("variant", "form"),
    [
        ("headline", lambda session: np.log(session) / np.log(10)),
        ("time_linear", lambda session: (session - 1) / 9),
        ("first_sessions", lambda session: np.log(session) / np.log(10)),
        pytest.param(
            "landmark", lambda session: np.log(session) / np.log(10), marks=pytest.mark.long
        ),
    ],
)
def test_all_forms_of_time_speak_of_the_same_points(small_cohort, variant, form, monkeypatch):
    """A difference that grows to 3 points by session 10 is told as 3 points by each of them."""
    monkeypatch.setattr(inference, "MIN_DF", 0.0)  # there are 80 patients
    rng = np.random.default_rng(8)
    patients, sessions = small_cohort.patients, small_cohort.sessions
    criterion = Criterion(k=1.0)
    upto = SETTINGS.sensitivity.landmark if variant == "landmark" else 10**6
    patterns = detect(sessions[sessions["session"] <= upto], criterion).patterns
    # one SD is that of the patients of the headline
    before = analysis_table(patients, sessions, detect(sessions, criterion).patterns)
    iip_z = before.drop_duplicates("patient_id").set_index("patient_id")["iip_z"]
    repaired = patterns.set_index("patient_id")["pattern"] == "repaired"
    own = pd.DataFrame(rng.normal(0, 0.002, (len(patients), 2)), index=patients["patient_id"])
    who, grown = sessions["patient_id"], form(sessions["session"])
    slope = DIFFERENCE * repaired.reindex(own.index) * iip_z.reindex(own.index) + own[1]
    made = 20 + who.map(own[0]) + who.map(slope.astype(float)) * grown
    made += rng.normal(0, 0.002, len(made))
    rated = sessions.assign(symptoms=made.where(sessions["symptoms"].notna()))
    found = tables_of(patients, rated)
    if variant == "landmark":
        rows = analysed(found)
    else:
        each = variants(found["analysis"], patients, rated, found["patterns"], SETTINGS)
        rows = pd.DataFrame(
            moderation_rows(next(v for v in each if v.analysis.name == variant), SETTINGS)
        )
    rows = rows[rows["variant"] == variant].set_index("effect")
    for effect in ("repaired - none", "repaired - unrepaired"):
        assert rows.loc[effect, "estimate"] == pytest.approx(DIFFERENCE, abs=0.05), effect


def test_the_range_without_each_therapist_is_that_of_influence(tables, found):
    left_out, table = tables["influence"], tables
    left_out = left_out[left_out["term"] == MODERATION]
    rows = found[found["variant"] == "without_each_therapist"].set_index("effect")
    assert rows["estimate"].isna().all()
    for effect, column in (
        ("repaired - none", "estimate_without"),
        ("repaired - unrepaired", "from_unrepaired_without"),
    ):
        in_points = left_out[column] * np.log(10)
        assert rows.loc[effect, "range_low"] == in_points.min()
        assert rows.loc[effect, "range_high"] == in_points.max()
    # and these are the estimates of fits without the therapist
    one = left_out.iloc[0]
    patients = table["patients"]
    rest = analysis_table(*(table[name] for name in ("patients", "sessions", "patterns")))
    rest = rest[rest["therapist_id"] != one["therapist_id"]]
    fit = fit_model(rest, "M3", reml=True)
    key = "time:pattern[{}]:iip_z".format
    difference = fit.params[key("repaired")] - fit.params[key("unrepaired")]
    assert len(patients) > rest["patient_id"].nunique()
    assert one["from_unrepaired_without"] == pytest.approx(difference, abs=0.01)


def nobody_repaired(patients, sessions):
    falling = sessions.groupby("patient_id")["alliance"].cummin()
    return patients, sessions.assign(alliance=falling)


def few_patients(patients, sessions):
    few = patients.iloc[::6]
    return few, sessions[sessions["patient_id"].isin(few["patient_id"])]


CASES = {
    "no therapists": (
        lambda p, s: (p.assign(therapist_id=NOT_RECORDED), s),
        {"without_each_therapist": "at least two therapists"},
    ),
    "one therapist": (
        lambda p, s: (p.assign(therapist_id="T1"), s),
        {"without_each_therapist": "at least two therapists"},
    ),
    "nobody repaired": (
        nobody_repaired,
        {
            "headline": "no patient had a repaired pattern",
            "landmark": "had a repaired pattern until then",
            "rupture_state": "were seen after a repair",
        },
    ),
    "few patients": (few_patients, {"landmark": "fewer than 5 of", "rupture_state": "fewer"}),
    "constant moderator": (
        lambda p, s: (p.assign(iip=1.5), s),
        dict.fromkeys(
            [*VARIANTS[:7], "rupture_state", "alliance_to_symptoms"],
            "the same score for interpersonal problems",
        ),
    ),
    "three sessions": (
        lambda p, s: (p, s[s["session"] <= 3]),
        {"landmark": "no rating is left", "length_adjusted": "all treatments have the same length"},
    ),
    "one symptom rating each": (
        lambda p, s: (p, s.assign(symptoms=s["symptoms"].where(s["session"] == 1))),
        {"headline": "", "baseline_adjusted": "no rating is left"},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_missing_has_a_reason_and_no_number(small_cohort, case):
    change, reasons = CASES[case]
    patients, sessions = change(small_cohort.patients, small_cohort.sessions)
    rows = analysed(tables_of(patients, sessions))
    assert list(rows["variant"].drop_duplicates()) == VARIANTS + OTHERS
    missing = rows[rows["reason"].notna()]
    for variant, reason in reasons.items():
        own = missing[missing["variant"] == variant]
        assert len(own) == (rows["variant"] == variant).sum(), variant
        texts = [said(key, masked=False) for key in own["reason"]]
        assert all(reason in text for text in texts), texts
    numbers = ["estimate", "se", "df", "p", "ci_low", "ci_high", "coefficient"]
    assert missing[numbers].isna().all(axis=None)
    rest = rows[rows["reason"].isna() & rows["estimate"].notna()]
    assert np.isfinite(rest[["estimate", "se", "df", "p"]].to_numpy(float)).all()
    assert rows[COUNTS[:3]].notna().all(axis=None)


def test_a_criterion_that_looks_ahead_has_no_state(small_cohort):
    settings = SETTINGS.model_copy(update={"criterion": Criterion(scale="own_sd")})
    tables = tables_of(small_cohort.patients, small_cohort.sessions, scale="own_sd")
    rows = analysed(tables, settings).set_index("variant")
    assert (rows.loc["rupture_state", "reason"] == str(LooksAhead())).all()
    assert rows.loc["headline", "estimate"].notna().all()
