"""A table, a figure, a criterion, an instrument, a scale and a model are added in few files.

All of them are added in one copy, and a confidential cohort is run to its paper with them (long).
"""

import re
import subprocess
import sys

import pandas as pd
import pytest
import yaml
from additions import ADDITIONS, MAX_FILES, PACKAGE, add

ADDED = "first_ruptures"


def copied(fresh, tmp_path_factory, *names):
    project = fresh.copy(tmp_path_factory.mktemp("additions") / "project")
    for name in names:
        add(project, name)
    return project


@pytest.mark.parametrize("name", ADDITIONS)
def test_an_addition_touches_few_files(name):
    assert len(ADDITIONS[name]) <= MAX_FILES[name]


def test_a_table_without_masking_stops_the_workflow_in_words(fresh, tmp_path_factory):
    project = copied(fresh, tmp_path_factory, "table")
    file = f"{PACKAGE}/config/catalogue/detection.py"
    project.edit(file, '        masking=Parts("n", also=("percent",)),\n', "")
    done = project.snakemake("--dry-run")
    assert done.returncode != 0
    assert "Traceback" not in done.stdout
    assert f"table `{ADDED}`: it has no `masking`" in done.stdout


@pytest.mark.long
def test_a_table_that_only_a_rule_knows_stops_the_workflow_in_words(fresh, tmp_path_factory):
    project = copied(fresh, tmp_path_factory)
    rules, line = "workflow/rules/modelling.smk", '        **tables_of("describe_cohort"),\n'
    project.edit(rules, line, line + '        extra=f"{COHORT}/tables/extra.csv",\n')
    done = project.snakemake("--dry-run")
    assert done.returncode != 0
    assert "Traceback" not in done.stdout
    assert "rule describe_cohort: it writes tables/extra.csv" in done.stdout


@pytest.mark.long
def test_a_scale_of_the_literal_alone_fails_the_type_check(fresh, tmp_path_factory, root):
    project = copied(fresh, tmp_path_factory, "scale")
    edits = ADDITIONS["scale"][f"{PACKAGE}/detection/scales.py"]
    project.edit(f"{PACKAGE}/detection/scales.py", edits[0][1], edits[0][0])
    (project.folder / "pyproject.toml").write_bytes((root / "pyproject.toml").read_bytes())
    done = subprocess.run(
        [sys.executable, "-m", "mypy", f"{PACKAGE}/detection/scales.py"],
        cwd=project.folder,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "half_point" in done.stdout


@pytest.fixture(scope="module")
def run(fresh, tmp_path_factory):
    """The results of a confidential clinic of few ruptures, with everything that is added."""
    project = copied(fresh, tmp_path_factory, *ADDITIONS)
    raw = project.folder / "data/private/tiny"
    raw.mkdir(parents=True)
    drawn = project.snakemake("--quiet", "all", "--", "results/tiny/synthetic/sessions.csv")
    assert drawn.returncode == 0, drawn.stdout
    for kind in ("patients", "sessions"):
        (raw / f"{kind}.csv").write_bytes((project.results / f"synthetic/{kind}.csv").read_bytes())
    criteria = project.folder / "config/criteria.yaml"
    text = criteria.read_text(encoding="utf-8")
    criteria.write_text(f"{text}\nhalf:\n  assumed: All.\n  scale: half_point\n", encoding="utf-8")
    file = project.folder / "config/cohorts/tiny.yaml"
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    content |= {"confidential": True, "published": None, "synthetic": None}
    content["instruments"]["symptoms"] = "TEN"
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    done = project.snakemake("--quiet", "host", "reason", "rules")
    assert done.returncode == 0, done.stdout
    return project.results


@pytest.mark.long
def test_the_table_is_masked_and_printed(run):
    full = pd.read_csv(run / f"ruptures/counts/{ADDED}.csv")
    shared = pd.read_csv(run / f"tables/{ADDED}.csv")
    few = full["n"].between(1, 4)
    assert few.any()
    assert shared.loc[few, ["n", "percent"]].isna().all(axis=None)
    assert not shared["n"].between(1, 4).any()
    page = (run / "manuscript/supplement.html").read_text(encoding="utf-8")
    printed = re.search(r'id="tbl-first-ruptures".*?</table>', page, re.DOTALL)[0]
    body = printed.partition("<tbody>")[2]
    cells = re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", body, re.DOTALL)
    assert len(cells) == full.size
    assert cells.count("–") == 2 * int(shared["n"].isna().sum())


@pytest.mark.long
def test_figure_criterion_instrument_scale_and_model_are_in_the_results(run):
    pages = [run / f"manuscript/{name}.html" for name in ("manuscript", "supplement")]
    page = " ".join("".join(file.read_text(encoding="utf-8") for file in pages).split())
    assert "Points: share of the classified patients by pattern" in page
    assert "Ten Questions" in page
    assert "half a scale point" in page
    assert {"pooled_three_halves", "half"} <= set(
        pd.read_csv(run / "tables/criteria_breakdown.csv")["criterion"]
    )
    effects = pd.read_csv(run / "tables/fixed_effects.csv")
    left_out = pd.read_csv(run / "tables/not_estimated.csv")
    assert "M4" in {*effects["model"], *left_out["model"]}
