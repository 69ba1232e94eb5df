"""Cells and headings of any content: kept as they are, or one line of words that names the row."""

import csv
import io
import sys
from pathlib import Path

import pandas as pd
import pytest
import yaml
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from rupture_repair.cohort.words import names_nobody, tidied
from rupture_repair.config.load import load_settings
from rupture_repair.new_cohort import new_cohort
from rupture_repair.validation.cohort_files import check_files
from rupture_repair.validation.problems import listing, problem_table
from rupture_repair.validation.report import render_report

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests/validation"))

from small_clinic import COHORT, PATIENTS, SESSIONS  # noqa: E402

CONTENT = {"patients": PATIENTS, "sessions": SESSIONS}
TIDY = {"PatientID": "patient_id", "TherapistID": "therapist_id", "IIP32": "iip", "Age": "age",
        "Gender": "gender", "Session": "session", "SAI": "alliance", "CORE10": "symptoms",
        "Date": "date"}  # fmt: skip
CELLS = st.text(max_size=12) | st.sampled_from(
    ["=cmd|' /C calc'!A0", "-1", "+1", "@SUM(1)", "../../x", "a\\b", "<script>",
    "\u202ex", "a\u200bb",
     "x" * 100_000, "1" * 100_000, "NaN", "inf", "1e400", "0x1F", "1_0", "٣", "½",
     "1e0", " 2 ", "TRUE"]
)  # fmt: skip


@pytest.fixture(scope="module")
def clinic(tmp_path_factory):
    """A function that checks the small clinic with one cell, or one name of a column, replaced."""
    folder = tmp_path_factory.mktemp("clinic")
    (folder / "clinic.yaml").write_text(COHORT, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for kind, text in CONTENT.items():
            Path(f"{kind}.csv").write_text(text, encoding="utf-8")
        settings = load_settings({"cohorts": "clinic", "cohort_folder": "."}, ROOT / "config")
        section = settings.cohorts["clinic"].validation

        def checked(kind, row, column, text):
            rows = list(csv.reader(io.StringIO(CONTENT[kind])))
            rows[row][column] = text
            with Path(f"{kind}.csv").open("w", encoding="utf-8", newline="") as file:
                csv.writer(file, lineterminator="\n").writerows(rows)
            found = check_files("patients.csv", "sessions.csv", section)
            Path(f"{kind}.csv").write_text(CONTENT[kind], encoding="utf-8")
            return found

        yield checked


def _said(found):
    """Return what the terminal says; the report and the table of problems must be small too."""
    page = render_report("<b>", False, found.problems, {})
    assert len(page) < 60_000
    assert "<b>" not in page
    assert all(len(message) <= 1001 for message in problem_table(found.problems)["message"])
    words = listing(found.problems)
    assert words.replace("\n", "").isprintable()
    assert len(words) < 20_000
    return words


@hypothesis_settings(
    max_examples=hypothesis_settings.default.max_examples // 2,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(kind=st.sampled_from(["patients", "sessions"]), row=st.integers(1, 4),
         column=st.integers(0, 4),
       text=CELLS)  # fmt: skip
@example("patients", 1, 1, "=cmd|' /C calc'!A0")
@example("patients", 2, 4, "x" * 100_000)
@example("sessions", 3, 2, "1" * 100_000)
@example("sessions", 3, 0, "P1\u200b")
def test_a_cell_is_kept_or_refused_at_its_line(clinic, kind, row, column, text):
    found = clinic(kind, row, column, text)
    name = next(csv.reader(io.StringIO(CONTENT[kind])))[column]
    words = _said(found)
    blocking = [problem for problem in found.problems if problem.severity == "blocking"]
    if blocking:
        assert all(problem.line or problem.message for problem in blocking), words
        return
    table = getattr(found, kind)
    [kept] = table.loc[table["line"] == row + 1, TIDY[name]]
    stripped = tidied(text)
    if not stripped or (
        name != "PatientID" and (stripped in {"NA", "NaN"} or names_nobody(stripped))
    ):
        assert kept != kept or kept is None
    elif name in {"IIP32", "Age", "Session", "SAI", "CORE10"}:
        assert float(stripped) == kept
    elif name == "Date":
        assert kept is pd.NaT or f"{kept:%Y-%m-%d}" == stripped
        assert kept is not pd.NaT or "Date: not a date" in words
    else:
        assert kept == stripped
        assert stripped.isprintable()


@pytest.mark.parametrize("text", ["a\x1b[2Jb", "\u202eb", "a\nb", "x" * 201])
@pytest.mark.parametrize("column", [0, 1, 4])
def test_names_that_deceive_the_eye_are_refused(clinic, column, text):
    found = clinic("patients", 1, column, text)
    mine = [p for p in found.problems if p.file == "patients.csv" and p.line == 2]
    assert [p.severity for p in mine] == ["blocking"]
    assert mine[0].allowed in {
        "one line without control characters or other invisible ones", "at most 200 characters",
    }  # fmt: skip
    assert mine[0].remedy


def test_what_nobody_sees_is_no_part_of_a_name(clinic):
    found = clinic("patients", 1, 0, "\ufeffP\u200b1\u00a0")
    assert not found.problems
    assert found.patients["patient_id"].tolist()[0] == "P1"


@pytest.mark.parametrize(
    "name",
    ["=cmd|' /C calc'!A0", "a\nb: evil", "\x1b[2J", "x" * 100_000, "{session}", "#", "../x", ""],
)
@pytest.mark.parametrize("column", range(5))
def test_a_column_of_a_hostile_name_is_missed_in_words(clinic, name, column):
    found = clinic("sessions", 0, column, name)
    assert any(words in _said(found) for words in ("there is no column", "but has no name"))


@pytest.mark.parametrize(
    "name", ["=cmd|' /C calc'!A0", "a\nb: evil", "a: b # c", "'\"", "x\u202ey", "- a"]
)
def test_a_proposed_cohort_file_holds_hostile_names_as_text(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    Path("config/cohorts").mkdir(parents=True)
    Path("config/instruments.yaml").write_bytes((ROOT / "config/instruments.yaml").read_bytes())
    for kind, text in CONTENT.items():
        rows = list(csv.reader(io.StringIO(text)))
        rows[0] = [f"{cell} {name}" for cell in rows[0]]  # each still looks like what it was
        rows[0].append(name)
        rows[1:] = [[*row, "x"] for row in rows[1:]]
        with Path(f"{kind}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
    status, words = new_cohort("clinic", ["patients.csv", "sessions.csv"])
    assert status == 0, words
    assert words.replace("\n", "").isprintable()
    proposed = yaml.safe_load(Path("config/cohorts/clinic.yaml").read_text(encoding="utf-8"))
    assert set(proposed) <= {
        "title", "files", "reading", "columns", "instruments", "missing_codes", "inclusion",
        "real_patients", "confidential",
    }  # fmt: skip
    assert proposed["columns"]["patients"]["patient_id"] == f"PatientID {name}".strip()


@pytest.mark.parametrize("name", ["../x", "/tmp/x", "a/b", "nul", "", "x" * 65, "comparison"])
def test_a_proposed_cohort_cannot_have_such_a_name(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    assert new_cohort(name, ["patients.csv"])[0] == 1
    assert list(tmp_path.rglob("*")) == []
