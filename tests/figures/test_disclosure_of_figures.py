"""What no figure of a confidential cohort shows: single patients, and few."""

import re

import model_check_tables
import numpy as np
import pandas as pd
from figure_modules import MODULES
from figure_texts import thin_lines, words_on
from rupture_repair.config.catalogue import TABLES
from rupture_repair.disclosure.known import Known
from rupture_repair.disclosure.sharing import shared
from rupture_repair.figures import (
    alliance_trajectories,
    johnson_neyman,
    moderation,
    residuals,
)


def test_confidential_real_patients_are_never_drawn_singly(tables, settings):
    real = settings.model_copy(update={"synthetic": False})
    assert len(thin_lines(alliance_trajectories.draw(tables, settings).figure)) > 10
    figure = alliance_trajectories.draw(tables, real).figure
    courses = [line for axes in figure.axes for line in axes.lines if line.get_linestyle() == "-"]
    assert len(courses) == 2
    means = np.concatenate([np.asarray(line.get_ydata(), dtype=float) for line in courses])
    assert len(means) > 10 and (means == means.round(2)).all()  # no finer: they tell of how many
    rugs = {
        synthetic: [
            line
            for axes in johnson_neyman.draw(
                tables, settings.model_copy(update={"synthetic": synthetic})
            ).figure.axes
            for line in axes.lines
            if line.get_marker() == "|"
        ]
        for synthetic in (True, False)
    }
    assert len(rugs[True]) == 2
    assert rugs[False] == []
    people = "\n".join(words_on(moderation.draw(tables, settings).figure))
    assert re.search(r"\d+ repaired, \d+–\d+ sessions", people)
    alone = moderation.draw(tables, real)
    assert "repaired, " not in "\n".join(words_on(alone.figure))
    assert not [x for axes in alone.figure.axes for x in axes.lines if x.get_marker() == "|"]


def test_residual_bins_of_few_confidential_patients_are_left_out(tables, settings):
    few = model_check_tables.residual_bins(n_patients=[4, *[40] * 9])
    breakdown = pd.DataFrame({"pattern": ["none", "unrepaired", "repaired"], "n": [60, 30, 12]})
    known = Known({"pattern_breakdown": breakdown})
    masked = shared(few, TABLES["residual_bins"].masking, known)
    for synthetic, n in ((True, 10), (False, 9)):
        drawing = residuals.draw(
            tables | {"residual_bins": few if synthetic else masked},
            settings.model_copy(update={"synthetic": synthetic}),
        )
        assert f"residuals in {n} bins" in drawing.alt


def test_masked_counts_stand_nowhere_on_a_figure(tables, settings):
    """Shared tables of a cohort with 3 repaired patterns and 2 left out as unclassifiable."""
    flow = tables["patient_flow"].assign(
        n=[95, 93, 92, 91, np.nan, 80, 80], excluded=[0, 2, 1, 1, np.nan, np.nan, 0]
    )
    shares = tables["pattern_breakdown"].copy()
    shares.loc[shares["pattern"] != "none", ["n", "percent"]] = np.nan
    masked = tables | {"patient_flow": flow, "pattern_breakdown": shares}
    real = settings.model_copy(update={"synthetic": False})
    counts = tables["pattern_breakdown"].set_index("pattern")["n"]
    for name in ("patient_flow", "pattern_breakdown", "alliance_trajectories"):
        drawing = MODULES[name].draw(masked, real)
        drawing.figure.draw_without_rendering()
        text = " ".join([*words_on(drawing.figure), drawing.alt, drawing.caption])
        assert "nan" not in text
        assert "masked, because it counts fewer than 5 patients" in drawing.caption
        if name == "alliance_trajectories":
            assert "Nothing can be shown" in words_on(drawing.figure)
        for pattern in ("unrepaired", "repaired"):
            for words in (f"n = {counts[pattern]}", f"{counts[pattern]} patients"):
                assert words not in text, name
    for axes in alliance_trajectories.draw(masked, real).figure.axes:
        courses = [line for line in axes.lines if line.get_linestyle() == "-"]
        assert all(np.asarray(line.get_xdata()).size == 0 for line in courses)
