"""What holds of every figure: synthetic data are named, alternative texts hold the numbers."""

import numpy as np
import pytest
from figure_modules import MODULES
from figure_texts import words_on


@pytest.mark.parametrize("name", MODULES)
def test_synthetic_data_are_named_exactly_when_they_are(name, drawn, svg_of, tables, settings):
    real = MODULES[name].draw(tables, settings.model_copy(update={"synthetic": False}))
    assert "Synthetic data" not in words_on(real.figure)
    assert ">Synthetic data</text>" in svg_of(name)  # text, not outlines
    for drawing in (drawn(name), real):
        assert "ynthetic" not in drawing.caption  # once on each figure
        assert len(drawing.alt) > 60
        assert "nan" not in drawing.alt + drawing.caption


def test_alt_texts_hold_the_numbers(tables, drawn):
    counts = tables["pattern_breakdown"].set_index("pattern")["n"]
    bars = drawn("pattern_breakdown").alt
    assert f"no rupture 55.0% ({counts['none']} patients)" in bars
    assert "published shares: 57.8, 32.9, 9.3%" in bars
    flow = drawn("patient_flow").alt
    assert "95 patients in the file, 15 left out" in flow
    assert "fewer than 3 sessions: 6" in flow and "no symptom rating" not in flow  # nobody
    assert "12 repaired" in flow
    assert "significant from 0.25 to 2.40 SD" in drawn("johnson_neyman").alt
    slopes = drawn("simple_slopes").alt
    assert "At 20 sessions" in slopes
    assert "no rupture −2.70, unrepaired −2.20, repaired −1.70" in slopes
    ends = drawn("symptom_trajectories").alt
    ended = [-2 * np.log(20) + spread * 19 / 20 for spread in (0, 2, 4)]
    none, unrepaired, repaired = (f"{change:.1f}".replace("-", "−") for change in ended)
    assert f"no rupture {none}, unrepaired {unrepaired}, repaired {repaired}" in ends
    assert (
        "Moderation (M3): −0.80 in the full fit, −1.10 to −0.50 without one of 3"
        in drawn("influence").alt
    )
    assert "at most 0.10 SD off the line" in drawn("random_effects").alt
    assert "12 patients" in drawn("alliance_trajectories").alt
