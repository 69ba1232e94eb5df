"""Figures of who has which pattern, and of the alliance."""

import numpy as np
import pytest
from figure_modules import PUBLISHED
from figure_texts import thin_lines, words_on
from rupture_repair.detection.breakdown import breakdown
from rupture_repair.figures import alliance_trajectories, patient_flow, pattern_breakdown


def test_without_published_figures_none_are_drawn(tables, settings, small_cohort):
    own = tables | {"pattern_breakdown": breakdown(tables["patterns"], {})}
    drawing = pattern_breakdown.draw(own, settings)
    assert "ublished" not in drawing.alt + drawing.caption
    drawn = {line.get_label() for line in drawing.figure.axes[0].lines}
    with_them = pattern_breakdown.draw(tables, settings).figure.axes[0].lines
    assert {line.get_label() for line in with_them} - drawn == {"Published share"}


def test_a_calibrated_cohort_is_not_compared_with_what_it_was_made_to_meet(tables, settings):
    calibrated = settings.model_copy(update={"calibrated": True})
    drawing = pattern_breakdown.draw(tables, calibrated)
    assert "Published share" not in {line.get_label() for line in drawing.figure.axes[0].lines}
    assert "met by construction" in drawing.caption and "Diamonds" not in drawing.alt


def test_chance_is_labelled(tables, settings):
    expected = tables["chance"].query("length == 'all'")["expected_percent"]
    shown = words_on(pattern_breakdown.draw(tables, settings).figure)
    assert {f"{value:.1f}%" for value in expected} <= set(shown)


def test_open_real_data_may_show_courses(tables, settings):
    known = settings.model_copy(update={"synthetic": False, "confidential": False})
    assert len(thin_lines(alliance_trajectories.draw(tables, known).figure)) > 10


@pytest.mark.parametrize("synthetic", [True, False])
def test_a_cohort_without_ruptures_is_drawn(tables, settings, synthetic):
    patterns = tables["patterns"].assign(pattern="none")
    none = tables | {"events": tables["events"].iloc[:0], "patterns": patterns}
    none["pattern_breakdown"] = breakdown(patterns, PUBLISHED)
    drawing = alliance_trajectories.draw(none, settings.model_copy(update={"synthetic": synthetic}))
    assert "repaired, 0 patients, mean rating not shown (too few patients)" in drawing.alt


def test_a_flow_in_which_nobody_is_left_out_has_no_boxes_of_zeros(tables, settings):
    everybody = tables["patient_flow"].assign(n=95, excluded=0)
    drawing = patient_flow.draw(tables | {"patient_flow": everybody}, settings)
    assert not [words for words in words_on(drawing.figure) if "Left out" in words]
    assert "0 left out, 95 in the models" in drawing.alt
    assert "Nobody was left out." in drawing.caption


def test_the_alliance_is_aligned_on_the_first_rupture(tables, settings):
    """Beside a slow count over patients; the second rupture of a patient is no second zero."""
    drawing = alliance_trajectories.draw(tables, settings)
    sessions, events, patterns = tables["sessions"], tables["events"], tables["patterns"]
    for axes, shown in zip(drawing.figure.axes, ("unrepaired", "repaired"), strict=True):
        found = {}
        for patient in patterns.loc[patterns["pattern"] == shown, "patient_id"]:
            first = min(events[events["patient_id"] == patient]["session"])
            for row in sessions[sessions["patient_id"] == patient].itertuples():
                if -3 <= row.session - first <= 6 and row.alliance == row.alliance:
                    found.setdefault(row.session - first, []).append(row.alliance)
        means = {k: np.mean(v) for k, v in sorted(found.items()) if len(v) >= 5}
        [line] = [line for line in axes.lines if line.get_linewidth() > 2]
        assert dict(zip(*map(list, line.get_data()), strict=True)) == pytest.approx(means)
        assert means[0] < means[-1]
    assert f"{means[-1]:.1f} in the session before, {means[0]:.1f} at the rupture" in drawing.alt
    assert "regression to the mean" in drawing.caption
