"""What a user sees of a failing job, and what its log keeps."""

import sys

import pytest
from rupture_repair.provenance.log import ExpectedError, logged


@pytest.fixture
def log(tmp_path):
    return tmp_path / "job.log"


def test_output_goes_to_the_log_alone(log, capsys):
    with logged(str(log)):
        print("to standard output")
        print("to standard error", file=sys.stderr)
    assert capsys.readouterr() == ("", "")
    assert log.read_text(encoding="utf-8") == "to standard output\nto standard error\n"


def test_an_expected_error_is_a_message(log, capsys):
    with pytest.raises(SystemExit) as stopped, logged(str(log)):
        raise ExpectedError("Mend line 3.")
    assert stopped.value.code == 1
    assert capsys.readouterr().err == "Mend line 3.\n"
    assert log.read_text(encoding="utf-8") == "Mend line 3.\n"


def test_the_traceback_of_an_unexpected_error_is_in_the_log(log, capsys):
    with pytest.raises(SystemExit) as stopped, logged(str(log)):
        raise KeyError("iip")
    assert stopped.value.code == 1
    said = capsys.readouterr().err
    assert said == f"KeyError: 'iip' (details in {log})\n"
    assert "Traceback" in log.read_text(encoding="utf-8")


def test_streams_are_given_back_after_a_failure(log):
    before = sys.stdout, sys.stderr
    with pytest.raises(SystemExit), logged(str(log)):
        raise ValueError
    assert (sys.stdout, sys.stderr) == before
