"""A project folder with the shipped configuration, and cohort files to break."""

import copy
import shutil

import pytest
import yaml
from rupture_repair.config.errors import ConfigError
from rupture_repair.config.load import load_settings

PROJECT = {"cohorts": ["clinic"]}


@pytest.fixture
def folder(tmp_path, monkeypatch, root):
    """A project folder with the shipped configuration, as the working directory."""
    shutil.copytree(root / "config", tmp_path / "config")
    (tmp_path / "data/published").mkdir(parents=True)
    for study in ("igra2025", "holmqvist_larsson2018"):
        shutil.copy(root / f"data/published/{study}.csv", tmp_path / "data/published")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def cohort(cohort_file):
    """A cohort file to break."""
    return copy.deepcopy(cohort_file)


@pytest.fixture
def load(folder):
    """A function that writes a cohort file called `clinic` and loads the project."""

    def write_and_load(content, project=PROJECT):
        text = content if isinstance(content, str) else yaml.safe_dump(content, sort_keys=False)
        (folder / "config/cohorts/clinic.yaml").write_text(text, encoding="utf-8")
        return load_settings(project, folder / "config")

    return write_and_load


@pytest.fixture
def problems(load):
    """A function that returns the problems of a broken cohort file as (key, message)."""

    def of(content, project=PROJECT):
        with pytest.raises(ConfigError) as caught:
            load(content, project)
        return [(problem.key, problem.message) for problem in caught.value.problems]

    return of
