"""The command `explore` after a whole run: on this machine alone, with a token, until Ctrl-C."""

import os
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request

import pytest
from rupture_repair.provenance.integrity import record_of

COMMAND = [sys.executable, "-m", "rupture_repair", "explore", "tiny"]


@pytest.fixture
def project(built, tmp_path):
    return built.copy(tmp_path / "project")


def environment(project):
    """The package of the copy, so that the record's sources are those that run."""
    return os.environ | {"PYTHONPATH": str(project.folder / "workflow")}


def refused(project, *words):
    done = subprocess.run(
        [*COMMAND, *words], cwd=project.folder, env=environment(project), capture_output=True,
        text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 1
    assert "Traceback" not in done.stdout + done.stderr
    return done.stdout


def status(address, **headers):
    try:
        request = urllib.request.Request(address, headers=headers)
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@pytest.mark.long
def test_served_until_ctrl_c(project):
    link = "http://127.0.0.1:1/old/?k=2.35"
    server = subprocess.Popen(
        [*COMMAND, "--link", link], cwd=project.folder, env=environment(project),
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        address = next(line.strip() for line in server.stdout if "http://" in line)
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/[\w-]{30,}/\?.*k=2\.35.*", address)
        code, page = status(address)
        assert code == 200
        assert "Explore:" in page
        assert status(address, Host="evil.example")[0] == 403
        assert status(address.replace("/?", "x/?"))[0] == 403
        assert status(re.match(r"http://[^/]+/", address)[0])[0] == 403
        port = int(re.search(r":(\d+)/", address)[1])
        assert f"Port {port} cannot be had" in refused(project, "--port", str(port))
        server.send_signal(signal.SIGINT)
        message, _ = server.communicate(timeout=30)
        assert message.strip().endswith("The explorer has stopped.")
        assert server.returncode == 0
    finally:
        server.kill()


@pytest.mark.long
def test_without_a_run_that_matches_it_says_what_to_do(project):
    assert "cannot be restored" in refused(project, "--link", "http://x/?k=0")
    table = project.folder / "results/tiny/tables/multiverse.csv"
    table.write_text(table.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    words = refused(project)
    assert "multiverse.csv" in words
    assert "make reproduce COHORT=tiny" in words
    (project.folder / "results/tiny/provenance.json").unlink()
    assert refused(project).strip().endswith("run `make reproduce COHORT=tiny` first.")


def test_the_record_does_not_speak_of_the_explorer(built, monkeypatch):
    """So that an edit to the explorer makes no result stale."""
    monkeypatch.chdir(built.folder)
    from rupture_repair.config.load import load_project

    record = record_of(load_project("tiny"), "tiny")
    files = [entry["file"] for entry in record["sources"]]
    assert any("/detection/" in file for file in files)
    assert not [file for file in files if "/explorer/" in file]
