"""Every table of the catalogue is masked: those with rules of their own by `full`, all others here.

A new table of the catalogue that is masked by `Parts` or `Rows` is tried without being named here.
"""

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from rupture_repair.config.catalogue import COUNTED, TABLES
from rupture_repair.config.catalogue.table import (
    PATIENTS,
    By,
    Column,
    Open,
    Parts,
    Rows,
    Table,
    Withheld,
)
from rupture_repair.config.criteria import PATTERNS
from rupture_repair.disclosure.known import Known
from rupture_repair.disclosure.sharing import function_of, shared, shared_tables
from rupture_repair.disclosure.suppression import is_small

EXAMPLE = Table(
    step="detect_ruptures",
    rows="criterion and session",
    columns={
        "criterion": Column("Criterion"),
        "session": Column("Session"),
        "n": Column("Patients", PATIENTS),
        "percent": Column("Share", "%"),
    },
    masking=Parts("n", also=("percent",), within=("criterion",)),
)
PLAIN = {"example": EXAMPLE} | {
    name: TABLES[name]
    for name in COUNTED
    if not isinstance(TABLES[name].masking, By | Open | Withheld)
}


def known(counts=(40, 30, 20)):
    return Known({"pattern_breakdown": pd.DataFrame({"pattern": PATTERNS, "n": counts})})


@st.composite
def filled(draw, table):
    """Draw a table of the catalogue's columns with many small counts."""
    n = draw(st.integers(1, 8))
    masking = table.masking
    whole = st.integers(0, 9)
    content = {}
    for name, column in table.columns.items():
        if name == masking.count or column.unit == PATIENTS:
            content[name] = draw(st.lists(whole, min_size=n, max_size=n))
        elif name == "pattern":
            content[name] = draw(st.lists(st.sampled_from(PATTERNS), min_size=n, max_size=n))
        elif name in getattr(masking, "within", ()):
            content[name] = sorted(draw(st.lists(st.sampled_from("ab"), min_size=n, max_size=n)))
        else:
            content[name] = np.arange(n, dtype=float)
    return pd.DataFrame(content)


@pytest.mark.parametrize("name", PLAIN)
@given(data=st.data())
def test_no_small_count_is_shown_or_can_be_derived(name, data):
    table = PLAIN[name]
    full, masking = data.draw(filled(table)), table.masking
    masked = shared(full, masking, known())
    assert list(masked) == list(full)
    assert len(masked) == len(full)
    hidden = masked[masking.count].isna()
    assert not masked[masking.count].map(lambda n: not pd.isna(n) and is_small(n)).any()
    assert masked.loc[hidden, list(masking.also)].isna().all(axis=None)
    kept = [column for column in table.columns if column not in {masking.count, *masking.also}]
    pd.testing.assert_frame_equal(masked[kept], full[kept])
    shown = full.loc[~hidden, [masking.count, *masking.also]]
    assert (masked.loc[~hidden, list(shown)].astype(float) == shown.astype(float)).all(axis=None)
    if isinstance(masking, Rows):
        assert (hidden == full[masking.count].map(is_small)).all()
        return
    groups = full.groupby(list(masking.within)) if masking.within else [((), full)]
    for _, own in groups:
        of = own.loc[hidden[own.index], masking.count]
        rest = own.loc[~hidden[own.index], masking.count]
        # what is hidden is known in sum: several patients in several cells, or nothing is left
        assert not is_small(of.sum()) or (rest == 0).all()
        assert (of > 0).sum() != 1 or (rest == 0).all()


def test_what_the_breakdown_hides_is_hidden_in_a_table_by_pattern():
    masking = Parts("n", also=("percent",))
    table = pd.DataFrame({"pattern": PATTERNS, "n": [20, 30, 50], "percent": 1.0})
    masked = shared(table, masking, known((61, 36, 3)))
    assert masked["n"].isna().tolist() == [False, True, True]
    assert shared(table, masking, known())["n"].tolist() == [20, 30, 50]


def test_every_table_with_a_rule_of_its_own_has_one_and_is_tried(full):
    own = {name for name in COUNTED if isinstance(TABLES[name].masking, By)}
    for name in own:
        assert callable(function_of(TABLES[name].masking.function)), name
    assert own <= set(full), "give `full` a small table of it"


def test_of_a_withheld_table_only_the_heading_is_shared():
    masked = shared(pd.DataFrame({"n": [30, 3]}), Withheld("too many cross tables"), known())
    assert masked.empty and list(masked) == ["n"]


def test_estimates_of_models_are_rounded(full):
    effects = pd.DataFrame({"model": ["M2"], "term": ["time"], "estimate": [-4.193287462190001]})
    masked = shared_tables(full | {"fixed_effects": effects}, masked=True)["fixed_effects"]
    assert masked["estimate"].tolist() == [-4.193]
    masked = shared_tables(full | {"fixed_effects": effects}, masked=False)["fixed_effects"]
    assert masked["estimate"].tolist() == [-4.193287462190001]


def test_a_table_without_masking_is_never_shared():
    with pytest.raises(ValueError, match="by a masking"):
        shared(pd.DataFrame({"n": [3]}), None, known())
