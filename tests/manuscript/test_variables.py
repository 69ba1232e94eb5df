"""Each key that the sources use exists, and each that exists is used."""

import re
from dataclasses import replace

import pytest
from rupture_repair.manuscript.checklists import CHECKLISTS
from rupture_repair.manuscript.pandoc_engine import expand
from rupture_repair.manuscript.tables import paper_tables
from rupture_repair.manuscript.variables import variables

KEY = re.compile(r"\{\{<\s*var\s+([\w.]+)\s*>\}\}")


def leaves(values, prefix=""):
    for name, value in values.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def used(root):
    files = [root / "reports/manuscript.qmd", *(root / "reports/_sections").glob("*.md")]
    return {key for file in files for key in KEY.findall(file.read_text(encoding="utf-8"))}


def test_each_key_of_the_sources_exists(results, root):
    assert used(root) - dict(leaves(variables(results(), "pandoc"))).keys() == set()


def test_each_key_is_used(results, root):
    assert dict(leaves(variables(results(), "pandoc"))).keys() - used(root) == set()


def test_an_instrument_has_its_abbreviation_and_its_source_in_one_bracket(changed):
    tools = changed().settings.instruments
    worded = tools.iip.model_copy(update={"citation": None, "source": "Anyone, 2001"})
    other = tools.model_copy(update={"iip": worded})
    instruments = variables(changed({"instruments": other}), "pandoc")["instrument"]
    assert instruments["iip"]["named"] == "(IIP-32; Anyone, 2001)"
    assert instruments["symptoms"]["named"] == r"[CORE-10\; @barkham2013]"


def test_the_threshold_is_a_median_only_where_patients_have_their_own(changed):
    found = changed()
    rule, table = found.settings.criterion, found.tables["detection"]

    def sentence(scale, table=table):
        given = {"criterion": rule.model_copy(update={"scale": scale})}
        return variables(changed(given, detection=table), "pandoc")["rupture"]["sizes"]

    assert ", the threshold " in sentence("pooled_within_sd")
    assert ", the median threshold of the ruptures " in sentence("own_sd")
    none = table.assign(value=table["value"].where(table["quantity"] != "median_threshold"))
    assert sentence("own_sd", none).endswith("points") and "threshold" not in sentence(
        "own_sd", none
    )


@pytest.mark.parametrize("unit", ["therapist", "patient"])
def test_the_units_of_the_bootstrap_are_named(changed, unit):
    table = changed().tables["robustness"].assign(unit=unit)
    words = variables(changed(robustness=table), "pandoc")["robustness"]
    assert words["units"] == f"{unit}s"


def test_the_address_is_given_where_there_is_one(results):
    found = results()
    assert variables(found, "pandoc")["run"]["where"] == "identified by"
    known = replace(found, provenance={**found.provenance, "address": "https://example.org/a"})
    assert "at <https://example.org/a>, at" in variables(known, "pandoc")["run"]["where"]


def test_values_are_text_ready_for_print(results):
    for key, value in leaves(variables(results(), "pandoc")):
        assert isinstance(value, str), key
        assert value.strip() and "nan" not in value.split(), key


def test_each_generated_table_is_included_once(results, root):
    text = "".join(f.read_text("utf-8") for f in (root / "reports/_sections").glob("*.md"))
    included = re.findall(r"_generated/_table-([\w-]+)\.md", text)
    assert sorted(included) == sorted([*paper_tables(results()), *CHECKLISTS])


def test_the_sources_expand_without_an_unknown_key(results, root):
    values = variables(results(), "pandoc")
    for file in (root / "reports/_sections").glob("*.md"):
        text = re.sub(r"\{\{< include .*? >\}\}", "", file.read_text(encoding="utf-8"))
        assert "?var" not in expand(text, root, values), file.name
