"""Enormous files and small ones that unpack to enormous ones: read, or refused, within bounds."""

import struct
import subprocess
import sys
import zipfile
import zlib

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat
import pytest
from rupture_repair.cohort import delimited, memory, raw_file
from rupture_repair.cohort.raw import read_raw
from rupture_repair.cohort.raw_file import RawFileError
from rupture_repair.config.reading import Reading

HEADING = "PatientID,Session,SAI,CORE10,Date\n"


def refused(file, *words):
    """Return what is said of a file that must be refused."""
    with pytest.raises(RawFileError) as caught:
        read_raw(file, Reading())
    message = f"{caught.value.message}. {caught.value.remedy}"
    for word in words:
        assert word in message
    return message


def _book(folder, name="a.xlsx"):
    book = openpyxl.Workbook()
    book.active.append(["ID", "SAI"])
    book.active.append(["P1", 3.5])
    book.save(folder / name)
    return folder / name


def _repacked(source, target, part, content):
    """Write a workbook anew with another content of one part."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            if info.filename != part:
                new.writestr(info, old.read(info))
        with new.open(part, "w", force_zip64=True) as file:
            for piece in content:
                file.write(piece)


def test_a_zip_bomb_is_not_unpacked(tmp_path):
    blank = b" " * 1_000_000
    _repacked(_book(tmp_path), tmp_path / "bomb.xlsx", "xl/sharedStrings.xml", [blank] * 150)
    assert (tmp_path / "bomb.xlsx").stat().st_size < 300_000
    refused(tmp_path / "bomb.xlsx", "the workbook has 1", "at most 100 are read", "Export only")


def test_a_zip_that_lies_about_its_sizes_is_refused(tmp_path):
    content = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = content.compress(b" " * 50_000_000) + content.flush()
    book = _book(tmp_path)
    with zipfile.ZipFile(book, "a") as archive:
        archive.writestr("xl/more.xml", packed)
    data = bytearray(book.read_bytes())
    for mark, method, size in ((b"PK\x01\x02", 10, 24), (b"PK\x03\x04", 8, 22)):
        at = data.find(b"xl/more.xml") - (46 if mark == b"PK\x01\x02" else 30)
        at = data.rfind(mark) if mark == b"PK\x01\x02" else at
        struct.pack_into("<H", data, at + method, 8)
        struct.pack_into("<I", data, at + size, 10)
    (tmp_path / "lies.xlsx").write_bytes(bytes(data))
    table = read_raw(tmp_path / "lies.xlsx", Reading()).table  # a part that nobody asks for
    assert table["ID"].tolist() == ["P1"]


@pytest.mark.parametrize("billion", [False, True])
def test_entities_of_xml_are_no_way_to_memory_or_files(tmp_path, billion):
    entities = '<!ENTITY a SYSTEM "file:///etc/passwd">'
    if billion:
        entities = '<!ENTITY a "lollollollollollol">' + "".join(
            f'<!ENTITY {b} "{("&" + a + ";") * 10}">'
            for a, b in zip("abcdefghi", "bcdefghij", strict=True)
        )
    last = "j" if billion else "a"
    xml = f"""<?xml version="1.0"?><!DOCTYPE worksheet [{entities}]>
<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>
<row r="1"><c r="A1" t="inlineStr"><is><t>ID</t></is></c></row>
<row r="2"><c r="A2" t="inlineStr"><is><t>&{last};</t></is></c></row></sheetData></worksheet>"""
    _repacked(_book(tmp_path), tmp_path / "e.xlsx", "xl/worksheets/sheet1.xml", [xml.encode()])
    try:
        cells = read_raw(tmp_path / "e.xlsx", Reading()).table["ID"].tolist()
    except RawFileError as error:
        assert "not an Excel workbook" in error.message
    else:
        assert "root:" not in str(cells)
        assert len(str(cells)) < 1000


def test_a_sheet_formatted_to_its_last_cell_is_read(tmp_path):
    book = openpyxl.Workbook()
    for row in (["ID", "SAI"], ["P1", 3.5], [None, None], ["P2", 4]):
        book.active.append(row)
    book.active["XFD1048576"].font = openpyxl.styles.Font(bold=True)
    book.save(tmp_path / "a.xlsx")
    table = read_raw(tmp_path / "a.xlsx", Reading()).table
    assert table.to_numpy().tolist() == [["P1", "3.5", 2], ["P2", "4", 4]]


def test_a_value_in_the_last_cell_is_a_column_without_name(tmp_path):
    book = openpyxl.load_workbook(_book(tmp_path))
    book.active["XFD1048576"] = 1
    book.save(tmp_path / "a.xlsx")
    refused(tmp_path / "a.xlsx", "column 16384 holds cells but has no name")


def test_a_hundred_thousand_empty_rows_are_no_rows(tmp_path):
    rows = b"".join(b'<row r="%d"/>' % n for n in range(3, 100_000))
    xml = b"""<?xml version="1.0"?>
<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>
<row r="1"><c r="A1" t="inlineStr"><is><t>ID</t></is></c></row>
<row r="2"><c r="A2" t="inlineStr"><is><t>P1</t></is></c></row>%s</sheetData></worksheet>"""
    sheet = [xml % rows]
    _repacked(_book(tmp_path), tmp_path / "rows.xlsx", "xl/worksheets/sheet1.xml", sheet)
    assert read_raw(tmp_path / "rows.xlsx", Reading()).table["ID"].tolist() == ["P1"]


def test_a_text_file_beyond_the_memory_is_not_opened(tmp_path):
    file = tmp_path / "a.csv"
    with file.open("wb") as sparse:
        sparse.truncate(10**13)
    refused(file, "takes about 150,000.0 GB of memory, and ", "Export only the columns", "computer")


def test_a_text_file_of_one_endless_line_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(delimited, "MAX_LINE", 1_000_000)
    file = tmp_path / "a.csv"
    file.write_bytes(b"ID,SAI\n" + b"1," * 600_000)
    refused(file, "a line has more than 1 MB")


def _written(table, file):
    {
        "csv": lambda: table.to_csv(file, index=False),
        "xlsx": lambda: table.to_excel(file, index=False),
        "sav": lambda: pyreadstat.write_sav(table, str(file)),
        "dta": lambda: table.to_stata(file, write_index=False),
        "parquet": lambda: table.to_parquet(file),
    }[file.suffix[1:]]()


@pytest.mark.parametrize("ending", ["xlsx", "sav", "dta"])
def test_a_table_of_too_many_cells_is_refused(tmp_path, ending, monkeypatch):
    for module in ("raw_file", "spss_stata"):
        monkeypatch.setattr(f"rupture_repair.cohort.{module}.MAX_CELLS", 1000)
    assert raw_file.MAX_CELLS == 1000
    file = tmp_path / f"a.{ending}"
    _written(pd.DataFrame({"ID": [f"P{i}" for i in range(600)], "SAI": 3.5}), file)
    refused(file, "million cells", "Export only the columns")


@pytest.mark.parametrize("ending", ["csv", "parquet"])
@pytest.mark.parametrize("free", [0, 100_000])
def test_a_table_beyond_the_memory_is_refused_in_words(tmp_path, ending, free, monkeypatch):
    monkeypatch.setattr(memory, "free_memory", lambda: free)
    file = tmp_path / f"a.{ending}"
    _written(pd.DataFrame({"ID": [f"P{i}" for i in range(6000)], "SAI": 3.5}), file)
    refused(file, "GB of memory, and 0.0 GB are free", "Export only the columns")


def test_a_parquet_file_that_unpacks_to_a_billion_cells_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(memory, "free_memory", lambda: 2_000_000_000)
    file = tmp_path / "a.parquet"
    column = pa.array([1.0] * 100_000)
    with pq.ParquetWriter(file, pa.schema([(f"c{i}", pa.float64()) for i in range(300)])) as writer:
        writer.write_table(pa.table({f"c{i}": column for i in range(300)}))
    assert file.stat().st_size < 3_000_000
    refused(file, "reading and checking its 100,000 rows takes about 2.4 GB of memory")


def test_a_parquet_file_of_one_long_text_named_a_million_times_is_refused(tmp_path):
    file = tmp_path / "a.parquet"
    text = pa.DictionaryArray.from_arrays(pa.array([0] * 1_000_000, pa.int32()), ["x" * 100_000])
    pq.write_table(pa.table({"ID": text}), file)
    assert file.stat().st_size < 3_000_000
    refused(file, "reading and checking its texts takes about")


@pytest.mark.parametrize(
    ("depth", "message"),
    [(2, "the column ID holds tables within cells"), (60, "too deeply nested")],
)
def test_a_parquet_file_of_tables_within_cells_is_refused(tmp_path, depth, message):
    kind, value = pa.int64(), 1
    for _ in range(depth):
        kind, value = pa.list_(kind), [value]
    pq.write_table(pa.table({"ID": pa.array([value], kind)}), tmp_path / "a.parquet")
    refused(tmp_path / "a.parquet", message)


@pytest.mark.parametrize("places", [(0x50,), (0x44,), (0x40,), (0x44, 0x50)])
def test_an_spss_file_that_states_enormous_counts(tmp_path, places):
    """Bytes 64 to 84 of the head: layout, columns, compression, weights, number of rows."""
    file = tmp_path / "a.sav"
    pyreadstat.write_sav(pd.DataFrame({"ID": ["P1"], "SAI": [3.5]}), str(file))
    data = bytearray(file.read_bytes())
    for place in places:
        struct.pack_into("<i", data, place, 0x7FFFFFFF)
    file.write_bytes(bytes(data))
    try:
        table = read_raw(file, Reading()).table
    except RawFileError as error:
        assert error.remedy
    else:
        assert table["ID"].tolist() == ["P1"]


# a process of its own: a fork would count what the tests before it left in memory
READ_IN_FOUR_GIGABYTES = """
import resource, sys
from pathlib import Path
from rupture_repair.cohort.raw import read_raw
from rupture_repair.cohort.raw_file import RawFileError
from rupture_repair.config.reading import Reading
resource.setrlimit(resource.RLIMIT_AS, (4 * 1024**3, 4 * 1024**3))
try:
    print(len(read_raw(Path(sys.argv[1]), Reading()).table))
except RawFileError as error:
    print(error.message)
"""


def _outcome(file):
    """Return the number of rows that a process with 4 GB reads, or what it says of the file."""
    command = [sys.executable, "-c", READ_IN_FOUR_GIGABYTES, str(file)]
    return subprocess.run(
        command, check=True, stdout=subprocess.PIPE, text=True, timeout=240
    ).stdout.strip()


@pytest.mark.long
def test_three_million_sessions_are_read_in_four_gigabytes(tmp_path):
    file, n = tmp_path / "a.csv", 3_000_000
    with file.open("w", encoding="utf-8") as out:
        out.write(HEADING)
        for start in range(0, n, 10_000):
            out.writelines(
                f"P{i // 40:06d},{i % 40 + 1},{i % 5}.5,{i % 40},2024-01-{i % 28 + 1:02d}\n"
                for i in range(start, start + 10_000)
            )
    assert 80e6 < file.stat().st_size < 100e6
    assert _outcome(file) == str(n)


@pytest.mark.long
def test_a_hundred_megabytes_of_commas_are_refused_in_four_gigabytes(tmp_path):
    file = tmp_path / "a.csv"
    with file.open("w", encoding="utf-8") as out:
        out.write(",".join(f"c{i}" for i in range(50)) + "\n")
        out.writelines(["1" + "," * 49 + "\n"] * 1_900_000)
    assert "GB of memory" in _outcome(file)
