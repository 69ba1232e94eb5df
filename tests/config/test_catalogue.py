"""The catalogue of tables: complete, agreeing with the rules, and refused in words where not."""

import re
from dataclasses import replace

import model_check_tables
import model_tables
import multiverse_tables
import pytest
from rupture_repair.cohort.step_tables import write_tables
from rupture_repair.config import catalogue
from rupture_repair.config.catalogue import PARTS, TABLES, refusals
from rupture_repair.config.catalogue.page import tables_page
from rupture_repair.config.catalogue.table import (
    MASKED_BEFORE,
    NO_COUNTS,
    PATIENTS,
    By,
    Column,
    Parts,
    Private,
    Rows,
    Table,
)
from rupture_repair.config.errors import ConfigError, ExpectedError

COUNTS = Table(
    step="detect_ruptures",
    rows="session",
    columns={
        "session": Column("Session"),
        "n": Column("Patients with their first rupture here", PATIENTS),
        "percent": Column("Their share", "%"),
    },
    masking=Parts("n", also=("percent",)),
)


def problems(table):
    return list(refusals.problems_of(table))


def test_every_shipped_table_is_described_and_masked():
    for name, table in TABLES.items():
        assert problems(table) == [], name
        assert table.rows and table.columns, name
        assert all(column.meaning for column in table.columns.values()), name
    assert sum(map(len, PARTS.values())) == len(TABLES)


def test_the_shipped_page_is_that_of_the_catalogue(root):
    shipped = (root / "workflow/TABLES.md").read_text(encoding="utf-8")
    assert shipped == tables_page(), "run `make table-docs`"
    for name, table in TABLES.items():
        own = shipped.split(f"{catalogue.shared_file(name)}`\n", 1)[1].split("\n### ")[0]
        named = re.findall(r"^\| `(\w+)` \|", own, re.MULTILINE)
        assert named == list(table.columns), name


def test_a_table_without_masking_is_refused():
    (words,) = problems(replace(COUNTS, masking=None))
    assert "no `masking`" in words
    assert "NO_COUNTS" in words


@pytest.mark.parametrize(
    "masking", [NO_COUNTS, Rows("percent"), Parts("session", also=("percent",))]
)
def test_a_column_of_patients_that_no_masking_looks_after_is_refused(masking):
    (words,) = problems(replace(COUNTS, masking=masking))
    assert "`n` counts patients" in words


@pytest.mark.parametrize("masking", [Rows("n"), Private("it names patients"), MASKED_BEFORE])
def test_maskings_that_look_after_all_counts_are_taken(masking):
    assert problems(replace(COUNTS, masking=masking)) == []


def test_a_count_of_nobody_knows_what_is_refused():
    columns = {**COUNTS.columns, "n": Column("How many")}
    (words,) = problems(replace(COUNTS, columns=columns, masking=NO_COUNTS))
    assert "`n` counts something: say what" in words


def test_maskings_that_name_what_there_is_not_are_refused():
    (words,) = problems(replace(COUNTS, masking=Parts("n", also=("percnt",))))
    assert "`percnt`; did you mean `percent`?" in words
    (words,) = problems(replace(COUNTS, masking=By("detection_tables.shared_hazzard")))
    assert "did you mean `detection_tables.shared_hazard`?" in words


def refused(monkeypatch, outputs, **tables):
    """Return what the workflow says when it loads with other tables and outputs of rules."""
    for name, table in tables.items():
        monkeypatch.setitem(TABLES, name, table)
    rules = {table.step: [] for table in TABLES.values() if table is not tables.get("wrong_step")}
    with pytest.raises(ConfigError) as caught:
        refusals.require_complete(rules | outputs, "results")
    return str(caught.value)


def test_a_table_of_a_step_that_is_no_rule_is_refused(monkeypatch):
    table = replace(COUNTS, step="detect_rupture")
    message = refused(monkeypatch, {}, wrong_step=table)
    assert "table `wrong_step`: there is no rule `detect_rupture`" in message
    assert "did you mean `detect_ruptures`?" in message


@pytest.mark.parametrize("folder", ["tables", "ruptures/counts", "ruptures", "validation"])
def test_a_table_that_a_rule_writes_beside_the_catalogue_is_refused(monkeypatch, folder):
    file = f"results/{{cohort}}/{folder}/extra.csv"
    message = refused(monkeypatch, {"detect_ruptures": [file]})
    assert f"rule detect_ruptures: it writes {folder}/extra.csv" in message
    assert "Traceback" not in message


def test_a_counted_table_that_another_rule_writes_for_sharing_is_refused(monkeypatch):
    file = "results/{cohort}/tables/pattern_breakdown.csv"
    refusals.require_complete(
        {table.step: [] for table in TABLES.values()} | {"share_counts": [file]}, "results"
    )
    assert "pattern_breakdown" in refused(monkeypatch, {"describe_cohort": [file]})


def test_a_step_writes_the_tables_of_the_catalogue_and_no_others(tmp_path):
    made = {"pattern_breakdown": model_tables.model_comparison()}
    columns = {"pattern_breakdown": list(made["pattern_breakdown"])}
    files = {"pattern_breakdown": str(tmp_path / "a.csv")}
    write_tables(made, files, columns)
    assert (tmp_path / "a.csv").is_file()
    for tables, of, words in (
        (
            made | {"extra": made["pattern_breakdown"]},
            columns,
            "`extra` is made, but the catalogue",
        ),
        (made, columns | {"absent": ["n"]}, "`absent` is in the catalogue"),
        (made, {"pattern_breakdown": ["pattern", "n"]}, "the catalogue .* has pattern, n"),
    ):
        with pytest.raises(ExpectedError, match=words):
            write_tables(tables, files, of)


def test_tables_made_by_hand_for_the_tests_have_columns_of_the_catalogue():
    shortened = {"influence", "diagnostics", "sensitivity"}
    for module in (model_tables, model_check_tables):
        for name in vars(module).keys() & TABLES.keys():
            made = list(getattr(module, name)())
            described = list(TABLES[name].columns)
            assert set(made) <= set(described), name
            assert name in shortened or len(made) == len(described), name
    for name, table in multiverse_tables.tables().items():
        assert set(table) <= set(TABLES[name].columns), name
