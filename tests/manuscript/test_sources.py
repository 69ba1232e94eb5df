"""The sources of the paper: no typed results, nothing dangling, nothing unused."""

import re
import zipfile

import pytest
from rupture_repair.manuscript.numbering import DOCUMENTS
from rupture_repair.manuscript.pandoc_engine import SUPPORTED_SHORTCODES

SHORTCODE = re.compile(r"\{\{<\s*(\w+)\s+([^\s>]+)\s*>\}\}")
REFERENCE = re.compile(r"@((?:fig|tbl)-[\w-]+)")
CITATION = re.compile(r"@([a-z]+\d{4}[a-z]?)\b")
HEAD = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)  # metadata: the numbers of the supplement
DIV = re.compile(r"^:{3,} *\{(.+)\}", re.MULTILINE)


@pytest.fixture(scope="module")
def sources(root):
    files = [root / f"reports/{name}.qmd" for name in DOCUMENTS]
    files += (root / "reports/_sections").glob("*.md")
    assert len(files) >= 11
    return {file.name: HEAD.sub("", file.read_text(encoding="utf-8")) for file in files}


@pytest.fixture(scope="module")
def everything(sources):
    return "\n".join(sources.values())


@pytest.fixture(scope="module")
def package(root):
    """Whatever else writes sentences: the package, and the templates of words."""
    folder = root / "workflow/rupture_repair/manuscript"
    files = sorted([*folder.rglob("*.py"), *(root / "reports/words").rglob("*.jinja")])
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


def prose(text):
    """Return the text without what may hold digits: keys, citations, names of models."""
    text = SHORTCODE.sub("", text)
    text = REFERENCE.sub("", CITATION.sub("", text))
    return re.sub(r"\bM[0-3]\b", "", re.sub(r"\{[^}\n]*\}", "", text))


def test_no_number_is_typed(sources):
    for name, text in sources.items():
        found = [line for line in prose(text).splitlines() if re.search(r"\d", line)]
        assert found == [], name


def test_only_the_supported_shortcodes_are_used(everything):
    assert {kind for kind, _ in SHORTCODE.findall(everything)} == set(SUPPORTED_SHORTCODES)
    assert everything.count("{{<") == len(SHORTCODE.findall(everything))


def test_only_the_supported_blocks_are_used(everything):
    flags = "is-synthetic|is-calibrated|is-example|has-published|has-reliable-change|tree-changed"
    flags += "|certificate-failed|not-estimated|has-published-shares|has-other-studies"
    flags += "|has-data-statement|has-posterior"
    known = rf"\.content-visible (when|unless)-meta=\"({flags})\""
    for attributes in DIV.findall(everything):
        assert re.fullmatch(
            rf"{known}|\.callout-(important|warning)( appearance=\"minimal\")?|#refs", attributes
        ), attributes


def test_each_citation_has_an_entry_and_each_entry_is_cited(root, everything, package):
    entries = set(
        re.findall(
            r"^@\w+\{(\w+),", (root / "reports/references.bib").read_text("utf-8"), re.MULTILINE
        )
    )
    named = [
        (root / f"config/{name}.yaml").read_text(encoding="utf-8")
        for name in ("instruments", "criteria")
    ]
    cited = set(CITATION.findall(everything)) | set(CITATION.findall(package))
    cited |= set(CITATION.findall((root / "reports/comparison.qmd").read_text("utf-8")))
    cited |= set(re.findall(r"^\s+citation: (\w+)", "\n".join(named), re.MULTILINE))
    assert cited - entries == set(), "cited without an entry"
    assert entries - cited == set(), "entries that nothing cites"


def test_each_reference_has_its_block_and_the_reverse(root, everything):
    included = re.findall(r"_generated/_(figure|table)-([\w-]+)\.md", everything)
    figures = {f"fig-{name.replace('_', '-')}" for kind, name in included if kind == "figure"}
    words = (root / "reports/words/en/tables").glob("*.jinja")
    tables = {f"tbl-{file.stem.replace('_', '-')}" for file in words}
    assert set(REFERENCE.findall(everything)) <= figures | tables
    assert figures <= set(REFERENCE.findall(everything))


def test_each_include_is_there_or_generated(root, everything):
    for kind, argument in SHORTCODE.findall(everything):
        if kind == "include" and not argument.startswith("_generated/"):
            assert (root / "reports" / argument).is_file()
            assert argument.rsplit("/", 1)[1].startswith("_")


def test_findings_are_never_typed_into_the_sources(sources):
    """Abstract, summary and discussion tell of results in generated sentences alone."""
    finding = (
        r"went with|improved|stronger|weaker|differed|depended|recovered them|more often|faster"
    )
    for name in ("_abstract.md", "_summary.md", "_discussion.md"):
        assert re.findall(finding, prose(sources[name])) == [], name


def test_tables_in_word_have_horizontal_rules_alone(root):
    with zipfile.ZipFile(root / "reports/reference.docx") as archive:
        styles = archive.read("word/styles.xml").decode("utf-8")
    table = re.search(r'<w:style [^>]*w:styleId="Table".*?</w:style>', styles, re.DOTALL)[0]
    assert '<w:top w:val="single"' in table
    assert '<w:bottom w:val="single"' in table
    assert not re.search(r"<w:(left|right|insideV|insideH) w:val", table)
    for name in ("Table Note", "Callout"):
        assert f'<w:name w:val="{name}"/>' in styles
