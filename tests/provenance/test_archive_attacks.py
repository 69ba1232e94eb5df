"""What a careless user or a hostile colleague may do to get raw files into an archive."""

import json
import shutil
import zipfile

import pytest
import yaml
from clinic_archive import PRIVATE, RAW, files_in, git, make_results
from rupture_repair.config.errors import ExpectedError
from rupture_repair.config.load import load_project
from rupture_repair.provenance.archive import archive
from rupture_repair.provenance.source import sha256

COPIES = (
    *("config/cohorts/patients_old.csv", "config/patients_old.csv", "data/old/patients.csv"),
    *("reports/patients.txt", "reports/_sections/_notes.md", "workflow/copy.py", "patients.bak"),
)


def edit_cohort(repository, file="config/cohorts/clinic.yaml", **changes):
    content = yaml.safe_load((repository / file).read_text(encoding="utf-8"))
    content |= changes
    (repository / file).write_text(yaml.safe_dump(content), encoding="utf-8")


def archived(repository, **options):
    """Return name → content of the files in a new archive, and what was said."""
    asked = {"with_patient_data": False} | options
    status, message = archive(load_project(), repository, **asked)
    assert status == 0, message
    (file,) = repository.glob("*.crate.zip")
    with zipfile.ZipFile(file) as crate:
        return {name: crate.read(name).decode() for name in crate.namelist()}, message


def test_a_shared_record_does_not_help_to_guess_a_private_table(repository):
    """The table of few counts: whoever tries all of them knows the right one by its checksum."""
    files, _ = archived(repository)
    results = repository / "results/clinic"
    tables = [file for place in PRIVATE for file in (results / place).glob("*.csv")]
    assert tables
    assert not [file for file in tables if sha256(file) in "".join(files.values())]
    record = json.loads((results / "provenance.json").read_text(encoding="utf-8"))
    assert not [entry for entry in record["outputs"] if entry["file"].endswith("secret.csv")]


@pytest.mark.parametrize("way", ["./{}", "data//clinic/{1}", "absolute", "link"])
def test_raw_files_stay_out_however_their_path_is_written(repository, way):
    def written(kind):
        file = f"data/clinic/{kind}.csv"
        if way == "absolute":
            return str(repository / file)
        if way == "link":
            (repository / f"data/{kind}.csv").symlink_to(repository / file)
            return f"data/{kind}.csv"
        return way.format(file, f"{kind}.csv")

    edit_cohort(repository, files={kind: written(kind) for kind in ("patients", "sessions")})
    shutil.rmtree(repository / "results")
    make_results(repository)
    files, _ = archived(repository)
    assert not [name for name, text in files.items() if "secret" in text.split("\n")[0]]
    assert not [name for name, text in files.items() if str(repository) in text]
    files, _ = archived(repository, with_patient_data=True)
    assert len([name for name, text in files.items() if text.startswith("secret")]) == 2


def test_private_results_stay_out_though_git_tracks_them(repository):
    secret = repository / "results/clinic/ruptures/secret.csv"
    shutil.copy(secret, repository / "config/notes.md")
    git(repository, "add", "--force", "results", "config/notes.md")
    files, message = archived(repository)
    assert not [name for name in files if name.startswith("results/")]
    assert "config/notes.md" not in files
    assert "config/notes.md" in message


@pytest.mark.parametrize("tracked", [True, False])
def test_copies_of_raw_files_stay_out(repository, tracked):
    for place in COPIES:
        (repository / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(repository / RAW, repository / place)
    if tracked:
        git(repository, "add", "--force", *COPIES)
    files, message = archived(repository)
    assert not set(COPIES) & set(files)
    assert ("reports/_sections/_notes.md" in message) and ("workflow/copy.py" in message)


def test_the_raw_file_of_an_earlier_run_stays_out(repository):
    shutil.copytree(repository / "results/clinic", repository / "results/earlier")
    shutil.move(repository / RAW, repository / "notes.md")
    (repository / RAW).write_text("mended", encoding="utf-8")
    git(repository, "add", "notes.md")
    shutil.rmtree(repository / "results/clinic")
    make_results(repository)
    files, message = archived(repository)
    assert "notes.md" not in files
    assert "notes.md" in message, "what is left out is named"


def test_other_clinics_stay_out(repository):
    other = "config/cohorts/other_clinic.yaml"
    shutil.copy(repository / "config/cohorts/clinic.yaml", repository / other)
    git(repository, "add", other)
    shutil.copy(repository / "config/cohorts/clinic.yaml", repository / "config/cohorts/new.yaml")
    (repository / "data/stray").mkdir()
    (repository / "data/stray/letter.docx").write_text("Dear", encoding="utf-8")
    git(repository, "add", "data/stray")
    files, _ = archived(repository)
    assert "config/cohorts/clinic.yaml" in files
    assert {f"data/published/{name}.csv" for name in ("igra2025", "holmqvist_larsson2018")} <= set(
        files
    )
    assert not {other, "config/cohorts/new.yaml", "data/stray/letter.docx"} & set(files)


def test_a_folder_of_cohorts_of_its_own_gives_what_the_run_used(repository):
    (repository / "clinics/clinic").mkdir(parents=True)
    shutil.move(repository / "config/cohorts/clinic.yaml", repository / "clinics/clinic.yaml")
    shutil.copy(repository / "clinics/clinic.yaml", repository / "clinics/other.yaml")
    shutil.copy(repository / RAW, repository / "clinics/patients.csv")
    (repository / "clinics/clinic/after-discussion.md").write_text("Ours.", encoding="utf-8")
    (repository / "config/config.yaml").write_text(
        "cohorts: [clinic]\ncohort_folder: ./clinics\n", encoding="utf-8"
    )
    edit_cohort(
        repository,
        "clinics/clinic.yaml",
        files={"patients": "clinics/patients.csv", "sessions": "data/clinic/sessions.csv"},
    )
    shutil.rmtree(repository / "results")
    make_results(repository)
    files, _ = archived(repository)
    own = {name for name in files if name.startswith("clinics/")}
    assert own == {"clinics/clinic.yaml", "clinics/clinic/after-discussion.md"}
    assert files_in(repository) > own


def test_raw_files_outside_of_the_folder_are_never_taken(repository, tmp_path):
    shutil.copytree(repository / "data/clinic", tmp_path / "elsewhere")
    outside = {kind: str(tmp_path / f"elsewhere/{kind}.csv") for kind in ("patients", "sessions")}
    edit_cohort(repository, files=outside)
    shutil.rmtree(repository / "results")
    make_results(repository)
    with pytest.raises(ExpectedError, match=r"patients\.csv lies outside of this folder"):
        archive(load_project(), repository, with_patient_data=True)
    files, _ = archived(repository)
    assert not [name for name, text in files.items() if str(tmp_path) in text]
    assert "data/private/clinic/patients.csv" in files["config/cohorts/clinic.yaml"]
