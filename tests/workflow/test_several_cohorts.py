"""Several cohorts in one run: one that fails stops neither the others nor their comparison."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
import yaml
from tiny_project import with_twin

QUIET = ("--quiet", "host", "reason", "rules")


def add_cohort(project, name, **changed):
    """Write a cohort file like `tiny`, with raw files of its own: those that `tiny` was given."""
    folder = project.folder / f"data/private/{name}"
    folder.mkdir(parents=True)
    for kind in ("patients", "sessions"):
        shutil.copy2(project.results / f"synthetic/{kind}.csv", folder / f"{kind}.csv")
    text = (project.folder / "config/cohorts/tiny.yaml").read_text(encoding="utf-8")
    files = {kind: f"data/private/{name}/{kind}.csv" for kind in ("patients", "sessions")}
    content = yaml.safe_load(text) | {"title": f"Clinic {name}", "files": files} | changed
    file = project.folder / f"config/cohorts/{name}.yaml"
    file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return folder


@pytest.fixture
def finished(built, tmp_path):
    """A project with the finished cohorts `tiny` and `twin`."""
    project = built.copy(tmp_path / "project")
    with_twin(project)
    return project


def break_data(folder):
    file = folder / "sessions.csv"
    table = pd.read_csv(file, dtype=str, keep_default_na=False)
    table.loc[3, "SAI"] = "four"
    table.to_csv(file, index=False)


def summary(project):
    return pd.read_csv(project.folder / "results/summary.csv").set_index("cohort")


@pytest.mark.long
def test_one_of_three_fails_and_the_others_are_compared(finished):
    break_data(add_cohort(finished, "broken"))
    names = "cohorts=tiny broken, twin"
    done = finished.snakemake(*QUIET, "--keep-going", "--config", names)
    assert done.returncode != 0
    assert "Traceback" not in done.stdout
    assert "broken: 1 problem in the data must be mended first:" in done.stdout
    assert "line 5" in done.stdout and "four" not in done.stdout  # the value stays in the report
    assert "Comparison of tiny, twin: results/comparison/comparison.html" in done.stdout
    table = summary(finished)
    assert dict(table["verdict"]) == {
        "tiny": "finished",
        "broken": "data to be mended",
        "twin": "finished",
    }
    assert list(table.loc["tiny", ["patients", "therapists"]]) == [60, 8]
    folder = finished.folder / "results/comparison"
    for ending in ("html", "pdf", "docx"):
        assert (folder / f"comparison.{ending}").stat().st_size > 0
    for ending in ("svg", "png", "alt.txt"):
        assert (folder / f"figures/forest_plot.{ending}").stat().st_size > 0
    record = json.loads((folder / "provenance.json").read_text(encoding="utf-8"))
    compared = [Path(entry["file"]).parent.name for entry in record["cohorts"]]
    assert compared == ["tiny", "twin"]
    assert len(record["outputs"]) == 10
    html = " ".join((folder / "comparison.html").read_text(encoding="utf-8").split())
    assert "1 blocking problem" in html or "cannot be analysed yet" in html
    assert "All cohorts are synthetic" in html
    # two cohorts with the same data: no variance between them, and √2 times the precision
    effects = pd.read_csv(folder / "tables/effects.csv")
    pooled = pd.read_csv(folder / "tables/pooled.csv")
    one = effects[effects["cohort"] == "tiny"].reset_index(drop=True)
    assert list(pooled["term"]) == list(one["term"])
    assert pooled["slope"].to_list() == pytest.approx(one["slope"].to_list())
    assert pooled["se"].to_list() == pytest.approx((one["slope_se"] / 2**0.5).to_list())
    assert set(pooled["tau2"]) == {0}


def test_one_cohort_is_not_compared(built):
    assert not (built.folder / "results/comparison").exists()
    assert list(summary(built).index) == ["tiny"]


@pytest.mark.long
def test_edits_make_the_comparison_stale(finished):
    cohorts = ("--config", "cohorts=tiny,twin")
    comparison = dict.fromkeys(
        ("pool_cohorts", "draw_forest_plot", "render_comparison", "record_comparison"), 1
    )
    # the twin's record is still that of the cohort it was copied from
    assert finished.plan(*cohorts) == comparison | {"record_provenance": 1}
    done = finished.snakemake(*QUIET, *cohorts)
    assert done.returncode == 0, done.stdout
    assert finished.plan(*cohorts) == {}
    package = "workflow/rupture_repair/comparison"
    # the records of both cohorts hold the checksums of all sources
    recorded = {"record_provenance": 2}
    finished.edit("reports/comparison.qmd", None, "\nEdited.\n")
    assert finished.plan(*cohorts) == recorded | {
        "render_comparison": 1,
        "record_comparison": 1,
    }
    finished.edit(f"{package}/forest_plot.py")
    assert finished.plan(*cohorts) == recorded | {
        name: n for name, n in comparison.items() if name != "pool_cohorts"
    }
    finished.edit(f"{package}/pooling.py")
    assert finished.plan(*cohorts) == recorded | comparison


@pytest.mark.long
def test_a_step_that_breaks_stops_its_cohort_alone(finished):
    add_cohort(finished, "late")
    script = "workflow/scripts/detection/detect.py"
    broken = '    if "/late/" in snakemake.log[0]:\n        raise KeyError("no such scale")\n'
    line = "with logged(snakemake.log[0]):\n"
    finished.edit(script, line, line + broken)
    words = ("--rerun-triggers", "mtime", "params", "--config", "cohorts=late,tiny,twin")
    done = finished.snakemake(*QUIET, "--keep-going", *words)
    assert done.returncode != 0
    row = summary(finished).loc["late"]
    assert row["verdict"] == "stopped"
    assert "detect_ruptures: KeyError, an error of the program" in row["stopped_by"]
    assert "make reproduce COHORT=late" in row["remedy"]
    html = finished.folder / "results/comparison/comparison.html"
    # words of an unexpected error may hold data: they stay in the log
    assert "no such scale" not in html.read_text(encoding="utf-8")
    assert "KeyError, an error of the program" in html.read_text(encoding="utf-8")

    again = finished.snakemake(*QUIET, *words[:3], "--config", "cohorts=tiny,twin")
    assert again.returncode == 0, again.stdout
    assert "Not all cohorts are here" not in html.read_text(encoding="utf-8")
    verdicts = dict(summary(finished)["verdict"])
    assert verdicts == {"tiny": "finished", "twin": "finished", "late": "stopped"}  # of before


@pytest.mark.long
def test_slopes_in_different_units_of_time_are_not_compared(fresh, tmp_path):
    project = fresh.copy(tmp_path / "project")
    text = (project.folder / "config/cohorts/tiny.yaml").read_text(encoding="utf-8")
    content = yaml.safe_load(text)
    content["modelling"] = content.get("modelling", {}) | {"time": "linear"}
    file = project.folder / "config/cohorts/linear.yaml"
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    done = project.snakemake("--dry-run", "--config", "cohorts=tiny,linear")
    assert done.returncode != 0
    assert "log in tiny, linear in linear" in done.stdout
