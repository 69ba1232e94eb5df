"""Paths as they are typed into `make cohort`, and the sheets of a workbook."""

import subprocess

import pandas as pd
import pytest
from rupture_repair.check_cohort import first_look
from rupture_repair.cohort.delivery import named_files, named_sheets, sheets_of
from rupture_repair.config.load import load_settings
from rupture_repair.new_cohort import new_cohort
from rupture_repair.questions import Answers

NAMES = ("p.csv", "my p.csv", "ä b/s 1.csv", "it's.csv", "s.csv", "a:b.csv", "$x.csv", "{y}.csv")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    for name in NAMES:
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text("x")
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("first", NAMES)
@pytest.mark.parametrize("second", [*NAMES, None])
def test_every_two_files_can_be_named_without_quotes(folder, first, second):
    paths = [first] if second is None else [first, second]
    assert named_files(" ".join(paths)) == paths


@pytest.mark.parametrize(
    ("typed", "paths"),
    [
        ("'./my p.csv' s.csv", ["./my p.csv", "s.csv"]),
        ('"my p.csv" "ä b/s 1.csv"', ["my p.csv", "ä b/s 1.csv"]),
        ("my p.csv:s.csv", ["my p.csv", "s.csv"]),
        ("my p.csv\ns.csv\n", ["my p.csv", "s.csv"]),
        ("./my p.csv  ./s.csv", ["./my p.csv", "./s.csv"]),
        (r"my\ p.csv s.csv", ["my p.csv", "s.csv"]),
        ("absent.csv s.csv", ["absent.csv", "s.csv"]),
        ("'no such.csv' s.csv", ["no such.csv", "s.csv"]),
    ],
)
def test_quotes_colons_and_line_ends(folder, typed, paths):
    assert named_files(typed) == paths


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ([], ["Patienten", "Alle Sitzungen", "Info"]),
        (["Info"], ["Info"]),
        (["Alle Sitzungen"], ["Alle Sitzungen"]),
        (["Patienten Alle Sitzungen"], ["Patienten", "Alle Sitzungen"]),
        (["Patienten, Alle Sitzungen"], ["Patienten", "Alle Sitzungen"]),
        (["Patienten 'Alle Sitzungen'"], ["Patienten", "Alle Sitzungen"]),
        (["Patienten", "Alle Sitzungen"], ["Patienten", "Alle Sitzungen"]),
        (["Nothing"], ["Nothing"]),
    ],
)
def test_sheets_that_are_named(typed, found):
    assert named_sheets(typed, ["Patienten", "Alle Sitzungen", "Info"]) == found


def test_a_file_that_is_not_a_workbook_has_no_sheets(tmp_path):
    (tmp_path / "a.xlsx").write_text("no workbook")
    assert sheets_of(str(tmp_path / "a.xlsx")) == []
    assert sheets_of("a.csv") == []


PEOPLE = pd.DataFrame(
    {"ID": [f"P{i}" for i in range(6)], "Therapeut": "T1", "IIP32": [1.5, 1.0, 2.0, 0.5, 1.5, 2.5]}
)
RATED = pd.DataFrame(
    [(f"P{i}", s, (i + s) % 6, 3 * i + s) for i in range(6) for s in range(1, 5)],
    columns=["ID", "Sitzung", "SAI", "CORE10"],
)


def test_first_look_names_no_patient_outside_a_terminal(project):
    broken = RATED.assign(SAI=RATED["SAI"].where(RATED.index != 4, 5.37))
    workbook(A=PEOPLE, B=pd.concat([broken, broken.iloc[[4]].assign(SAI=1)]))
    status, words = new_cohort("clinic", ["clinic.xlsx"])
    assert status == 0
    known, strange = (first_look("clinic", interactive=person) for person in (True, False))
    assert "P1" in known and "line" in strange
    assert "P1" not in strange and "5.37" not in strange
    assert strange in words  # tests have no terminal


def workbook(**sheets):
    with pd.ExcelWriter("clinic.xlsx") as book:
        for name, table in sheets.items():
            table.to_excel(book, sheet_name=name, index=False)


@pytest.fixture
def project(tmp_path, monkeypatch, root):
    (tmp_path / "config/cohorts").mkdir(parents=True)
    for name in ("instruments", "criteria", "multiverse", "config"):
        text = (root / f"config/{name}.yaml").read_text(encoding="utf-8")
        (tmp_path / f"config/{name}.yaml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def sheets_taken(project):
    reading = load_settings({"cohorts": ["clinic"]}, project / "config").cohorts["clinic"]
    return reading.cohort.reading.patients.sheet, reading.cohort.reading.sessions.sheet


@pytest.mark.parametrize("turned", [False, True])
def test_two_sheets_are_distinguished_by_their_contents(project, turned):
    sheets = {"Deckblatt": pd.DataFrame({"Stand": ["2024"]}), "A": PEOPLE, "B": RATED}
    workbook(**dict(reversed(sheets.items())) if turned else sheets)
    status, words = new_cohort("clinic", ["clinic.xlsx"])
    assert status == 0
    assert sheets_taken(project) == ("A", "B")
    assert "clinic.xlsx, sheet B: 24 rows, a row per session of 6 patients" in words
    assert "not used: clinic.xlsx, sheet Deckblatt" in words
    assert "A first look finds nothing that must be mended (patients: 6, sessions: 24" in words


def test_sheets_that_are_named_are_taken(project):
    workbook(A=PEOPLE, Old=RATED.iloc[:12], New=RATED)
    new_cohort("clinic", ["clinic.xlsx"], answers=Answers(sheets=("A", "Old")))
    assert sheets_taken(project) == ("A", "Old")


def test_one_sheet_may_hold_everything(project):
    workbook(Notes=pd.DataFrame({"x": [1]}), Data=RATED.merge(PEOPLE, on="ID"))
    new_cohort("clinic", ["clinic.xlsx"])
    assert sheets_taken(project) == ("Data", "Data")


def test_make_passes_the_typed_line_unchanged(root, tmp_path):
    """Through `make`: blanks, quotation marks and a dollar arrive."""
    text = (root / "Makefile").read_text(encoding="utf-8")
    program = tmp_path / ".venv/bin/python"
    program.parent.mkdir(parents=True)
    program.write_text('#!/bin/sh\nfor part; do echo "[$part]"; done\n')
    program.chmod(0o755)
    (tmp_path / "Makefile").write_text(text)
    (tmp_path / "requirements.lock").write_text("")
    line = "'my files/p $x.xlsx' \"it's.csv\""
    made = subprocess.run(
        ["make", "-s", "-o", ".venv/ready-4294967295-0", "cohort", "NAME=clinic", f"FROM={line}",
         "SHEET=Alle Sitzungen"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert made.stdout.splitlines() == [
        "[-m]", "[rupture_repair]", "[new-cohort]", "[clinic]", "[--from]", f"[{line}]",
        "[--sheets]", "[Alle Sitzungen]",
    ]  # fmt: skip
