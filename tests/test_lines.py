"""A run prints one line a step, and of a step that failed what it said itself."""

import logging
import subprocess
import sys

import pytest
from snakemake_interface_logger_plugins.tests import MockOutputSettings, TestLogHandlerBase
from snakemake_logger_plugin_lines import LogHandler

RULES = """
rule all:
    input: "second.txt"
    message: "all is there"

rule first:
    output: "first.txt"
    message: "first file"
    script: "first.py"

rule second:
    input: "first.txt"
    output: "second.txt"
    shell: "cp {input} {output}"
"""


class TestTheHandler(TestLogHandlerBase):
    """Snakemake's own tests of a logger plugin."""

    __test__ = True

    def get_log_handler_cls(self):
        return LogHandler

    def get_log_handler_settings(self):
        return None


@pytest.fixture
def run(tmp_path):
    """A function: run the rules with a script; return exit status and what was printed."""

    def ran(script, *words):
        (tmp_path / "Snakefile").write_text(RULES, encoding="utf-8")
        (tmp_path / "first.py").write_text(script, encoding="utf-8")
        command = [sys.executable, "-m", "snakemake", "--cores", "1", "--logger", "lines", *words]
        done = subprocess.run(
            command, cwd=tmp_path, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        return done.returncode, done.stdout.splitlines()

    return ran


def test_a_line_is_printed_for_each_step(run):
    status, lines = run("open(snakemake.output[0], 'w').close()")
    assert status == 0
    assert lines == ["[1/3] first file", "[2/3] second", "[3/3] all is there"]
    status, lines = run("open(snakemake.output[0], 'w').close()", "--rerun-triggers", "mtime")
    assert lines == ["Nothing to be done (all requested files are present and up to date)."]


def test_a_step_that_fails_says_it_itself(run):
    status, lines = run("import sys\nsys.exit('line 5: `four` is no number')")
    assert status != 0
    assert lines == ["[1/3] first file", "line 5: `four` is no number"]


@pytest.mark.long
def test_a_result_that_is_missing_is_an_error(run):
    status, lines = run("")
    assert status != 0
    assert any("MissingOutputException" in line for line in lines)


@pytest.mark.long
def test_a_dry_run_is_printed_as_snakemake_does(run):
    status, lines = run("", "--dry-run")
    assert status == 0
    assert "Job stats:" in lines and not any(line.startswith("[1/") for line in lines)


def test_warnings_are_printed():
    handler = LogHandler(MockOutputSettings(), None)
    handler.in_lines = True
    record = logging.LogRecord("snakemake", logging.WARNING, "", 1, "the disk is slow", (), None)
    assert handler.line(record) == "the disk is slow"
    record.levelno = logging.INFO
    assert handler.line(record) == ""
