"""Another workflow imports this one at a tag, with its own cohort and results folder."""

import dataclasses
import shutil
import subprocess

import pytest
import yaml

SNAKEFILE = """
configfile: "settings.yaml"


module rupture_repair:
    snakefile:
        {snakefile}
    config:
        config["rupture_repair"]


use rule * from rupture_repair as rr_*


rule lines:
    input:
        "out/mine/tables/pattern_breakdown.csv",
    output:
        "lines.txt",
    shell:
        "wc -l < {{input}} > {{output}}"


rule all:
    default_target: True
    input:
        rules.rr_reproduce.input,
        "lines.txt",
"""


@pytest.fixture
def importing(repository, tmp_path):
    """A project of its own that holds a clone at the tag, and a cohort of its own."""
    folder = tmp_path / "mine"
    clone = folder / "vendor/rupture-repair"
    command = ["git", "clone", "-q", "--branch", "v0", repository.folder, clone]
    subprocess.run(command, check=True, capture_output=True)
    shutil.copytree(clone / "data/example_clinic", folder / "raw")
    text = (clone / "config/cohorts/example_clinic.yaml").read_text(encoding="utf-8")
    text = text.replace("data/example_clinic/", "raw/")
    (folder / "cohorts").mkdir()
    (folder / "cohorts/mine.yaml").write_text(text, encoding="utf-8")
    settings = {"cohorts": ["mine"], "cohort_folder": "cohorts", "results": "out"}
    settings["manuscript"] = {"engine": "pandoc"}
    (folder / "settings.yaml").write_text(yaml.safe_dump({"rupture_repair": settings}))
    local = SNAKEFILE.format(snakefile='"vendor/rupture-repair/workflow/Snakefile"')
    (folder / "Snakefile").write_text(local, encoding="utf-8")
    return dataclasses.replace(repository, folder=folder)


@pytest.mark.long
def test_the_plan_of_the_importing_workflow_is_the_whole_of_this_one(importing):
    jobs = importing.plan()
    assert jobs.pop("lines") == 1
    assert all(name.startswith("rr_") for name in jobs)
    assert {"rr_validate_cohort", "rr_render_manuscript", "rr_record_provenance"} <= set(jobs)
    assert "rr_simulate_cohort" not in jobs


@pytest.mark.long
def test_a_remote_module_is_refused_with_advice_to_clone(importing, repository):
    remote = f'gitfile("{repository.folder}", path="workflow/Snakefile", tag="v0")'
    text = SNAKEFILE.format(snakefile=remote)
    (importing.folder / "Snakefile").write_text(text, encoding="utf-8")
    done = importing.snakemake("--dry-run")
    assert done.returncode != 0
    assert "git clone --branch" in done.stdout
    assert "Traceback" not in done.stdout


@pytest.mark.long
def test_the_importing_workflow_runs(importing, repository):
    done = importing.snakemake("--quiet", "host", "reason", "rules")
    assert done.returncode == 0, done.stdout
    assert (importing.folder / "out/mine/manuscript/manuscript.html").stat().st_size > 0
    assert (importing.folder / "lines.txt").read_text().strip().isdigit()
    record = yaml.safe_load((importing.folder / "out/mine/run.json").read_text(encoding="utf-8"))
    tag = ["git", "-C", str(repository.folder), "rev-parse", "v0"]
    commit = subprocess.run(tag, check=True, capture_output=True, text=True).stdout.strip()
    assert (record["commit"], record["clean_tree"]) == (commit, True)
    made = {file.name for file in (importing.folder / "vendor/rupture-repair").iterdir()}
    assert "results" not in made
