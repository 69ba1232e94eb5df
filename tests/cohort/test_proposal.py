"""From a clinic's files to a cohort file, and to a check of it, by the two commands."""

import shutil

import pandas as pd
import pytest
import yaml
from clinic_files import FORMATS, PATIENTS, SESSIONS, wide
from rupture_repair.check_cohort import check_cohort
from rupture_repair.cohort.proposal import FILL_IN, patterns, role_of
from rupture_repair.new_cohort import new_cohort


@pytest.fixture
def project(tmp_path, monkeypatch, root):
    shutil.copytree(root / "config", tmp_path / "config")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written(project):
    return yaml.safe_load((project / "config/cohorts/clinic.yaml").read_text(encoding="utf-8"))


def deliver(project, form, **tables):
    ending, write = FORMATS[form]
    for name, table in tables.items():
        write(table, project / f"{name}.{ending}")
    return [f"{name}.{ending}" for name in tables]


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (["id", "a_s1", "a_s2", "a_s10"], ["id", "a_s{session}"]),
        ([f"wai{i}" for i in range(1, 13)], ["wai{item}"]),
        ([f"wai_{i}_s{s}" for i in (1, 2, 3) for s in (1, 2, 3)], ["wai_{item}_s{session}"]),
        ([f"s{s}_wai{i}" for i in (1, 2, 3) for s in (1, 2, 3)], ["s{session}_wai{item}"]),
        ([f"phq9_t{s}" for s in (1, 2, 3)], ["phq9_t{session}"]),
        (["IIP32", "CORE10", "SAI"], ["IIP32", "CORE10", "SAI"]),
    ],
)
def test_series_of_columns(columns, expected):
    assert patterns(columns) == expected


@pytest.mark.parametrize(
    ("column", "role"),
    [("PatientID", "patient_id"), ("TherapistID", "therapist_id"), ("IIP32", "iip"),
     ("WAI_total", "alliance"), ("OQ45", "symptoms"), ("ORS", "symptoms"), ("weather", None),
     ("SessionDate", "date"), ("Sitzung", "session")],
)  # fmt: skip
def test_roles(column, role):
    assert role_of(column) == role


def test_two_long_files_are_ready_after_one_answer(project):
    sessions = SESSIONS.rename(columns={"CORE": "CORE10"})
    files = deliver(project, "csv", patients=PATIENTS, sessions=sessions)
    status, words = new_cohort("clinic", files)
    assert status == 0
    assert written(project)["instruments"] == {
        "alliance": "SAI", "symptoms": "CORE-10", "iip": FILL_IN,
    }  # fmt: skip
    assert "To fill in (FILL_IN): instruments.iip." in words
    status, words = check_cohort("clinic")
    assert status == 1
    assert "instruments.iip: `FILL_IN` is not known" in words
    file = project / "config/cohorts/clinic.yaml"
    file.write_text(file.read_text().replace("iip: FILL_IN", "iip: IIP-32"))
    status, words = check_cohort("clinic")
    assert status == 0
    assert words.splitlines()[-1] == "The data can be analysed: make reproduce COHORT=clinic"


def test_one_wide_spss_file(project):
    table = PATIENTS.rename(columns={"IIP": "IIP32"}).merge(wide(SESSIONS), on="ID")
    table.columns = [c.replace("core_", "core10_") for c in table]
    [file] = deliver(project, "spss", clinic=table)
    assert new_cohort("clinic", [file])[0] == 0
    proposed = written(project)
    assert proposed["columns"]["sessions"] == {
        "patient_id": "ID", "alliance": "sai_s{session}", "symptoms": "core10_s{session}",
        "date": "date_s{session}",
    }  # fmt: skip
    assert check_cohort("clinic")[0] == 0


def test_a_cohort_file_is_never_overwritten(project):
    files = deliver(project, "csv", patients=PATIENTS, sessions=SESSIONS)
    new_cohort("clinic", files)
    file = project / "config/cohorts/clinic.yaml"
    file.write_text("mine")
    status, words = new_cohort("clinic", files)
    assert (status, file.read_text()) == (1, "mine")
    assert "exists already" in words


@pytest.mark.parametrize(
    ("name", "files", "said"),
    [
        ("my clinic", ["a.csv"], "only letters"),
        ("clinic", ["absent.sav"], "the file does not exist"),
        ("clinic", ["a.csv"] * 3, "Give one file"),
    ],
)
def test_what_cannot_be_proposed_is_said(project, name, files, said):
    status, words = new_cohort(name, files)
    assert status == 1
    assert said in words
    assert not (project / "config/cohorts/clinic.yaml").exists()


def test_file_about_something_else_asks_for_everything(project):
    pd.DataFrame({"a": [1], "b": [2]}).to_csv("a.csv", index=False)
    status, _ = new_cohort("clinic", ["a.csv"])
    columns = written(project)["columns"]
    assert status == 0
    assert set(columns["sessions"].values()) == {FILL_IN}
    assert check_cohort("clinic")[0] == 1
