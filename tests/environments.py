"""The environments of `make bayes` and `make docs`, set up where they are not there yet."""

import subprocess

import pytest


def python_apart(root, name):
    """Return the Python of `.venv-<name>`; skip where it cannot be set up, without network say."""
    ready = f".venv-{name}/ready-{_checksum(root / f'requirements-{name}.lock')}"
    made = subprocess.run(["make", ready], cwd=root, capture_output=True, text=True)
    if made.returncode:
        reason = made.stderr.strip()[-200:]
        pytest.skip(f"needs .venv-{name}, which could not be set up: {reason}")
    return root / f".venv-{name}/bin/python"


def _checksum(lock):
    with lock.open("rb") as content:
        done = subprocess.run(["cksum"], stdin=content, capture_output=True, text=True, check=True)
    return done.stdout.strip().replace(" ", "-")
