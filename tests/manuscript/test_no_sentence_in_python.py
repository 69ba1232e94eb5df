"""Words of the paper are templates: modules that feed it hold no text of several words."""

import ast
import re

import pytest
from rupture_repair.figures.catalogue import FIGURES

PACKAGE = "workflow/rupture_repair"
ROOMS = ("manuscript", "comparison", "words", "modelling", "multiverse", "disclosure")
# of rooms whose other modules name problems, on the terminal too
PAGES = ("detection/audit.py", "validation/report.py", "provenance/verdicts.py")
# what no reader of the paper reads, and names that are read by code
NO_TEXT = {
    "words/templates.py": "messages to whoever changes a template",
    "manuscript/second_language.py": "the same",
    "manuscript/checks.py": "messages, and the headings that must be there",
    "manuscript/numbering.py": "a pattern",
    "manuscript/pages.py": "the layout of a page",
    "manuscript/discussion_claims.py": "a verdict by its name in the table",
    "manuscript/sensitivity_claims.py": "effects by their names in the table",
    "comparison/slopes.py": "terms by their names in the table",
    "modelling/answers.py": "verdicts, which the verification table has as names",
    "modelling/cross_check.py": "what another program says",
    "modelling/describe.py": "reasons as the validation has them, said by `figures.yaml`",
    "modelling/design.py": "columns of the analysis table, in `analysis_columns.csv`",
    "modelling/headline.py": "what the roles are, for code",
    "modelling/posterior.py": "a verdict",
    "modelling/posterior_sampling.py": "messages of a command",
    "modelling/repair_events.py": "effects by their names in the table",
    "modelling/sensitivity.py": "the same",
    "disclosure/rounding.py": "a unit of the catalogue",
    "disclosure/suppression.py": "what stands for a small count in the list of files",
}
SEVERAL_WORDS = re.compile(r"[^\W\d_]{2,}[,;:]? \W?[^\W\d_]{2,}")


def unseen(tree):
    """Yield what no reader of the paper sees: docstrings, errors, types, queries of tables."""
    for node in ast.walk(tree):
        match node:
            case ast.Expr(value=ast.Constant()):
                yield node.value
            case ast.Raise():
                yield node
            case ast.Subscript(value=ast.Name(id="Literal")):
                yield node.slice
            case ast.Call(func=ast.Attribute(attr="query")):
                yield from node.args


def sentences(source):
    """Yield line and text of what has several words in a module."""
    tree = ast.parse(source)
    hidden = {id(part) for node in unseen(tree) for part in ast.walk(node)}
    for node in ast.walk(tree):
        if id(node) in hidden:
            continue
        match node:
            case ast.JoinedStr(values=parts):
                hidden |= {id(part) for part in parts}
                text = "".join(p.value if isinstance(p, ast.Constant) else "{}" for p in parts)
            case ast.Constant(value=str(text)):
                pass
            case _:
                continue
        if SEVERAL_WORDS.search(text):
            yield node.lineno, text


def options(tree):
    """Yield the names that a type allows: no text, but a choice of a template."""
    for node in ast.walk(tree):
        match node:
            case ast.Subscript(value=ast.Name(id="Literal")):
                yield from (part.value for part in ast.walk(node) if isinstance(part, ast.Constant))


def modules(root, *rooms):
    return {
        f"{room}/{file.name}": file.read_text(encoding="utf-8")
        for room in rooms
        for file in sorted((root / PACKAGE / room).glob("*.py"))
    }


def read_by_readers(root):
    pages = {name: (root / PACKAGE / name).read_text(encoding="utf-8") for name in PAGES}
    return modules(root, *ROOMS) | pages


@pytest.fixture(scope="module")
def choices(root):
    rooms = (*ROOMS, "figures", "provenance")
    found = [options(ast.parse(source)) for source in modules(root, *rooms).values()]
    return {name for names in found for name in names}


def test_no_module_of_paper_and_comparison_holds_a_text_of_several_words(root, choices):
    found = [
        f"{name}, line {line}: {text}"
        for name, source in read_by_readers(root).items()
        if name not in NO_TEXT
        for line, text in sentences(source)
        if text not in choices
    ]
    assert found == []


def test_each_exception_is_needed(root, choices):
    sources = read_by_readers(root)
    for name in NO_TEXT:
        assert [text for _, text in sentences(sources[name]) if text not in choices], name


def test_captions_and_alternative_texts_are_said_by_templates(root):
    text = ('texts.text("caption")', 'texts.text("alt")')
    for name in FIGURES:
        source = modules(root, "figures")[f"figures/{name}.py"]
        drawings = [
            tuple(ast.unparse(argument).replace("'", '"') for argument in node.args[1:])
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "Drawing"
        ]
        assert drawings == [text], name


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('"""A docstring of words."""\nraise ValueError("an error in words")', []),
        ('x: Literal["a choice", "two words"]\ntable.query("a and b")', []),
        ('NOTE = "no word", "Word."', ["no word"]),
        ('f"{n} of the patients{end}"', ["{} of the patients{}"]),
        ('"patients: *n*" + f"{n} patients"', []),
    ],
)
def test_what_counts_as_a_text(source, found):
    assert [text for _, text in sentences(source)] == found
