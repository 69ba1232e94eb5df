"""Every file that users hand in or edit, broken at random: read as it is, or refused in words."""

import pytest
from campaign import run
from cases import table_of


def test_some_hundred_broken_files():
    found = run(per_file=9, seed=3, few=True)
    assert len(found) > 100
    assert [str(verdict) for verdict in found if verdict.bad] == []
    for outcome in ("valid", "refused"):
        assert sum(verdict.outcome == outcome for verdict in found) > 10


@pytest.mark.long
def test_some_thousand_broken_files():
    found = run(per_file=70, seed=4)
    print(table_of(found))
    assert len(found) > 2000
    assert [str(verdict) for verdict in found if verdict.bad] == []
