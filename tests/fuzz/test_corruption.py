"""Every file that users hand in or edit, broken at random: read as it is, or refused in words."""

import pytest
from campaign import run
from cases import table_of


@pytest.mark.long
def test_some_broken_files():
    found = run(per_file=6, seed=3, few=True)
    assert len(found) > 60
    assert [str(verdict) for verdict in found if verdict.bad] == []
    for outcome in ("valid", "refused"):
        assert sum(verdict.outcome == outcome for verdict in found) > 5


@pytest.mark.long
def test_more_than_a_thousand_broken_files():
    found = run(per_file=42, seed=4)
    print(table_of(found))
    assert len(found) > 1000
    assert [str(verdict) for verdict in found if verdict.bad] == []
