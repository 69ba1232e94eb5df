"""From a clinic's files to a cohort file, and to a check of it, by the two commands."""

import shutil

import pandas as pd
import pytest
import yaml
from clinic_files import FORMATS, PATIENTS, SESSIONS, wide
from rupture_repair.check_cohort import check_cohort
from rupture_repair.cohort.headings import role_of
from rupture_repair.cohort.proposal import FILL_IN
from rupture_repair.cohort.series import series_of
from rupture_repair.config.instruments import Instrument
from rupture_repair.new_cohort import new_cohort

pytestmark = pytest.mark.usefixtures("trusted")


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
        (["id", "a_s1", "a_s2", "a_s10"], [("id", 0, "id"), ("a_s|", 1, "a")]),
        ([f"wai{i}" for i in range(1, 13)], [("wai|", 1, "wai")]),
        ([f"wai_{i:02d}" for i in range(1, 13)], [("wai_|", 1, "wai")]),
        ([f"wai[SQ{i:03d}]" for i in range(1, 13)], [("wai[SQ|]", 1, "wai")]),
        ([f"WAI.{i}" for i in range(1, 13)], [("WAI.|", 1, "WAI")]),
        ([f"phq9{i:02d}" for i in range(1, 10)], [("phq9|", 1, "phq9")]),
        ([f"oq45{s}" for s in range(1, 13)], [("oq45|", 1, "oq45")]),
        ([f"core10{i}" for i in range(1, 10)], [("core10|", 1, "core10")]),
        ([f"x5{i:02d}" for i in range(1, 13)], [("x5|", 1, "x5")]),
        ([f"core10{i:02d}{s}" for i in (1, 2, 3) for s in (1, 2)],
         [(f"core10{i:02d}{s}", 0, f"core10{i:02d}{s}") for i in (1, 2, 3) for s in (1, 2)]),
        ([f"{s}_wai" for s in range(1, 4)], [("|_wai", 1, "wai")]),
        ([f"wai_{i}_s{s}" for i in (1, 2, 3) for s in (1, 2, 3)], [("wai_|_s|", 2, "wai")]),
        ([f"s{s}_wai{i}" for i in (1, 2, 3) for s in (1, 2, 3)], [("s|_wai|", 2, "wai")]),
        ([f"phq9_t{s}" for s in (1, 2, 3)], [("phq9_t|", 1, "phq9")]),
        (
            [f"phq{k}_t{s}" for k in (9, 2) for s in (1, 2, 3)],
            [("phq9_t|", 1, "phq9"), ("phq2_t|", 1, "phq2")],
        ),
        (["IIP32", "CORE10", "SAI"], [("IIP32", 0, "IIP32"), ("CORE10", 0, "CORE10"),
                                      ("SAI", 0, "SAI")]),
        (["iip12", "iip32", "iip64"], [("iip12", 0, "iip12"), ("iip32", 0, "iip32"),
                                       ("iip64", 0, "iip64")]),
    ],
)  # fmt: skip
def test_series_of_columns(columns, expected):
    found = series_of(columns, frozenset({"phq9", "core10", "oq45"}))
    assert [("|".join(s.pieces), s.slots, s.words) for s in found] == expected
    assert sorted(name for s in found for name in s.names) == sorted(columns)


@pytest.mark.parametrize(
    ("column", "role"),
    [("PatientID", "patient_id"), ("TherapistID", "therapist_id"), ("IIP32", "iip"),
     ("WAI_total", "alliance"), ("OQ45", "symptoms"), ("ORS", "symptoms"), ("weather", None),
     ("SessionDate", "date"), ("Sitzung", "session"), ("Alter bei Beginn", "age"),
     ("Alter (Jahre)", "age"), ("alder", "age"), ("Agency", None), ("Alternative", None),
     ("Køn", "gender"), ("Pat.-Nr.", "patient_id"), ("pid", "patient_id"),
     ("PID5BF", "iip"), ("record_id", "patient_id"), ("Behandler", "therapist_id"),
     ("Therapieform", None), ("total_score", None), ("wai_therapist", None),
     ("redcap_repeat_instance", "session"), ("Sitzungsnummer", "session"), ("arm", None),
     ("Arbeitsbündnis", "alliance"), ("k10", "symptoms"), ("Datum der Sitzung", "date")],
)  # fmt: skip
def test_roles(root, column, role):
    entries = yaml.safe_load((root / "config/instruments.yaml").read_text(encoding="utf-8"))
    library = {key: Instrument(**entry) for key, entry in entries.items()}
    assert role_of(column, library) == role


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
    ("name", "files", "expected"),
    [
        ("my clinic", ["a.csv"], "only letters"),
        ("clinic", ["absent.sav"], "the file does not exist"),
        ("clinic", ["a.csv"] * 4, "Give one file"),
    ],
)
def test_the_message_says_what_cannot_be_proposed(project, name, files, expected):
    status, words = new_cohort(name, files)
    assert status == 1
    assert expected in words
    assert not (project / "config/cohorts/clinic.yaml").exists()


def test_an_unrelated_file_leaves_every_column_open(project):
    pd.DataFrame({"a": [1], "b": [2]}).to_csv("a.csv", index=False)
    status, _ = new_cohort("clinic", ["a.csv"])
    columns = written(project)["columns"]
    assert status == 0
    assert set(columns["sessions"].values()) == {FILL_IN}
    assert check_cohort("clinic")[0] == 1
