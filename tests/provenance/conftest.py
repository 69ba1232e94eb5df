"""A clinic's run, and its archive unpacked elsewhere."""

import shutil
import zipfile
from contextlib import chdir

import pytest
from clinic_archive import make_repository, make_results
from rupture_repair.config.load import load_project
from rupture_repair.provenance.archive import archive


@pytest.fixture(scope="session")
def clinic_run(root, tmp_path_factory):
    """The repository below, made once; do not change it."""
    folder = tmp_path_factory.mktemp("clinic") / "repository"
    make_repository(root, folder)
    with chdir(folder):
        make_results(folder)
    return folder


@pytest.fixture(scope="session")
def clinic_archive(clinic_run, tmp_path_factory):
    """The archive of that run, unpacked; do not change it."""
    folder = tmp_path_factory.mktemp("archived") / "repository"
    shutil.copytree(clinic_run, folder)
    with chdir(folder):
        status, message = archive(load_project(), folder, with_patient_data=False)
    assert status == 0, message
    (file,) = folder.glob("*.crate.zip")
    with zipfile.ZipFile(file) as crate:
        crate.extractall(folder / "unpacked")
    return folder / "unpacked"


@pytest.fixture
def repository(clinic_run, tmp_path, monkeypatch):
    """A repository with a clinic whose raw files were committed by mistake, after one run."""
    folder = shutil.copytree(clinic_run, tmp_path / "repository")  # dates are kept
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def unpacked(repository, clinic_archive, tmp_path):
    """The archive of that run, unpacked elsewhere."""
    return shutil.copytree(clinic_archive, tmp_path / "unpacked")
