"""Imports found in the text of a module are those that its syntax tree holds."""

import ast

import pytest
from rupture_repair.provenance.imports import imported_names


def parsed(source):
    """The same from the syntax tree; what is for a type checker alone is left out."""
    tree, names = ast.parse(source), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {name for name in names if name.split(".")[0] == "rupture_repair"}


def test_the_whole_package_is_read_as_the_parser_reads_it(root):
    """An example in a docstring looks like an import: its module is then one too many."""
    files = list((root / "workflow").rglob("*.py"))
    texts = {file: file.read_text(encoding="utf-8") for file in files}
    missed = {file.name: parsed(text) - imported_names(text) for file, text in texts.items()}
    more = {file.name: imported_names(text) - parsed(text) for file, text in texts.items()}
    assert len(files) > 200 and not any(missed.values())
    assert sum(map(bool, more.values())) <= 2


@pytest.mark.parametrize(
    "source",
    [
        "import rupture_repair.cohort as here, numpy\n",
        "import numpy, rupture_repair.cohort.raw  # rupture_repair.figures\n",
        "from rupture_repair.cohort import raw as one, tables as two\n",
        "from rupture_repair.cohort import (\n    raw,  # why, (really)\n    tables as two,\n)\n",
        "from rupture_repair.cohort import \\\n    raw, tables\n",
        "def late():\n    from rupture_repair.cohort import raw\n    return raw\n",
        "if TYPE_CHECKING:\n    import rupture_repair.cohort\n\n    from rupture_repair import a\n"
        "else:\n    import rupture_repair.config\nfrom rupture_repair import detection\n",
        "import rupture_repairs\nfrom rupture_repair_more import raw\n",
    ],
)  # fmt: skip
def test_every_form_of_an_import_is_read(source):
    assert imported_names(source) == parsed(source)
