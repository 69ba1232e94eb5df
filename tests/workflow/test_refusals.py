"""What a user sees when the data or the configuration cannot be used, and with real files."""

import pandas as pd
import pytest
from rupture_repair.config.errors import ConfigError
from rupture_repair.config.load import load_project

SESSIONS = "data/private/tiny/sessions.csv"


@pytest.fixture
def unrun(fresh, tmp_path):
    """A copy of the project in which nothing has been run."""
    return fresh.copy(tmp_path / "project")


@pytest.fixture
def with_real_files(unrun, built):
    """The project with raw files of a clinic in place: the synthetic ratings."""
    folder = unrun.folder / "data/private/tiny"
    folder.mkdir(parents=True)
    for kind in ("patients", "sessions"):
        text = (built.results / f"synthetic/{kind}.csv").read_text(encoding="utf-8")
        (folder / f"{kind}.csv").write_text(text, encoding="utf-8")
    return unrun


def test_broken_data_stop_the_run_in_words(with_real_files):
    project = with_real_files
    file = project.folder / SESSIONS
    table = pd.read_csv(file, dtype=str, keep_default_na=False)
    table.loc[3, "SAI"] = "four"
    table.loc[7, "CORE10"] = "93"
    table.to_csv(file, index=False)
    done = project.snakemake("--quiet", "host", "reason", "--keep-going")
    assert done.returncode != 0
    assert "Traceback" not in done.stdout
    assert "tiny: 2 problems in the data must be mended first:" in done.stdout
    listed = [line for line in done.stdout.splitlines() if line.lstrip().startswith("* ")]
    message = "\n".join(listed)
    for row, value in ((3, "four"), (7, "93")):
        assert f"sessions.csv, line {row + 2}, column" in message
        assert table.loc[row, "PatientID"] not in message and value not in message
    problems = pd.read_csv(project.results / "validation/problems.csv", dtype=str)
    blocking = problems[problems["severity"] == "blocking"]
    assert len(blocking) == 2
    wanted = ["file", "line", "patient_id", "session", "value", "allowed", "remedy"]
    assert blocking[wanted].notna().all(axis=None)
    assert (project.results / "validation/report.html").is_file()
    assert not list(project.results.glob("tables/*"))
    assert not list(project.results.glob("data/*"))


def test_a_typo_is_refused_before_any_job(unrun):
    unrun.edit("config/cohorts/tiny.yaml", "confidential:", "confidental:")
    unrun.edit("config/cohorts/tiny.yaml", "igra2025_style", "igra2025_stile")
    unrun.edit("config/config.yaml", None, "cohorts: [tiny]\n")
    done = unrun.snakemake()
    assert done.returncode != 0
    assert "config/cohorts/tiny.yaml: confidental: unknown key" in done.stdout
    assert "did you mean `confidential`?" in done.stdout
    assert "config/config.yaml: line 6: not valid YAML: the key `cohorts` is given twice" in (
        done.stdout
    )
    assert "Traceback" not in done.stdout
    assert not (unrun.folder / "results").exists()


def test_one_of_two_real_files_is_refused(with_real_files, monkeypatch):
    (with_real_files.folder / SESSIONS).unlink()
    monkeypatch.chdir(with_real_files.folder)
    with pytest.raises(ConfigError) as refused:
        load_project()
    assert f"files.sessions: no file {SESSIONS}" in str(refused.value)
    assert "no synthetic cohort is made" in str(refused.value)


@pytest.mark.long
def test_a_paper_on_real_files_is_not_called_synthetic(with_real_files):
    done = with_real_files.snakemake("--quiet")
    assert done.returncode == 0, done.stdout
    table = pd.read_csv(with_real_files.results / "verification.csv")
    assert set(table["kind"]) == {"emergent", "direction"}
    html = (with_real_files.results / "manuscript/manuscript.html").read_text(encoding="utf-8")
    assert "Synthetic data" not in html
    for text in with_real_files.results.glob("figures/*.txt"):
        assert "ynthetic" not in text.read_text(encoding="utf-8"), text.name
