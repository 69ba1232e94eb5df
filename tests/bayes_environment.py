"""The environment of `make bayes`, set up where it is not there yet."""

import subprocess

import pytest


def bayes_python(root):
    """Return the Python that has PyMC; skip where it cannot be set up, without network say."""
    ready = f".venv-bayes/ready-{_checksum(root)}"
    made = subprocess.run(["make", ready], cwd=root, capture_output=True, text=True)
    if made.returncode:
        pytest.skip(f"needs .venv-bayes, which could not be set up: {made.stderr.strip()[-200:]}")
    return root / ".venv-bayes/bin/python"


def _checksum(root):
    with (root / "requirements-bayes.lock").open("rb") as lock:
        done = subprocess.run(["cksum"], stdin=lock, capture_output=True, text=True, check=True)
    return done.stdout.strip().replace(" ", "-")
