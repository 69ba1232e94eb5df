"""No count under 5 can be read, or worked out by subtraction from a total."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from rupture_repair.config.criteria import PATTERNS
from rupture_repair.config.steps.disclosure import SharingSettings
from rupture_repair.disclosure.nested import STRICTER_FIRST, few_move
from rupture_repair.disclosure.suppression import (
    count_text,
    hidden_cells,
    hidden_parts,
    hidden_steps,
    is_small,
    shown_steps,
)


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ((60, 30, 10), set()),
        ((60, 30, 5), set()),
        ((60, 30, 4), {"unrepaired", "repaired"}),  # 4 is what is left of the total otherwise
        ((60, 3, 4), {"unrepaired", "repaired"}),
        ((60, 3, 1), {"none", "unrepaired", "repaired"}),  # 4 patients with a rupture
        ((60, 30, 0), set()),
        ((60, 0, 2), {"none", "repaired"}),
    ],
)
def test_a_small_count_never_stands_alone(counts, hidden):
    names = ("none", "unrepaired", "repaired")
    assert hidden_parts(dict(zip(names, counts, strict=True))) == hidden


def test_a_cell_cannot_be_worked_out_from_its_column():
    counts = [[3, 20, 30], [8, 12, 50], [9, 40, 60]]
    mask = hidden_cells(counts)
    assert mask.tolist() == [[True, True, False], [True, True, False], [False, False, False]]


tables = arrays.arrays(
    int,
    st.tuples(st.integers(1, 5), st.integers(1, 4)),
    elements=st.integers(0, 30),
)


@given(tables)
def test_no_line_of_any_table_gives_a_small_count_away(counts):
    mask = hidden_cells(counts)
    assert mask[(counts > 0) & (counts < 5)].all()
    for n, hide in [*zip(counts, mask, strict=True), *zip(counts.T, mask.T, strict=True)]:
        own = n[hide & (n > 0)]
        if len(own) and (n[~hide] > 0).any():  # else nothing is left to hide in this line
            assert len(own) > 1
            assert own.sum() >= 5


@given(tables)
def test_nothing_is_hidden_without_need(counts):
    assert not hidden_cells(np.where(counts < 5, 0, counts)).any()


@given(st.lists(st.integers(0, 12), min_size=1, max_size=8), st.data())
def test_no_difference_of_shown_steps_is_small(losses, data):
    n = 100 - np.cumsum([0, *losses])
    anchor = data.draw(st.integers(0, len(n) - 1))
    mask = hidden_steps(n, anchor)
    shown = n[~mask]
    assert not mask[anchor]
    assert not [d for d in np.abs(np.subtract.outer(shown, shown)).ravel() if 0 < d < 5]


def test_the_chain_keeps_what_it_can():
    assert hidden_steps([530, 516, 514, 514], 2).tolist() == [False, True, False, False]
    # the whole file before its steps: 84 and 77, not 83 and 77
    whole = [False, True, True, True, False, False, False]
    assert hidden_steps([84, 83, 81, 80, 77, 77, 77], 5).tolist() == whole
    assert hidden_steps([530, 514, 514, 511], 2).tolist() == [False, False, False, True]


@pytest.mark.parametrize(
    ("synthetic", "confidential", "private"),
    [(True, True, False), (False, True, True), (False, False, False)],
)
def test_real_confidential_patients_are_private(synthetic, confidential, private):
    settings = SharingSettings(synthetic=synthetic, confidential=confidential)
    assert settings.private is private


def test_a_masked_count_is_an_en_dash():
    assert [count_text(n) for n in (12.0, 0, np.nan)] == ["12", "0", "–"]


def test_cumulative_curves_step_only_after_enough_events():
    events = pd.Series([0, 6, 2, 2, 1, 0, 3])
    expected = [True, True, False, False, True, True, False]
    assert shown_steps(events, private=True).tolist() == expected
    assert shown_steps(events, private=False).all()


@given(st.lists(st.integers(0, 3), min_size=9, max_size=9), st.booleans())
def test_few_who_move_are_found_as_by_trying_all_tables(cells, nested):
    possible = STRICTER_FIRST if nested else np.ones((3, 3), dtype=bool)
    n = np.where(possible, np.reshape(cells, (3, 3)), 0)
    rows, columns = n.sum(axis=1), n.sum(axis=0)
    tried = np.array(list(product(range(n.max() * 3 + 1), repeat=4))).reshape(-1, 2, 2)
    tried = np.concatenate([tried, columns[:2] - tried.sum(axis=1, keepdims=True)], axis=1)
    last = rows - tried.sum(axis=2)
    tried = np.concatenate([tried, last[:, :, None]], axis=2)
    fits = (tried >= 0).all(axis=(1, 2)) & (tried[:, ~possible] == 0).all(axis=1)
    tried = tried[fits]
    fixed = n[(tried == n).all(axis=0)]
    breakdowns = [dict(zip(PATTERNS, margin.tolist(), strict=True)) for margin in (rows, columns)]
    found = few_move(*breakdowns, (PATTERNS, PATTERNS), possible)
    assert found == any(is_small(count) for count in fixed)


def test_nor_after_few_who_left_for_another_reason():
    events, lost = pd.Series([0, 6, 6, 6, 6]), pd.Series([0, 0, 2, 4, -3])
    assert shown_steps(events, private=True, lost=lost).tolist() == [True, True, False, True, False]
