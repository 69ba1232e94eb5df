"""The report of a comparison: its numbers, its words, its figure."""

import math
import re
import xml.etree.ElementTree as ET
from itertools import pairwise
from pathlib import Path

import pytest
from compared_cohorts import cohort
from figure_texts import drawn_texts, overlapping
from matplotlib.markers import CARETLEFT, CARETRIGHT
from rupture_repair.comparison.forest_parts import PAGE, part_names
from rupture_repair.comparison.forest_plot import draw
from rupture_repair.comparison.report import conclusion, flags, stage, variables
from rupture_repair.comparison.slopes import HEADLINE, SHOWN
from rupture_repair.comparison.tables import report_tables
from rupture_repair.comparison.words import cohort_label
from rupture_repair.figures.save import as_svg
from rupture_repair.figures.style import PAGE_WIDTH, house_style
from rupture_repair.figures.tooltips import SVG
from rupture_repair.manuscript.pandoc_engine import expand

SHORTCODE = re.compile(r"\{\{<\s*(\w+)\s+([^\s>]+)\s*>\}\}")


@pytest.fixture
def template(root):
    return (root / "reports/comparison.qmd").read_text(encoding="utf-8")


def leaves(values, prefix=""):
    for name, value in values.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def test_keys_tables_and_flags_are_those_of_the_template(template, comparison, two):
    made = comparison(two, left_out={"c": "3 blocking problems in the data"})
    used = {key for kind, key in SHORTCODE.findall(template) if kind == "var"}
    assert used == dict(leaves(variables(made, "pandoc"))).keys()
    included = re.findall(r"_generated/_table-([\w-]+)\.md", template)
    assert sorted(included) == sorted(report_tables(made))
    conditions = set(re.findall(r'when-meta="([\w-]+)"', template))
    assert conditions == flags(made).keys() - {"title"}
    tables = "".join(report_tables(made).values())
    identifiers = set(re.findall(r"#(tbl-[\w-]+)", tables)) | {"fig-forest"}
    assert set(re.findall(r"@((?:tbl|fig)-[\w-]+)", template)) == identifiers


def test_no_number_is_typed(template):
    prose = re.sub(r"@[a-z]+\d{4}|\bM[23]\b|\bCR2\b|\{[^}\n]*\}", "", SHORTCODE.sub("", template))
    assert [line for line in prose.splitlines() if re.search(r"\d", line)] == []


def test_two_cohorts_are_called_few_and_three_give_a_prediction_interval(comparison, two):
    assert flags(comparison(two))["two-cohorts"] is True
    three = comparison([*two, cohort("c")])
    assert flags(three)["two-cohorts"] is False
    assert three.tables["pooled"]["prediction_low"].notna().all()


def test_synthetic_cohorts_are_called_that(comparison, two):
    made = comparison(two)
    assert flags(made)["has-synthetic"] is True
    assert variables(made, "pandoc")["synthetic"].startswith("Study B is synthetic")
    assert all(
        "Study B (synthetic)" in report_tables(made)[name] for name in ("cohorts", "effects")
    )
    with house_style():
        [drawing] = draw(made.tables["effects"], made.tables["pooled"], two)
    assert "Study B is synthetic" in drawing.caption
    assert "Partly synthetic data" in [text.get_text() for text in drawing.figure.texts]
    real = comparison([cohort("a"), cohort("c")])
    assert flags(real)["has-synthetic"] is False
    long = cohort_label(cohort("a", "A very long name of a clinic indeed", synthetic=True), 34)
    assert long.endswith("… (synthetic)") and len(long) <= 34


def test_differences_between_cohorts_are_named(comparison, two):
    assert comparison(two).differ == ("symptoms",)
    assert flags(comparison([cohort("a"), cohort("c")]))["has-differences"] is False


def test_the_sentence_on_the_pooled_term_is_the_table(comparison, two):
    made = comparison(two)
    pooled = made.tables["pooled"]
    row = pooled[(pooled["term"] == HEADLINE) & (pooled["pattern"] == "repaired")].iloc[0]
    # estimates of −.8 and −1.6 points at equal standard errors and an SD of 7
    assert row["slope"] == pytest.approx(-1.2 / 7)
    claim = variables(made, "pandoc")["claim"]
    sentence = claim["headline"]
    assert "Repaired − no rupture: *b* = −0.171" in sentence
    assert "At 10 sessions, repaired − no rupture: *b* = −0.171" in claim["lengths"]
    assert "the interval includes zero" in sentence and "2 cohorts" in sentence
    assert "caus" not in sentence


def test_each_panel_has_every_cohort_and_its_numbers(comparison, two):
    made = comparison([*two, cohort("c")])
    with house_style():
        [drawing] = draw(made.tables["effects"], made.tables["pooled"], made.cohorts)
        panels = drawing.figure.axes
        assert len(panels) == 4
        for axes in panels:
            labels = [label.get_text() for label in axes.get_yticklabels()]
            assert labels[:3] == ["Clinic A", "Study B (synthetic)", "C"]
            assert labels[3:] == ["All (random effects)", "Another cohort (prediction)"]
            assert len(axes.texts) == 5
            low, high = axes.get_xlim()
            assert low < made.tables["effects"]["ci_low"].min() and high > 0


@pytest.mark.parametrize(
    ("n", "n_parts"), [(2, 1), (25, 1), (60, 2), pytest.param(150, 6, marks=pytest.mark.long)]
)
def test_each_text_of_the_forest_plot_is_as_large_as_on_other_figures(comparison, n, n_parts):
    """For any number of cohorts; print is narrower than the figure as drawn."""
    made = comparison([cohort(f"c{number}", synthetic=n == 2) for number in range(n)])
    with house_style():
        drawings = draw(made.tables["effects"], made.tables["pooled"], made.cohorts)
        assert len(drawings) == len(part_names(n)) == n_parts
        for drawing in drawings:
            svg = ET.fromstring(as_svg(drawing))
            sizes = [
                float(re.search(r"font-size: ([\d.]+)px", text.get("style"))[1])
                for text in svg.iter(f"{SVG}text")
            ]
            assert min(sizes) * 166 / PAGE_WIDTH >= 7
            texts = drawn_texts(drawing.figure)
            assert overlapping(texts) == []
            assert drawing.figure.get_figheight() * 25.4 <= PAGE + 1e-9
            for text, box in texts:
                assert box.x0 >= -1 and box.x1 <= drawing.figure.bbox.x1 + 1, text


def test_each_part_of_the_forest_plot_goes_on_where_the_last_ended(comparison):
    """A patterns' panels of a term, one below the other, are all cohorts, all and another one."""
    made = comparison([cohort(f"c{number:03d}") for number in range(150)])
    with house_style():
        drawings = draw(made.tables["effects"], made.tables["pooled"], made.cohorts)
        named = [
            [tick.get_text() for tick in drawing.figure.axes[0].get_yticklabels()]
            for drawing in drawings
        ]
        limits = {drawing.figure.axes[0].get_xlim() for drawing in drawings[:3]}
    expected = [f"C{number:03d}" for number in range(150)]
    expected += ["All (random effects)", "Another cohort (prediction)"]
    for pages in (named[:3], named[3:]):
        assert [name for page in pages for name in page] == expected
    assert len(limits) == 1
    assert [f"Part {n} of 6." in drawing.caption for n, drawing in enumerate(drawings, 1)] == [
        True
    ] * 6


def test_the_diamond_is_the_interval_that_the_text_believes(comparison, two):
    """Two cohorts have a very wide one: it goes on beyond the panel, which arrows say."""
    for cohorts, beyond in ((two, True), ([cohort(f"c{n}") for n in range(8)], False)):
        made = comparison(cohorts)
        with house_style():
            [drawing] = draw(made.tables["effects"], made.tables["pooled"], made.cohorts)
            panels = drawing.figure.axes
        drawn = made.tables["pooled"][made.tables["pooled"]["term"].isin(SHOWN)]
        for axes, (_, row) in zip(panels, drawn.iterrows(), strict=True):
            [diamond] = axes.patches
            assert sorted(diamond.get_xy()[:, 0])[0] == pytest.approx(row["ci_low"])
            low, high = axes.get_xlim()
            assert (row["ci_low"] < low, row["ci_high"] > high) == (beyond, beyond)
            arrows = [
                line
                for line in axes.lines
                if line.get_marker() in {CARETLEFT, CARETRIGHT}
                and line.get_ydata()[0] == len(cohorts)  # not those of the prediction interval
            ]
            assert len(arrows) == 2 * beyond
            assert all(line.get_clip_on() for line in arrows)


INTERVALS = {  # pooled, and of another cohort: what must be said
    ((-0.5, 0.2), (-0.9, 0.6)): ("do not show", "it could have either direction"),
    ((-0.5, -0.1), (-0.9, 0.3)): (
        "the more improvement was associated",
        "it could have either direction",
    ),
    ((-0.5, -0.1), (-0.9, -0.05)): (
        "the more improvement was associated",
        "the same direction would be",
    ),
    ((0.1, 0.5), (0.05, 0.9)): (
        "the less improvement was associated",
        "the same direction would be",
    ),
    ((-0.5, 0.2), (math.nan, math.nan)): ("nor do they exclude it", "So few cohorts"),
}


@pytest.mark.parametrize(("intervals", "expected"), INTERVALS.items())
def test_the_conclusion_is_what_the_intervals_hold(comparison, two, intervals, expected):
    (low, high), (next_low, next_high) = intervals
    pooled = comparison(two).tables["pooled"].assign(slope=(low + high) / 2)
    pooled = pooled.assign(ci_low=low, ci_high=high)
    sentence = conclusion(pooled.assign(prediction_low=next_low, prediction_high=next_high))
    assert all(words in sentence for words in expected)
    assert "caus" not in sentence


def test_nothing_is_concluded_from_one_cohort(comparison, two):
    assert "nothing can be concluded" in conclusion(comparison(two[:1]).tables["pooled"])


@pytest.mark.parametrize(
    ("n", "columns"), [(2, 1), (11, 1), (12, 2), pytest.param(28, 2, marks=pytest.mark.long)]
)
def test_the_forest_plot_fits_on_a_page(comparison, n, columns):
    made = comparison([cohort(f"c{number:02d}") for number in range(n)])
    with house_style():
        [drawing] = draw(made.tables["effects"], made.tables["pooled"], made.cohorts)
        figure = drawing.figure
        figure.draw_without_rendering()
        assert figure.get_figheight() * 25.4 <= PAGE + 1e-9
        assert len({round(axes.get_position().x0, 3) for axes in figure.axes}) == columns
        for axes in figure.axes:
            tops = sorted(text.get_window_extent().y0 for text in axes.texts)
            heights = [text.get_window_extent().height for text in axes.texts]
            assert min(b - a for a, b in pairwise(tops)) > 0.6 * max(heights)
        labels = [[tick.get_text() for tick in axes.get_yticklabels()] for axes in figure.axes]
        named = [texts for texts in labels if "C00" in texts]
        assert len(named) == 4 / columns
        assert all(len(texts) == len(figure.axes[0].texts) for texts in named)


def test_the_project_is_complete(root, tmp_path, comparison, two):
    pictures = [str(tmp_path / f"forest_plot.{ending}") for ending in ("svg", "png")]
    for picture in pictures:
        Path(picture).write_text("", encoding="utf-8")
    project = tmp_path / "project"
    stage(comparison(two), root / "reports", pictures, project, "pandoc 3")
    text = (project / "comparison.qmd").read_text(encoding="utf-8")
    expanded = expand(text, project, variables(comparison(two), "pandoc 3"))
    assert "?var" not in expanded and "{{<" not in expanded
