"""The specification curve: order, choices, what is said where nothing can be drawn."""

import multiverse_tables as made
import numpy as np
import pytest
from rupture_repair.figures import specification_curve
from rupture_repair.figures.save import as_svg
from rupture_repair.figures.style import house_style


@pytest.fixture
def drawn(settings):
    def draw(**tables):
        with house_style():
            return specification_curve.draw(made.tables(**tables), settings)

    return draw


def test_estimates_are_sorted_and_the_own_analysis_is_marked(drawn):
    estimates = np.r_[-2.0, np.random.default_rng(3).normal(-1, 1, 39)]
    drawing = drawn(estimates=estimates)
    upper = drawing.figure.axes[0]
    dots = [part for part in upper.patches if part.get_capstyle() == "round"]
    points = np.vstack([part.get_path().vertices.reshape(-1, 2, 2).mean(axis=1) for part in dots])
    heights = points[np.argsort(points[:, 0])][:, 1]
    np.testing.assert_allclose(heights, np.sort(estimates))
    rank = np.searchsorted(np.sort(estimates), -2.0)
    np.testing.assert_allclose(np.asarray(upper.collections[0].get_offsets())[0], [rank, -2.0])
    assert f"number {rank + 1} from the left" in drawing.alt


def marks(axes):
    """Return the paths with a stroke for each of the 40 specifications."""
    return [part for part in axes.patches if len(part.get_path().vertices) == 80]


def test_the_marks_of_a_choice_are_one_element_of_the_page(drawn):
    page = as_svg(drawn())
    assert page.count("<path") < 250
    assert page.count("<title>") == 40  # and each specification can be pointed at


def test_each_specification_has_one_mark_per_choice_that_varies(drawn):
    lower = drawn().figure.axes[1]
    labels = [label.get_text() for label in lower.get_yticklabels()]
    varied = {name: values for name, values in made.GRID.items() if len(values) > 1}
    assert len(labels) == sum(map(len, varied.values()))
    assert len(marks(lower)) == len(varied)
    assert "any" in labels and "pooled SD" in labels and "previous" not in labels


def test_marks_stand_in_the_row_of_their_value(drawn):
    tables = made.tables()
    lower = drawn().figure.axes[1]
    labels = [label.get_text() for label in lower.get_yticklabels()]
    order = tables["multiverse"]["estimate"].argsort()
    times = tables["multiverse_specifications"]["time"].iloc[order]
    heights = [
        part.get_path().vertices.reshape(-1, 2, 2)[:, :, 1].mean(axis=1) for part in marks(lower)
    ]
    expected = [labels.index(time) for time in times]
    assert any(np.allclose(found, expected) for found in heights)


def test_the_mean_length_is_given_only_where_length_moderates(drawn):
    table = made.specifications()
    assert "at mean log(length) where length moderates" in drawn().caption
    plain = drawn(multiverse_specifications=table.assign(length="none")).caption
    assert "SD of interpersonal problems, as points of symptoms" in plain
    assert "(M2)" not in plain + drawn().caption


def test_missing_specifications_are_reported(drawn, tmp_path):
    some = drawn(multiverse=made.multiverse(np.full(40, -1.0), np.full(40, 0.2), reasons=4))
    assert "4 specifications could not be estimated" in some.caption
    assert "Curve of 36 sorted estimates" in some.alt
    none = drawn(
        multiverse=made.multiverse(np.full(40, -1.0), np.full(40, 0.2), reasons=40),
        multiverse_influence=made.influence().iloc[:0],
    )
    none.figure.savefig(tmp_path / "figure.png")
    assert none.alt == "No curve: none of 40 specifications could be estimated."
