"""Any data frame will do, and one that will not is refused in words."""

import numpy as np
import pandas as pd
import pytest
from rating_tables import long_table
from rupture_repair.config.criteria import Criterion
from rupture_repair.detection import detect, detect_each

GOOD = long_table(A=[4, 4, 2, 4], B=[5, 5, None, 1])
MINE = {"patient": "client", "session": "visit", "alliance": "wai"}


def test_columns_of_any_name():
    mine = GOOD.set_axis(["client", "visit", "wai"], axis=1)
    found, expected = detect(mine, **MINE), detect(GOOD)
    pd.testing.assert_frame_equal(found.events, expected.events)
    pd.testing.assert_frame_equal(found.patterns, expected.patterns)


@pytest.mark.parametrize(
    "kinds",
    [
        {"patient_id": object},
        {"patient_id": "category"},
        {"session": float},
        {"session": "Int64", "alliance": "Float64"},
        {"session": str, "alliance": str},
        {"session": "int32[pyarrow]", "alliance": "double[pyarrow]"},
    ],
)
def test_columns_of_any_suitable_type(kinds):
    found, expected = detect(GOOD.astype(kinds)), detect(GOOD)
    assert found.patterns["patient_id"].dtype == GOOD.astype(kinds)["patient_id"].dtype
    for ours, theirs in ((found.events, expected.events), (found.patterns, expected.patterns)):
        ours = ours.astype({"patient_id": str})
        pd.testing.assert_frame_equal(ours, theirs, check_dtype=False)


def test_any_index():
    for index in ([7, 7, 7, 7, 7, 7, 7, 7], list("hgfedcba")):
        found = detect(GOOD.set_axis(index))
        pd.testing.assert_frame_equal(found.patterns, detect(GOOD).patterns)


def test_further_columns_are_left_alone():
    pd.testing.assert_frame_equal(detect(GOOD.assign(note="x")).events, detect(GOOD).events)


def cell(column, value, row=2):
    table = GOOD.astype({column: object})
    table.loc[row, column] = value
    return table


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (
            GOOD.rename(columns={"alliance": "allaince"}),
            r"lacks the column `alliance` \(name yours by alliance=\"…\", or rename it\); "
            "did you mean `allaince`",
        ),
        (GOOD.drop(columns="session"), "lacks the column `session`.* known: alliance, patient_id"),
        (GOOD.drop(columns="patient_id"), "lacks the column `patient_id`"),
        (pd.concat([GOOD, GOOD[["session"]]], axis=1), "several columns `session`; keep one"),
        (
            cell("patient_id", None),
            "`patient_id` in row 3 of 8 is empty and names no patient; 1",
        ),
        (cell("session", None), "`session` in row 3 of 8 is empty and names no session"),
        (cell("session", 2.5), r"`session` in row 3 of 8 \(`2.5`\) holds no whole session number"),
        (cell("session", np.inf), "holds no whole session number"),
        (cell("session", "third"), r"`session` in row 3 of 8 \(`third`\) holds no number"),
        (cell("alliance", "good"), r"`alliance` in row 3 of 8 \(`good`\) holds no number"),
        (cell("alliance", "4,5", row=6), r"`alliance` in row 7 of 8 \(`4,5`\) holds no number"),
        (cell("alliance", np.inf), r"row 3 of 8 \(`inf`\) holds an infinite rating"),
        (GOOD.assign(alliance=True), r"row 1 of 8 \(`True`\) holds no number; 8 row"),
        (GOOD.assign(session=pd.Timestamp("2024-01-01")), "`session` holds dates; .* number each"),
        (GOOD.assign(alliance=pd.Timestamp("2024-01-01")), "`alliance` in row 1.* holds no number"),
        (pd.concat([GOOD, GOOD.iloc[[1, 4]]]), r"2 session number\(s\) occur twice"),
        (pd.concat([GOOD.iloc[:2], GOOD.iloc[1:]]), r"1 session number\(s\) occur twice"),
    ],
)
def test_the_message_names_the_problem(table, expected):
    with pytest.raises(ValueError, match=expected):
        detect(table)
    with pytest.raises(ValueError, match=expected):
        list(detect_each(table, {"mine": Criterion()}))


def test_the_row_is_found_whatever_the_index():
    with pytest.raises(ValueError, match="row 3 of 8"):
        detect(cell("alliance", "good").set_axis(range(100, 108)))


@pytest.mark.parametrize("kind", [object, "category"])
def test_names_that_mix_numbers_and_text_are_refused(kind):
    """`1` and `"1"` may be one patient or two, and mixed names have no order."""
    names = [1, 1, "1", "P2", 7, 7]
    mixed = pd.DataFrame({"patient_id": names, "session": 1, "alliance": 3.0})
    mixed = mixed.astype({"patient_id": kind}).assign(session=range(6))
    words = (
        r"column `patient_id` in row 3 of 6 \(`1`\) is of another type .*; 2 row\(s\) in all; make"
    )
    with pytest.raises(ValueError, match=words):
        detect(mixed)
    text = mixed.assign(patient_id=mixed["patient_id"].astype(str))
    assert list(detect(text).patterns["patient_id"]) == ["1", "7", "P2"]


@pytest.mark.parametrize("names", [[1, 2.5], [(1, "a"), (2, "b")], [1.0, 2], ["1", "nan"]])
def test_names_of_one_kind_are_taken_as_they_are(names):
    table = pd.DataFrame({"patient_id": pd.Series(names, dtype=object), "session": 1})
    assert len(detect(table.assign(alliance=3.0)).patterns) == 2


def test_ratings_out_of_the_range_of_a_named_questionnaire(instruments):
    sai = instruments["alliance"]
    pd.testing.assert_frame_equal(detect(GOOD, instrument=sai).events, detect(GOOD).events)
    high = GOOD.assign(alliance=GOOD["alliance"].mask(GOOD.index == 2, 99))
    assert len(detect(high).patterns) == 2
    words = r"column `alliance` in row 3 of 8 \(`99.0`\) is no possible score of the SAI \(0 to 5\)"
    with pytest.raises(ValueError, match=words):
        detect(high, instrument=sai)
    with pytest.raises(TypeError, match="must be an Instrument, not str"):
        detect(GOOD, instrument="SAI")


def test_arguments_of_other_types_are_refused():
    with pytest.raises(TypeError, match=r"must be a pandas data frame .* not dict"):
        detect({"patient_id": ["A"]})
    with pytest.raises(TypeError, match=r"must be a Criterion, such as .* not str"):
        detect(GOOD, "gumz2012_2sd")
