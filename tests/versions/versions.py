"""An environment of its own for a Python and a choice of versions, and the tests in it."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

# numbers, models, files, figures, text: what another version of a library would change first
ROOMS = (
    "config",
    "detection",
    "modelling/engine",
    "modelling/test_analysis_table.py",
    "modelling/test_tables.py",
    "figures",
)
CHOICES = ("locked", "newest")
MAX_SECONDS = 1800


@dataclass(frozen=True)
class Tried:
    """What came of a Python and a choice of versions."""

    python: str
    choice: str
    passed: bool
    words: str


def pythons(uv: str, root: Path) -> list[str]:
    """Return the newest patch of each installed Python that the project allows, oldest first."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = ["python", "list", project["requires-python"], "--only-installed"]
    done = _run([uv, *wanted, "--output-format", "json"], root)
    found = {}
    for one in json.loads(done.stdout):
        if one["implementation"] == "cpython" and one["variant"] == "default":
            parts = one["version_parts"]
            key = parts["major"], parts["minor"]
            if key not in found or parts["patch"] > found[key][0]:
                found[key] = parts["patch"], one["path"]
    return [path for _, (_, path) in sorted(found.items())]


def requirements(root: Path, choice: str) -> list[str]:
    """Return what uv is to install.

    `locked` : requirements.lock. `newest` : the newest of what pyproject.toml leaves free, that is
    of all that the pinned packages need; the lowest that these declare are not all to be had.
    """
    if choice == "locked":
        return ["--require-hashes", "-r", str(root / "requirements.lock")]
    given = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    return given["project"]["dependencies"] + given["dependency-groups"]["dev"]


def tried(root: Path, python: str, choice: str, folder: Path) -> Tried:
    """Install in `folder` and run the tests of `ROOMS`."""
    uv = found_uv()
    version = _run([python, "--version"], root).stdout.split()[1]
    _run([uv, "venv", "--quiet", "--python", python, str(folder / "venv")], root)
    inside = str(folder / "venv/bin/python")
    install = [uv, "pip", "install", "--quiet", "--python", inside, *requirements(root, choice)]
    done = _run(install, root, check=False)
    if done.returncode:
        return Tried(version, choice, False, "cannot be installed: " + _last(done.stderr))
    tests = [str(root / "tests" / room) for room in ROOMS]
    more = ["-q", "-p", "no:cacheprovider", "--numprocesses", "auto", "--dist", "loadfile"]
    done = _run([inside, "-m", "pytest", *more, *tests], root, check=False)
    summary = re.sub(r" in [\d.]+s.*", "", _last(done.stdout))
    return Tried(version, choice, done.returncode == 0, summary)


def found_uv() -> str:
    """Return the uv of this environment, or of PATH."""
    beside = Path(sys.executable).with_name("uv")
    found = str(beside) if beside.is_file() else shutil.which("uv")
    if found is None:
        raise FileNotFoundError("uv is in the environment that `make` sets up; use that one")
    return found


def _run(command: list[str], root: Path, check: bool = True) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(root / "workflow"), "OMP_NUM_THREADS": "1"}
    return subprocess.run(
        command, cwd=root, env=environment, check=check, capture_output=True, text=True,
        timeout=MAX_SECONDS,
    )  # fmt: skip


def _last(expected: str) -> str:
    lines = [line.strip() for line in expected.splitlines() if line.strip()]
    return lines[-1] if lines else "no word"
