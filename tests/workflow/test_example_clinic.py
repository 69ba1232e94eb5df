"""The second cohort: messy files of a small clinic, from the raw files to the paper."""

import importlib.util
import re
import shutil
import subprocess

import pytest
import yaml
from rupture_repair.config.load import load_settings
from rupture_repair.validation.admission import admit
from rupture_repair.validation.cohort_files import check_files

FILES = ("patients.csv", "sessions.sav", "as_received/patients.csv", "as_received/sessions.sav")


@pytest.fixture(scope="module")
def settings(root):
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        loaded = load_settings({"cohorts": ["example_clinic"]}, root / "config")
    return loaded.cohorts["example_clinic"].validation


@pytest.fixture(scope="module")
def mended(root, settings):
    folder = root / "data/example_clinic"
    return check_files(f"{folder}/patients.csv", f"{folder}/sessions.sav", settings)


def test_the_generator_gives_the_committed_bytes(root, tmp_path):
    folder = root / "data/example_clinic"
    spec = importlib.util.spec_from_file_location("make_files", folder / "make_files.py")
    generator = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generator)
    generator.make(tmp_path)
    for name in FILES:
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes(), name


def test_the_mended_files_can_be_analysed_and_each_exclusion_is_counted(mended):
    assert not [p for p in mended.problems if p.severity == "blocking"]
    _, _, flow = admit(mended.patients, mended.sessions, 3, mended.changed_therapist)
    assert dict(zip(flow["step"], flow["excluded"], strict=True)) == {
        "in the patient file": 0,
        "with sessions": 1,
        "with baseline": 2,
        "with therapist": 1,
        "long enough": 3,
    }


def test_items_and_decimal_commas_are_read_as_the_clinic_meant_them(mended, root):
    raw = (root / "data/example_clinic/patients.csv").read_text(encoding="windows-1252")
    by_hand = {line.split(";")[0]: line.split(";")[2] for line in raw.splitlines()[1:]}
    read = mended.patients.set_index("patient_id")["iip"]
    assert read["K001"] == float(by_hand["K001"].replace(",", "."))
    assert "Persönlichkeitsstörung" in set(mended.patients["diagnosis"])
    sessions = mended.sessions
    assert sessions["alliance"].between(1, 5).sum() == sessions["alliance"].notna().sum() > 400
    assert sessions["symptoms"].max() <= 180  # 999 is a sheet that did not come back


@pytest.mark.parametrize(
    "expected",
    [
        "no sessions for this patient",
        "IIP64 is empty",
        "Behandler is empty",
        "the date lies before that of the session before",
        "gave one and the same WAI-SR rating",
        "fewer than 3 sessions",
        "WAI-SR scores were prorated",
        "WAI-SR scores are missing: too many items",
        "session number skips",
        "more than 90 days",
        "was read as Windows-1252",
        "user-missing values were read as missing",
    ],
)
def test_what_stays_odd_is_named(mended, expected):
    assert [p for p in mended.problems if expected in p.message]


def test_the_files_as_received_are_refused_at_five_places(root, settings):
    folder = root / "data/example_clinic/as_received"
    found = check_files(f"{folder}/patients.csv", f"{folder}/sessions.sav", settings).problems
    blocking = {(p.patient_id, p.value) for p in found if p.severity == "blocking"}
    assert blocking == {
        ("K019", "345"), ("K048", "K048"), ("K010", "7"), ("K031", "190"), ("K027", None),
    }  # fmt: skip


@pytest.fixture
def project(fresh, tmp_path):
    """The project with the example clinic as its only cohort."""
    copy = fresh.copy(tmp_path / "project")
    content = {"cohorts": ["example_clinic"], "manuscript": {"engine": "pandoc"}}
    (copy.folder / "config/config.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    return copy


@pytest.mark.long
def test_the_paper_names_no_published_study_and_no_real_patient(project):
    done = project.snakemake("--quiet")
    assert done.returncode == 0, done.stdout
    assert "example_clinic: no published figures to compare with." in done.stdout
    folder = project.folder / "results/example_clinic"
    assert not (folder / "synthetic").exists()
    for ending in ("html", "pdf", "docx"):
        assert (folder / f"manuscript/manuscript.{ending}").stat().st_size > 10_000
    html = (folder / "manuscript/manuscript.html").read_text(encoding="utf-8")
    text = " ".join(re.sub(r"<[^>]+>", " ", html).split())
    assert "hold no real patients" in text
    for word in ("published figures", "the published", "calibrated", "planted"):
        assert word not in text, word
    assert not re.search(r"(?<![\d.,−])514(?![\d.,])", text)  # the study's number of patients
    # nobody is hidden where there is nobody
    assert "masked" not in text and "The patient file contained 84 patients" in text
    if shutil.which("pdftotext"):
        pdf = str(folder / "manuscript/manuscript.pdf")
        words = subprocess.run(["pdftotext", pdf, "-"], capture_output=True, text=True, check=True)
        assert "Synthetic data" in words.stdout
