"""What becomes of each cohort, and what the summary says of it."""

import json
import shutil
import sys
from types import SimpleNamespace

import pandas as pd
import pytest
from rupture_repair.config.steps.identity import Identity
from rupture_repair.provenance import snakemake_internals as module
from rupture_repair.provenance.closing import conclude
from rupture_repair.provenance.outcome import Failure, Outcome, compare_the_others, outcome_of
from rupture_repair.provenance.snakemake_internals import Job

WORDS = ["--cores", "2", "-F", "--config", "cohorts=a,b,c"]


def job(rule, cohort="", log=""):
    return Job(rule, cohort, str(log), ())


def test_the_outcome_names_what_failed_and_what_was_not_reached(tmp_path):
    log = tmp_path / "fit.log"
    log.write_text("words\nStopped: M2 cannot\nbe estimated\n", encoding="utf-8")
    failed = job("fit_model", "b", log)
    waiting = [failed, job("render_manuscript", "b"), job("fit_model", "c"), job("pool_cohorts")]
    found = outcome_of(waiting, [[failed]]).failures
    assert found == {
        "b": [Failure("fit_model", str(log), "M2 cannot be estimated")],
        "c": [],
        "": [],
    }


def test_of_grouped_jobs_those_with_a_reason_are_named(tmp_path):
    logs = {name: tmp_path / f"{name}.log" for name in ("finished", "stopped", "never began")}
    logs["finished"].write_text("began 12:00, took 1.000 s\n", encoding="utf-8")
    jobs = [job(f"rule {name}", "a", log) for name, log in logs.items()]
    # ended from outside: none of them knows why
    assert len(outcome_of(jobs, [jobs]).failures["a"]) == len(jobs)
    logs["stopped"].write_text("Stopped: no scale\n", encoding="utf-8")
    found = outcome_of(jobs, [jobs]).failures["a"]
    assert found == [Failure("rule stopped", str(logs["stopped"]), "no scale")]


@pytest.fixture
def started(monkeypatch):
    """The commands that are started instead of Snakemake."""
    commands = []

    def run(command):
        commands.append(command)
        return SimpleNamespace(returncode=0)

    monkeypatch.setattr(module.subprocess, "run", run)
    return commands


def test_the_others_are_compared_by_the_same_command(started):
    failures = {"b": [Failure("fit_model", "b.log", "M2: “x=1”")], "": []}
    config = {"cohorts": "a,b,c", "results": "out"}
    found = compare_the_others(Outcome(failures, ()), ["a", "b", "c"], config, WORDS)
    assert found.compared == ["a", "c"]
    (command,) = started
    assert command[:3] == [sys.executable, "-m", "snakemake"]
    assert "-F" not in command and "--no-hooks" in command
    given = dict(word.split("=", 1) for word in command[command.index("--no-hooks") + 2 :])
    assert json.loads(given["cohorts"]) == "a,c"
    assert json.loads(given["left_out"]) == {"b": "M2: “x=1”"}
    assert json.loads(given["results"]) == "out"


@pytest.mark.parametrize(
    ("cohorts", "failures"),
    [
        (["a", "b"], {"b": [Failure("fit_model", "", "x")]}),
        (["a", "b", "c"], {"b": []}),
        (["a", "b", "c", "d"], {"b": [Failure("fit_model", "", "x")], "c": []}),
        (["a", "b", "c"], {"": [Failure("pool_cohorts", "", "x")]}),
    ],
    ids=["one is left", "broken off", "broken off after a failure", "the comparison failed"],
)
def test_nothing_is_compared_where_that_makes_no_sense(started, cohorts, failures):
    assert compare_the_others(Outcome(failures, ()), cohorts, {}, WORDS).compared == ()
    assert started == []


@pytest.fixture
def results(tmp_path):
    """Results of a finished cohort `a`, and of `b` with a blocking problem."""
    (tmp_path / "a/tables").mkdir(parents=True)
    (tmp_path / "a/manuscript").mkdir()
    (tmp_path / "a/manuscript/manuscript.html").write_text("", encoding="utf-8")
    rows = [("patients", "n", "all", 60.0), ("therapists", "n", "all", 8.0)]
    columns = ["variable", "statistic", "group", "value"]
    rows.append(("patients", "n", "repaired", 3.0))
    pd.DataFrame(rows, columns=columns).to_csv(tmp_path / "a/tables/cohort.csv", index=False)
    verification = {"item": ["x", "y"], "published": [1, 2], "recomputed": [1.0, 3.0]}
    verification |= {"kind": "emergent", "verdict": ["reproduced", "differs"]}
    verification |= {"source": "published"}
    pd.DataFrame(verification).to_csv(tmp_path / "a/verification.csv", index=False)
    found = {"a": ["warning", "note", "note"], "b": ["blocking", "note"]}
    names = ["file", "message", "remedy", "line", "patient_id", "session", "why"]
    for name, severities in found.items():
        (tmp_path / name / "validation").mkdir(parents=True)
        table = pd.DataFrame({"severity": severities} | dict.fromkeys(names))
        table = table.assign(file="patients.csv", message="not a number", remedy="Mend <it>.")
        table["line"], table["patient_id"] = 7, "P0007"
        table.assign(column=None, value="four", allowed=None).to_csv(
            tmp_path / name / "validation/problems.csv", index=False
        )
    return tmp_path


COHORTS = [
    Identity(name=name, title=f"Clinic <{name}>", synthetic=name == "a", calibrated=False)
    for name in "abcd"
]
FAILURES = {
    "b": [Failure("admit_patients", "b.log", "cannot be analysed yet.")],
    "c": [Failure("fit_model", "c.log", "M2 cannot be estimated")],
    "d": [],
}


def test_the_summary_has_the_verdict_of_each(results):
    message = conclude(results, COHORTS, Outcome(FAILURES, ()), ())
    table = pd.read_csv(results / "summary.csv").set_index("cohort")
    verdicts = ["finished", "data to be mended", "stopped", "not reached"]
    assert list(table["verdict"]) == verdicts
    assert list(table.loc["a", ["patients", "therapists", "reproduced", "published"]]) == [
        60,
        8,
        1,
        2,
    ]
    assert table.loc["a", "validation"] == "passed: 1 warning, 2 notes"
    assert table.loc["b", "validation"] == "blocked: 1 blocking problem, 1 note"
    assert table.loc["b", "stopped_by"] == "1 blocking problem in the data"
    assert "report.html" in table.loc["b", "remedy"]
    assert "M2 cannot be estimated" in table.loc["c", "stopped_by"]
    assert "c.log" in table.loc["c", "remedy"]
    assert table.loc[["b", "c", "d"], "paper"].isna().all()
    for verdict in verdicts:
        assert verdict in message
    assert "1 of 2" in message and "b: 1 problem in the data must be mended first:" in message


def test_the_summary_can_be_shared(results):
    """The terminal names the row to mend; the files name no patient, and escape what they print."""
    conclude(results, COHORTS, Outcome(FAILURES, ()), ())
    page = (results / "summary.html").read_text(encoding="utf-8")
    for text in (page, (results / "summary.csv").read_text(encoding="utf-8")):
        assert "P0007" not in text
    assert "Clinic &lt;a&gt;" in page and "<a>" not in page
    assert "comparison/comparison.html" not in page


def test_an_old_comparison_is_not_linked(results):
    (results / "comparison").mkdir()
    (results / "comparison/comparison.html").write_text("", encoding="utf-8")
    assert "comparison.html" not in conclude(results, COHORTS, Outcome(FAILURES, ()), ())
    message = conclude(results, COHORTS, Outcome(FAILURES, ("a", "e")), ())
    assert "Comparison of a, e: " in message
    assert "comparison/comparison.html" in (results / "summary.html").read_text(encoding="utf-8")


def test_cohorts_of_earlier_runs_are_kept_as_long_as_their_results_are_there(results):
    conclude(results, COHORTS[:2], Outcome({"b": FAILURES["b"]}, ()), ())
    message = conclude(results, COHORTS[2:3], Outcome({"c": FAILURES["c"]}, ()), ())
    assert "a: " not in message and "b: " not in message
    table = pd.read_csv(results / "summary.csv").set_index("cohort")
    assert list(table.index) == ["c", "a", "b"]
    assert table.loc["a", "reproduced"] == 1 and table.loc["b", "verdict"] == "data to be mended"
    page = (results / "summary.html").read_text(encoding="utf-8")
    last, earlier = page.split("Earlier runs")[0], page.partition("Earlier runs")[2]
    assert "Clinic &lt;c&gt;" in last and "Clinic &lt;a&gt;" in earlier
    shutil.rmtree(results / "a")
    conclude(results, COHORTS[1:2], Outcome({"b": FAILURES["b"]}, ()), ())
    assert list(pd.read_csv(results / "summary.csv")["cohort"]) == ["b"]


def test_a_summary_that_cannot_be_read_is_written_anew(results):
    (results / "summary.csv").write_bytes(b"\xff\x00")
    conclude(results, COHORTS[:1], Outcome({}, ()), ())
    assert list(pd.read_csv(results / "summary.csv")["cohort"]) == ["a"]
    page = (results / "summary.html").read_text(encoding="utf-8")
    assert "Earlier runs" not in page


def test_the_summary_links_to_the_front_page_where_there_is_one(results):
    conclude(results, COHORTS[:1], Outcome({}, ()), ())
    assert "a/index.html" not in (results / "summary.html").read_text(encoding="utf-8")
    (results / "a/index.html").write_text("", encoding="utf-8")
    message = conclude(results, COHORTS[:1], Outcome({}, ()), ())
    assert 'href="a/index.html"' in (results / "summary.html").read_text(encoding="utf-8")
    assert f"a: paper, figures and tables: {results / 'a/index.html'}" in message


def test_one_cohort_has_no_overview(results):
    message = conclude(results, COHORTS[:1], Outcome({}, ()), ())
    assert "Summary:" not in message and "a: 1 of 2 published items reproduced." in message
    assert len(pd.read_csv(results / "summary.csv")) == 1


def test_a_run_for_some_files_alone_did_not_stop(tmp_path):
    assert "are there" in conclude(tmp_path, COHORTS[:1], Outcome({}, ()), ())
    assert "The run stopped" in conclude(tmp_path, COHORTS[:1], Outcome({"": []}, ()), ())
