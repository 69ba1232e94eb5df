"""What the type check must find: a value that is added to a choice and forgotten elsewhere."""

import shutil
import subprocess
import sys

import pytest

# choice, where it is defined, and the module that must then be refused
CHOICES = [
    ("Scale", "criteria", "detection/scales.py"),
    ("Reference", "criteria", "detection/comparisons.py"),
    ("Aggregate", "criteria", "detection/patterns.py"),
    ("Time", "analysis", "modelling/design.py"),
    ("PatientTerms", "analysis", "manuscript/course_claims.py"),
    ("Length", "multiverse", "multiverse/formula.py"),
]


@pytest.mark.long
def test_a_value_added_to_a_choice_alone_fails_the_type_check(root, tmp_path):
    for package in ("rupture_repair", "snakemake_logger_plugin_lines"):
        shutil.copytree(root / "workflow" / package, tmp_path / "workflow" / package)
    shutil.copy(root / "pyproject.toml", tmp_path)
    for choice, file, _ in CHOICES:
        source = tmp_path / f"workflow/rupture_repair/config/{file}.py"
        text = source.read_text(encoding="utf-8")
        assert text.count(f"\n{choice} = Literal[") == 1
        changed = text.replace(f"\n{choice} = Literal[", f'\n{choice} = Literal["added_{choice}", ')
        source.write_text(changed, encoding="utf-8")
    check = [sys.executable, "-m", "mypy", "--cache-dir", str(tmp_path / "cache")]
    done = subprocess.run(check, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    for choice, _, module in CHOICES:
        errors = [line for line in done.stdout.splitlines() if f"added_{choice}" in line]
        assert any(f"rupture_repair/{module}:" in line for line in errors), choice
        # of a match that is not whole, or of a claim whose template has no words for it
        assert all(
            "assert_never" in line or "incompatible type" in line
            for line in errors
            if module in line
        )
