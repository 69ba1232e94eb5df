"""An archive that is unpacked elsewhere gives the same checksums again."""

import dataclasses
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest


def make(folder, target, environment_at):
    """Run `make` with the environment of these tests instead of a new one.

    environment_at : a link to it, whose path has no blanks; the recipes know it as `.venv` alone.
    """
    if not environment_at.exists():
        environment_at.symlink_to(Path(sys.executable).parents[1])
    ready = [f"READY={folder / 'LICENSE'}", f"BIN={environment_at}/bin"]
    drop = {"PYTHONPATH", "MAKEFLAGS", "MAKELEVEL"}
    environment = {name: value for name, value in os.environ.items() if name not in drop}
    return subprocess.run(
        ["make", "--no-print-directory", target, "CORES=2", *ready],
        cwd=folder,
        env=environment | {"PYTHONPATH": "workflow"},
        capture_output=True,
        text=True,
        timeout=900,
    )


@pytest.mark.long
def test_an_unpacked_archive_gives_the_same_checksums(repository, tmp_path):
    done = make(repository.folder, "archive", tmp_path / "venv")
    assert done.returncode == 0, done.stdout + done.stderr
    (file,) = repository.folder.glob("*.crate.zip")
    unpacked = tmp_path / "elsewhere" / "unpacked"
    with zipfile.ZipFile(file) as crate:
        crate.extractall(unpacked)
    assert not (unpacked / "results").exists()
    done = make(unpacked, "reproduce", tmp_path / "venv")
    assert done.returncode == 0, done.stdout + done.stderr
    archived, again = (
        json.loads((unpacked / place / "tiny/provenance.json").read_text(encoding="utf-8"))
        for place in ("archived", "results")
    )
    assert len(archived["outputs"]) > 50
    assert again == archived

    # a changed source is named on the first page, and in the record
    dataclasses.replace(repository, folder=unpacked).edit(
        "reports/_sections/_discussion.md", None, "\nEdited.\n"
    )
    done = make(unpacked, "reproduce", tmp_path / "venv")
    assert done.returncode == 0, done.stdout + done.stderr
    page = (unpacked / "results/tiny/manuscript/manuscript.html").read_text(encoding="utf-8")
    assert page.index("Changed sources.") < page.index('id="abstract"')
    record = json.loads((unpacked / "results/tiny/run.json").read_text(encoding="utf-8"))
    assert record["commit"] == archived["commit"]
    assert record["clean_tree"] is False
