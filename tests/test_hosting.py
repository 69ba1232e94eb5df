"""The files for hosting services and containers name what exists."""

import re

import pytest
import yaml

SERVICES = {".github/workflows/ci.yml", ".gitlab-ci.yml"}


@pytest.fixture(scope="module")
def targets(root):
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z-]+):.*##", makefile, re.MULTILINE))


def commands(node):
    """Yield every command line of a service's file."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in {"run", "script"}:
                yield from [value] if isinstance(value, str) else value
            else:
                yield from commands(value)
    elif isinstance(node, list):
        for value in node:
            yield from commands(value)


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_each_service_runs_lint_tests_and_the_main_job(root, targets, service):
    content = yaml.safe_load((root / service).read_text(encoding="utf-8"))
    run = set(commands(content))
    assert {"make lint", "make test", "make test-privacy", "make verify", ".ci/run"} <= run
    made = {command.removeprefix("make ") for command in run if command.startswith("make ")}
    assert made <= targets
    assert {command.split()[0] for command in run} <= {"make", "git", ".ci/run"}


def test_the_long_tests_run_every_night(root):
    github = yaml.safe_load((root / ".github/workflows/ci.yml").read_text(encoding="utf-8"))
    triggers = github[True]  # YAML takes `on` for true
    assert len(triggers["schedule"]) == 1
    assert "schedule" in github["jobs"]["nightly"]["if"]
    gitlab = yaml.safe_load((root / ".gitlab-ci.yml").read_text(encoding="utf-8"))
    assert "schedule" in gitlab["nightly"]["rules"][0]["if"]
    script = (root / ".ci/run").read_text(encoding="utf-8")
    assert "make test-long" in script


def test_the_tests_of_privacy_are_there_and_are_all(root):
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    named = re.search(r"^PRIVACY = ((?:.*\\\n)*.*)", makefile, re.MULTILINE)[1]
    files = {root / file for file in named.replace("\\\n", " ").split()}
    assert all(file.exists() for file in files)
    about = re.compile(r"privacy|confidential|attack|disclos|sharing|pseudonym|hostile_clinic")
    found = {file for file in (root / "tests").rglob("test_*.py") if about.search(file.name)}
    assert {file for file in found if files.isdisjoint({file, file.parent})} == set()


def test_a_commit_is_checked_by_what_the_services_run(root):
    content = yaml.safe_load((root / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    (hook,) = content["repos"][0]["hooks"]
    assert hook["entry"] == "make lint"
    assert not hook["pass_filenames"] and hook["always_run"]
    for service in SERVICES:
        run = commands(yaml.safe_load((root / service).read_text(encoding="utf-8")))
        assert hook["entry"] in run


def test_python_of_services_and_container_is_supported(root):
    github = yaml.safe_load((root / ".github/workflows/ci.yml").read_text(encoding="utf-8"))
    assert github["jobs"]["test"]["strategy"]["matrix"]["python"] == ["3.11", "3.12", "3.13"]
    conda = (root / "environment.yml").read_text(encoding="utf-8")
    version = re.search(r"- python=([\d.]+)", conda)[1]
    for file in ("Containerfile", ".gitlab-ci.yml"):
        found = re.findall(r"python:([\d.]+)-", (root / file).read_text(encoding="utf-8"))
        assert set(found) == {version}, file


def test_the_catalog_finds_the_standard_layout(root):
    entry = yaml.safe_load((root / ".snakemake-workflow-catalog.yml").read_text(encoding="utf-8"))
    assert entry["usage"]["report"] is True
    assert set(entry["usage"]) >= {"mandatory-flags", "software-stack-deployment", "report"}
    for file in ("workflow/Snakefile", "config/README.md", "config/config.yaml", "LICENSE"):
        assert (root / file).is_file(), file


def test_every_target_of_the_makefile_is_phony(root, targets):
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    phony = set(re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[1].split())
    assert targets <= phony
    assert {"reproduce", "test", "bench", "cite", "verify", "archive", "report"} <= targets
