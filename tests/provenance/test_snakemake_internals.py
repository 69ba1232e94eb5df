"""What is used of Snakemake beside its documented interface is in one module, and still so."""

import re
import subprocess
import sys
import tomllib
from importlib.metadata import version

import pytest
from rupture_repair.provenance.snakemake_internals import MIN_VERSION, made_files

PRIVATE = re.compile(
    r"workflow\.(dag|scheduler|modifier|config_settings|rules|persistence|configfiles)\b"
    r"|needrun|\._rules|--nolock|b64decode|^(from|import) snakemake\.(?!utils)",
    re.MULTILINE,
)
SNAKEFILE = """
import sys
sys.path.insert(0, {workflow!r})
from rupture_repair.provenance.snakemake_internals import (
    failed_jobs, given_config, jobs_to_run, outputs_by_rule, own_config_files,
)

rule all:
    input: "made/a/table.csv", "failed/b/table.csv"

rule make:
    output: "made/{{cohort}}/table.csv"
    log: "logs/{{cohort}}.log"
    shell: "echo 1 > {{output}}"

rule fail:
    output: "failed/{{cohort}}/table.csv"
    shell: "exit 3"

print("outputs", outputs_by_rule(rules))
print("files", own_config_files(workflow))

onerror:
    print("jobs", sorted(job.rule for job in jobs_to_run(workflow)))
    print("failed", failed_jobs(workflow))
    print("config", given_config(workflow))
"""


@pytest.fixture(scope="module")
def run(root, tmp_path_factory):
    """The folder of a run of which one job failed, and what it printed."""
    folder = tmp_path_factory.mktemp("run")
    text = SNAKEFILE.format(workflow=str(root / "workflow"))
    (folder / "Snakefile").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "snakemake", "--cores", "1", "--keep-going"]
    command += ["--config", "cohorts=a"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode != 0
    return folder, done.stdout


def test_of_a_run_it_is_known_what_was_made_and_what_failed(run):
    _, printed = run
    assert (
        "outputs {'all': [], 'make': ['made/{cohort}/table.csv'], "
        "'fail': ['failed/{cohort}/table.csv']}"
    ) in printed
    assert "files []" in printed
    assert "jobs ['all', 'fail']" in printed
    assert (
        "failed [[Job(rule='fail', cohort='b', log='', output=('failed/b/table.csv',))]]"
    ) in printed
    assert "config {'cohorts': 'a'}" in printed


def test_the_records_of_made_files_are_read(run):
    folder, _ = run
    times = {file: record.get("endtime") for file, record in made_files(folder)}
    assert times["made/a/table.csv"] == (folder / "made/a/table.csv").stat().st_mtime
    assert set(times) <= {"made/a/table.csv", "failed/b/table.csv"}


def test_nothing_else_goes_past_the_documented_interface(root):
    files = [root / "Snakefile", root / "workflow/Snakefile"]
    files += [f for kind in ("*.smk", "*.py") for f in (root / "workflow").rglob(kind)]
    using = {file.name for file in files if PRIVATE.search(file.read_text(encoding="utf-8"))}
    assert using == {"snakemake_internals.py"}


def test_the_version_that_this_needs_is_asked_for(root):
    assert "min_version(MIN_VERSION)" in (root / "workflow/Snakefile").read_text(encoding="utf-8")
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (pinned,) = [p for p in project["dependencies"] if p.startswith("snakemake==")]
    assert pinned == f"snakemake=={version('snakemake')}"
    assert pinned.startswith(f"snakemake=={MIN_VERSION}.")
