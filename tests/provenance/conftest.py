"""A clinic's run, and its archive unpacked elsewhere."""

import zipfile

import pytest
from clinic_archive import make_repository, make_results
from rupture_repair.config.load import load_project
from rupture_repair.provenance.archive import archive


@pytest.fixture
def repository(root, tmp_path, monkeypatch):
    """A repository with a clinic whose raw files were committed by mistake, after one run."""
    folder = tmp_path / "repository"
    make_repository(root, folder)
    monkeypatch.chdir(folder)
    make_results(folder)
    return folder


@pytest.fixture
def unpacked(repository, tmp_path):
    """The archive of that run, unpacked elsewhere."""
    status, message = archive(load_project(), repository, with_patient_data=False)
    assert status == 0, message
    (file,) = repository.glob("*.crate.zip")
    with zipfile.ZipFile(file) as crate:
        crate.extractall(tmp_path / "unpacked")
    return tmp_path / "unpacked"
