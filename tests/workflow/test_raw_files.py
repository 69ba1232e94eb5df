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


def test_a_touched_file_changes_nothing_and_an_older_one_with_other_content_does(delivered):
    file = delivered.folder / "data/private/tiny/sessions.csv"
    os.utime(file)
    assert delivered.plan(*READ) == {}
    before = file.read_text(encoding="utf-8")
    file.write_text(before.rstrip("\n").rpartition("\n")[0] + "\n", encoding="utf-8")
    os.utime(file, (1, 1))
    assert delivered.plan(*READ) == READERS
