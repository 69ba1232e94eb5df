"""What a cohort file may say about the shape of its data, and what contradicts itself."""

import pytest
from pydantic import ValidationError
from rupture_repair.config.cohort import Cohort
from rupture_repair.config.columns import Items, SessionColumns

COHORT = {
    "title": "Clinic",
    "files": {"patients": "clinic.sav"},
    "columns": {
        "patients": {"patient_id": "ID", "iip": "IIP"},
        "sessions": {"patient_id": "ID", "alliance": "sai_s{session}", "symptoms": "c_s{session}"},
    },
    "instruments": {"alliance": "SAI", "symptoms": "CORE-10", "iip": "IIP-32"},
}


def test_one_file_holds_patients_and_sessions():
    cohort = Cohort(**COHORT)
    assert cohort.files.session_file == "clinic.sav"
    assert cohort.columns.sessions.wide


def test_missing_codes_may_be_numbers():
    codes = Cohort(**COHORT | {"missing_codes": [99, -9, "NA", 9.5]}).missing_codes
    assert codes == ("99", "-9", "NA", "9.5")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"session": "No"}, "leave out `session`"),
        ({"symptoms": "CORE"}, "`CORE` (symptoms) has no `{session}`"),
        ({"alliance": "SAI", "symptoms": "CORE"}, "give `session`, or `date`"),
        ({"alliance": "ID"}, "the column `ID` is named for `patient_id` and `alliance`"),
        ({"alliance": {"items": ["a", "b_s{session}"]}}, "`a` (alliance) has no `{session}`"),
    ],
)
def test_columns_that_contradict_themselves(changes, message):
    with pytest.raises(ValidationError) as caught:
        SessionColumns(**COHORT["columns"]["sessions"] | changes)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("items", "message"),
    [
        ("wai", "give all items, or a pattern with `{item}`"),
        (["wai{item}", "wai2"], "a list of columns or one pattern"),
    ],
)
def test_items_that_cannot_be_found(items, message):
    with pytest.raises(ValidationError, match=message.replace("{", r"\{")):
        Items(items=items)


def test_a_path_that_snakemake_would_read_as_a_wildcard_is_refused(cohort_file):
    with pytest.raises(ValidationError, match="no braces"):
        Cohort(**cohort_file | {"published": "data/{x}/figures.csv"})
