"""Categories under the labels of the cohort file: applied once, merged on purpose, and said."""

import pandas as pd
import pytest
from rupture_repair.config.steps.modelling import ModelCovariate
from rupture_repair.config.wording import Labels
from rupture_repair.disclosure.cohort_tables import LEVELS
from rupture_repair.modelling.covariates import covariate_columns
from rupture_repair.modelling.describe import cohort_table
from rupture_repair.validation.admission import admitted
from rupture_repair.validation.labels import label_notes, labelled

CODED = {"gender": {"f": "female", "m": "male"}}


@pytest.fixture
def delivered():
    """Seven women, five men and three others, one without an answer; by number and by letter."""
    gender = ["w"] * 6 + ["W"] + ["2"] * 5 + ["d"] * 2 + [None]
    diagnosis = ["Angststörung"] * 8 + ["Depression"] * 7
    return pd.DataFrame({"gender": gender, "diagnosis": diagnosis})


def labels(**given):
    return Labels.model_validate(given)


def notes(patients, **given):
    names = {"gender": "Geschlecht", "diagnosis": "Störung"}
    return [str(note) for note in label_notes(patients, labels(**given), names, "p.csv")]


def test_labels_take_the_place_of_categories(delivered):
    given = labels(gender={"w": "female", "W": "female", 2: "male"}, diagnosis={"x": "y"})
    found = labelled(delivered, given)
    assert found["gender"].value_counts().to_dict() == {"female": 7, "male": 5, "d": 2}
    assert found["gender"].isna().sum() == 1
    assert found["diagnosis"].equals(delivered["diagnosis"])
    assert delivered["gender"].iloc[0] == "w"  # what was delivered stays


def test_swapped_labels_are_applied_once(delivered):
    found = labelled(delivered, labels(gender={"w": "d", "d": "w"}))
    assert (found["gender"] == "d").sum() == 6 and (found["gender"] == "w").sum() == 2


def test_categories_with_one_label_are_merged_with_a_note(delivered):
    assert notes(delivered, gender={"w": "female", "W": "female"}) == [
        "p.csv: Geschlecht: `W` and `w` are one category, `female`. "
        "Nothing to mend if they are meant to be one; else give them two labels."
    ]
    (onto_another,) = notes(delivered, gender={"W": "w"})
    assert "`W` and `w` are one category, `w`" in onto_another


def test_labels_of_categories_that_are_not_there_are_a_note(delivered):
    (absent,) = notes(delivered, diagnosis={"Angststorung": "anxiety disorder"})
    assert "no patient has `Angststorung`" in absent and "did you mean `Angststörung`?" in absent
    (column,) = notes(delivered, orientation={"VT": "CBT"})
    assert "`labels.orientation` is not used: no column holds the orientation" in column
    assert notes(delivered) == notes(delivered, gender={"w": "female"}) == []


def test_the_levels_of_table_1_are_those_with_labels():
    assert tuple(Labels.model_fields) == LEVELS


def test_from_the_file_to_table_1(check, settings):
    unlabelled, coded = check(), check(labels=CODED)
    assert [p for p in coded.problems if p not in unlabelled.problems] == []
    changed = settings.model_copy(update={"labels": labels(**CODED)})
    patients, sessions, flow = admitted(coded, changed)
    before, _, same = admitted(unlabelled, settings)
    assert flow.equals(same)
    assert dict(zip(before["gender"], patients["gender"], strict=True))["f"] == "female"
    patterns = ["none", "unrepaired", "repaired", "none"][: len(patients)]
    patterns = patients[["patient_id"]].assign(pattern=patterns)
    variables = set(cohort_table(patients, sessions, patterns)["variable"])
    assert {"gender: female", "gender: male"} <= variables
    assert not {"gender: f", "gender: m"} & variables


def test_a_merged_category_is_large_enough_to_stand_alone_as_a_covariate():
    """Of 7 + 4 + 4 patients the two small groups would be pooled as `other`."""
    covariate = [ModelCovariate(name="gender", with_time=True, number=False)]
    patients = pd.DataFrame({"gender": ["a"] * 10 + ["b"] * 3 + ["c"] * 3})
    assert list(covariate_columns(patients, covariate)) == ["gender__other"]
    merged = labelled(patients, labels(gender={"b": "one word", "c": "one word"}))
    assert list(covariate_columns(merged, covariate)) == ["gender__one_word"]


def test_the_note_reaches_the_report(check):
    found = check(labels={"gender": {"f": "person", "m": "person", "x": "other"}})
    messages = [p.message for p in found.problems if p.severity == "note"]
    assert "Gender: `f` and `m` are one category, `person`" in messages
    assert "Gender: no patient has `x`, to which `labels.gender` gives a label" in messages
    assert not any(p.severity == "blocking" for p in found.problems)
