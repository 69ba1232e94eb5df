"""What a user sees of a failing job, and what its log keeps."""

import re
import subprocess
import sys
import time

import pandas as pd
import pytest
from rupture_repair.config.errors import ExpectedError
from rupture_repair.provenance.durations import durations, write_durations
from rupture_repair.provenance.log import logged, peak_memory, reason_in


@pytest.fixture
def log(tmp_path):
    return tmp_path / "job.log"


def test_output_goes_to_the_log_alone(log, capsys):
    with logged(str(log)):
        print("to standard output")
        print("to standard error", file=sys.stderr)
    assert capsys.readouterr() == ("", "")
    *printed, timed = log.read_text(encoding="utf-8").splitlines()
    assert printed == ["to standard output", "to standard error"]
    assert re.fullmatch(
        r"began \S+, took \d+\.\d{3} s, \d+\.\d{3} s of processors after \d+\.\d{3} s to start, "
        r"\d+ MB at most",
        timed,
    )


def test_durations_are_read_from_the_logs_of_finished_steps(tmp_path):
    for step in ("second", "first"):
        with logged(str(tmp_path / f"{step}.log")):
            time.sleep(0.02)
    with pytest.raises(SystemExit), logged(str(tmp_path / "failed.log")):
        raise ValueError
    table = durations(tmp_path)
    assert list(table["step"]) == ["second", "first"]
    assert table["seconds"].between(0.02, 5).all()
    assert pd.to_datetime(table["began"]).dt.tz is not None
    results = tmp_path / "results"
    (results / "clinic/logs").mkdir(parents=True)
    write_durations(results, ["clinic", "not run"])
    heading = "step,began,seconds,processor_seconds,start_seconds,megabytes\n"
    assert (results / "clinic/logs/durations.csv").read_text() == heading


def test_an_expected_error_is_a_message(log, capsys):
    with pytest.raises(SystemExit) as stopped, logged(str(log)):
        raise ExpectedError("Mend line 3.")
    assert stopped.value.code == 1
    assert capsys.readouterr().err == "Mend line 3.\n"
    assert log.read_text(encoding="utf-8") == "Stopped: Mend line 3.\n"
    assert reason_in(log) == "Mend line 3."


def test_the_traceback_of_an_unexpected_error_is_in_the_log(log, capsys):
    with pytest.raises(SystemExit) as stopped, logged(str(log)):
        raise KeyError("P017")
    assert stopped.value.code == 1
    message = capsys.readouterr().err
    assert message == f"KeyError, an error of the program (details in {log})\n"
    assert "KeyError: 'P017'" in log.read_text(encoding="utf-8")
    assert "P017" not in message + reason_in(log), "its words may hold a patient's data"


def test_a_job_that_was_killed_gives_no_reason_of_its_own(log):
    log.write_text("to standard output\n", encoding="utf-8")
    assert "ended from outside" in reason_in(log)
    assert "ended from outside" in reason_in(log.with_name("absent.log"))


def test_streams_are_given_back_after_a_failure(log):
    before = sys.stdout, sys.stderr
    with pytest.raises(SystemExit), logged(str(log)):
        raise ValueError
    assert (sys.stdout, sys.stderr) == before


@pytest.mark.parametrize("fills", ["the result", "the log"])
def test_a_full_disk_gives_a_message_of_one_line(log, capsys, fills):
    place = "/dev/full" if fills == "the log" else str(log)
    with pytest.raises(SystemExit), logged(place):
        if fills == "the result":
            pd.DataFrame({"x": [1]}).to_csv("/dev/full")
        print("something")
    message = capsys.readouterr().err
    assert re.fullmatch(r".+: the disk is full; make room and run again\n", message)


def test_the_log_tells_the_memory_of_the_process(tmp_path):
    before = peak_memory()
    with logged(str(tmp_path / "step.log")):
        held = b"x" * int((before + 100) * 1e6)
    assert durations(tmp_path)["megabytes"].item() > len(held) / 1e6


def test_the_log_tells_seconds_of_processors_with_those_of_children(tmp_path):
    work = "import time\nwhile time.process_time() < 0.6: pass"
    with logged(str(tmp_path / "step.log")):
        subprocess.run([sys.executable, "-c", work], check=True)
        time.sleep(0.5)
    step = durations(tmp_path).iloc[0]
    assert step["processor_seconds"] > 0.5
    assert step["seconds"] > 1
