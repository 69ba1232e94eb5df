"""A delivery with symptoms in a table of their own is proposed as such, and passes the check."""

import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from rupture_repair.check_cohort import check_cohort
from rupture_repair.cohort.delivery import named_files
from rupture_repair.config.load import load_settings
from rupture_repair.new_cohort import new_cohort
from rupture_repair.questions import Answers

N = 30


@pytest.fixture
def tables(tmp_path, monkeypatch, root):
    """A clinic whose patients rate the alliance at sessions and symptoms on another day."""
    config = tmp_path / "own/config"
    config.mkdir(parents=True)
    for file in (root / "config").glob("*.yaml"):
        (config / file.name).write_bytes(file.read_bytes())
    (config / "cohorts").mkdir()
    monkeypatch.chdir(tmp_path / "own")
    rng = np.random.default_rng(5)
    ids = np.repeat([f"P{i:02d}" for i in range(N)], 8)
    begins = pd.Timestamp("2023-01-02") + pd.to_timedelta(rng.integers(0, 300, N), "D")
    dates = pd.Series(np.repeat(begins, 8)) + pd.to_timedelta(np.tile(np.arange(8), N) * 7, "D")
    patients = pd.DataFrame(
        {
            "ID": [f"P{i:02d}" for i in range(N)],
            "Therapist": [f"T{i % 5}" for i in range(N)],
            "IIP32": rng.uniform(0.5, 3, N).round(2),
        }
    )
    sessions = pd.DataFrame({"ID": ids, "Session": np.tile(np.arange(8) + 1, N), "Date": dates})
    sessions["WAI_SR"] = np.clip(rng.normal(4, 0.5, len(ids)), 1, 5).round(2)
    ratings = pd.DataFrame({"ID": ids, "Day": dates - pd.Timedelta(days=1)})
    ratings["PHQ9"] = np.clip(rng.normal(12, 5, len(ids)).round(), 0, 27).astype(int)
    return {"patients": patients, "sessions": sessions, "symptoms": ratings}


def delivered(tables, form="%Y-%m-%d"):
    for name, table in tables.items():
        table.to_csv(f"{name}.csv", index=False, date_format=form)
    return [f"{name}.csv" for name in tables]


def written():
    return yaml.safe_load(Path("config/cohorts/clinic.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("order", list(itertools.permutations(range(3)))[::2])
def test_three_files_in_any_order(tables, order):
    files = delivered(tables)
    status, words = new_cohort("clinic", [files[i] for i in order])
    assert status == 0, words
    found = written()
    assert found["files"] == {name: f"{name}.csv" for name in tables}
    assert "symptoms" not in found["columns"]["sessions"]
    assert found["columns"]["symptoms"] == {
        "patient_id": "ID", "date": "Day", "symptoms": "PHQ9",
    }  # fmt: skip
    assert (found["instruments"]["symptoms"], found["sessions"]) == ("PHQ-9", {"symptom_days": 3})
    assert f"{8 * N} rows, a row per rating of {N} patients" in words
    status, words = check_cohort("clinic")
    assert status == 0, words
    assert f"{8 * N} of {8 * N} sessions have a rating of PHQ9" in words


def test_patients_and_sessions_in_one_file(tables):
    both = tables["sessions"].merge(tables["patients"], on="ID")
    files = delivered({"clinic": both, "weekly": tables["symptoms"]})
    assert new_cohort("clinic", files)[0] == 0
    assert written()["files"] == {"patients": "clinic.csv", "symptoms": "weekly.csv"}
    assert check_cohort("clinic")[0] == 0


def test_three_sheets_of_one_workbook(tables):
    with pd.ExcelWriter("clinic.xlsx") as book:
        for name, table in tables.items():
            table.to_excel(book, sheet_name=f"my {name}", index=False)
    assert new_cohort("clinic", ["clinic.xlsx"])[0] == 0
    settings = load_settings({"cohorts": ["clinic"]}, Path("config")).cohorts["clinic"].cohort
    assert settings.files.symptoms == "clinic.xlsx"
    assert settings.reading.symptoms.sheet == "my symptoms"
    assert check_cohort("clinic")[0] == 0


def test_the_order_of_ambiguous_dates_is_asked_for_each_file(tables):
    for table, column in ((tables["sessions"], "Date"), (tables["symptoms"], "Day")):
        day = table[column].dt.day
        table[column] = table[column].where(day <= 12)
    files = delivered(tables, "%d/%m/%Y")
    asked = []

    def ask(question, default):
        asked.append(question)
        return "DD/MM/YYYY" if question.startswith("How are dates") else default

    new_cohort("clinic", files, ask, Answers("x", 3, True))
    assert [q for q in asked if q.startswith("How are dates")] == [
        f"How are dates written in the {kind} file: DD/MM/YYYY or MM/DD/YYYY?"
        for kind in ("session", "symptom")
    ]
    reading = written()["reading"]
    assert reading["symptoms"] == reading["sessions"] == {"dates": "DD/MM/YYYY"}


def test_a_symptom_file_of_other_patients_is_not_used(tables):
    tables["symptoms"]["ID"] = "X" + tables["symptoms"]["ID"]
    new_cohort("clinic", delivered(tables))
    assert "symptoms" not in written()["files"]


def test_four_files_are_too_many(tables):
    files = [*delivered(tables), "a.csv"]
    assert new_cohort("clinic", files)[0] == 1


def test_three_paths_with_blanks_in_one_line(tables, tmp_path):
    names = ["my patients.csv", "my sessions.csv", "weekly ratings.csv"]
    for name in names:
        (tmp_path / "own" / name).touch()
    assert named_files(" ".join(names)) == names
