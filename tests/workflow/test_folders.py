"""A run reaches its paper in a folder of any name, through a link, and without UTF-8 locale."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from rupture_repair.provenance.processes import name_interpreter_safely

NAMES = ["a blank", 'it\'s "ours"', "{x} {{y}} [1]", "Übung ß", "$HOME;b&c", "-dash %41#"]
EVERYTHING = 'it\'s "a" {x} [1] Übung $HOME;b&c'
NOT_UTF8 = {"LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0"}


def make(folder, *words, **variables):
    """Run `make` in a folder whose `.venv` is a link to the environment of these tests."""
    (folder / ".venv").symlink_to(sys.prefix)
    shutil.copy(Path(__file__).parents[2] / "Makefile", folder)
    drop = {"PYTHONPATH", "PYTHONUTF8", "MAKEFLAGS", "MAKELEVEL", "QUARTO"}
    environment = {name: value for name, value in os.environ.items() if name not in drop}
    done = subprocess.run(
        ["make", "--no-print-directory", "CORES=2", "READY=Snakefile", *words],
        cwd=folder,
        env=environment | {"PYTHONPATH": "workflow"} | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=900,
    )
    (folder / ".venv").unlink()
    output = done.stdout.decode(errors="replace")
    assert done.returncode == 0, output
    return output


def test_a_safe_interpreter_keeps_its_path(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/opt/python/bin/python3")
    name_interpreter_safely()
    assert sys.executable == "/opt/python/bin/python3"


@pytest.mark.parametrize("name", NAMES)
def test_a_shell_finds_an_interpreter_whose_path_it_would_split(monkeypatch, tmp_path, name):
    program = tmp_path / name / "bin/python3"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\necho found\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    monkeypatch.setenv("PATH", os.environ["PATH"])
    name_interpreter_safely()
    done = subprocess.run(f"{sys.executable} -c ''", shell=True, capture_output=True, text=True)
    assert done.stdout == "found\n", done.stderr


def test_a_locale_without_a_letter_is_no_reason_to_stop(root, tmp_path):
    (tmp_path / "config").mkdir()
    (tmp_path / "config/config.yaml").write_text("cohorts: [ü–ä]\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "rupture_repair", "cite"],
        cwd=tmp_path,
        env=os.environ | NOT_UTF8 | {"PYTHONUTF8": "0", "PYTHONPATH": str(root / "workflow")},
        capture_output=True,
    )
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr, done.stderr
    assert b"`???`: a cohort name has only letters" in done.stdout


@pytest.mark.long
@pytest.mark.parametrize("name", NAMES)
def test_a_run_goes_on_to_its_paper_in_a_folder_of_any_name(built, tmp_path, name):
    project = built.copy(tmp_path / name)
    for made in ("manuscript", "figures"):
        shutil.rmtree(project.results / made)
    output = make(project.folder, "reproduce")
    assert "validate_cohort" not in output, "what was made elsewhere holds here"
    assert (project.results / "manuscript/manuscript.pdf").is_file()


@pytest.mark.long
def test_a_whole_run_where_everything_comes_together(built, fresh, tmp_path):
    """A name with everything, through a link, in a locale without UTF-8, data in a folder `{x}`."""
    project = fresh.copy(tmp_path / EVERYTHING)
    place = "data/private/{x} ü/tiny"
    (project.folder / place).mkdir(parents=True)
    file = project.folder / "config/cohorts/tiny.yaml"
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    content["files"] = {kind: f"{place}/{kind}.csv" for kind in ("patients", "sessions")}
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    for raw in content["files"].values():
        shutil.copy(built.results / "synthetic" / Path(raw).name, project.folder / raw)
    link = tmp_path / "link to it"
    link.symlink_to(project.folder)
    make(link, "check", "NAME=tiny", **NOT_UTF8)
    make(link, "report", **NOT_UTF8)
    page = (project.results / "manuscript/manuscript.html").read_text(encoding="utf-8")
    assert "SYNTHETIC" not in page.upper().split("<BODY")[1][:2000]
    assert (project.folder / "report.html").is_file()
    assert "Nothing to be done" in make(project.folder, "reproduce")
