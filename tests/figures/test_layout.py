"""Texts on figures: none lies on another, all lie on the page."""

import model_tables
import pandas as pd
import pytest
from figure_modules import MODULES
from figure_texts import drawn_texts, overlapping, overlaps
from rupture_repair.figures import (
    pattern_breakdown,
    symptom_trajectories,
)


def test_overlaps_are_found(tables, settings):
    figure = pattern_breakdown.draw(tables, settings).figure
    figure.axes[0].text(5, 0, "one")
    figure.axes[0].text(5, 0, "other")
    assert ("one", "other") in overlaps(figure)


@pytest.mark.parametrize("name", MODULES)
def test_no_text_lies_on_another_or_beside_the_page(name, drawn):
    figure = drawn(name).figure
    texts, page = drawn_texts(figure), figure.bbox
    assert overlapping(texts) == []
    for text, box in texts:
        assert box.x0 >= page.x0 - 1 and box.x1 <= page.x1 + 1, text
        assert box.y0 >= page.y0 - 1 and box.y1 <= page.y1 + 1, text


@pytest.mark.parametrize("spread", [0.0, 0.3, 2.0])
def test_line_labels_never_lie_on_another(tables, settings, spread):
    courses = tables | {"trajectories": model_tables.trajectories(spread)}
    assert overlaps(symptom_trajectories.draw(courses, settings).figure) == []


@pytest.mark.parametrize("shares", [(96, 2, 2), (2, 2, 96), (34, 33, 33)])
def test_shares_and_legend_of_any_breakdown_stay_apart(tables, settings, shares):
    patterns = ["none", "unrepaired", "repaired"]
    published = [57.8, 32.9, 9.3]
    table = {"pattern": patterns, "n": shares, "percent": shares, "published_percent": published}
    shown = tables | {"pattern_breakdown": pd.DataFrame(table)}
    figure = pattern_breakdown.draw(shown, settings).figure
    assert overlaps(figure) == []
