"""No text in a table runs as a formula, and every table is read back as it was written."""

import re
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rupture_repair.cohort.csv_tables import guarded_text, read_csv, unguarded_text, write_csv

HOSTILE = [
    "=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(1)", "\t=1", "\r=1", "＝1", "＋1",
    "x;=cmd()", "a\n=1",
    "a\t@b",
    " =1", "'=1", "''=1", ";-x", "-", "=",
]  # fmt: skip
HARMLESS = [
    "P1",
    "a=b",
    "1-2",
    "",
    "'quoted'",
    "a; b",
    "T-1",
    "-1",
    "+2.5",
    "-.5e-3",
    "−1 is less",
    "x@y",
]
DANGEROUS = re.compile(r"(^|[;\t\r\n]) *[=+\-@＝＋－＠]|^[\t\r]")


@pytest.mark.parametrize("text", HOSTILE)
def test_a_formula_is_guarded(text):
    assert not DANGEROUS.search(guarded_text(text))
    assert guarded_text(text) != text or text.startswith("'")
    assert unguarded_text(guarded_text(text)) == text


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_no_formula_stays_as_it_is(text):
    assert guarded_text(text) == text


@given(st.text(alphabet="=+-@＝'\t\r\n; a1.", max_size=12))
def test_any_text_is_guarded_and_read_back(text):
    guarded = guarded_text(text)
    assert unguarded_text(guarded) == text
    if not re.fullmatch(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?", text):
        assert not DANGEROUS.search(guarded)


def test_a_table_is_read_back_as_it_was_written(tmp_path):
    rows = [text for text in HOSTILE + HARMLESS if text and "\r" not in text]
    table = pd.DataFrame({"text": rows, "=head": rows[::-1], "number": [-1.5] * len(rows)})
    write_csv(table, tmp_path / "a.csv")
    lines = (tmp_path / "a.csv").read_text(encoding="utf-8")
    assert lines.startswith("text,'=head,number\n")
    assert "'=cmd|' /C calc'!A0" in lines
    assert ",-1.5\n" in lines
    back = read_csv(tmp_path / "a.csv").rename(columns=unguarded_text)
    pd.testing.assert_frame_equal(back, table)


def test_missing_cells_stay_missing(tmp_path):
    table = pd.DataFrame({"text": ["=1", None], "number": [1.0, float("nan")]})
    write_csv(table, tmp_path / "a.csv")
    assert read_csv(tmp_path / "a.csv").isna().to_numpy().tolist() == [[False, False], [True, True]]


def test_every_table_of_the_workflow_goes_this_way(root):
    """Raw files of a synthetic cohort apart: they are read as a clinic's own."""
    files = Path(root, "workflow").rglob("*.py")
    others = {f.name for f in files if ".to_csv(" in f.read_text(encoding="utf-8")}
    assert others == {"csv_tables.py", "simulate.py"}
