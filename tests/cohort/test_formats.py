"""Every format in every shape gives the same tidy tables; each reader's own pitfalls."""

import datetime

import openpyxl
import pandas as pd
import pyreadstat
import pytest
from clinic_files import FORMATS, SHAPES, written
from rupture_repair.cohort.numbers import with_points_everywhere
from rupture_repair.cohort.raw import read_raw
from rupture_repair.cohort.raw_file import RawFileError, spelled
from rupture_repair.config.reading import Reading
from rupture_repair.config.steps.validation import ValidationSettings
from rupture_repair.validation.cohort_files import check_files

pytestmark = pytest.mark.usefixtures("trusted")


@pytest.fixture(scope="module")
def settings(instruments):
    return {
        "title": "Clinic",
        "synthetic": False,
        "missing_codes": ["", "NA"],
        "instruments": {role: tool.model_dump(mode="json") for role, tool in instruments.items()},
        "inclusion": {"min_sessions": 3},
    }


def tidy(folder, settings, form, shape):
    patients, sessions, how = written(folder, form, shape)
    found = check_files(patients, sessions, ValidationSettings.model_validate(settings | how))
    blocking = [str(p) for p in found.problems if p.severity == "blocking"]
    assert blocking == []
    keys = {"patients": ["patient_id"], "sessions": ["patient_id", "session"]}
    return [
        getattr(found, kind).drop(columns="line").sort_values(key, ignore_index=True)
        .sort_index(axis=1)
        for kind, key in keys.items()
    ]  # fmt: skip


@pytest.fixture(scope="module")
def expected(tmp_path_factory, settings):
    """The tables of the plainest format."""
    return tidy(tmp_path_factory.mktemp("plain"), settings, "csv", "two long")


# a reader meets all kinds of cells in the widest shape; a shape is arranged after its file is read
PAIRS = [
    (form, shape)
    if form == "csv" or shape == "two wide"
    else pytest.param(form, shape, marks=pytest.mark.long)
    for form in FORMATS
    for shape in SHAPES
]


@pytest.mark.parametrize(("form", "shape"), PAIRS)
def test_every_format_and_shape_give_the_same_tables(tmp_path, settings, expected, form, shape):
    assert expected[1]["alliance"].tolist()[:2] == [3.5, pytest.approx(float("nan"), nan_ok=True)]
    for mine, theirs in zip(tidy(tmp_path, settings, form, shape), expected, strict=True):
        pd.testing.assert_frame_equal(mine, theirs)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3, "3"), (3.0, "3"), (0.1, "0.1"), (-2.5, "-2.5"), (1e15, "1000000000000000"),
        (float("nan"), ""), (None, ""), (pd.NaT, ""), (" x ", "x"),
        (datetime.date(2024, 1, 31), "2024-01-31"),
        (datetime.datetime(2024, 1, 31), "2024-01-31"),
        (datetime.datetime(2024, 1, 31, 14, 5), "2024-01-31 14:05:00"),
    ],
)  # fmt: skip
def test_one_spelling(value, text):
    assert spelled(value) == text


def read(path, content, **how):
    path.write_bytes(content.encode(how.pop("as_", "utf-8")))
    return with_points_everywhere(read_raw(path, Reading(**how))).table


def test_delimiter_is_read_from_the_heading_outside_quotation_marks(tmp_path):
    file = tmp_path / "a.csv"
    assert read(file, '"a, b, c, d";e\n1;2\n').columns.tolist() == ["a, b, c, d", "e", "line"]
    assert read(file, "\n\na;b\n1;2\n", delimiter="semicolon")["b"].tolist() == ["2"]


def test_decimal_comma_only_where_commas_do_not_separate(tmp_path):
    file = tmp_path / "a.csv"
    assert read(file, 'a,b\n"3,5",1\n')["a"].tolist() == ["3,5"]
    assert read(file, 'a,b\n"3,5",1\n', decimal="comma")["a"].tolist() == ["3.5"]
    assert read(file, "a;b\n3,5;x, y\n").iloc[0].tolist() == ["3.5", "x, y", 2]
    assert read(file, "a;b\n3,5;1.5\n", decimal="point").iloc[0].tolist() == ["3,5", "1.5", 2]


def test_excel_rows_keep_their_number_and_formulas_their_value(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["id", "score", None], ["A", 1], [None, None], ["007", 2.5]):
        sheet.append(row)
    book.save(tmp_path / "a.xlsx")
    table = read_raw(tmp_path / "a.xlsx").table
    assert table["id"].tolist() == ["A", "007"]
    assert table["score"].tolist() == ["1", "2.5"]
    assert table["line"].tolist() == [2, 4]


def test_spss_labels_and_user_missing(tmp_path):
    table = pd.DataFrame({"id": ["A", "B"], "sex": [1.0, 2.0], "x": [-9.0, 3.0]})
    pyreadstat.write_sav(
        table, str(tmp_path / "a.sav"), variable_value_labels={"sex": {1: "male", 2: "female"}},
        missing_ranges={"x": [{"lo": -99, "hi": -1}]},
    )  # fmt: skip
    coded = read_raw(tmp_path / "a.sav")
    assert coded.table["sex"].tolist() == ["1", "2"]
    assert coded.table["x"].tolist() == ["", "3"]
    assert any("user-missing" in note for note in coded.notes)
    assert any("value labels" in note and "sex" in note for note in coded.notes)
    labelled = read_raw(tmp_path / "a.sav", Reading(value_labels=("sex",))).table
    assert labelled["sex"].tolist() == ["male", "female"]


def test_stata_single_precision_keeps_its_digits(tmp_path):
    pd.DataFrame({"x": pd.Series([3.3, 0.1], dtype="float32")}).to_stata(
        tmp_path / "a.dta", write_index=False
    )
    assert read_raw(tmp_path / "a.dta").table["x"].tolist() == ["3.3", "0.1"]


def _workbook(path, *sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)


BROKEN = {
    "not a workbook": ("a.xlsx", b"id,score\nA,1\n", {}, "not an Excel workbook"),
    "not an SPSS file": ("a.sav", b"id,score\nA,1\n", {}, "cannot be read as an SPSS file"),
    "not a Stata file": ("a.dta", b"id,score\nA,1\n", {}, "cannot be read as a Stata file"),
    "not Parquet": ("a.parquet", b"id,score\nA,1\n", {}, "cannot be read as Parquet"),
    "old Excel": ("a.xls", b"\xd0\xcf\x11\xe0", {}, "files that end in `.xls` cannot be read"),
    "a PDF": ("a.pdf", b"%PDF-1.4", {}, "files that end in `.pdf` cannot be read"),
    "no ending": ("a", b"id\n", {}, "files that end in `` cannot be read"),
    "binary in a CSV": ("a.csv", b"id\x00\xff", {}, "not UTF-8 text"),
    "neither encoding": ("a.csv", b"id\n\x81\n", {}, "neither UTF-8 nor Windows-1252"),
    "empty SPSS": ("a.sav", b"", {}, "cannot be read as an SPSS file"),
    "wrong delimiter": ("a.csv", b"a,b\n1;2\n", {"delimiter": "semicolon"}, "2 cells"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_file_is_refused_with_a_message(tmp_path, name):
    file, content, how, message = BROKEN[name]
    (tmp_path / file).write_bytes(content)
    with pytest.raises(RawFileError) as caught:
        read_raw(tmp_path / file, Reading(**how))
    assert message in caught.value.message
    assert caught.value.remedy


TWO = [("First", [["id"], ["A"]]), ("Second", [["id"], ["B"]])]


@pytest.mark.parametrize(
    ("sheets", "how", "message"),
    [
        (TWO, {}, "there are several sheets: First, Second"),
        (TWO, {"sheet": "Secnd"}, "there is no sheet `Secnd`"),
        ([("S", [])], {}, "the file is empty"),
        ([("S", [["id", None, "x"], ["A", 1, 2]])], {}, "column 2 holds cells but has no name"),
        ([("S", [["id", "id"], ["A", 1]])], {}, "column name(s) given twice: id"),
    ],
)
def test_broken_workbook_is_refused_with_a_message(tmp_path, sheets, how, message):
    _workbook(tmp_path / "a.xlsx", *sheets)
    with pytest.raises(RawFileError) as caught:
        read_raw(tmp_path / "a.xlsx", Reading(**how))
    assert message in caught.value.message


def test_named_sheet_is_read(tmp_path):
    _workbook(tmp_path / "a.xlsx", *TWO)
    assert read_raw(tmp_path / "a.xlsx", Reading(sheet="Second")).table["id"].tolist() == ["B"]


def test_label_column_that_is_not_there(tmp_path):
    pyreadstat.write_sav(pd.DataFrame({"sex": [1.0]}), str(tmp_path / "a.sav"))
    with pytest.raises(RawFileError, match="`value_labels` names the column `sx`"):
        read_raw(tmp_path / "a.sav", Reading(value_labels=("sx",)))
