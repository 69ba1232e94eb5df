"""What a careless user or a hostile colleague may do to results, archive and raw files."""

import json
import os
import shutil
import subprocess
import sys
import zipfile

import pytest
import yaml
from clinic_archive import PRIVATE, files_in, git, make_results
from rupture_repair.config.errors import ExpectedError
from rupture_repair.config.load import load_project
from rupture_repair.provenance.archive import archive, changed_in_the_archive
from rupture_repair.provenance.citation import cite
from rupture_repair.provenance.integrity import record_of
from rupture_repair.provenance.source import sha256

RAW = "data/clinic/patients.csv"
COPIES = (
    *("config/cohorts/patients_old.csv", "config/patients_old.csv", "data/old/patients.csv"),
    *("reports/patients.txt", "reports/_sections/_notes.md", "workflow/copy.py", "patients.bak"),
)


def rewrite(file, content):
    """Change a file and put its date back."""
    before = file.stat()
    file.write_text(content, encoding="utf-8")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


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


@pytest.mark.parametrize("place", ["manuscript/manuscript.html", "tables/cohort.csv"])
def test_an_altered_result_is_named_and_nothing_is_made_of_it(repository, place):
    rewrite(repository / "results/clinic" / place, "12.3")
    for command in (
        lambda: record_of(load_project(), "clinic"),
        lambda: cite(load_project(), repository / "CITATION.cff"),
        lambda: archive(load_project(), repository, with_patient_data=False),
    ):
        with pytest.raises(ExpectedError, match=f"results/clinic/{place}.*delete these files"):
            command()
    assert not list(repository.glob("*.zip"))


def test_a_shared_record_does_not_help_to_guess_a_private_table(repository):
    """The table of few counts: whoever tries all of them knows the right one by its checksum."""
    files, _ = archived(repository)
    results = repository / "results/clinic"
    tables = [file for place in PRIVATE for file in (results / place).glob("*.csv")]
    assert tables
    assert not [file for file in tables if sha256(file) in "".join(files.values())]
    record = json.loads((results / "provenance.json").read_text(encoding="utf-8"))
    assert not [entry for entry in record["outputs"] if entry["file"].endswith("secret.csv")]


def test_an_altered_private_result_is_named(repository):
    results = repository / "results/clinic"
    table, listed = results / "ruptures/secret.csv", results / "ruptures/outputs.json"
    before = sha256(table)
    rewrite(table, "12.3")
    with pytest.raises(ExpectedError, match=r"results/clinic/ruptures/secret\.csv"):
        record_of(load_project(), "clinic")
    rewrite(listed, listed.read_text(encoding="utf-8").replace(before, sha256(table)))
    with pytest.raises(ExpectedError, match=r"results/clinic/ruptures/outputs\.json"):
        record_of(load_project(), "clinic")


@pytest.mark.parametrize(
    "file", [RAW, "data/published/igra2025.csv", "config/cohorts/clinic.yaml", "Snakefile"]
)
def test_an_input_that_was_replaced_by_an_older_one_is_named(repository, file):
    with (repository / file).open("a", encoding="utf-8") as handle:
        handle.write("\n")
    os.utime(repository / file, (1, 1))
    with pytest.raises(ExpectedError, match=file.split("/")[-1]):
        cite(load_project(), repository / "CITATION.cff")
    with pytest.raises(ExpectedError, match="Run `make reproduce COHORT=clinic`"):
        archive(load_project(), repository, with_patient_data=True)


def test_raw_files_that_changed_places_are_named(repository):
    patients, sessions = (
        repository / f"data/clinic/{kind}.csv" for kind in ("patients", "sessions")
    )
    first, second = patients.read_text(encoding="utf-8"), sessions.read_text(encoding="utf-8")
    rewrite(patients, second)
    rewrite(sessions, first)
    with pytest.raises(ExpectedError, match=r"patients\.csv, sessions\.csv"):
        cite(load_project(), repository / "CITATION.cff")


def test_results_of_another_cohort_are_named(repository):
    """As after a copy of `results/other` to the wrong place, its record with it or not."""
    other = repository / "results/other"
    shutil.copytree(repository / "results/clinic", other)
    rewrite(other / "tables/cohort.csv", "12.3")
    shutil.copy2(other / "tables/cohort.csv", repository / "results/clinic/tables/cohort.csv")
    with pytest.raises(ExpectedError, match=r"results/clinic/tables/cohort\.csv"):
        record_of(load_project(), "clinic")


@pytest.mark.parametrize(
    "place",
    [
        "archived/clinic/tables/results/more.csv",
        "archived/clinic/tables/__pycache__/more.csv",
        "workflow/results/numpy.py",
        "archived/clinic/tables/link",
        "workflow/numpy",
    ],
)
def test_no_file_that_was_added_hides_behind_its_name(unpacked, place):
    (unpacked / place).parent.mkdir(parents=True, exist_ok=True)
    if "." in place:
        (unpacked / place).write_text("1", encoding="utf-8")
    else:
        (unpacked / place).symlink_to(unpacked.parent, target_is_directory=True)
    status, message = check_unpacked(unpacked)
    assert (status, message.splitlines()[0]) == (1, f"added: {place}")


def test_a_raw_file_that_is_gone_is_named(repository):
    settings = load_project()
    (repository / RAW).unlink()
    with pytest.raises(ExpectedError, match=r"patients\.csv"):
        record_of(settings, "clinic")


def check_unpacked(folder):
    """Run the check that lies in the archive, with nothing but Python."""
    command = [sys.executable, "-I", "-S", "verify_archive.py"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    return done.returncode, done.stdout


def test_an_unpacked_archive_is_checked_by_python_alone(unpacked):
    status, message = check_unpacked(unpacked)
    assert status == 0, message
    assert "files are as they were archived" in message
    paper = "archived/clinic/manuscript/manuscript.html"
    rewrite(unpacked / paper, "12.3")
    rewrite(unpacked / "Snakefile", "rule all:")
    (unpacked / "archived/clinic/verification.csv").unlink()
    (unpacked / "archived/clinic/tables/more.csv").write_text("1", encoding="utf-8")
    status, message = check_unpacked(unpacked)
    assert status == 1
    first, *others = message.splitlines()
    assert first == "changed: Snakefile"
    assert others[:3] == [
        f"changed: {paper}",
        "added: archived/clinic/tables/more.csv",
        "missing: archived/clinic/verification.csv",
    ]
    assert changed_in_the_archive(unpacked) == others[:3]


def test_metadata_of_a_crate_that_were_changed_are_named(unpacked):
    metadata = unpacked / "ro-crate-metadata.json"
    text = metadata.read_text(encoding="utf-8")
    metadata.write_text(text.replace("MIT License", "No License"), encoding="utf-8")
    status, message = check_unpacked(unpacked)
    assert (status, message.splitlines()[0]) == (1, "changed: ro-crate-metadata.json")


def test_bytecode_in_an_unpacked_archive_is_not_passed_over_in_silence(unpacked):
    assert "not checked" not in check_unpacked(unpacked)[1]
    planted = unpacked / "workflow/rupture_repair/detection/__pycache__/events.cpython-311.pyc"
    planted.parent.mkdir(parents=True)
    planted.write_bytes(b"anything")
    status, message = check_unpacked(unpacked)
    assert status == 0
    assert "Not from the archive and not checked: bytecode (__pycache__)." in message


def test_a_manifest_that_was_changed_with_its_file_contradicts_the_record(unpacked):
    paper = unpacked / "archived/clinic/manuscript/manuscript.html"
    manifest = json.loads((unpacked / "source.json").read_text(encoding="utf-8"))
    rewrite(paper, "12.3")
    digest = subprocess.run(["sha256sum", paper], capture_output=True, text=True).stdout.split()[0]
    manifest["archived"]["archived/clinic/manuscript/manuscript.html"] = digest
    (unpacked / "source.json").write_text(json.dumps(manifest), encoding="utf-8")
    status, message = check_unpacked(unpacked)
    assert (status, "not as in archived/clinic/provenance.json" in message) == (1, True)


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
