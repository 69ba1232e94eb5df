"""The map of docs/architecture.md is the house: rooms, their order, what they take and give."""

import re
import tomllib

import numpy as np
import pandas as pd
import pytest
import yaml
from rupture_repair.config.catalogue import TIDY, full_file, shared_file
from rupture_repair.config.load import load_settings
from rupture_repair.config.steps.detection import DetectionSettings
from rupture_repair.config.steps.manuscript import ManuscriptSettings
from rupture_repair.detection.breakdown import breakdown
from rupture_repair.detection.ruptures import find_ruptures
from rupture_repair.detection.scales import scale_of
from rupture_repair.detection.series import series_of
from rupture_repair.figures.catalogue import FIGURES
from rupture_repair.manuscript.criterion_words import criterion_keys
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


def test_the_stays_of_a_walk_are_few_and_numbered(page):
    for heading, number in (
        ("The walk of one number", "step"),
        ("The walk of one parameter", "stay"),
    ):
        walk = rows(page, heading)
        assert [row[number] for row in walk] == [str(n) for n in range(1, len(walk) + 1)]
        assert len(walk) <= 15


def test_the_parameter_walks_from_its_file_to_drops_and_sentence(root, tmp_path, monkeypatch, page):
    monkeypatch.chdir(root)
    for name in ("criteria", "instruments", "multiverse"):
        text = (root / f"config/{name}.yaml").read_text(encoding="utf-8")
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    project = yaml.safe_load((root / "config/config.yaml").read_text(encoding="utf-8"))
    ratings = pd.DataFrame(
        {"patient_id": "P1", "session": range(1, 7), "alliance": [5, 3, 5, 4, 6, 2]}
    )
    series = series_of(ratings)
    for k in (1.5, 2.25):
        criteria = yaml.safe_load((tmp_path / "criteria.yaml").read_text(encoding="utf-8"))
        criteria["igra2025_style"]["k"] = k  # stay 1
        (tmp_path / "criteria.yaml").write_text(yaml.safe_dump(criteria), encoding="utf-8")
        cohort = load_settings(project | {"cohorts": ["igra2025"]}, tmp_path).cohorts["igra2025"]
        found = DetectionSettings.model_validate(cohort.section("detection")).criterion
        smallest = find_ruptures(series, found).threshold
        np.testing.assert_allclose(smallest, k * scale_of(series, found), rtol=1e-12)
        written = ManuscriptSettings.model_validate(cohort.section("manuscript")).criterion
        words = criterion_keys(written)["short"]
        assert words.startswith(f"A drop of at least {k} times the pooled within-patient")
        if k == 1.5:  # as shipped
            (quoted,) = re.findall(r'"([^"]+) …" is in the abstract', page)
            assert words.startswith(quoted)


def test_rules_and_texts_of_the_parameters_walk_use_it(root, rules):
    for rule, step in (("detect_ruptures", "detection"), ("render_manuscript", "manuscript")):
        body = rules[step].partition(f"rule {rule}:")[2].partition("\nrule ")[0]
        assert f'settings=section("{step}")' in body
    script = (root / "workflow/scripts/detection/detect.py").read_text(encoding="utf-8")
    assert "detect(sessions, settings.criterion" in script
    variables = (root / PACKAGE / "manuscript/variables.py").read_text(encoding="utf-8")
    assert '"criterion": criterion_keys(' in variables
    abstract = (root / "reports/_sections/_abstract.md").read_text(encoding="utf-8")
    assert "{{< var criterion.short >}}" in abstract
