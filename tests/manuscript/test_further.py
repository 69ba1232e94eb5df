"""What no section places: tables with a caption and figures, at the end of the supplement."""

from dataclasses import replace

import pandas as pd
import pytest
from rupture_repair.config.catalogue import TABLES
from rupture_repair.config.catalogue.table import PATIENTS, Column, Parts, Table
from rupture_repair.detection.compatibility.processes import NOISE, RUPTURES
from rupture_repair.manuscript import further as module
from rupture_repair.manuscript.further import HEADS, VALUES, further, unplaced

CAPTIONED = {name: table for name, table in TABLES.items() if table.caption}
EXTRA = Table(
    step="detect_ruptures",
    rows="session",
    columns={
        "kind_of": Column("Kind"),
        "n": Column("Patients", PATIENTS),
        "share": Column("Their share", "%"),
    },
    masking=Parts("n", also=("share",)),
    place="supplement",
    caption="First ruptures",
)


@pytest.fixture(autouse=True)
def no_captions(monkeypatch):
    """The shipped tables with a caption are printed as the extra one is; here it stands alone."""
    for name, table in TABLES.items():
        if table.caption:
            monkeypatch.setitem(TABLES, name, replace(table, caption=""))


@pytest.fixture
def sections(root):
    return "".join(f.read_text("utf-8") for f in (root / "reports/_sections").glob("*.md"))


def test_the_shipped_sections_place_every_figure(results, sections):
    assert unplaced(sections) == []
    assert further(results(), sections) == ""


def test_a_figure_that_no_section_includes_is_included(results, sections, monkeypatch):
    monkeypatch.setattr(module, "FIGURES", {"bars": ("chance",), "residuals": ("diagnostics",)})
    text = further(results(), sections)
    assert text.startswith("# Further results")
    assert text.count("_generated/_figure-bars.md") == 1
    assert "residuals" not in text


@pytest.mark.parametrize("synthetic", [True, False])
def test_a_table_with_a_caption_is_printed_as_the_catalogue_has_it(
    changed, sections, monkeypatch, synthetic
):
    monkeypatch.setitem(TABLES, "extra_one", EXTRA)
    table = pd.DataFrame({"kind_of": ["a|b*", "c"], "n": [1234, None], "share": [-0.5, None]})
    text = further(changed({"synthetic": synthetic}, extra_one=table), sections)
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    assert [[cell.strip() for cell in row] for row in (rows[0], *rows[2:])] == [
        ["kind of", "n", "share"],
        ["a\\|b\\*", "1,234", "−0.50"],
        ["c", "–", "–"],
    ]
    assert ": First ruptures {#tbl-extra-one}" in text
    assert (
        "A row per session. kind of: Kind. n: Patients (patients). share: Their share (%)." in text
    )
    assert ("masked" in text) == (not synthetic)


def test_an_empty_table_says_so(changed, sections, monkeypatch):
    monkeypatch.setitem(TABLES, "extra_one", EXTRA)
    none = pd.DataFrame(columns=list(EXTRA.columns))
    assert "| None | – | – |" in further(changed(extra_one=none), sections)


def test_shipped_tables_have_heads_and_values_in_words():
    assert {column for table in CAPTIONED.values() for column in table.columns} == set(HEADS)
    assert {*NOISE, *RUPTURES} <= set(VALUES)
    words = [claim.words for claim in (*HEADS.values(), *VALUES.values())]
    assert not [text for text in words if "_" in text]


def test_a_known_column_and_a_known_value_are_printed_in_words(changed, sections, monkeypatch):
    monkeypatch.setitem(TABLES, "rule_recovery", CAPTIONED["rule_recovery"])
    row = dict.fromkeys(CAPTIONED["rule_recovery"].columns, 0.5) | {"family": "ruptures"}
    text = further(changed(rule_recovery=pd.DataFrame([row])), sections)
    assert "| Family" in text and "| noise and ruptures" in text
    assert "n_studies" not in text and "same k" not in text
