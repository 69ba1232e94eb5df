"""Each item of the checklists points to something that every paper has, or says why not."""

import re

import pandas as pd
import pytest
from rupture_repair.manuscript.checklists import (
    CHECKLISTS,
    checklist_tables,
    pointers,
    section_titles,
)

INCLUDED = re.compile(r"_generated/_(figure|table)-([\w-]+)\.md")
CONDITIONAL = re.compile(r"^::: \{\.content-visible.*?^:::$", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def everywhere(root):
    """The sources without blocks that only some papers show."""
    files = (root / "reports/_sections").glob("*.md")
    return "\n".join(CONDITIONAL.sub("", file.read_text("utf-8")) for file in files)


@pytest.mark.parametrize("name", CHECKLISTS)
def test_each_pointer_exists_in_every_paper(root, everywhere, name):
    items = pd.read_csv(root / f"reports/checklists/{name}.csv", keep_default_na=False)
    headings = {title.lower() for title in re.findall(r"^#+ +(.+?)(?: *\{.*)?$", everywhere, re.M)}
    words = (root / "reports/words/en/tables").glob("*.jinja")
    tables = {f"@tbl-{file.stem.replace('_', '-')}" for file in words}
    figures = {f"@fig-{at.replace('_', '-')}" for kind, at in INCLUDED.findall(everywhere)}
    titles = section_titles(root / "reports")
    for pointer in (at for where in items["where"] for at in pointers(where)):
        if pointer.startswith("#"):
            assert titles[pointer[1:]][0].lower() in headings, pointer
        elif pointer.startswith("@fig-"):
            assert pointer in figures
        else:
            assert pointer in tables


@pytest.mark.parametrize(("name", "fewest"), [("jars-quant", 30), ("strobe-cohort", 34)])
def test_an_item_without_a_place_says_why(root, name, fewest):
    items = pd.read_csv(root / f"reports/checklists/{name}.csv", keep_default_na=False)
    assert len(items) >= fewest
    assert items["item"].is_unique
    assert (items[items["where"] == ""]["remark"] != "").all()


def test_all_numbered_items_of_strobe_are_there(root):
    items = pd.read_csv(root / "reports/checklists/strobe-cohort.csv")["item"]
    assert {int(number) for number in items.str.extract(r"^(\d+)")[0]} == set(range(1, 23))


def test_sections_become_links_to_their_page_and_figures_references(root):
    text = checklist_tables(root / "reports", synthetic=False)["strobe-cohort"]
    assert "[Sample](manuscript.html#sample); @fig-patient-flow" in text
    assert "[Exposure](#exposure)" in text  # in the supplement, as the checklists are
    assert "{#tbl-strobe}" in text


def test_a_section_that_is_not_there_stops_the_paper(root, tmp_path):
    (tmp_path / "_sections").mkdir()
    (tmp_path / "_sections/_method.md").write_text("# Method\n", encoding="utf-8")
    (tmp_path / "checklists").mkdir()
    for name in CHECKLISTS:
        text = "item,asked,where,remark,if_synthetic\nA,B,#nowhere,,\n"
        (tmp_path / f"checklists/{name}.csv").write_text(text, encoding="utf-8")
    with pytest.raises(KeyError, match="nowhere"):
        checklist_tables(tmp_path, synthetic=False)


def test_nobody_is_asked_for_what_synthetic_patients_do_not_have(root):
    real = "".join(checklist_tables(root / "reports", synthetic=False).values())
    made_up = "".join(checklist_tables(root / "reports", synthetic=True).values())
    files = [root / f"reports/checklists/{name}.csv" for name in CHECKLISTS]
    items = pd.concat(pd.read_csv(file, keep_default_na=False) for file in files)
    replaced = items[items["if_synthetic"] != ""]
    assert len(replaced) >= 10
    for row in replaced.itertuples():
        assert f"| {row.remark} |" in real
        assert f"| {row.if_synthetic} |" in made_up
        assert row.remark not in made_up
    ethics = next(line for line in made_up.splitlines() if line.startswith("| Ethics"))
    assert ethics.endswith("| – | Does not apply: synthetic patients |")


@pytest.mark.parametrize("name", CHECKLISTS)
def test_nothing_is_stated_that_the_workflow_cannot_know(root, name):
    """Intentions, assignment and what raters knew are not in the files of a cohort."""
    items = pd.read_csv(root / f"reports/checklists/{name}.csv", keep_default_na=False)
    unknown = re.compile(
        r"planned|in advance|were assigned|manipulated|were matched|raters|registered"
    )
    remarks = items["remark"][items["remark"].str.contains(unknown)]
    assert len(remarks) > 1
    for remark in remarks:
        (clause,) = [part for part in remark.split("; ") if unknown.search(part)]
        assert re.fullmatch(r"[Ww]hether .* is not in the data", clause), remark
