"""The map of docs/architecture.md is the house: rooms, their order, what they take and give."""

import re
import tomllib

import pandas as pd
import pytest
from rupture_repair.config.catalogue import TIDY, full_file, shared_file
from rupture_repair.detection.breakdown import breakdown
from rupture_repair.figures.catalogue import FIGURES
from rupture_repair.manuscript.sample_claims import Frequency, Patterns

PACKAGE = "workflow/rupture_repair"
LINK = re.compile(r"\]\(([^)]+)\)")
TICKED = re.compile(r"`([^`]+)`")


@pytest.fixture(scope="module")
def page(root):
    return (root / "docs/architecture.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def rules(root):
    """Text of each rules file by its room."""
    files = (root / "workflow/rules").glob("*.smk")
    return {file.stem: file.read_text(encoding="utf-8") for file in files}


def rows(page, heading):
    """Return the rows of the table under a heading, cells by column."""
    section = page.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [dict(zip(cells[0], row, strict=True)) for row in cells[2:]]


def rooms(page, heading):
    return [row["room"].strip("`") for row in rows(page, heading)]


def tidy(cell):
    return {name for name in TICKED.findall(cell) if name in TIDY}


def made(rules):
    """Return tidy table → its room, its rule and the name of the output there."""
    found = {}
    for room, text in rules.items():
        for rule in re.split(r"^ *rule ", text, flags=re.MULTILINE)[1:]:
            outputs = rule.partition("output:")[2].partition("log:")[0]
            for table, file in TIDY.items():
                if match := re.search(rf'(\w+)=f"{{COHORT}}/{re.escape(file)}"', outputs):
                    found[table] = (room, rule.partition(":")[0], match[1])
    return found


def test_the_order_of_rooms_is_that_of_the_contract(root, page):
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    (contract,) = [c for c in project["tool"]["importlinter"]["contracts"] if c["type"] == "layers"]
    layers = [name.split(".")[1] for line in contract["layers"] for name in line.split(" | ")]
    folders = {file.parent.name for file in (root / PACKAGE).glob("*/__init__.py")}
    assert rooms(page, "The rooms") == [name for name in reversed(layers) if name in folders]
    assert set(rooms(page, "The rooms")) == folders
    assert rooms(page, "Where the parts of a room are") == rooms(page, "The rooms")
    for module in set(layers) - folders:
        assert f"`{module}.py`" in page, module


def test_the_parts_of_a_room_are_where_the_map_says(root, page):
    kinds = {
        "rules": "workflow/rules/{}.smk",
        "scripts": "workflow/scripts/{}",
        "package": f"{PACKAGE}/{{}}",
        "tests": "tests/{}",
    }
    for row in rows(page, "Where the parts of a room are"):
        for kind, pattern in kinds.items():
            place = pattern.format(row["room"].strip("`"))
            links = LINK.findall(row[kind])
            assert links == ([f"../{place}"] if (root / place).exists() else []), (row, kind)


def test_takes_and_gives_are_those_of_the_rules(page, rules):
    makers = made(rules)
    assert set(makers) == set(TIDY)
    for row in rows(page, "The rooms"):
        room = row["room"].strip("`")
        if room not in rules:
            assert not tidy(row["gives"]), room
            continue
        assert tidy(row["gives"]) == {name for name, made in makers.items() if made[0] == room}
        taken = {
            name
            for name, (maker, rule, output) in makers.items()
            if maker != room and re.search(rf"rules\.{rule}\.output\.{output}\b", rules[room])
        }
        if room == "figures":  # its rules ask for the tables that the figures name
            taken |= {name for names in FIGURES.values() for name in names if name in TIDY}
        assert tidy(row["takes"]) == taken, room


def test_files_that_the_map_names_are_there(root, page):
    place = r"[\w./]+\.(py|jinja|md|toml)|(workflow|tests|reports)/[\w./]+"
    pictures_apart = re.sub(r"```.*?```", "", page, flags=re.DOTALL)
    named = {name for name in TICKED.findall(pictures_apart) if re.fullmatch(place, name)}
    assert len(named) > 30
    for name in named:
        assert (root / name).exists() or (root / PACKAGE / name).exists(), name


def test_each_step_of_the_walk_is_a_rule_that_writes_what_it_says(page, rules):
    text = "\n".join(rules.values())
    walk = rows(page, "The walk of one number")
    assert [row["step"] for row in walk] == [str(n) for n in range(1, len(walk) + 1)]
    for row in walk:
        rule = row["rule"].strip("`")
        assert f"rule {rule}:" in text, rule
        body = text.partition(f"rule {rule}:")[2].partition("\nrule ")[0]
        for file in TICKED.findall(row["written"]):
            if file in {full_file("pattern_breakdown"), shared_file("pattern_breakdown")}:
                assert "tables_of" in body or "shared_file" in body, rule
            else:
                inside = file.removesuffix("/_variables.yml")
                assert f'{{COHORT}}/{inside}"' in body, (rule, file)


def test_the_sentence_of_the_walk_is_that_of_the_paper(page, published):
    """From patterns on: the synthetic cohort meets the published counts exactly."""
    counts = published.set_index("item")["published"]
    patients = [
        pattern
        for pattern in ("none", "unrepaired", "repaired")
        for _ in range(int(counts[f"n_{pattern}"]))
    ]
    table = breakdown(pd.DataFrame({"pattern": patients}), {})
    shown = tuple(Frequency(row.pattern, row.n, row.percent) for row in table.itertuples())
    sentence = Patterns(shown, (), counted=True).words
    (quoted,) = re.findall(r'"… ([^"]+)" is a sentence', page)
    assert quoted in sentence
