"""The catalogue names each figure with its tables, which are read by their file."""

import json
from pathlib import Path

import pandas as pd
import pytest
from figure_modules import MODULES
from rupture_repair.config.errors import ConfigError
from rupture_repair.figures import catalogue
from rupture_repair.figures.catalogue import FIGURES
from rupture_repair.figures.load import read_tables
from rupture_repair.manuscript.stage import FIGURES as PAPER_FIGURES


def test_the_catalogue_has_each_module_that_draws():
    folder = Path(catalogue.__file__).parent
    drawing = {f.stem for f in folder.glob("*.py") if "\ndef draw(" in f.read_text("utf-8")}
    assert set(FIGURES) == set(PAPER_FIGURES) == drawing
    assert {name: module.TABLES for name, module in MODULES.items()} == FIGURES
    catalogue.require_known(FIGURES)


def test_a_figure_of_an_unknown_table_is_refused():
    with pytest.raises(ConfigError, match=r"bars\.py: TABLES: no `chnce`; did you mean `ch"):
        catalogue.require_known({"bars": ("chnce",)})


def test_tables_are_read_by_the_stem_of_their_file(tmp_path):
    table = pd.DataFrame({"a": [1, 2]})
    table.to_csv(tmp_path / "one.csv", index=False)
    table.to_parquet(tmp_path / "two.parquet", index=False)
    read = read_tables([str(tmp_path / "one.csv"), str(tmp_path / "two.parquet")])
    assert {name: json.loads(t.to_json()) for name, t in read.items()} == {
        "one": {"a": {"0": 1, "1": 2}},
        "two": {"a": {"0": 1, "1": 2}},
    }
