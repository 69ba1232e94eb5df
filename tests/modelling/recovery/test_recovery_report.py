"""The words and tables of a recovery study, from a summary made by hand."""

import numpy as np
import pandas as pd
import pytest
from rupture_repair.config.planted import REPAIRED
from rupture_repair.modelling.recovery.report import recovery_text
from rupture_repair.modelling.recovery.study import JOINT
from rupture_repair.modelling.recovery.summary import SUMMARY

MODERATION = f"time:{REPAIRED}:iip_z"


def measured(scenario, model, term, rejected, bias=None, certified=1.0):
    """Rows of a summary: a rate of rejection and, of single terms, truth, bias and coverage."""
    values = {"rejected": (rejected, 0.02), "certified": (certified, 0.0)}
    if bias is not None:
        values |= {"truth": (-0.8, 0.0), "bias": (bias, 0.011), "coverage": (0.94, 0.024)}
    return [(scenario, model, term, name, *pair, 100) for name, pair in values.items()]


@pytest.fixture(scope="module")
def text():
    rows = [
        *measured("noise", "M1", f"time:{REPAIRED}", 0.55),
        *measured("noise", "M1_length", f"time:{REPAIRED}", 0.03),
        *measured("noise", "M2", MODERATION, 0.06),
        *measured("noise", "M2_length", MODERATION, 0.05),
        *measured("noise", "M2", JOINT["M2"][0], 0.07, certified=0.985),
        *measured("noise", "M2_length", JOINT["M2"][0], 0.04),
        *measured("moderation", "M2", "time", 1.0, 0.001),
        *measured("moderation", "M2", "time:iip_z", 0.9, 0.002),
        *measured("moderation", "M2", MODERATION, 0.81, -0.034),
        *measured("moderation", "M2", JOINT["M2"][0], 0.77),
    ]
    return recovery_text(pd.DataFrame(rows, columns=SUMMARY))


def cells(line):
    return [cell for cell in line.split("  ") if cell.strip()]


def test_a_block_for_each_scenario_in_the_order_of_their_list(text):
    planted, noise, foot = text.split("\n\n")
    assert planted.startswith("moderation: moderation planted, scores as the questionnaire")
    assert noise.startswith("noise: no ruptures: those detected are noise")
    assert foot.startswith("100 studies per scenario")
    assert "at least 98% of each kind" in foot or "at least 99% of each kind" in foot


def test_planted_terms_have_bias_and_coverage_and_tests_of_several_terms_do_not(text):
    lines = text.split("\n\n")[0].splitlines()[2:]
    rows = [[cell.strip() for cell in cells(line)] for line in lines]
    assert sorted(rows) == [
        ["M2", "time", "-0.80", "0.001 ± 0.011", "94.0 ± 2.4", "100.0 ± 2.0"],
        ["M2", "time × pattern × iip_z", "77.0 ± 2.0"],
        ["M2", "time × repaired × iip_z", "-0.80", "-0.034 ± 0.011", "94.0 ± 2.4", "81.0 ± 2.0"],
    ]


def test_false_findings_stand_beside_those_with_length(text):
    lines = text.split("\n\n")[1].splitlines()[2:]
    assert [[cell.strip() for cell in cells(line)] for line in lines] == [
        ["repaired against none", "55.0 ± 2.0", "3.0 ± 2.0"],
        ["moderation, repaired against none", "6.0 ± 2.0", "5.0 ± 2.0"],
        ["moderation, both patterns together", "7.0 ± 2.0", "4.0 ± 2.0"],
    ]


def test_unidentified_terms_have_no_bias():
    rows = measured("moderation", "M2", "time:iip_z", 0.9, 0.002)  # not shown
    rows += measured("moderation", "M2", MODERATION, 0.5, np.nan)
    rows += measured("moderation", "M2", "time", 1.0, 0.1)
    line = recovery_text(pd.DataFrame(rows, columns=SUMMARY)).splitlines()[2]
    assert "nan" not in line and "50.0 ± 2.0" in line
