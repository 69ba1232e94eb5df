"""One run at a time in a folder, and what is left of a killed one is cleared up."""

import base64
import errno
import json
import os
import subprocess
import sys
import time

import pytest
from rupture_repair.one_run import changed_results, older_replacements, prepare, results_folder
from rupture_repair.provenance.source import sha256

SLEEP = "import time\ntime.sleep(60)\n"


@pytest.fixture
def python_script(tmp_path):
    """Start a Python script of the folder; ended with the test."""
    started = []

    def start(place):
        script = tmp_path / place
        script.parent.mkdir(parents=True, exist_ok=True)
        script.write_text(SLEEP, encoding="utf-8")
        started.append(subprocess.Popen([sys.executable, str(script)], cwd=tmp_path))
        time.sleep(0.3)  # until the command line is that of the script
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def record(folder, file, split=None):
    """Write the record that Snakemake keeps of an output, now."""
    name = base64.urlsafe_b64encode(file.encode()).decode()
    parts = [name] if split is None else [f"@{name[:split]}", name[split:]]
    place = folder.joinpath(".snakemake/metadata", *parts)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(json.dumps({"endtime": (folder / file).stat().st_mtime}), encoding="utf-8")


def result(folder, file, text="made\n"):
    (folder / file).parent.mkdir(parents=True, exist_ok=True)
    (folder / file).write_text(text, encoding="utf-8")
    return folder / file


def test_a_second_run_is_refused_with_the_number_of_the_first(tmp_path):
    prepare(tmp_path)
    with pytest.raises(BlockingIOError, match=f"process {os.getpid()}"):
        prepare(tmp_path)


def test_a_run_that_was_not_started_by_make_counts_too(tmp_path, python_script):
    process = python_script("bin/snakemake")
    with pytest.raises(BlockingIOError, match=f"process {process.pid}, started without make"):
        prepare(tmp_path)


def test_steps_and_locks_of_a_killed_run_are_cleared_up(tmp_path, python_script):
    orphan = python_script(".snakemake/scripts/tmpabc.fit.py")
    elsewhere = python_script("notebook.py")
    lock = result(tmp_path, ".snakemake/locks/0.output.lock")
    prepare(tmp_path)
    assert orphan.poll() is not None
    assert elsewhere.poll() is None
    assert not lock.exists()


@pytest.mark.parametrize("split", [None, 8])
def test_what_was_changed_after_it_was_made_is_made_again(tmp_path, capsys, split):
    made = [result(tmp_path, f"results/tiny/{name}.csv") for name in ("kept", "edited", "gone")]
    for file in made:
        record(tmp_path, str(file.relative_to(tmp_path)), split)
    assert changed_results(tmp_path) == []
    kept, edited, gone = made
    gone.unlink()
    edited.write_text("rubbish", encoding="utf-8")
    os.utime(edited, (1, 1))
    prepare(tmp_path)
    assert kept.exists() and not edited.exists()
    assert "made again: results/tiny/edited.csv." in capsys.readouterr().err


def test_an_edited_word_file_is_kept_before_it_is_made_again(tmp_path, capsys):
    paper = result(tmp_path, "results/tiny/manuscript/manuscript.docx")
    page = result(tmp_path, "results/tiny/manuscript/manuscript.html")
    entries = [{"file": str(f.relative_to(tmp_path)), "sha256": sha256(f)} for f in (paper, page)]
    result(tmp_path, "results/tiny/provenance.json", json.dumps({"outputs": entries}))
    for file in (paper, page):
        record(tmp_path, str(file.relative_to(tmp_path)))
    before = page.stat()
    for file in (paper, page):
        file.write_text("by hand", encoding="utf-8")
    os.utime(page, ns=(before.st_atime_ns, before.st_mtime_ns))  # the record of the run tells
    prepare(tmp_path)
    (kept,) = (tmp_path / "results/tiny/manuscript").glob("*")
    assert kept.name.startswith("manuscript.edited-") and kept.read_text() == "by hand"
    assert capsys.readouterr().err.count("anew") == 1


@pytest.mark.parametrize("text", ["{", "[]", '{"outputs": [{"file": 1}]}'])
def test_a_broken_record_of_a_run_is_no_reason_to_stop_either(tmp_path, text):
    made = result(tmp_path, "results/tiny/table.csv")
    result(tmp_path, "results/tiny/provenance.json", text)
    prepare(tmp_path)
    assert made.exists()


def test_the_folder_of_results_is_that_of_the_configuration(tmp_path):
    assert results_folder(tmp_path) == tmp_path / "results"
    for text, name in (("results: out\n", "out"), ("- 1\n", "results"), ("a: [", "results")):
        result(tmp_path, "config/config.yaml", text)
        assert results_folder(tmp_path) == tmp_path / name


def test_a_source_that_was_replaced_by_an_older_one_gets_the_present_date(tmp_path):
    sources = [result(tmp_path, f"workflow/{name}.py") for name in ("same", "older", "newer")]
    entries = [{"file": str(f.relative_to(tmp_path)), "sha256": sha256(f)} for f in sources]
    raw = result(tmp_path, "data/raw.csv")
    inputs = [{"file": "data/raw.csv", "sha256": "other", "kind": "raw"}]
    record = {"sources": entries, "configuration": [], "inputs": inputs}
    result(tmp_path, "results/tiny/provenance.json", json.dumps(record))
    for file in (*sources, raw):
        os.utime(file, (1, 1))
    same, older, newer = sources
    older.write_text("other", encoding="utf-8")
    os.utime(older, (1, 1))
    newer.write_text("other", encoding="utf-8")
    os.utime(newer, (2e9, 2e9))
    assert older_replacements(tmp_path) == [older]
    prepare(tmp_path)
    assert older.stat().st_mtime > 1e9
    assert same.stat().st_mtime == raw.stat().st_mtime == 1
    result(tmp_path, "results/tiny/provenance.json", "{}")
    assert older_replacements(tmp_path) == []


def test_a_broken_record_is_no_reason_to_stop(tmp_path):
    file = result(tmp_path, "results/table.csv")
    record(tmp_path, "results/table.csv")
    for place in (tmp_path / ".snakemake/metadata").iterdir():
        place.write_text("{", encoding="utf-8")
    (tmp_path / ".snakemake/metadata/no-base64!").write_text("{}", encoding="utf-8")
    assert changed_results(tmp_path) == []
    assert file.exists()


@pytest.mark.parametrize(
    ("number", "expected"), [(errno.ENOSPC, "disk is full"), (errno.EROFS, "cannot be written")]
)
def test_a_read_only_folder_gives_a_message_of_one_line(tmp_path, root, number, expected):
    code = (
        "import os, sys\n"
        "from rupture_repair import one_run\n"
        "def refuse(*_):\n"
        f"    raise OSError({number}, os.strerror({number}), '.snakemake')\n"
        "one_run.prepare = refuse\n"
        "one_run.main()\n"
    )
    environment = os.environ | {"PYTHONPATH": str(root / "workflow")}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert ".snakemake" in done.stderr and expected in done.stderr
