"""Every study is made once, whatever the number of cores."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from rupture_repair.modelling.recovery import run
from rupture_repair.modelling.recovery.scenarios import Scenario
from rupture_repair.modelling.recovery.study import FINDING, Finding

SCENARIOS = [Scenario(name, "", ("M2",)) for name in ("first", "second", "third")]


@pytest.fixture
def workers(monkeypatch):
    """Threads in the place of processes, and studies that cost nothing; how many there were."""
    counted = []

    def pool(most, mp_context):
        counted.append(most)
        return ThreadPoolExecutor(most)

    def study(setting, scenario, seed, replicate):
        return [Finding(scenario.name, replicate, "M2", "time", *[float(seed)] * 7, True)]

    monkeypatch.setattr(run, "ProcessPoolExecutor", pool)
    monkeypatch.setattr(run, "study", study)
    return counted


@pytest.mark.parametrize("cores", [1, 2, 64])
@pytest.mark.parametrize("replicates", [1, 5, 13])
def test_each_replicate_of_each_scenario_once_and_in_order(workers, replicates, cores):
    progress = []
    table = run.run_studies(
        None, SCENARIOS, replicates, 9, cores, lambda done, total: progress.append((done, total))
    )
    assert list(table.columns) == FINDING
    assert table["scenario"].tolist() == list(np.repeat(["first", "second", "third"], replicates))
    assert table["replicate"].tolist() == [*range(replicates)] * 3
    assert (table["estimate"] == 9).all()
    assert progress[-1] == (3 * replicates, 3 * replicates)
    steps = np.diff([0, *(done for done, _ in progress)])
    assert ((steps >= 1) & (steps <= 5)).all()  # a user sees that it goes on
    [used] = workers
    assert used == min(cores, len(progress))


def test_progress_is_optional(workers):
    assert len(run.run_studies(None, SCENARIOS[:1], 3, 1, 1)) == 3
