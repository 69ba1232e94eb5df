"""Reading raw files: cells as text, lines as the file counts them."""

import pandas as pd
import pytest
from rupture_repair.cohort.raw import read_raw, rename_columns
from rupture_repair.cohort.raw_file import RawFileError
from rupture_repair.cohort.tables import as_delivered
from rupture_repair.config.reading import Reading


@pytest.fixture
def write(tmp_path):
    """A function that writes bytes or text to a file and returns its path."""

    def write_file(content):
        file = tmp_path / "raw.csv"
        file.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return file

    return write_file


def refused(file):
    with pytest.raises(RawFileError) as caught:
        read_raw(file)
    assert caught.value.file == str(file)
    assert caught.value.remedy
    return caught.value


def test_cells_stay_text(write):
    table = read_raw(write("id,score\n007,1.50\n008,NA\n009,\n")).table
    assert table["id"].tolist() == ["007", "008", "009"]
    assert table["score"].tolist() == ["1.50", "NA", ""]
    assert table["line"].tolist() == [2, 3, 4]


def test_blank_lines_are_no_rows_but_count(write):
    table = read_raw(write("id,score\n\nA,1\n\n\nB,2\n\n")).table
    assert table["id"].tolist() == ["A", "B"]
    assert table["line"].tolist() == [3, 6]


def test_a_row_over_several_lines_stands_where_it_begins(write):
    table = read_raw(write('id,note\nA,"one\ntwo\nthree"\nB,x\n')).table
    assert table["note"].tolist() == ["one\ntwo\nthree", "x"]
    assert table["line"].tolist() == [2, 5]


def test_heading_over_several_lines(write):
    table = read_raw(write('id,"the\nscore"\nA,1\n')).table
    assert table.columns.tolist() == ["id", "the\nscore", "line"]
    assert table["line"].tolist() == [3]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_all_systems(write, end):
    table = read_raw(write(end.join(["id,score", "A,1", "B,2"]))).table
    assert table["score"].tolist() == ["1", "2"]
    assert table["line"].tolist() == [2, 3]


def test_byte_order_mark_is_no_part_of_the_first_name(write):
    table = read_raw(write(b"\xef\xbb\xbfid,score\nA,1\n")).table
    assert table.columns.tolist() == ["id", "score", "line"]


def test_umlauts_quotes_and_spaces(write):
    table = read_raw(write('id , score\n Ä ,"1,5"\nB,"say ""so"""\n')).table
    assert table.columns.tolist() == ["id", "score", "line"]
    assert table["id"].tolist() == ["Ä", "B"]
    assert table["score"].tolist() == ["1,5", 'say "so"']


@pytest.mark.parametrize(("row", "cells"), [("B", 1), ("B,2,3", 3), ("B,2,", 3)])
def test_ragged_row_is_refused_with_its_line(write, row, cells):
    error = refused(write(f"id,score\nA,1\n\n{row}\nC,3\n"))
    assert error.message == f"the row has {cells} cells, the heading 2"
    assert error.line == 4


def test_quotation_mark_that_is_never_closed_is_found_where_it_opens(write):
    error = refused(write('id,score\nA,1\nB,"2\nC,3\nD,4\n'))
    assert "do not form a table" in error.message
    assert error.line == 3


def test_windows_1252_is_noted(write):
    raw = read_raw(write("id,score\nMüller,1\n".encode("cp1252")))
    assert raw.table["id"].tolist() == ["Müller"]
    assert "Windows-1252" in raw.notes[0]


def test_a_file_that_must_be_utf8_is_refused_with_a_message(write):
    file = write("id,score\nMüller,1\n".encode("cp1252"))
    with pytest.raises(RawFileError) as caught:
        read_raw(file, Reading(encoding="utf-8"))
    assert caught.value.message == "the file is not UTF-8 text"
    assert "UTF-8" in caught.value.remedy


def test_utf16_is_refused_with_a_message(write):
    assert "not UTF-8" in refused(write("id,score\nA,1\n".encode("utf-16"))).message


def test_heading_that_repeats_names(write):
    error = refused(write("id,score,id,score,other\nA,1,2,3,4\n"))
    assert error.message == "column name(s) given twice: id, score"
    assert error.line == 1


@pytest.mark.parametrize("content", ["", b"\xef\xbb\xbf"])
def test_empty_file(write, content):
    assert refused(write(content)).message == "the file is empty"


def test_absent_file(tmp_path):
    assert refused(tmp_path / "nothing.csv").message == "the file does not exist"


def test_heading_alone_is_an_empty_table(write):
    table = read_raw(write("id,score\n")).table
    assert table.empty
    assert table.columns.tolist() == ["id", "score", "line"]


def test_a_column_of_the_file_is_never_taken_for_the_line_number(write):
    error = refused(write("id,line\nA,70\n"))
    assert "`line`" in error.message
    assert "Rename" in error.remedy


def test_columns_are_renamed_and_missing_codes_become_missing():
    raw = pd.DataFrame({"ID": ["A", "-99"], "S": ["-99", "3"], "other": ["x", "y"], "line": [2, 3]})
    table = rename_columns(raw, {"patient_id": "ID", "iip": "S", "age": None}, ["-99", ""])
    assert table.columns.tolist() == ["patient_id", "iip", "line"]
    assert table["iip"].isna().tolist() == [True, False]
    assert table["patient_id"].tolist() == ["A", "-99"]
    assert table["line"].tolist() == [2, 3]


def test_missing_codes_are_whole_cells():
    raw = pd.DataFrame({"S": ["9", "99", "199", "9.9"], "line": [2, 3, 4, 5]})
    table = rename_columns(raw, {"iip": "S"}, ["99"])
    assert table["iip"].isna().tolist() == [False, True, False, False]


def test_empty_cells_are_missing_whatever_the_codes_are():
    raw = pd.DataFrame({"T": ["", "0"], "line": [2, 3]})
    table = rename_columns(raw, {"therapist_id": "T"}, ["-99"])
    assert table["therapist_id"].isna().tolist() == [True, False]


def test_a_missing_code_is_no_line_number():
    raw = pd.DataFrame({"S": ["1", "2"], "line": [2, 3]})
    assert rename_columns(raw, {"iip": "S"}, ["2"])["line"].tolist() == [2, 3]


def test_absent_column_gives_no_column():
    raw = pd.DataFrame({"ID": ["A"], "line": [2]})
    table = rename_columns(raw, {"patient_id": "ID", "iip": "IIP"}, [])
    assert table.columns.tolist() == ["patient_id", "line"]


def test_as_delivered_is_the_inverse_of_renaming():
    tidy = pd.DataFrame({"patient_id": ["A"], "iip": ["1"], "extra": ["x"]})
    names = {"patient_id": "ID", "iip": "IIP32", "age": "Age", "gender": None}
    delivered = as_delivered(tidy, names)
    assert delivered.columns.tolist() == ["ID", "IIP32"]
    back = rename_columns(delivered.assign(line=[2]), names, [])
    assert back.drop(columns="line").equals(tidy.drop(columns="extra"))
