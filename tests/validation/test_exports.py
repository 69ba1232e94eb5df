"""Codes, pseudonyms and exports as they come: read as what they are, in variants of each kind."""

import datetime
import zipfile
from decimal import Decimal

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat
import pytest
from rupture_repair.cohort.column_patterns import items_of
from rupture_repair.cohort.csv_tables import read_csv, write_csv
from rupture_repair.cohort.dates import iso_dates
from rupture_repair.cohort.numbers import Numbers, mark_of
from rupture_repair.cohort.raw import read_raw, rename_columns
from rupture_repair.cohort.raw_file import RawFileError
from rupture_repair.cohort.sheet_parts import sheet_parts
from rupture_repair.cohort.survey_exports import answer_numbers, event_numbers
from rupture_repair.cohort.words import alike, likeness, names_nobody, tidied
from rupture_repair.config.reading import Reading
from rupture_repair.validation.cohort_files import check_files
from small_clinic import PATIENTS, SESSIONS

pytestmark = pytest.mark.usefixtures("trusted")

NAMES = ["nan", "NA", "None", "1e5", "007", "12,3", "null", "<NA>", "-", "1.0", "9"]
NAMES += ["12345678901234567"]


def column(cells, tidy, codes):
    raw = pd.DataFrame({"X": cells, "line": range(len(cells))}, dtype=object)
    raw["X"] = raw["X"].astype("str")
    return rename_columns(raw, {tidy: "X"}, codes)[tidy]


@pytest.mark.parametrize("tidy", ["alliance", "symptoms", "iip", "age", "alliance.3"])
@pytest.mark.parametrize("code", ["9", "9.0", "-99.00", "-99,00", "999", "-9"])
def test_codes_are_compared_as_numbers(tidy, code):
    number = float(code.replace(",", "."))
    cells = [f"{number:g}", f"{number:.1f}", f"{number:.2f}".replace(".", ","), "8"]
    assert column(cells, tidy, [code]).isna().tolist() == [True] * 3 + [False]


@pytest.mark.parametrize("word", ["#NULL!", "#N/A", "#NV", "NULL", "None", "<NA>", ".", "-", "NaN"])
def test_known_words_for_missing_need_no_declaration(word):
    assert column([word, "3"], "alliance", []).isna().tolist() == [True, False]


def test_sessions_keep_their_numbers_and_lose_other_codes():
    cells = ["9", "99", "-99", "-99.0", "#N/A"]
    missing = column(cells, "session", ["9", "99", "-99"]).isna()
    assert missing.tolist() == [False, False, True, True, True]


def test_patients_are_never_coded():
    assert column(NAMES, "patient_id", NAMES).tolist() == NAMES


@pytest.mark.parametrize(
    "word", ["unknown", "Not recorded", "unbekannt", "UKENDT", "k. A.", "nan", "-", "(unknown)"]
)
def test_words_for_an_unknown_therapist(word):
    assert names_nobody(word)
    assert column([word, "T1"], "therapist_id", []).isna().tolist() == [True, False]


@pytest.mark.parametrize("name", ["Unna", "Nan Li", "007", "9", "Nina A.", "Nobody-1", "Nul"])
def test_names_that_are_therapists(name):
    assert not names_nobody(name)


@pytest.mark.parametrize("ending", ["csv", "tsv", "txt", "xlsx", "sav", "parquet"])
def test_a_pseudonym_stays_itself_in_every_file(tmp_path, ending):
    table = pd.DataFrame({"ID": NAMES, "S": 3.5})
    file = tmp_path / f"a.{ending}"
    {
        "csv": lambda: table.to_csv(file, index=False),
        "tsv": lambda: table.to_csv(file, index=False, sep="\t", decimal=","),
        "txt": lambda: table.to_csv(file, index=False, sep=";", decimal=","),
        "xlsx": lambda: table.to_excel(file, index=False),
        "sav": lambda: pyreadstat.write_sav(table, str(file)),
        "parquet": lambda: table.to_parquet(file),
    }[ending]()
    assert read_raw(file).table["ID"].tolist() == NAMES


def test_a_pseudonym_stays_itself_between_steps(tmp_path):
    table = pd.DataFrame({"patient_id": NAMES, "note": [None] * len(NAMES), "n": [1.5, None] * 6})
    write_csv(table, tmp_path / "a.csv")
    back = read_csv(tmp_path / "a.csv", dtype={"patient_id": str})
    assert back["patient_id"].tolist() == NAMES
    assert back["n"].isna().sum() == 6
    assert back["note"].isna().all()


def test_parquet_is_read_as_what_it_is(tmp_path):
    table = pa.table({
        "ID": pa.array([12345678901234567, None, 3]),
        "cat": pa.array(["a", None, "b"]).dictionary_encode(),
        "single": pa.array([3.3, None, 4.0], pa.float32()),
        "dec": pa.array([Decimal("3.50"), None, Decimal("4.00")]),
        "day": pa.array([datetime.date(2024, 1, 31)] * 2 + [None]),
    })  # fmt: skip
    pq.write_table(table, tmp_path / "a.parquet")
    found = read_raw(tmp_path / "a.parquet").table
    assert found["ID"].tolist() == ["12345678901234567", "", "3"]
    assert found["cat"].tolist() == ["a", "", "b"]
    assert found["single"].tolist() == ["3.3", "", "4"]
    assert found["dec"].tolist() == ["3.50", "", "4"]
    assert found["day"].tolist() == ["2024-01-31", "2024-01-31", ""]


def test_names_have_one_form():
    composed, decomposed = "M\u00fcller", "Mu\u0308ller"
    for seen in (decomposed, f"{composed}\u200b", f"\ufeff{composed}\u00a0", f" {composed} "):
        assert tidied(seen) == composed
    assert tidied("Dr.\u00a0Weber") == "Dr. Weber"
    assert [tidied(text) for text in ("\u221299,5", "a \u22129", "\u2212")] == [
        "-99,5", "a \u22129", "\u2212",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other"),
    [("T. Weber", "t.weber"), ("T. Weber", "T Weber"), ("P-07", "p7"), ("1", "001"), ("1", "1.0"),
     ("Müller", "MUELLER"), ("Ødegård", "Oedegaard"), ("Weiß", "weiss"), ("DrTHER01", "drther1")],
)  # fmt: skip
def test_names_that_are_near_equal(one, other):
    assert likeness(one) == likeness(other)
    assert alike([one, "x", other]) == [[one, other]]


@pytest.mark.parametrize(
    ("one", "other"),
    [("1-2", "12"), ("1.0", "10"), ("P1", "P10"), ("P100", "P10"), ("A", "B"), ("1.2", "1.20")],
)
def test_names_that_are_not_near_equal(one, other):
    assert likeness(one) != likeness(other)


@pytest.mark.parametrize(
    ("cells", "high", "mark"),
    [
        (["3,5", "8.000"], 9e4, "comma"), (["1.234,5", "2"], 9e4, "comma"),
        (["3.5", "8,000"], 9e4, "point"), (["1,234.5", "2"], 9e4, "point"),
        (["3,333", "2,667"], 5, "comma"), (["3.333", "2.667"], 5, "point"),
        (["3", "4"], 5, "either"), (["3.5", "3,5"], 5, "either"),
    ],
)  # fmt: skip
def test_the_decimal_mark_follows_from_the_cells(cells, high, mark):
    assert mark_of("a.csv", [Numbers(pd.Series(cells), 0, high)], ["-99"]) == mark


def test_an_ambiguous_decimal_mark_is_asked_for():
    with pytest.raises(RawFileError, match=r"`8\.000` may be 8 or 8000") as caught:
        mark_of("a.csv", [Numbers(pd.Series(["8.000", "9.000"]), 0, 1e5)], [])
    assert "decimal: comma" in caught.value.remedy


def test_events_of_redcap():
    events = [f"session_{n}_arm_1" for n in (1, 2, 10)] + ["follow_up_1_arm_1", "baseline_arm_1"]
    assert list(event_numbers(pd.Series(events)).values()) == [
        "1", "2", "10", "follow_up_1", "baseline",
    ]  # fmt: skip
    labels = [f"Session {n} (Arm 1: Therapy)" for n in (1, 2)] + ["Intake (Arm 1: Therapy)"]
    assert list(event_numbers(pd.Series(labels)).values()) == ["1", "2", "Intake"]


@pytest.mark.parametrize(
    ("cells", "low", "high", "read", "why"),
    [
        (["A3", "A5"], 1, 5, ["3", "5"], None), (["AO01", "AO05"], 1, 5, ["1", "5"], None),
        (["A0", "A3"], 0, 3, ["0", "3"], None), (["3", "5"], 1, 5, ["3", "5"], None),
        (["A1", "A3"], 0, 3, ["A1", "A3"], "`A1` may be 0 or 1"),
        (["A1", "A6"], 1, 5, ["A1", "A6"], "`A6` is beyond"),
    ],
)  # fmt: skip
def test_codes_of_limesurvey(cells, low, high, read, why):
    numbers, why_not = answer_numbers(pd.DataFrame({"i": cells}), low, high)
    assert numbers["i"].tolist() == read
    assert (why_not is None) if why is None else why_not.startswith(why)


@pytest.mark.parametrize(
    ("pattern", "columns"),
    [("wai_{item}", ["wai_01", "wai_02"]), ("wai[SQ{item}]", ["wai[SQ001]", "wai[SQ002]"]),
     ("w_{item}_s{session}", ["w_01_s1", "w_02_s1"]), ("w{item}", ["w1", "w2"])],
)  # fmt: skip
def test_items_are_found_as_their_columns_write_them(pattern, columns):
    expected = [name.replace("_s1", "_s{session}") for name in columns]
    assert items_of(pattern, 2, columns) == expected


SEMICOLON = SESSIONS.replace(",", ";")
SAME = {
    "hint of Excel": "sep=,\n" + SESSIONS,
    "hint with another mark": "\ufeff" + "sep=;\r\n" + SEMICOLON,
    "hint in quotation marks": '"sep=|"\n' + SESSIONS.replace(",", "|"),
    "rows of separators": SESSIONS + ",,,,\n" * 3,
    "rows of separators between": SEMICOLON.replace("P2;1", ";;;;\n ; ;;;\nP2;1"),
    "separators behind every row": SESSIONS.replace("\n", ",,\n"),
    "separators behind every row but the heading": SESSIONS.replace("\n", ",\n").replace(
        "Date,\n", "Date\n", 1
    ),
    "separators behind the heading": SESSIONS.replace("Date\n", "Date,,\n", 1),
}


@pytest.mark.parametrize("name", SAME)
def test_text_files_as_programs_write_them(tmp_path, check, settings, name):
    expected = check()
    (tmp_path / "sessions.csv").write_text(SAME[name], encoding="utf-8")
    found = check_files("patients.csv", "sessions.csv", settings)
    assert found.problems == []
    pd.testing.assert_frame_equal(
        found.sessions.drop(columns="line"), expected.sessions.drop(columns="line")
    )


@pytest.mark.parametrize(
    ("rows", "skipped"),
    [(["Title", "", *PATIENTS.splitlines()], (1,)),
     (["T,,,,", PATIENTS.splitlines()[0], "unit,,0-4,years,", *PATIENTS.splitlines()[1:]], (1, 3))],
)  # fmt: skip
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_titles_and_units_can_be_skipped(tmp_path, rows, skipped, ending):
    file = tmp_path / f"a.{ending}"
    if ending == "csv":
        file.write_text("\n".join(rows))
    else:
        made = openpyxl.Workbook()
        for row in rows:
            made.active.append([cell or None for cell in row.split(",")])
        made.save(file)
    table = read_raw(file, Reading(skip_rows=skipped)).table
    assert table["PatientID"].tolist() == ["P1", "P2", "P3", "P4"]
    assert table["IIP32"].tolist() == ["1.5", "0.25", "4", "0"]


@pytest.mark.parametrize("form", ["MOYR8", "QYR6", "WKYR8", "DATE11", "EDATE10", "F11.0"])
def test_dates_of_spss(tmp_path, form):
    seconds = (datetime.datetime(2024, 3, 4) - datetime.datetime(1582, 10, 14)).total_seconds()
    table = pd.DataFrame({"d": [seconds, None]})
    pyreadstat.write_sav(table, str(tmp_path / "a.sav"), variable_format={"d": form})
    cells = read_raw(tmp_path / "a.sav").table["d"]
    assert iso_dates(cells, "auto").tolist()[:1] == ["2024-03-04"]


@pytest.mark.parametrize("encoding", ["auto", "windows-1252"])
def test_spss_file_that_states_a_wrong_encoding(tmp_path, encoding):
    file = tmp_path / "a.sav"
    pyreadstat.write_sav(pd.DataFrame({"T": ["Mxller", "Essstxrung"]}), str(file))
    raw = file.read_bytes()
    assert raw.count(b"Mxller") == 1
    file.write_bytes(raw.replace(b"Mxller", b"M\xfcller").replace(b"Essstxrung", b"Essst\xf6rung"))
    found = read_raw(file, Reading(encoding=encoding))
    assert found.table["T"].tolist() == ["Müller", "Essstörung"]
    assert bool(found.notes) == (encoding == "auto")
    with pytest.raises(RawFileError, match="not in the encoding utf-8"):
        read_raw(file, Reading(encoding="utf-8"))


def test_a_formula_that_comes_to_nothing_has_a_value(tmp_path):
    """Only a formula without a stored result is refused; zeros alone are no results either."""
    rows = {1: "<f>A</f><v>3</v>", 2: "<f>A</f><v></v>", 3: "<f>A</f>", 4: "<v>1</v>"}
    cells = "".join(f'<row r="{n}"><c r="B{n}">{c}</c></row>' for n, c in rows.items())
    cells += '<row r="5"><c r="B5" t="str"><f>A</f><v></v></c></row>'
    cells += "".join(f'<row r="{n}"><c r="C{n}"><f>A</f><v>0</v></c></row>' for n in range(6, 12))
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as book:
        book.writestr("s.xml", f"<worksheet><sheetData>{cells}</sheetData></worksheet>")
    assert sheet_parts(tmp_path / "a.xlsx", "s.xml").formulas == {2: 2, 3: 6}
