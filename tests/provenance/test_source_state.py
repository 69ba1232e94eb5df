"""Which changes of the working tree a run speaks of."""

import json
import os
import shutil
import subprocess

import pytest
from rupture_repair.provenance.source import MANIFEST, sha256, source_state, tracked_files

UNKNOWN = {"commit": None, "commit_date": None, "clean_tree": None}


@pytest.fixture
def repository(tmp_path):
    """A repository with one committed source."""
    folder = tmp_path / "repository"
    (folder / "workflow").mkdir(parents=True)
    (folder / "workflow/module.py").write_text("x = 1\n")
    who = ["-c", "user.name=test", "-c", "user.email=test@example.org"]
    date = {"GIT_AUTHOR_DATE": "2026-01-02T12:00:00", "GIT_COMMITTER_DATE": "2026-01-02T12:00:00"}
    for words in (["init", "-q"], ["add", "."], [*who, "commit", "-q", "-m", "first"]):
        subprocess.run(["git", "-C", str(folder), *words], check=True, env=os.environ | date)
    return folder


@pytest.fixture
def unpacked(repository, tmp_path):
    """The same sources as an archive holds them: no repository, but a manifest."""
    state = source_state(repository)
    folder = tmp_path / "unpacked"
    shutil.copytree(repository, folder, ignore=shutil.ignore_patterns(".git"))
    files = {"workflow/module.py": sha256(folder / "workflow/module.py")}
    (folder / MANIFEST).write_text(json.dumps({**state, "files": files}))
    return folder


def test_an_untouched_tree_is_clean(repository):
    state = source_state(repository)
    assert len(state["commit"]) == 40
    assert state["clean_tree"] is True
    assert state["commit_date"] == "2026-01-02"


def test_an_edited_source_is_a_change(repository):
    (repository / "workflow/module.py").write_text("x = 2\n")
    assert source_state(repository)["clean_tree"] is False


def test_a_new_cohort_file_is_a_change_but_a_stray_file_is_not(repository):
    (repository / "notes.txt").write_text("mine\n")
    assert source_state(repository)["clean_tree"] is True
    (repository / "workflow/new.py").write_text("y = 1\n")
    assert source_state(repository)["clean_tree"] is False


def test_a_folder_inside_another_repository_has_no_commit_of_its_own(repository):
    assert source_state(repository / "workflow") == UNKNOWN


def test_an_archive_knows_its_commit(repository, unpacked):
    assert source_state(unpacked) == source_state(repository)


def test_an_edited_or_a_new_source_in_an_archive_is_a_change(unpacked):
    (unpacked / "notes.txt").write_text("mine\n")
    assert source_state(unpacked)["clean_tree"] is True
    (unpacked / "workflow/new.py").write_text("y = 1\n")
    assert source_state(unpacked)["clean_tree"] is False
    (unpacked / "workflow/new.py").unlink()
    (unpacked / "workflow/module.py").write_text("x = 2\n")
    assert source_state(unpacked)["clean_tree"] is False


def test_an_archive_of_changed_sources_stays_changed(unpacked):
    manifest = json.loads((unpacked / MANIFEST).read_text())
    (unpacked / MANIFEST).write_text(json.dumps(manifest | {"clean_tree": False}))
    assert source_state(unpacked)["clean_tree"] is False


def test_files_of_a_repository_leave_out_what_git_ignores_and_new_data(repository):
    (repository / ".gitignore").write_text("results/\n")
    for name in ("results/a.csv", "data/patients.csv", "workflow/new.py", "notes.txt"):
        (repository / name).parent.mkdir(exist_ok=True)
        (repository / name).write_text("1\n")
    assert tracked_files(repository) == ["workflow/module.py", "workflow/new.py"]


def test_files_of_an_archive_are_those_it_came_with_and_new_sources(unpacked):
    for name in ("results/a.csv", "data/patients.csv", "workflow/new.py", "notes.txt"):
        (unpacked / name).parent.mkdir(exist_ok=True)
        (unpacked / name).write_text("1\n")
    assert tracked_files(unpacked) == ["workflow/module.py", "workflow/new.py"]
