"""Real raw files are known by what is in them, whatever their dates say."""

import os
import shutil

import pytest

READ = ("--", "results/tiny/run.json", "results/tiny/validation/problems.csv")
READERS = {"record_run": 1, "validate_cohort": 1}


@pytest.fixture(scope="module")
def delivered(fresh, built, tmp_path_factory):
    """A project with real raw files that were read once."""
    project = fresh.copy(tmp_path_factory.mktemp("delivered") / "project")
    shutil.copytree(built.results / "synthetic", project.folder / "data/private/tiny")
    done = project.snakemake("--quiet", "all", *READ)
    assert done.returncode == 0, done.stdout
    return project


def test_real_files_are_not_called_synthetic(delivered):
    assert '"synthetic": false' in (delivered.results / "run.json").read_text(encoding="utf-8")
    assert not (delivered.results / "synthetic").exists()


@pytest.mark.long
def test_a_touched_file_changes_nothing(delivered):
    os.utime(delivered.folder / "data/private/tiny/sessions.csv")
    assert delivered.plan(*READ) == {}


def test_an_older_file_with_other_content_is_read(delivered):
    file = delivered.folder / "data/private/tiny/sessions.csv"
    before = file.read_text(encoding="utf-8")
    file.write_text(before.rstrip("\n").rpartition("\n")[0] + "\n", encoding="utf-8")
    os.utime(file, (1, 1))
    assert delivered.plan(*READ) == READERS
    file.write_text(before, encoding="utf-8")
