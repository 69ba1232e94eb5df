"""The recipes of CONTRIBUTING.md name the files that they touch, and do what they say."""

import os
import re
import runpy
import shutil
import subprocess
import sys

import pytest
import yaml
from recipes import RECIPES

# what a recipe is called there, where it is not `A <name>`
TITLES = {
    "instrument": "An instrument",
    "check": "A check of raw data",
    "format": "An export format",
}


@pytest.fixture(scope="module")
def page(root):
    return (root / "CONTRIBUTING.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def recipes(page):
    """Text of each recipe by its heading."""
    section = page.split("\n## Where each kind of change goes\n")[1]
    return dict(part.split("\n", 1) for part in section.split("\n### ")[1:])


@pytest.fixture(scope="module")
def everything(root):
    """The recipes here, and those that are executed with a whole run."""
    return runpy.run_path(str(root / "tests/workflow/additions.py"))["ADDITIONS"] | RECIPES


def test_each_recipe_names_every_file_that_its_edits_touch(recipes, everything):
    own = {"A sentence"}  # executed by tests/manuscript/test_words.py
    assert {TITLES.get(name, f"A {name}") for name in everything} | own == set(recipes)
    for name, files in everything.items():
        for file in files:
            assert f"`{file}`" in recipes[TITLES.get(name, f"A {name}")], (name, file)


def test_files_and_targets_that_the_page_names_are_there(root, page, everything):
    added = {f for files in everything.values() for f in files if not (root / f).exists()}
    named = set(re.findall(r"`((?:workflow|tests|config|reports)/[\w./*]+)`", page)) - added
    assert len(named) > 15
    for name in named:
        assert list(root.glob(name)), name
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):.*##", makefile, re.MULTILINE))
    asked = set(re.findall(r"(?:^|`)make ([a-z-]+)(?:$|`)", page, re.MULTILINE))
    assert {"lint", "test", "config-docs", "broken-inputs"} <= asked <= targets
    (file,) = re.findall(r"pytest -q -n0 (\S+)", page)
    assert (root / file).is_file()


def test_packages_for_the_long_tests_are_those_that_are_installed(root, page):
    text = (root / ".ci/run").read_text(encoding="utf-8")
    installed = text.split("--no-install-recommends")[1].split("> /dev/null")[0]
    names = [name.removeprefix("r-cran-") for name in re.findall(r"[a-z][\w-]+", installed)]
    words = re.sub(r"\W+", " ", page.casefold())
    for name in names:
        known = {"r-base-core": "r", "slurm-wlm": "slurm", "poppler-utils": "poppler s tools"}
        known["libreoffice-writer"] = "libreoffice writer"
        assert f" {known.get(name, name)} " in words, name


@pytest.fixture(scope="module")
def copy(root, tmp_path_factory):
    """A folder with the package, its configuration and a clinic; the recipes are applied."""
    folder = tmp_path_factory.mktemp("recipes")
    for name in ("workflow/rupture_repair", "config", "reports"):
        shutil.copytree(root / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for files in RECIPES.values():
        for file, edits in files.items():
            text = (folder / file).read_text(encoding="utf-8")
            for old, new in edits:
                assert old is None or text.count(old) == 1, f"{old} in {file}"
                text = text + new if old is None else text.replace(old, new)
            (folder / file).write_text(text, encoding="utf-8")
    return folder


def command(folder, *words):
    """Return what a command of the edited package prints; it must succeed."""
    done = subprocess.run(
        [sys.executable, "-m", "rupture_repair", *words],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder / "workflow")},
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_setting_is_documented_from_its_field(copy):
    command(copy, "config-docs", "page.md")
    page = (copy / "page.md").read_text(encoding="utf-8")
    assert "| `inclusion.max_sessions` | whole number or null | null | Patients with more" in page


def test_setting_check_and_format_work_together(copy):
    """The patients of a clinic in a file of the new format; two have more than three sessions."""
    patients = ["id|who|iip", *(f"P{n}|T{n % 2}|1.{n}" for n in range(6))]
    (copy / "patients.psv").write_text("\n".join(patients), encoding="utf-8")
    sessions = ["id,session,sai,core"]
    for n in range(6):
        sessions += [f"P{n},{s},{2 + s / 4},{20 - s}" for s in range(1, 5 if n < 2 else 4)]
    (copy / "sessions.csv").write_text("\n".join(sessions), encoding="utf-8")
    content = {
        "title": "Clinic",
        "files": {"patients": "patients.psv", "sessions": "sessions.csv"},
        "columns": {
            "patients": {"patient_id": "id", "therapist_id": "who", "iip": "iip"},
            "sessions": {
                "patient_id": "id", "session": "session", "alliance": "sai", "symptoms": "core",
            },
        },
        "instruments": {"alliance": "SAI", "symptoms": "CORE-10", "iip": "IIP-32"},
        "inclusion": {"min_sessions": 3, "max_sessions": 3},
    }  # fmt: skip
    file = copy / "config/cohorts/clinic.yaml"
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    message = command(copy, "check", "clinic")
    assert "Patients: 6\n" in message
    assert "Patients left out: 2\n" in message
    problems = (copy / "results/clinic/check/problems.csv").read_text(encoding="utf-8")
    assert "no treatment has more than 4 sessions,Check whether the export was cut off" in problems
