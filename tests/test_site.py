"""The documentation: every command in it exists, no link is dead, and the site can be built."""

import argparse
import re
import shlex
import subprocess

import pytest
from environments import python_apart
from rupture_repair import __main__ as commands
from rupture_repair.provenance.source import tracked_files
from snakemake.cli import get_argument_parser

FENCE = re.compile(r"^( *)```([a-z{}]*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(?<!!)\[[^\]]+\]\((?!\w+:)([^)\s]*)\)")
SHELLS = {"", "bash", "powershell", "sh"}
# what a block may show that is no command of a shell
OTHER_TEXT = re.compile(r"^(configfile:|reports/words/|raw files|\{% block| *raw files)")
# programs of other makers, whose options are not checked here
OTHERS = {
    "cd", "conda", "explorer.exe", "git", "pandoc", "podman", "Rscript", "sed", "sudo", "typst",
    "wsl",
}  # fmt: skip
# written by a run, placed by a user, or in another repository
NOT_HERE = re.compile(r"^(results/|data/private/|vendor/|config/cohorts/myclinic)")
PLACE = re.compile(
    r"^(?:benchmarks|config|data|docs|reports|results|tests|vendor|workflow)/[\w./-]+$"
)
COMMITTED = {"README.md", "CONTRIBUTING.md", "config/README.md"}


@pytest.fixture(scope="module")
def pages(root):
    """Text of README, the pages of the site and the page of contributors by path."""
    files = set(tracked_files(root)) | {
        file.relative_to(root).as_posix() for file in (root / "docs").rglob("*.md")
    }
    chosen = [file for file in files if file in COMMITTED or file.startswith("docs/")]
    return {f: (root / f).read_text(encoding="utf-8") for f in chosen if f.endswith(".md")}


@pytest.fixture(scope="module")
def lines(pages):
    """Return (page, line) of every command in a block of its own."""
    found = []
    for page, text in sorted(pages.items()):
        for _, language, block in FENCE.findall(text):
            if language in SHELLS and not OTHER_TEXT.match(block.lstrip()):
                found += [(page, line.strip()) for line in block.splitlines() if line.strip()]
    return found


@pytest.fixture(scope="module")
def makefile(root):
    return (root / "Makefile").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def targets(makefile):
    return set(re.findall(r"^([a-z-]+):.*##", makefile, re.MULTILINE))


def subcommands():
    """Return the subcommands of `python -m rupture_repair` with their options."""
    parser = commands.parser()
    (named,) = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
    return {name: set(sub._option_string_actions) for name, sub in named.choices.items()}


def test_the_readme_is_read_in_a_minute(pages):
    text = pages["README.md"]
    assert len(text.splitlines()) <= 80
    assert len(text.split()) < 800
    assert "make reproduce" in text and "make cite" in text


def test_every_command_of_a_block_is_one_that_exists(root, lines, makefile, targets):
    assert len(lines) > 40
    ours = subcommands()
    snakemake = set(get_argument_parser()._option_string_actions)
    for page, line in lines:
        words = shlex.split(line, comments=True)
        while words and words[0] in {"&&", "$"}:
            words = words[1:]
        program, rest = words[0], words[1:]
        where = f"{page}: {line}"
        if program == "make":
            assert rest and rest[0] in targets, where
            for setting in rest[1:]:
                name, _, value = setting.partition("=")
                assert re.search(rf"\b{name} \?=|\$\({name}\)", makefile) and value, where
        elif program.endswith("python") and "rupture_repair" in rest:
            after = rest[rest.index("rupture_repair") + 1 :]
            assert after[0] in ours, where
            assert {w for w in after if w.startswith("--")} <= ours[after[0]], where
        elif program.endswith("python"):
            assert rest[:1] in (["-m"], ["verify_archive.py"]) or (root / rest[0]).exists(), where
        elif program == "snakemake":
            assert {w for w in rest if w.startswith("--")} <= snakemake, where
        else:
            assert program in OTHERS, where
        for word in (part for w in words for part in w.partition("=")[2].split() or [w]):
            if PLACE.match(word) and not NOT_HERE.match(word):
                assert (root / word).exists(), where
        if program == "conda" and "--file" in rest:
            assert (root / rest[rest.index("--file") + 1]).is_file(), where


def test_every_command_named_in_a_sentence_exists(pages, makefile, targets):
    """`make x NAME=…` between words, and `python -m rupture_repair x`."""
    ours = subcommands()
    named = [
        (page, words)
        for page, text in pages.items()
        for words in re.findall(r"`(make [a-z][^`]*|python -m rupture_repair [^`]+)`", text)
    ]
    assert len(named) > 30
    for page, words in named:
        first, *settings = words.removeprefix("python -m rupture_repair ").split()
        if words.startswith("make"):
            assert settings[0] in targets, (page, words)
            names = re.findall(r"\b([A-Z]+)=", words)
            assert all(re.search(rf"\b{n} \?=|\$\({n}\)", makefile) for n in names), (page, words)
        else:
            assert first in ours, (page, words)


def anchors(text):
    """Return the anchors of a page's headings, as hosting services and the site make them."""
    found: dict[str, int] = {}
    for heading in re.findall(r"^#{1,6} +(.+)$", re.sub(FENCE, "", text), re.MULTILINE):
        plain = re.sub(r"\[([^\]]+)\]\([^)]*\)|[`*]", r"\1", heading)
        slug = re.sub(r"[^\w\- ]", "", plain.lower()).strip().replace(" ", "-")
        found[slug] = found.get(slug, -1) + 1
    return {
        slug if not n else f"{slug}-{n}" for slug, last in found.items() for n in range(last + 1)
    }


@pytest.fixture(scope="module")
def places(root, pages):
    """Return the pages of the site, as its contents name them."""
    parts = re.findall(r"```\{toctree\}\n.*?\n\n(.*?)```", pages["docs/index.md"], re.DOTALL)
    named = [line for part in parts for line in part.splitlines() if line]
    assert len(named) == len(set(named)) > 30
    return {(root / "docs" / f"{name}.md").resolve() for name in named}


def test_links_lead_to_a_page_and_a_heading_that_are_there(root, pages, places):
    n_anchors = 0
    of_the_site = places | {root.resolve() / "docs/index.md"}
    for page, text in pages.items():
        for link in LINK.findall(re.sub(FENCE, "", text)):
            place, _, anchor = link.partition("#")
            target = (root / page).parent / place if place else root / page
            assert target.exists(), (page, link)
            if page != "README.md" and target.suffix == ".md":
                assert target.resolve() in of_the_site, (page, link)
            if anchor and target.suffix == ".md":
                n_anchors += 1
                assert anchor in anchors(target.read_text(encoding="utf-8")), (page, link)
    assert n_anchors > 5


def test_every_page_has_a_place_in_the_contents(root, pages, places):
    assert all(place.is_file() for place in places)
    own = {(root / page).resolve() for page in pages if page.startswith("docs/")}
    assert own - places == {(root / "docs/index.md").resolve()}


@pytest.fixture(scope="module")
def site(root, tmp_path_factory):
    """The site, built with every warning an error."""
    python = python_apart(root, "docs")
    folder = tmp_path_factory.mktemp("site")
    built = subprocess.run(
        [python.parent / "sphinx-build", "--quiet", "--fail-on-warning", "--keep-going",
         "--conf-dir", "docs", "--doctree-dir", folder / "doctrees", ".", folder / "html"],
        cwd=root, capture_output=True, text=True,
    )  # fmt: skip
    assert built.returncode == 0, built.stderr
    return folder / "html"


@pytest.mark.long
def test_the_site_is_built_without_a_warning_and_needs_no_network(site):
    assert (site / "index.html").is_file()
    pages = list(site.rglob("*.html"))
    assert len(pages) > 40
    loaded = re.compile(r"<(?:script|img|link|iframe|source)\b[^>]*\b(?:src|href)=\"(?:https?:)?//")
    for page in pages:
        assert not loaded.search(page.read_text(encoding="utf-8")), page.name
    for style in site.rglob("*.css"):
        assert not re.search(r"url\(\s*['\"]?(?:https?:)?//|@import\s+['\"]http", style.read_text())


@pytest.mark.long
@pytest.mark.parametrize("phone", [False, True])
def test_no_page_is_wider_than_the_screen(site, tmp_path, phone):
    from webdriver import Browser

    browser = Browser(tmp_path / "profile", (390, 844) if phone else (1280, 800), phone)
    try:
        for page in ("docs/index", "docs/tutorial", "docs/methods", "config/INSTRUMENTS",
                     "config/README", "docs/how-to/windows", "docs/architecture"):  # fmt: skip
            browser.open((site / f"{page}.html").as_uri())
            wide, screen = browser.run(
                "return [document.documentElement.scrollWidth, window.innerWidth]"
            )
            assert wide <= screen + 1, page
            shown = browser.run(
                "return getComputedStyle(document.querySelector('details.contents')).display"
            )
            assert (shown != "none") == phone
    finally:
        browser.close()
