"""Which changes of the working tree a run speaks of."""

import subprocess

import pytest
from rupture_repair.provenance.record import source_state


@pytest.fixture
def repository(tmp_path):
    """A repository with one committed source."""
    (tmp_path / "workflow").mkdir()
    (tmp_path / "workflow/module.py").write_text("x = 1\n")
    who = ["-c", "user.name=test", "-c", "user.email=test@example.org"]
    for words in (["init", "-q"], ["add", "."], [*who, "commit", "-q", "-m", "first"]):
        subprocess.run(["git", "-C", str(tmp_path), *words], check=True)
    return tmp_path


def test_an_untouched_tree_is_clean(repository):
    state = source_state(repository)
    assert len(state["commit"]) == 40
    assert state["clean_tree"] is True


def test_an_edited_source_is_a_change(repository):
    (repository / "workflow/module.py").write_text("x = 2\n")
    assert source_state(repository)["clean_tree"] is False


def test_a_new_cohort_file_is_a_change_but_a_stray_file_is_not(repository):
    (repository / "notes.txt").write_text("mine\n")
    assert source_state(repository)["clean_tree"] is True
    (repository / "workflow/new.py").write_text("y = 1\n")
    assert source_state(repository)["clean_tree"] is False


def test_a_folder_inside_another_repository_has_no_commit_of_its_own(repository):
    assert source_state(repository / "workflow") == {"commit": None, "clean_tree": None}
