"""The core hours of benchmarks/COST.md are worked out from the seconds that stand there."""

import pandas as pd
import pytest
from rupture_repair.multiverse.jobs import blocks


@pytest.fixture
def cost(root, monkeypatch):
    monkeypatch.syspath_prepend(root / "benchmarks")
    import cost

    return cost


def test_core_hours_of_one_job_after_the_other(cost):
    seconds = {"fit": 0.5, "start": 0.25, "replicate": 0.125}
    for replicates in (0, 1, 25, 26, 100):
        by_hand = 40 * seconds["fit"]
        for block in blocks(replicates):
            first, last = map(int, block.split("-"))
            by_hand += 40 * seconds["start"]
            by_hand += sum(40 * seconds["replicate"] for _ in range(first, last))
        assert cost.core_hours(40, replicates, **seconds) * 3600 == pytest.approx(by_hand)


def test_an_hour_is_an_hour(cost):
    assert cost.core_hours(3600, 0, fit=1, start=9, replicate=9) == 1
    assert cost.core_hours(100, 25, fit=0, start=0, replicate=1.44) == pytest.approx(1)


def test_the_hours_of_the_page_follow_from_its_seconds(cost, root):
    text = (root / "benchmarks/COST.md").read_text(encoding="utf-8")
    shown = text.partition("## Core hours")[0]
    rows = [line.strip("| ").split(" | ") for line in shown.splitlines() if line.startswith("| ")]
    names, _, *numbers = rows
    table = pd.DataFrame([[float(cell.replace(",", "")) for cell in row] for row in numbers])
    table = table.set_axis(names, axis=1).astype({"patients": int, "sessions": int})
    assert list(table["patients"]) == [514 * times for times in cost.TIMES]
    (when,) = (line for line in shown.splitlines() if line.startswith("Measured on "))
    assert cost.page(table, when) == text
