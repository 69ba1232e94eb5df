"""Values that a pointer over a mark of the SVG shows."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rupture_repair.figures.save import save
from rupture_repair.figures.style import Drawing, house_style, new_figure
from rupture_repair.figures.tooltips import SVG, add_tooltips

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=20)


@pytest.fixture
def saved(tmp_path):
    """Return the SVG of a figure with the given marks, parsed."""

    def save_marks(x, y, texts):
        with house_style():
            figure = new_figure(40)
            axes = figure.subplots()
            axes.set(xlim=(0, 1), ylim=(0, 1))
            add_tooltips(axes, x, y, texts)
            files = {name: str(tmp_path / f"f.{name}") for name in ("svg", "png", "alt", "caption")}
            save(Drawing(figure, "A caption.", "An alternative."), **files)
        return ET.parse(files["svg"])

    return save_marks


def titles(document):
    return [title.text for title in document.iter(f"{SVG}title")]


def test_each_mark_has_its_own_text_and_what_is_missing_has_none(saved):
    document = saved([0.1, np.nan, 0.9, 5.0], [0.5, 0.5, 0.2, 0.5], ["a", "b", "c <&> d", "far"])
    assert titles(document) == ["a", "c <&> d", "far"]
    at = {
        mark.find(f"{SVG}title").text: mark
        for mark in document.iter(f"{SVG}g")
        if mark.find(f"{SVG}title") is not None
    }
    assert {mark.get("pointer-events") for mark in at.values()} == {"all"}
    heights = {text: _height(mark) for text, mark in at.items()}
    assert heights["a"] < heights["c <&> d"]  # SVG counts from above


def _height(mark):
    use = next(mark.iter(f"{SVG}use"), None)
    if use is not None:
        return float(use.get("y"))
    path = next(mark.iter(f"{SVG}path")).get("d")
    return float(re.match(r"M \S+ (\S+)", path)[1])


@pytest.mark.parametrize("n", [1, 2, 40])
def test_few_and_many_marks(saved, n):
    texts = [f"mark {i}" for i in range(n)]
    assert titles(saved(np.linspace(0.1, 0.9, n), np.full(n, 0.5), texts)) == texts


@settings(max_examples=settings.default.max_examples // 2)
@given(texts=st.lists(TEXT, min_size=1, max_size=5))
def test_any_words_arrive_as_they_are(tmp_path_factory, texts):
    with house_style():
        figure = new_figure(20)
        add_tooltips(figure.subplots(), range(len(texts)), range(len(texts)), texts)
        folder = tmp_path_factory.mktemp("figure")
        files = {name: str(folder / name) for name in ("svg", "png", "alt", "caption")}
        save(Drawing(figure, "", ""), **files)
    assert [text or "" for text in titles(ET.parse(files["svg"]))] == texts


def test_nothing_to_tell_draws_nothing(saved):
    assert titles(saved([np.nan], [0.5], ["a"])) == []


def test_axes_keep_their_limits():
    with house_style():
        axes = new_figure(40).subplots()
        axes.plot([0, 1], [0, 1])
        before = axes.get_xlim(), axes.get_ylim()
        add_tooltips(axes, [50.0], [-50.0], ["far"])
        assert (axes.get_xlim(), axes.get_ylim()) == before
