"""Sentences are templates: every branch of every one can be said, and a mistake is named."""

import shutil

import pytest
from rupture_repair import rehearsal
from rupture_repair.manuscript import printed
from rupture_repair.manuscript.checklists import Jars
from rupture_repair.manuscript.discussion_claims import Generality
from rupture_repair.manuscript.stage import FIGURES, stage
from rupture_repair.manuscript.summary_claims import Noise, Recovered
from rupture_repair.rehearsal import claims, made_up, rehearse, rehearse_pages
from rupture_repair.words import templates
from rupture_repair.words.filters import between, capital, in_one_line, joined
from rupture_repair.words.pages import PAGES
from rupture_repair.words.templates import FOLDER, Words, WordsError, available

LANGUAGES = sorted(folder.name for folder in FOLDER.iterdir() if folder.is_dir())


@pytest.fixture
def edited(tmp_path):
    """A function: the English templates with one text for another in one of them."""

    def made(topic, old, new):
        folder = tmp_path / "en"
        shutil.copytree(FOLDER / "en", folder)
        file = folder / f"{topic}.jinja"
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new, 1), encoding="utf-8")
        return folder

    return made


@pytest.fixture
def alone(edited, monkeypatch):
    """A function: the same, without the templates of other topics and their claims."""

    def made(topic, old, new):
        folder = edited(topic, old, new)
        kept = {folder / f"{name}.jinja" for name in ("shared", topic)}
        for other in {*folder.rglob("*.jinja")} - kept:
            other.unlink()
        own = [claim for claim in claims() if claim.topic == topic]
        monkeypatch.setattr(rehearsal, "claims", lambda: own)
        return folder

    return made


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_branch_of_every_template_can_be_rendered(language):
    assert rehearse(FOLDER / language) == []


def test_every_branch_of_every_page_can_be_rendered():
    assert rehearse_pages(PAGES) == []


@pytest.mark.parametrize(
    ("page", "old", "new", "expected"),
    [
        ("summary", "{{ r.title }}", "{{ r.titel }}", "`titel` is no part of what stands before"),
        ("front_page", "{{ version }}", "{{ versoin }}", "`versoin` is not known. Available there"),
        ("audit", "{% if synthetic %}", "{% if", "audit.html, line "),
        ("validation", '== "blocking"', '== "blokcing"', "the condition is never met"),
    ],
)
def test_a_mistake_in_a_page_is_named_with_its_place(tmp_path, page, old, new, expected):
    shutil.copytree(PAGES, tmp_path / "pages")
    file = tmp_path / "pages" / f"{page}.html"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    problems = rehearse_pages(tmp_path / "pages")
    assert any(expected in problem for problem in problems), problems
    assert all(f"{page}.html" in problem for problem in problems), problems


def test_each_block_belongs_to_one_claim():
    places = [(claim.topic, block) for claim in claims() for block in claim.blocks]
    assert len(places) == len(set(places)) > 50


def test_a_person_changes_a_sentence(edited):
    folder = edited("published", "direction of\n", "sign of\n")
    assert Recovered(2, 3).words == "the analysis recovered the direction of 2 of 3"
    assert Words(folder).say(Recovered(2, 3)) == "the analysis recovered the sign of 2 of 3"


@pytest.mark.parametrize(
    ("topic", "old", "new", "expected"),
    [
        (
            "published",
            "{{ found }} of",
            "{{ fuond }} of",
            "published.jinja, line 35: `fuond` is not known. "
            "Available in the block `recovered`: `found`, `directions`.",
        ),
        (
            "abstract",
            "{{ row.how }} improvement",
            "{{ row.hwo }} improvement",
            "`hwo` is no part of what stands before it. Available in the block `moderation`: "
            "`row` (estimate, se, df, statistic, p, ci_low, ci_high, confidence, how, length, ",
        ),
        ("abstract", "| number(1)", "| nmuber(1)", "No filter named 'nmuber'"),
        ("abstract", "{% endif %}", "", "line 21: Encountered unknown tag 'endblock'"),
        ("abstract", "{% block noise %}", "{% block nosie %}", "the block `noise` is missing"),
        ("shared", "{% endmacro %}", "", "shared.jinja, line "),
        ("figures/influence", "{{ model }}", "{{ modle }}", "influence.jinja, line 2: `modle` is"),
        ("tables/claims", "{% block note %}", "{% block nota %}", "the block `note` is missing"),
    ],
)
def test_a_mistake_is_named_with_its_place(alone, topic, old, new, expected):
    problems = rehearse(alone(topic, old, new))
    assert any(expected in problem for problem in problems), problems
    assert all(f"en/{topic}.jinja" in problem for problem in problems), problems


@pytest.mark.parametrize(
    ("topic", "old", "new", "expected"),
    [
        ("findings", '== "reversed"', '== "revresed"', "the condition is never met"),
        ("regions", "{% block none %}", "{% block more %}{% endblock %}{% block none %}", "`more`"),
    ],
)
def test_what_is_never_said_is_named_alone(edited, topic, old, new, expected):
    problems = rehearse(edited(topic, old, new))
    assert any(expected in problem for problem in problems), problems
    assert all(f"en/{topic}.jinja" in problem for problem in problems), problems


def test_a_table_has_as_many_column_heads_as_columns(edited, monkeypatch):
    folder = edited("tables/jars", "Asked for |", "")
    monkeypatch.setattr(templates, "words", lambda language="en": Words(folder))
    monkeypatch.setattr(printed, "words", lambda language="en": Words(folder))
    with pytest.raises(WordsError, match=r"jars\.jinja: the block `columns` names 3 columns"):
        printed.printed(Jars(), [["1", "Title", "–", ""]])


def test_a_mistake_in_a_branch_that_is_not_taken_is_found(alone):
    folder = alone(
        "abstract",
        "How many ruptures chance alone would produce",
        "How many ruptures {{ chance }} would produce",
    )
    assert Words(folder).say(Noise(20.0, 30.0)).startswith("A model without ruptures")
    with pytest.raises(WordsError, match="`chance` is not known"):
        Words(folder).say(Noise(None, 30.0))
    assert rehearse(folder)


def test_an_error_of_words_has_no_traceback(edited):
    folder = edited("abstract", "| number(1)", "| plural")
    with pytest.raises(WordsError, match=r"abstract\.jinja, line \d+") as raised:
        Words(folder).say(Noise(20.0, 30.0))
    assert raised.value.__suppress_context__


def test_available_names_are_listed_with_their_parts():
    assert "`modelled`, `ordered`" in available(Noise(1.0, 2.0), "noise")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("\n  one\n  two\n", "one two"),
        ("one\n  , two ;\n three .", "one, two; three."),
        ("(\n one\n )", "(one)"),
        ("*p* = .012, *r* =\n .5", "*p* = .012, *r* = .5"),
        ("a\N{NO-BREAK SPACE}b", "a\N{NO-BREAK SPACE}b"),
    ],
)
def test_the_layout_of_a_template_is_not_that_of_the_sentence(text, line):
    assert in_one_line(text) == line


def test_lists_and_capitals():
    loop = type("Loop", (), {"first": False, "last": True})()
    assert between(loop, ", ", " and ") == " and " and between(loop, "; ") == "; "
    assert joined(["a", "b", "c"], " and ") == "a, b and c" and joined([], " and ") == ""
    assert capital("\n the CORE-10") == "The CORE-10"


def test_findings_are_made_up_by_their_types():
    from random import Random

    random = Random("seed")
    made = [made_up(Generality, random) for _ in range(200)]
    assert {one.synthetic for one in made} == {True, False}
    assert None in {one.left_out for one in made} and 0 in {one.left_out for one in made}


def test_templates_are_no_part_of_the_staged_paper(results, root, tmp_path):
    figures = tmp_path / "figures"
    figures.mkdir()
    for name in FIGURES:
        for ending in ("svg", "png"):
            (figures / f"{name}.{ending}").write_bytes(b"")
    stage(results(), root / "reports", figures, tmp_path / "project", "none")
    assert not list((tmp_path / "project").rglob("*.jinja"))
