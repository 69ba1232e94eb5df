"""What was changed in an unpacked archive is found by the check that lies in it."""

import json
import subprocess
import sys

import pytest
from clinic_archive import rewrite
from rupture_repair.provenance.archive import changed_in_the_archive


def check_unpacked(folder):
    """Run the check that lies in the archive, with nothing but Python."""
    command = [sys.executable, "-I", "-S", "verify_archive.py"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    return done.returncode, done.stdout


def test_an_unpacked_archive_is_checked_by_python_alone(unpacked):
    status, message = check_unpacked(unpacked)
    assert status == 0, message
    assert "files are as they were archived" in message
    paper = "archived/clinic/manuscript/manuscript.html"
    rewrite(unpacked / paper, "12.3")
    rewrite(unpacked / "Snakefile", "rule all:")
    (unpacked / "archived/clinic/verification.csv").unlink()
    (unpacked / "archived/clinic/tables/more.csv").write_text("1", encoding="utf-8")
    status, message = check_unpacked(unpacked)
    assert status == 1
    first, *others = message.splitlines()
    assert first == "changed: Snakefile"
    assert others[:3] == [
        f"changed: {paper}",
        "added: archived/clinic/tables/more.csv",
        "missing: archived/clinic/verification.csv",
    ]
    assert changed_in_the_archive(unpacked) == others[:3]


@pytest.mark.parametrize(
    "place",
    [
        "archived/clinic/tables/results/more.csv",
        "archived/clinic/tables/__pycache__/more.csv",
        "workflow/results/numpy.py",
        "archived/clinic/tables/link",
        "workflow/numpy",
    ],
)
def test_no_file_that_was_added_hides_behind_its_name(unpacked, place):
    (unpacked / place).parent.mkdir(parents=True, exist_ok=True)
    if "." in place:
        (unpacked / place).write_text("1", encoding="utf-8")
    else:
        (unpacked / place).symlink_to(unpacked.parent, target_is_directory=True)
    status, message = check_unpacked(unpacked)
    assert (status, message.splitlines()[0]) == (1, f"added: {place}")


def test_metadata_of_a_crate_that_were_changed_are_named(unpacked):
    metadata = unpacked / "ro-crate-metadata.json"
    text = metadata.read_text(encoding="utf-8")
    metadata.write_text(text.replace("MIT License", "No License"), encoding="utf-8")
    status, message = check_unpacked(unpacked)
    assert (status, message.splitlines()[0]) == (1, "changed: ro-crate-metadata.json")


def test_bytecode_in_an_unpacked_archive_is_not_passed_over_in_silence(unpacked):
    assert "not checked" not in check_unpacked(unpacked)[1]
    planted = unpacked / "workflow/rupture_repair/detection/__pycache__/events.cpython-311.pyc"
    planted.parent.mkdir(parents=True)
    planted.write_bytes(b"anything")
    status, message = check_unpacked(unpacked)
    assert status == 0
    assert "Not from the archive and not checked: bytecode (__pycache__)." in message


def test_a_manifest_that_was_changed_with_its_file_contradicts_the_record(unpacked):
    paper = unpacked / "archived/clinic/manuscript/manuscript.html"
    manifest = json.loads((unpacked / "source.json").read_text(encoding="utf-8"))
    rewrite(paper, "12.3")
    digest = subprocess.run(["sha256sum", paper], capture_output=True, text=True).stdout.split()[0]
    manifest["archived"]["archived/clinic/manuscript/manuscript.html"] = digest
    (unpacked / "source.json").write_text(json.dumps(manifest), encoding="utf-8")
    status, message = check_unpacked(unpacked)
    assert (status, "not as in archived/clinic/provenance.json" in message) == (1, True)
