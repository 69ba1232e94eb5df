"""The summary in a second language: complete, in its own numbers, marked, and only where asked."""

import re
import shutil
import zipfile
from dataclasses import replace

import pytest
from rupture_repair.manuscript.checks import check_output
from rupture_repair.manuscript.engines import find_engine, render
from rupture_repair.manuscript.second_language import NUMBERS, SENTENCES, second_variables, section
from rupture_repair.manuscript.stage import FIGURES, stage
from rupture_repair.rehearsal import made_up, needed, rehearse
from rupture_repair.words.filters import FILTERS, GERMAN
from rupture_repair.words.templates import FOLDER, Range, words

SQUARE = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"></svg>'
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000b494441"
    "54789c6360000200000500017a5eab3f0000000049454e44ae426082"
)
BLANK = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("name", "value", "options", "written"),
    [
        ("number", 12723.8, (), "12.723,80"),
        ("number", -0.72, (1,), "−0,7"),
        ("number", float("nan"), (), "–"),
        ("proportion", 0.08, (), "0,08"),
        ("percent", 0.081, (1,), f"8,1{BLANK}%"),
        ("digits", 1.5, (), "1,5"),
        ("count", 7.5, (), "7,5"),
        ("degrees", 12.34, (), "12,3"),
        ("p", 0.012, (), "*p* = 0,012"),
        ("p", 0.0001, (), "*p* < 0,001"),
        ("p", 0.9999, (), "*p* > 0,999"),
        ("size", 0.001, (2,), "< 0,01"),
        ("interval", Range(-1.59, 0.15), (), "[−1,59; 0,15]"),
    ],
)
def test_german_numbers(name, value, options, written):
    assert GERMAN[name](value, *options) == written


def test_each_filter_of_numbers_has_its_german_one():
    of_words = {"between", "capital", "joined", "plural"}
    assert set(GERMAN) == set(FILTERS) - of_words


def test_no_german_sentence_has_a_decimal_point_or_an_english_number():
    """By all blocks, filled with numbers that have decimals."""
    from random import Random

    random, german = Random(7), words("de")
    for claim in needed("de"):
        for _ in range(60):
            text = german.say(made_up(claim, random))
            assert not re.search(r"\d\.\d(?!\d\d)|\d%|\bCI\b", text), text


@pytest.fixture
def edited(tmp_path):
    """A function: the German templates with one text for another in a file."""

    def made(name, old, new):
        folder = tmp_path / "de"
        shutil.copytree(FOLDER / "de", folder)
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")
        return folder

    return made


@pytest.mark.parametrize(
    ("name", "old", "new", "german"),
    [
        ("section.md", "second.practice ", "second.praxis ", "`second.praxis` is not known"),
        ("abstract.jinja", "block noise", "block rauschen", "the block `noise` is missing"),
        ("summary.jinja", "{{ larger.length", "{{ laenger.length", "`laenger` is not known"),
        ("sample.jinja", '"unrepaired"', '"unrepariert"', "the condition is never met"),
    ],
)
def test_a_mistake_in_german_is_named_with_its_place(edited, name, old, new, german):
    problems = rehearse(edited(name, old, new))
    assert any(german in problem and f"de/{name}" in problem for problem in problems), problems


def test_without_its_section_a_language_is_not_complete(edited):
    folder = edited("section.md", "Ziel", "Zweck")
    assert rehearse(folder) == []
    (folder / "section.md").unlink()
    assert ["the file is missing" in problem for problem in rehearse(folder)] == [True]


def test_the_section_shows_every_variable(results):
    german = second_variables(results(), "de")
    assert set(german) == {*NUMBERS, *SENTENCES}
    shown = re.findall(r"var second\.(\w+)", section("de"))
    assert set(shown) == set(german)
    assert german["moderation_short"].startswith("Bei durchschnittlicher Behandlungsdauer")
    assert "95-%-KI [" in german["moderation_short"]
    assert all(text for text in german.values())


@pytest.fixture
def staged(results, root, tmp_path):
    """A function that stages the paper of a small cohort in a second language, or without one."""
    figures = tmp_path / "figures"
    figures.mkdir()
    for name in FIGURES:
        (figures / f"{name}.svg").write_text(SQUARE, encoding="utf-8")
        (figures / f"{name}.png").write_bytes(PIXEL)

    def made(language):
        found = results()
        settings = found.settings.model_copy(update={"second_language": language})
        project = tmp_path / str(language)
        shown = stage(
            replace(found, settings=settings), root / "reports", figures, project, "pandoc"
        )
        return project, shown

    return made


def test_without_the_key_nothing_of_it_is_staged(staged):
    project, _ = staged(None)
    written = "".join(
        file.read_text(encoding="utf-8")
        for file in sorted(project.rglob("*"))
        if file.suffix in {".md", ".qmd", ".yml", ".lua"}
    )
    assert "Zusammenfassung" not in written and "second" not in re.findall(r"^\w+", written, re.M)
    german, _ = staged("de")
    for file in project.rglob("*"):
        if file.is_file() and file.name not in {"_variables.yml", "_abstract.md", "_manuscript.md"}:
            assert file.read_bytes() == (german / file.relative_to(project)).read_bytes(), file


def test_the_paper_has_it_after_the_abstract_in_three_formats(staged):
    project, shown = staged("de")
    made = render(find_engine("pandoc"), project)["manuscript"]
    check_output(made, shown["manuscript"])
    page = " ".join(made["html"].read_text(encoding="utf-8").split())
    place = page.index("Allgemeinverständliche Zusammenfassung</span></h")
    assert page.index("Keywords:") < place < page.index("Plain-language summary</h")
    german = re.search(r'<(?:section|div)[^>]*\blang="de"', page)
    assert german is not None and page.index("Keywords:") < german.start() < place
    assert re.search(r"[Bb]ruch fand sich bei \d+,\d", page)
    with zipfile.ZipFile(made["docx"]) as archive:
        word = archive.read("word/document.xml").decode("utf-8")
    marked = re.findall(r'<w:lang w:val="de" ?/></w:rPr><w:t[^>]*>([^<]*)', word)
    assert any("Schlüsselwörter" in run for run in marked) and len(marked) > 50
    typst = (project / "manuscript.typ").read_text(encoding="utf-8")
    assert '#set text(lang: "de")' in typst
