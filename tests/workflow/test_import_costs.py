"""Each step is a process of its own: what it imports when it starts is paid for dozens of times."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from rupture_repair.provenance.imports import package_files

ROOT = Path(__file__).parents[2]
SCRIPTS = sorted((ROOT / "workflow/scripts").glob("*/*.py"))
# a library that takes a sixth of a second or more, and the scripts that cannot do without it from
# the start; others import it in the function that needs it
ALLOWED = {
    "statsmodels": {"pool"},
    "scipy.stats": {"pool", "weigh_rules"},
    "scipy.optimize": {"pool"},
    "matplotlib": {"draw", "draw_forest", "submit", "translate"},
    "pandera": {"validate", "admit", "detect"},
    "snakemake": set(),
}


def at_the_start(file):
    """Modules that a file imports when it is imported itself, dotted."""
    for node in ast.parse((ROOT / file).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def costly(script):
    files = [script.relative_to(ROOT), *(Path(file) for file in package_files(script))]
    names = {name for file in files if file.suffix == ".py" for name in at_the_start(file)}
    return {
        library
        for library in ALLOWED
        if any(name == library or name.startswith(f"{library}.") for name in names)
    }


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_a_step_imports_no_costly_library_that_it_can_do_without(script):
    assert costly(script) == {name for name, users in ALLOWED.items() if script.stem in users}


def test_a_command_that_does_not_simulate_imports_nothing_of_it():
    """`make check` is asked for often; what only `make power` needs costs it a second."""
    code = "import sys, rupture_repair.__main__; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT / "workflow", capture_output=True, text=True
    )
    loaded = set(done.stdout.split())
    assert "rupture_repair.check_cohort" in loaded
    assert not loaded & {"scipy.signal", "scipy.stats", "statsmodels", "matplotlib"}


def test_the_start_of_a_run_imports_no_library_of_numbers():
    """It is paid for by every run, also by one that finds nothing to do."""
    code = "import sys, rupture_repair.one_run; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT / "workflow", capture_output=True, text=True
    )
    loaded = set(done.stdout.split())
    assert "rupture_repair.provenance.edited" in loaded
    assert not loaded & {"numpy", "pandas", "jinja2", "snakemake"}
    read = {Path(file).stem for file in package_files(ROOT / "workflow/rupture_repair/one_run.py")}
    assert len(read) < 12, read
