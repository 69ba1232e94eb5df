"""Which changes of the working tree a run speaks of."""

import json
import os
import shlex
import shutil
import subprocess

import pytest
from rupture_repair.provenance.source import MANIFEST, sha256, source_state, tracked_files

UNKNOWN = {"commit": None, "commit_date": None, "clean_tree": None, "repository": False}


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


def git(repository, *words):
    subprocess.run(["git", "-C", str(repository), *words], check=True)


@pytest.mark.parametrize(
    "words",
    [
        "update-index --assume-unchanged workflow/module.py",
        "update-index --skip-worktree workflow/module.py",
        "config core.fileMode false",
        "config filter.hide.clean 'git show HEAD:%f'",
    ],
)
def test_an_edit_that_git_ignores_is_a_change(repository, words):
    git(repository, *shlex.split(words))
    attributes = repository / ".git/info/attributes"
    attributes.write_text("*.py filter=hide\n" if "filter" in words else "")
    (repository / "workflow/module.py").write_text("x = 2\n")
    assert source_state(repository)["clean_tree"] is False


@pytest.mark.parametrize("how", ["settings", "exclude", "ignore"])
def test_a_new_source_that_git_ignores_is_a_change(repository, how):
    if how == "settings":
        git(repository, "config", "status.showUntrackedFiles", "no")
    else:
        place = ".git/info/exclude" if how == "exclude" else ".gitignore"
        (repository / place).write_text("new.py\n")
    (repository / "workflow/new.py").write_text("y = 1\n")
    assert source_state(repository)["clean_tree"] is False


def test_a_deleted_source_is_a_change(repository):
    (repository / "workflow/module.py").unlink()
    assert source_state(repository)["clean_tree"] is False


@pytest.mark.parametrize("kind", ["owner", "hook"])
def test_a_repository_is_read_whoever_owns_it_and_whoever_asks(repository, monkeypatch, kind):
    before = source_state(repository)
    if kind == "owner":
        monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
        asked = ["git", "-C", str(repository), "status"]
        assert subprocess.run(asked, capture_output=True).returncode != 0
    else:
        monkeypatch.setenv("GIT_DIR", "/nowhere")
    assert source_state(repository) == before
    assert before["clean_tree"] is True


def test_a_repository_without_git_is_a_repository_still(repository, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    assert source_state(repository) == UNKNOWN | {"repository": True}


@pytest.mark.parametrize(
    "file",
    ["config/cohorts/clinic.yaml", "config/cohorts/clinic/_discussion.md", "data/clinic/p.csv"],
)
def test_what_a_clinic_adds_is_an_input_and_no_changed_source(repository, file):
    (repository / file).parent.mkdir(parents=True)
    (repository / file).write_text("title: Clinic\n")
    assert source_state(repository)["clean_tree"] is True


def test_a_cohort_file_of_the_commit_that_was_edited_is_a_change(repository):
    (repository / "config/cohorts").mkdir(parents=True)
    (repository / "config/cohorts/shipped.yaml").write_text("title: Shipped\n")
    git(repository, "add", ".")
    git(repository, "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-qm", "b")
    assert source_state(repository)["clean_tree"] is True
    (repository / "config/cohorts/shipped.yaml").write_text("title: Other\n")
    assert source_state(repository)["clean_tree"] is False


def test_a_new_module_is_a_change_but_a_stray_file_is_not(repository):
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


def test_a_link_to_a_folder_of_modules_is_a_change(repository, tmp_path):
    """Python would import it in place of a library of that name."""
    (tmp_path / "elsewhere").mkdir()
    (repository / "workflow/numpy").symlink_to(tmp_path / "elsewhere")
    assert source_state(repository)["clean_tree"] is False


def test_a_repository_among_the_sources_is_a_change(repository):
    git(repository / "workflow", "init", "-q", "nested")
    (repository / "workflow/nested/module.py").write_text("x = 2\n")
    assert source_state(repository)["clean_tree"] is False


@pytest.mark.parametrize("trick", ["replace", "grafts", "sparse", "smudge", "environment"])
def test_no_trick_of_git_hides_an_edit(repository, trick, monkeypatch):
    commit = source_state(repository)["commit"]
    (repository / "workflow/module.py").write_text("x = 2\n")
    if trick == "replace":  # another commit, of the edited tree, in place of the first one
        git(repository, "add", ".")
        git(repository, "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-qm", "2")
        git(repository, "replace", commit, "HEAD")
        git(repository, "reset", "-q", "--soft", commit)
    elif trick == "grafts":
        (repository / ".git/info/grafts").write_text(f"{commit}\n")
    elif trick == "sparse":
        git(repository, "config", "core.sparseCheckout", "true")
        (repository / ".git/info/sparse-checkout").write_text("/nothing\n")
        git(repository, "update-index", "--skip-worktree", "workflow/module.py")
    elif trick == "smudge":
        (repository / ".git/info/attributes").write_text("*.py filter=lie ident eol=crlf\n")
        git(repository, "config", "filter.lie.smudge", "echo x = 2")
        git(repository, "config", "filter.lie.clean", "echo x = 1")
    else:
        clone = repository.parent / "clone"
        subprocess.run(["git", "clone", "-q", str(repository), str(clone)], check=True)
        for name, value in {
            "GIT_DIR": clone / ".git",
            "GIT_WORK_TREE": clone,
            "GIT_INDEX_FILE": clone / ".git/index",
            "GIT_REPLACE_REF_BASE": "refs/heads",
            "GIT_CONFIG_GLOBAL": clone / "none",
        }.items():
            monkeypatch.setenv(name, str(value))
    state = source_state(repository)
    assert (state["commit"], state["clean_tree"]) == (commit, False)
