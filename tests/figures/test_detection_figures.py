"""Chance, agreement and hazard: what is drawn, and what is left out or absent."""

import matplotlib.text
import numpy as np
import pandas as pd
import pytest
from rating_tables import long_table
from rupture_repair.config.criteria import PATTERNS, Criterion
from rupture_repair.config.steps.figures import FigureSettings
from rupture_repair.detection import agreement
from rupture_repair.detection.chance import KINDS
from rupture_repair.detection.exposure import exposure
from rupture_repair.disclosure.detection_tables import shared_chance, shared_hazard
from rupture_repair.disclosure.known import Known
from rupture_repair.figures import (
    chance_by_length,
    criteria_agreement,
    rule_compatibility,
    rupture_hazard,
)
from rupture_repair.figures.style import house_style

POINTS = Criterion(scale="absolute", k=2)
# these figures show no questionnaire and no model
OPEN = FigureSettings.model_construct(synthetic=True, confidential=True, criterion="strict")
REAL = OPEN.model_copy(update={"synthetic": False})


@pytest.fixture(autouse=True)
def style():
    with house_style():
        yield


def chance(**counts):
    """Patients by pattern and band; the whole cohort is their sum; chance expects a third each."""
    counts = {"all": tuple(np.sum(list(counts.values()), axis=0)), **counts}
    rows = [
        {
            "kind": kind,
            "length": length,
            "pattern": pattern,
            "n_patients": sum(own),
            "expected_percent": 100 / 3,
            "low": 25.0,
            "high": 40.0,
            "observed_percent": 100 * n / sum(own),
            "excess": 100 * n / sum(own) - 100 / 3,
            "excess_low": 100 * n / sum(own) - 40,
            "excess_high": 100 * n / sum(own) - 25,
        }
        for kind in KINDS
        for length, own in counts.items()
        for pattern, n in zip(PATTERNS, own, strict=True)
    ]
    return pd.DataFrame(rows)


def texts(figure):
    return {text.get_text() for text in figure.findobj(matplotlib.text.Text)}


def test_chance_shows_observed_expected_and_excess():
    table = chance(short=(60, 30, 10), long=(10, 20, 20))
    drawing = chance_by_length.draw({"chance": table}, OPEN)
    above, below = np.reshape(drawing.figure.axes, (2, 3))
    observed = [line for line in above[1].lines if line.get_label() == "Observed (filled)"]
    np.testing.assert_allclose(observed[0].get_ydata(orig=False), [100 * 50 / 150, 30, 40])
    excess = [box.lines[0].get_ydata(orig=False) for box in below[1].containers]
    np.testing.assert_allclose(excess, [[0, 30 - 100 / 3, 40 - 100 / 3]] * 2, atol=1e-9)
    assert {"All\n(150)", "Short\n(100)", "Long\n(50)"} <= texts(drawing.figure)
    assert "short sessions: 30.0% observed, 33.3% in random order, 33.3%" in drawing.alt


def test_masked_shares_are_neither_drawn_nor_described():
    table = chance(a=(60, 30, 10), b=(20, 10, 2), c=(80, 30, 10))
    breakdown = pd.DataFrame({"pattern": PATTERNS, "n": [160, 70, 22]})
    shared = shared_chance(table, Known({"pattern_breakdown": breakdown, "chance": table}))
    drawn = {}
    for name, content, settings in (("open", table, OPEN), ("real", shared, REAL)):
        drawing = chance_by_length.draw({"chance": content}, settings)
        above = np.reshape(drawing.figure.axes, (2, 3))[0]
        lines = [line for axes in above for line in axes.lines]
        points = [line.get_ydata() for line in lines if line.get_label() == "Observed (filled)"]
        drawn[name] = int(np.isfinite(np.concatenate(points)).sum())
        assert ("b sessions: 6.2% observed" in drawing.alt) == (name == "open")
        assert "nan" not in drawing.alt
    assert drawn["open"] == 12
    assert drawn["real"] == 12 - int(shared["observed_percent"].isna().sum()) // 2 < 12


def judged(**criteria):
    letters = {"n": "none", "u": "unrepaired", "r": "repaired"}
    columns = {name: [letters[c] for c in word] for name, word in criteria.items()}
    patterns = pd.DataFrame({"patient_id": range(len(next(iter(criteria.values())))), **columns})
    return {
        "criteria_breakdown": agreement.breakdowns(patterns),
        "criteria_agreement": agreement.agreement(patterns),
    }


def test_agreement_is_drawn_in_the_order_of_strictness():
    tables = judged(loose="nuuuuuuurr", strict="nnnnnuuurr", middle="nnnnunnurr")
    drawing = criteria_agreement.draw(tables, OPEN)
    bars, cells = drawing.figure.axes
    assert [label.get_text() for label in bars.get_yticklabels()] == ["middle", "strict", "loose"]
    weights = {label.get_text(): label.get_fontweight() for label in bars.get_yticklabels()}
    assert weights == {"middle": "normal", "strict": "bold", "loose": "normal"}
    assert {text.get_position(): text.get_text() for text in cells.texts}[(0, 1)] == ".50"
    assert len(cells.texts) == 3
    assert "Heat map of 3 kappas" in drawing.alt
    assert "middle 60.0, 20.0, 20.0%" in drawing.alt


@pytest.mark.parametrize("criteria", [{"strict": "nnur"}, {"strict": "nnn", "other": "nnn"}])
def test_agreement_without_a_kappa_is_drawn(criteria, tmp_path):
    drawing = criteria_agreement.draw(judged(**criteria), OPEN)
    drawing.figure.savefig(tmp_path / "figure.png")
    assert "no pair of criteria with a defined kappa" in drawing.alt


def test_criteria_with_few_patients_have_no_bar_in_real_cohorts():
    tables = judged(few="n" * 20 + "u" * 8 + "r" * 2, many="n" * 10 + "u" * 10 + "r" * 10)
    for settings, expected in ((OPEN, ["few", "many"]), (REAL, ["many"])):
        drawing = criteria_agreement.draw(tables, settings)
        widths = {patch.get_y(): patch.get_width() for patch in drawing.figure.axes[0].patches[:2]}
        assert sum(width > 0 for width in widths.values()) == len(expected)
        assert ("few 66.7" in drawing.alt) == ("few" in expected)
        assert "many 33.3" in drawing.alt


def hazard(table, settings=OPEN):
    found = exposure(table, POINTS)[0]
    return {"rupture_hazard": found if settings.synthetic else shared_hazard(found, Known({}))}


@pytest.mark.parametrize("settings", [OPEN, REAL])
@pytest.mark.parametrize(
    "course", [[4, 4, 4, 4], [4, 4, 1, 1]], ids=["nobody ruptures", "everybody at session 3"]
)
def test_hazards_of_cohorts_at_the_ends_are_drawn(course, settings, tmp_path):
    tables = hazard(long_table(**{f"P{i}": course for i in range(20)}), settings)
    drawing = rupture_hazard.draw(tables, settings)
    drawing.figure.savefig(tmp_path / "figure.png")
    everybody = 1 in course
    expected = "100.0% at session 3" if everybody else "highest with 0.0%"
    assert expected in drawing.alt
    assert "nan" not in drawing.alt


def test_hazards_of_nobody_are_drawn(tmp_path):
    drawing = rupture_hazard.draw(hazard(long_table(A=[4])), OPEN)
    drawing.figure.savefig(tmp_path / "figure.png")
    assert "no cumulative shares" in drawing.alt


def test_sessions_with_few_at_risk_are_not_drawn():
    courses = {f"P{i}": [4, 4, 4] for i in range(12)} | {"L": [4] * 9}
    drawing = rupture_hazard.draw(hazard(long_table(**courses)), OPEN)
    assert drawing.figure.axes[0].get_xlim()[1] == 3.5
    assert "session 3 of 3" in drawing.alt


def test_few_ruptures_of_real_patients_are_not_drawn():
    courses = {f"N{i}": [4, 4, 4, 4] for i in range(30)}
    courses |= {f"M{i}": [4, 1, 1, 1] for i in range(6)} | {f"F{i}": [4, 4, 1, 1] for i in range(2)}
    courses |= {f"G{i}": [4, 4, 4, 1] for i in range(5)}
    drawn = {}
    for name, settings in (("open", OPEN), ("real", REAL)):
        figure = rupture_hazard.draw(hazard(long_table(**courses), settings), settings).figure
        points = figure.axes[0].containers[0].lines[0].get_xdata()
        curve = next(x for x in figure.axes[1].lines if x.get_label().endswith("competing event"))
        drawn[name] = (points.tolist(), curve.get_ydata().max())
    assert drawn["open"] == ([2, 3, 4], pytest.approx(100 * 13 / 43))
    assert drawn["real"] == ([2], pytest.approx(100 * 13 / 43))


def test_a_hidden_session_cannot_be_worked_out_from_the_next():
    """2 ruptures at session 3, 6 at session 4: the curve steps by 8, and no hazard tells the 6."""
    courses = {f"N{i}": [4, 4, 4, 4, 4] for i in range(30)}
    courses |= {f"F{i}": [4, 4, 1, 1, 1] for i in range(2)}
    courses |= {f"S{i}": [4, 4, 4, 1, 1] for i in range(6)}
    figure = rupture_hazard.draw(hazard(long_table(**courses), REAL), REAL).figure
    assert figure.axes[0].containers[0].lines[0].get_xdata().tolist() == [2, 5]


def test_rules_are_counted_over_the_grid_as_in_the_text(tables, settings):
    rules = tables["rule_compatibility"].to_dict("records")
    grid = [
        r for r in rules if r["study"] == "Igra et al. (2025)" and not str(r["criterion"] or "")
    ]
    alt = rule_compatibility.draw(tables, settings).alt
    for family, name in (("noise", "Noise alone"), ("ruptures", "Noise and ruptures")):
        fits = [row["share_fitting"] > 0 for row in grid if row["family"] == family]
        assert f"{name}: {sum(fits):,} of {len(fits):,} rules give" in alt
