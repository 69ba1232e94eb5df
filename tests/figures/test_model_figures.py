"""Figures of the models: what is drawn, coloured and said, and what is not."""

import re

import model_check_tables
import model_tables
import numpy as np
import pytest
from figure_texts import overlaps, words_on
from matplotlib.colors import to_hex
from rupture_repair.figures import (
    influence,
    johnson_neyman,
    moderation,
    random_effects,
    residuals,
    sensitivity_forest,
    simple_slopes,
    symptom_trajectories,
)
from rupture_repair.figures.labels import labels


@pytest.mark.parametrize(
    ("slope", "higher_is"), [(-4.0, "worse"), (4.0, "worse"), (-4.0, "better")]
)
def test_the_moderation_is_coloured_and_said_where_it_is_shown(tables, settings, slope, higher_is):
    """With a half-width of 2 points it is shown beyond half a point from where it is zero."""
    tools = settings.instruments
    tools = tools.model_copy(
        update={"symptoms": tools.symptoms.model_copy(update={"higher_is": higher_is})}
    )
    known = tables | {"moderation_curve": model_tables.moderation_curve(slope=slope)}
    drawing = moderation.draw(known, settings.model_copy(update={"instruments": tools}))
    first, *_, last = drawing.figure.axes
    bands = [{to_hex(c.get_facecolor()[0]) for c in axes.collections} for axes in (first, last)]
    both = {moderation.LESS.lower(), moderation.MORE.lower()}
    assert not both & bands[0] and both < bands[1]
    low, high = ("less", "more") if (slope < 0) == (higher_is == "worse") else ("more", "less")
    assert "5 sessions: from 0.0 to 0.0 points, no difference shown." in drawing.alt
    after = drawing.alt.partition("20 sessions")[2]
    assert re.search(rf"improved {low} from \d\.\d\d to 0\.90", after), after
    assert re.search(rf"improved {high} from 2\.10 to", after), after


def test_a_headline_without_length_has_one_panel(tables, settings):
    one = model_tables.moderation_curve(lengths=(10.0,))
    drawing = moderation.draw(tables | {"moderation_curve": one}, settings)
    assert len(drawing.figure.axes) == 1
    assert "repaired, " not in "\n".join(words_on(drawing.figure))
    nothing = tables | {"moderation_curve": one.assign(estimate=np.nan)}
    assert words_on(moderation.draw(nothing, settings).figure)[0] == labels("moderation")("nothing")


def test_regions_without_support_or_significance_are_drawn(tables, settings):
    nowhere = model_tables.johnson_neyman((np.nan, np.nan), (np.nan, np.nan))
    drawing = johnson_neyman.draw(tables | {"johnson_neyman": nowhere}, settings)
    drawing.figure.draw_without_rendering()
    assert drawing.alt.count("significant nowhere") == 2


def test_diagnostics_and_influence_without_models_say_so(tables, settings):
    for module, names in (
        (residuals, ["diagnostic_quantiles", "residual_bins"]),
        (random_effects, ["diagnostic_quantiles"]),
        (influence, ["influence"]),
    ):
        empty = {name: tables[name].iloc[:0] for name in names}
        drawing = module.draw(tables | empty, settings)
        assert "not drawn" in drawing.caption
        assert overlaps(drawing.figure) == []


def test_analyses_without_an_estimate_stay_in_the_forest_without_a_scale(tables, settings):
    variants = ("headline", "time_linear", "landmark", "winsorised", "without_each_therapist")
    nothing = dict.fromkeys(variants, "nobody has the pattern repaired")
    whole = sensitivity_forest.draw(tables, settings)
    assert "not estimated" not in words_on(whole.figure)
    assert overlaps(whole.figure) == []
    table = {"sensitivity": model_check_tables.sensitivity(**nothing)}
    drawing = sensitivity_forest.draw(tables | table, settings)
    assert words_on(drawing.figure).count("not estimated") == 2 * len(variants)
    first, second, *others = drawing.figure.axes
    assert list(first.get_xticks()) == list(second.get_xticks()) == []
    assert all(len(axes.get_xticks()) for axes in others)
    assert len({axes.get_xlabel() for axes in others}) == len(others)  # a unit of its own each
    assert "none estimated" in drawing.alt and "nan" not in drawing.alt
    assert overlaps(drawing.figure) == []


def test_a_model_without_therapists_has_two_panels_of_random_effects(tables, settings):
    table = tables["diagnostic_quantiles"].query("part != 'therapist_intercept'")
    figure = random_effects.draw(tables | {"diagnostic_quantiles": table}, settings).figure
    assert [axes.get_title("left") for axes in figure.axes] == [
        "Patients: intercept",
        "Patients: slope on time",
    ]


@pytest.mark.parametrize(
    ("module", "names"),
    [
        (simple_slopes, ["simple_slopes"]),
        (symptom_trajectories, ["trajectories"]),
        (johnson_neyman, ["johnson_neyman", "johnson_neyman_curve"]),
    ],
)
def test_a_model_that_was_not_estimated_is_not_drawn_but_said(tables, settings, module, names):
    drawing = module.draw(tables | {name: tables[name].iloc[:0] for name in names}, settings)
    for said in (drawing.alt, drawing.caption, drawing.figure.texts[0].get_text()):
        assert "could not be estimated" in said


@pytest.mark.parametrize("module", [simple_slopes, symptom_trajectories, johnson_neyman])
def test_a_pattern_that_nobody_has_is_not_drawn(tables, settings, module):
    changed = {}
    for name, column in (
        ("simple_slopes", "pattern"),
        ("trajectories", "pattern"),
        ("johnson_neyman", "contrast"),
        ("johnson_neyman_curve", "contrast"),
    ):
        table = tables[name].copy()
        unknown = table[column].isin(["unrepaired", "repaired - unrepaired"])
        numbers = table.columns.intersection(["estimate", "ci_low", "ci_high", "interaction"])
        table.loc[unknown, numbers] = np.nan
        changed[name] = table
    drawing = module.draw(tables | changed, settings)
    assert "nan" not in drawing.alt
    if module is johnson_neyman:
        assert drawing.alt.startswith("A panel")
        assert "minus unrepaired" not in drawing.alt
    else:
        assert "unrepaired not estimated" in drawing.alt
