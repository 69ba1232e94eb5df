"""What somebody wrote into the Word file of a paper outlives the next run."""

import json
import os

import pytest
from rupture_repair.provenance.edited import keep_edited, remove_altered
from rupture_repair.provenance.record import checksums, write_records

EDITED_AT = 1_790_000_000  # 2026-09-21 in UTC


@pytest.fixture
def results(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    paper = tmp_path / "results/clinic/manuscript"
    paper.mkdir(parents=True)
    for ending in ("docx", "html"):
        (paper / f"manuscript.{ending}").write_text("made", encoding="utf-8")
    outputs = checksums(sorted(paper.glob("*")))
    record = paper.parent / "provenance.json"
    record.write_text(json.dumps({"outputs": outputs}), encoding="utf-8")
    return tmp_path / "results"


def edit(results, text):
    file = results / "clinic/manuscript/manuscript.docx"
    file.write_text(text, encoding="utf-8")
    os.utime(file, (EDITED_AT, EDITED_AT))


def copies(results):
    folder = results / "clinic/manuscript"
    return {f.name: f.read_text(encoding="utf-8") for f in sorted(folder.glob("*.edited-*"))}


def test_what_was_not_edited_needs_no_copy(results):
    assert list(keep_edited(results, ["clinic", "other"])) == []
    assert copies(results) == {}


def test_an_edited_file_is_kept_once(results):
    edit(results, "by hand")
    (line,) = keep_edited(results, ["clinic"])
    assert line == (
        "clinic: manuscript.docx was edited after it was made; "
        "kept as manuscript.edited-2026-09-21.docx"
    )
    assert list(keep_edited(results, ["clinic"])) == []
    assert copies(results) == {"manuscript.edited-2026-09-21.docx": "by hand"}


def test_a_second_edit_of_a_day_does_not_overwrite_the_first(results):
    for text in ("first", "second"):
        edit(results, text)
        assert len(list(keep_edited(results, ["clinic"]))) == 1
    names = [f"manuscript.edited-2026-09-21{number}.docx" for number in ("", "-2")]
    assert copies(results) == dict(zip(names, ("first", "second"), strict=True))


def test_an_altered_result_is_deleted_and_a_word_file_is_not(results):
    edit(results, "by hand")
    page = results / "clinic/manuscript/manuscript.html"
    assert list(remove_altered(results, ["clinic"])) == []
    page.write_text("12.3", encoding="utf-8")
    os.utime(page, (EDITED_AT, EDITED_AT))
    (line,) = remove_altered(results, ["clinic"])
    assert line == (
        "results/clinic/manuscript/manuscript.html was changed after it was made: it is made anew"
    )
    assert not page.exists()
    assert (results / "clinic/manuscript/manuscript.docx").exists()


def test_private_results_are_watched_too(results):
    private = results / "clinic/ruptures/events.csv"
    private.parent.mkdir()
    private.write_text("made", encoding="utf-8")
    listed = {"outputs": checksums(["results/clinic/ruptures/events.csv"])}
    (private.parent / "outputs.json").write_text(json.dumps(listed), encoding="utf-8")
    assert list(remove_altered(results, ["clinic"])) == []
    private.write_text("other", encoding="utf-8")
    assert len(list(remove_altered(results, ["clinic"]))) == 1
    assert not private.exists()


def test_nothing_is_deleted_while_there_is_no_record(results):
    """A run that was stopped goes on where it was."""
    (results / "clinic/provenance.json").unlink()
    (results / "clinic/manuscript/manuscript.html").write_text("new", encoding="utf-8")
    assert list(remove_altered(results, ["clinic", "other"])) == []


@pytest.fixture
def source(results):
    """The folder that the paper is set from, recorded as a run records it."""
    folder = results / "clinic/manuscript/source"
    (folder / "_sections").mkdir(parents=True)
    for name in ("manuscript.qmd", "_sections/_method.md", ".snakemake_timestamp"):
        (folder / name).write_text("made", encoding="utf-8")
    record = results / "clinic/provenance.json"
    (results / "clinic/ruptures").mkdir()
    given = [f"results/clinic/manuscript/{name}" for name in ("manuscript.docx", "source")]
    write_records({}, given, str(record.relative_to(record.parents[2])), private=False)
    names = [entry["file"] for entry in json.loads(record.read_text(encoding="utf-8"))["outputs"]]
    assert "results/clinic/manuscript/source/_sections/_method.md" in names
    assert not [name for name in names if name.endswith("timestamp")]
    return folder


def test_edited_sources_are_kept_and_made_anew(results, source):
    assert [*keep_edited(results, ["clinic"]), *remove_altered(results, ["clinic"])] == []
    file = source / "_sections/_method.md"
    file.write_text("by hand", encoding="utf-8")
    os.utime(file, (EDITED_AT, EDITED_AT))
    (line,) = remove_altered(results, ["clinic"])
    assert line == "clinic: source was edited after it was made; kept as source.edited-2026-09-21"
    assert not source.exists()
    kept = source.with_name("source.edited-2026-09-21")
    assert (kept / "_sections/_method.md").read_text(encoding="utf-8") == "by hand"
    assert (kept / "manuscript.qmd").is_file()


def test_a_file_added_to_the_sources_is_kept_once_and_stays(results, source):
    (source / "own.png").write_text("mine", encoding="utf-8")
    os.utime(source / "own.png", (EDITED_AT, EDITED_AT))
    (line,) = keep_edited(results, ["clinic"])
    assert line.endswith("kept as source.edited-2026-09-21")
    assert [*keep_edited(results, ["clinic"]), *remove_altered(results, ["clinic"])] == []
    assert (source / "own.png").is_file()
