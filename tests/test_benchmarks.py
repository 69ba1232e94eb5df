"""Each row of benchmarks.csv says under what conditions both sides were timed."""

import sys

import pandas as pd
import pytest
from r_packages import require_r


@pytest.fixture
def bench(root, monkeypatch):
    """Import a benchmark by its name."""
    monkeypatch.syspath_prepend(root / "benchmarks")
    before = set(sys.modules)
    yield __import__
    for name in set(sys.modules) - before:
        file = getattr(sys.modules[name], "__file__", None) or ""
        if file.startswith(str(root / "benchmarks")):
            del sys.modules[name]


def test_a_row_states_clock_threads_and_versions(bench):
    timing = bench("engine_timing")
    found = timing.row("a", "numpy_floor", 10, 2.0, 5.0)
    assert list(found) == timing.COLUMNS
    assert found["ratio"] == 2.5
    assert (found["seconds"], found["threads"]) == ("processor", 1)
    assert found["subject_version"].startswith("rupture-repair ")
    assert found["peer_version"].startswith("numpy ")
    alone = timing.row("a", "", 10, 2.0, None)
    assert alone["ratio"] is None
    assert alone["peer_version"] == ""


def test_the_page_of_a_run_adds_up(bench):
    names = ["step", "start_seconds", "processor_seconds"]
    steps = pd.DataFrame([("short", 0.4, 0.5), ("long", 1.1, 6.0), ("tiny", 0.3, 0.0)])
    text = bench("run").page(steps.set_axis(names, axis=1), {"the run": (3, 11.6)})
    assert "| long | 1.1 | 6.0 | 7.1 |" in text
    assert "| 2 steps of less than 1 s | 0.7 | 0.5 | 1.2 |" in text
    assert "| all 3 steps | 1.8 | 6.5 | 8.3 |" in text
    assert "| the run | 3 | 12 |" in text


@pytest.mark.long
def test_the_bootstrap_beside_lme4_is_of_the_same_replicates(bench):
    """The benchmark itself compares the coefficients; here of few replicates."""
    require_r("lme4", "lmerTest")
    (found,) = bench("bootstrap").rows(replicates=64, compared=3)
    assert found["peer_version"].startswith("lme4 ")
    assert found["subject_starts"] == found["peer_starts"]
    assert "0.001" in found["subject_tolerance"]
    assert "0.001" in found["peer_tolerance"]
    assert found["ratio"] == pytest.approx(found["peer_s"] / found["subject_s"])
