"""A copy of the project with a small synthetic cohort, run once as a whole."""

import fcntl
import shutil
import subprocess

import pytest
from rupture_repair.provenance.source import tracked_files
from tiny_project import Project, make_tiny_project, write_tiny_cohort


@pytest.fixture(scope="session")
def fresh(root, tmp_path_factory):
    """The project as after cloning, with the small cohort; nothing has been run."""
    return make_tiny_project(root, tmp_path_factory.mktemp("fresh") / "project")


@pytest.fixture(scope="session")
def built(fresh, tmp_path_factory, worker_id):
    """The project after one whole run; do not change it, copy it."""
    shared = tmp_path_factory.getbasetemp()
    if worker_id != "master":
        shared = shared.parent  # the workers of one test run wait for one another's whole run
    project = Project(shared / "built" / "project")
    output = project.folder / "terminal.txt"
    with (shared / "built.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not output.exists():
            shutil.rmtree(project.folder, ignore_errors=True)
            fresh.copy(project.folder)
            done = project.snakemake("--quiet", "host", "reason", "rules")
            assert done.returncode == 0, done.stdout
            output.write_text(done.stdout, encoding="utf-8")
    return project


@pytest.fixture(scope="session")
def repository(root, tmp_path_factory):
    """The whole repository with the small cohort, committed at the tag v0; nothing has been run."""
    folder = tmp_path_factory.mktemp("repository") / "project"
    for file in tracked_files(root):
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(root / file, folder / file)
    write_tiny_cohort(folder)
    who = ["-c", "user.name=test", "-c", "user.email=test@example.org"]
    for words in (["init", "-q"], ["add", "."], [*who, "commit", "-qm", "first"], ["tag", "v0"]):
        subprocess.run(["git", "-C", str(folder), *words], check=True)
    return Project(folder)
