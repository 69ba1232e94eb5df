"""The stored reference values are what the R script makes of the stored data."""

import json
import shutil
import subprocess

import pytest


def numbers(value, path=()):
    """All numbers of nested JSON, by where they stand."""
    if isinstance(value, dict):
        parts = value.items()
    elif isinstance(value, list):
        parts = enumerate(value)
    else:
        return {path: value} if isinstance(value, int | float) else {}
    return {k: v for key, part in parts for k, v in numbers(part, (*path, key)).items()}


@pytest.mark.long
def test_r_script_reproduces_the_stored_values(root, lme4, tmp_path):
    folder = tmp_path / "tests/reference"
    shutil.copytree(root / "tests/reference", folder)
    (folder / "lme4_models.json").unlink()
    script = "tests/reference/lme4_models.R"
    subprocess.run(["Rscript", script], cwd=tmp_path, check=True, capture_output=True)
    again = numbers(json.loads((folder / "lme4_models.json").read_text(encoding="utf-8")))
    stored = numbers(lme4)
    assert len(stored) > 200
    # other versions of lme4 stop a little elsewhere on the way to the same optimum
    assert again == pytest.approx(stored, rel=1e-4, abs=1e-5)
