"""A file that is read in small parts is the file read at once: table, notes and errors."""

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rupture_repair.cohort import delimited, parquet
from rupture_repair.cohort.raw import read_raw
from rupture_repair.cohort.raw_file import RawFileError
from rupture_repair.config.reading import Reading

WHOLE = 10**9
CELLS = ["", "P1", " 3,5 ", "Müller", '"a\nb"', '"', "x;y", "\u200b", "4.5", "sep=;"]
cells = st.sampled_from(CELLS)
rows = st.lists(st.lists(cells, max_size=4), max_size=12)


def outcome(file, at_once, reading=None):
    """Return the table, notes and decimal mark, or all that is said of the file."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (delimited, parquet):
            patch.setattr(module, "CELLS_AT_ONCE", at_once)
        patch.setattr(delimited, "BYTES_AT_ONCE", at_once)
        try:
            raw = read_raw(file, reading or Reading())
        except RawFileError as error:
            return error.file, error.message, error.remedy, error.line
    return raw.table.to_csv(), str(raw.table.dtypes), raw.notes, raw.decimal


@settings(deadline=None, max_examples=300)
@given(
    rows=rows,
    mark=st.sampled_from([",", ";", "\t"]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16"]),
    skip=st.lists(st.integers(1, 4), max_size=2, unique=True),
)
@example([["a", "b"], ["1", "2"], ["3"], ["1", "2", "4"]], ",", "\n", "utf-8", [])
@example([["a", "b", ""], ["1", "2"], ["3", "4"]], ",", "\n", "utf-8", [])
@example([["a"], ["1", "", ""], ["3", "", ""]], ",", "\n", "utf-8", [])
@example([["a"], ["1", "", ""], ["3", "", "5"]], ",", "\n", "utf-8", [])
def test_text_in_parts(rows, mark, end, encoding, skip):
    content = end.join(mark.join(row) for row in rows).encode(encoding, "replace")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "a.csv"
        file.write_bytes(content)
        reading = Reading(skip_rows=skip)
        whole = outcome(file, WHOLE, reading)
        assert outcome(file, 1, reading) == whole
        assert outcome(file, 7, reading) == whole


VALUES = {
    "whole": (st.integers(-(2**62), 2**62), pa.int64()),
    "number": (st.floats(), pa.float64()),
    "single": (st.floats(width=32), pa.float32()),
    "text": (st.sampled_from(["", "P1", " Ä ", "007", "3,5"]), pa.string()),
    "yes": (st.booleans(), pa.bool_()),
    "day": (st.dates(), pa.date32()),
    "list": (st.lists(st.integers(0, 9), max_size=2), pa.list_(pa.int64())),
}


@settings(deadline=None, max_examples=60)
@given(st.data(), st.integers(0, 12))
def test_parquet_in_parts_and_as_spelled_cell_by_cell(data, n):
    columns = {
        name: pa.array(data.draw(st.lists(st.none() | value, min_size=n, max_size=n)), kind)
        for name, (value, kind) in VALUES.items()
    }
    table = pa.table(columns)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "a.parquet"
        pq.write_table(table, file, row_group_size=5)
        whole = outcome(file, WHOLE)
        assert outcome(file, 1) == whole
        found = read_raw(file).table
    expected = {}
    for name, column in columns.items():
        values = column.to_pylist()
        if name == "single":
            values = [None if v is None else np.float32(v) for v in values]
        one = parquet.spelled_single if name == "single" else parquet.spelled
        expected[name] = [one(v) if v is not None else "" for v in values]
    slow = pd.DataFrame(expected, dtype=str).assign(line=range(1, n + 1))
    filled = (slow.drop(columns="line") != "").any(axis=1)
    assert found.to_numpy().tolist() == slow[filled].to_numpy().tolist()
