"""R and its packages, for tests that compare with them there and then."""

import shutil
import subprocess
from functools import cache

import pytest


@cache
def absent(*packages: str) -> str:
    """Return what is missing, in words; empty where R and the packages are there."""
    if shutil.which("Rscript") is None:
        return "R is not installed here"
    names = ", ".join(f'"{name}"' for name in packages)
    words = f"cat(setdiff(c({names}), rownames(installed.packages())))"
    missing = run_r("-e", words).split()
    return f"R has no {', '.join(missing)} here" if missing else ""


def require_r(*packages: str) -> None:
    """Skip the test, with the reason, where R or a package is missing."""
    if reason := absent(*packages):
        pytest.skip(reason)


def run_r(*words: str, **options) -> str:
    """Return what `Rscript` with these words prints; it must succeed."""
    done = subprocess.run(
        ["Rscript", *map(str, words)], capture_output=True, encoding="utf-8", **options
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
