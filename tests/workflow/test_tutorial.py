"""The commands of the tutorial, run as they stand there in a fresh copy of the project."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest


def commands(root):
    """Return the lines of the tutorial's code blocks."""
    page = (root / "docs/tutorial.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```\n(.*?)```", page, re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


@pytest.fixture
def tutorial(root, fresh, tmp_path):
    """A function that runs a line of the tutorial; the environment is the one of the tests."""
    folder = fresh.copy(tmp_path / "project").folder
    for name in ("Makefile", "pyproject.toml"):
        (folder / name).write_bytes((root / name).read_bytes())
    (folder / "config/config.yaml").write_bytes((root / "config/config.yaml").read_bytes())
    lock = (folder / "requirements.lock").read_bytes()
    sums = subprocess.run(["cksum"], input=lock, capture_output=True, check=True).stdout.decode()
    (folder / ".venv").mkdir()
    for entry in Path(sys.prefix).iterdir():
        if not entry.name.startswith("ready-"):
            (folder / ".venv" / entry.name).symlink_to(entry)
    (folder / f".venv/ready-{'-'.join(sums.split())}").touch()
    environment = os.environ | {"PYTHONPATH": "workflow"}

    def run(line):
        return subprocess.run(
            line, shell=True, cwd=folder, env=environment, text=True, timeout=900,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def address_said_by(line):
        """The first line with an address; then the command is stopped as by Ctrl-C."""
        begun = subprocess.Popen(
            line, shell=True, cwd=folder, env=environment, text=True, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        stop = threading.Timer(120, os.killpg, (begun.pid, signal.SIGKILL))
        stop.start()
        try:
            return next((message for message in begun.stdout if "http://127.0.0.1:" in message), "")
        finally:
            stop.cancel()
            with contextlib.suppress(ProcessLookupError):
                os.killpg(begun.pid, signal.SIGINT)
            begun.communicate(timeout=60)

    return folder, run, address_said_by


def test_the_tutorial_names_files_that_are_there(root):
    message = " ".join(commands(root))
    files = re.findall(r"data/[\w/.]+", message)
    assert len(files) == 2
    assert all((root / file).is_file() for file in files)


@pytest.mark.long
def test_the_tutorial_leads_from_the_raw_files_to_the_paper(root, tutorial):
    folder, run, address_said_by = tutorial
    propose, first_check, mend, second_check, reproduce, explore = commands(root)
    done = run(propose)
    assert done.returncode == 0, done.stdout
    assert "FILL_IN" not in done.stdout
    done = run(first_check)
    assert done.returncode != 0
    assert "must be mended" in done.stdout
    assert "Traceback" not in done.stdout
    assert (folder / "results/myclinic/check/report.html").is_file()
    assert run(mend).returncode == 0
    done = run(second_check)
    assert done.returncode == 0, done.stdout
    assert "The data can be analysed" in done.stdout
    done = run(reproduce)
    assert done.returncode == 0, done.stdout
    assert "results/myclinic/index.html" in done.stdout
    html = (folder / "results/myclinic/manuscript/manuscript.html").read_text(encoding="utf-8")
    assert "hold no real patients" in " ".join(html.split())
    assert "http://127.0.0.1:" in address_said_by(explore)
