"""Figures of the models: what is drawn, coloured and said, and what is not."""

import re
from types import SimpleNamespace

import model_check_tables
import model_tables
import numpy as np
import pandas as pd
import pytest
from figure_texts import overlaps, words_on
from matplotlib.colors import to_hex
from matplotlib.markers import CARETLEFT, CARETRIGHT
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
def test_the_moderation_is_coloured_and_described_where_significant(
    tables, settings, slope, higher_is
):
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
    nothing = dict.fromkeys(variants, "no patient had a repaired pattern")
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
def test_a_model_without_estimates_is_reported_instead_of_drawn(tables, settings, module, names):
    drawing = module.draw(tables | {name: tables[name].iloc[:0] for name in names}, settings)
    for text in (drawing.alt, drawing.caption, drawing.figure.texts[0].get_text()):
        assert "could not be estimated" in text


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


def test_courses_are_changes_from_the_first_session_with_the_interval_of_the_slope():
    """Beside levels and slopes of a straight line in log(session), worked out by hand."""
    sessions = np.array([1.0, 2.0, 10.0])
    place = {"model": "M2", "pattern": "repaired", "iip_z": 0.0, "length": np.nan}
    courses = pd.DataFrame({**place, "session": sessions, "estimate": 20 - 2 * np.log(sessions)})
    slopes = pd.DataFrame([{**place, "ci_low": -3.0, "ci_high": -1.0}])
    tool = SimpleNamespace(minimum=0, maximum=40)
    known = SimpleNamespace(
        instruments=SimpleNamespace(symptoms=tool), modelling=SimpleNamespace(time="log")
    )
    found = symptom_trajectories.changes(courses, slopes, known)
    np.testing.assert_allclose(found["change"], [0, -2 * np.log(2), -2 * np.log(10)])
    np.testing.assert_allclose(found["low"], [0, -3 * np.log(2), -3 * np.log(10)])
    np.testing.assert_allclose(found["high"], [0, -np.log(2), -np.log(10)])
    tool.minimum = 18  # at session 10 the course has left the questionnaire
    assert len(symptom_trajectories.changes(courses, slopes, known)) == 2


@pytest.mark.parametrize("private", [False, True])
def test_each_course_has_a_line_to_its_name_and_number_of_patients(tables, settings, private):
    known = settings.model_copy(update={"synthetic": not private})
    figure = symptom_trajectories.draw(tables, known).figure
    names = [text for axes in figure.axes for text in axes.texts]
    assert len(names) == 3 * len(figure.axes)
    assert all(text.arrow_patch is not None for text in names)
    first_row = [text.get_text() for axes in figure.axes[:3] for text in axes.texts]
    counted = [int(n) for text in first_row for n in re.findall(r"n = (\d+)$", text)]
    person = tables["analysis"].drop_duplicates("patient_id")
    assert sum(counted) == (0 if private else len(person))  # each in one column
    assert figure.legends == []


def test_the_forest_has_its_numbers_and_says_the_direction(tables, settings):
    figure = sensitivity_forest.draw(tables, settings).figure
    shown = tables["sensitivity"].query("part == 'A'").dropna(subset=["estimate"])
    expected = {
        f"{row.estimate:.2f} [{row.ci_low:.2f}, {row.ci_high:.2f}]".replace("-", "−")
        for row in shown.itertuples()
    }
    assert expected <= set(words_on(figure)) and "−5.00 to −3.50" in words_on(figure)
    left, right = (next(t for t in figure.axes[0].texts if m in t.get_text()) for m in "←→")
    assert left.get_text() == "repaired improved more ←" and right.get_text() == "→ less"
    low, high = figure.axes[0].get_xlim()
    assert left.xy[0] < -low / (high - low) < right.xy[0]  # on either side of zero
    tools = settings.instruments
    tools = tools.model_copy(
        update={"symptoms": tools.symptoms.model_copy(update={"higher_is": "better"})}
    )
    turned = sensitivity_forest.draw(tables, settings.model_copy(update={"instruments": tools}))
    assert {"less ←", "→ repaired improved more"} <= set(words_on(turned.figure))


def test_an_estimate_beyond_the_forest_has_its_number_and_arrows(tables, settings):
    table = tables["sensitivity"].copy()
    far = (table["variant"] == "landmark") & (table["part"] == "A")
    table.loc[far, ["estimate", "ci_low", "ci_high"]] = [-41.0, -130.0, 47.0]
    figure = sensitivity_forest.draw(tables | {"sensitivity": table}, settings).figure
    assert "−41.00 [−130.00, 47.00]" in words_on(figure)
    markers = [line.get_marker() for line in figure.axes[0].lines]
    assert CARETLEFT in markers and CARETRIGHT in markers
    assert overlaps(figure) == []


@pytest.mark.parametrize("module", [residuals, random_effects])
def test_the_ends_of_quantiles_are_shown_and_filled(tables, settings, module):
    drawing = module.draw(tables, settings)
    axes = drawing.figure.axes[0]
    hollow, filled = (line for line in axes.lines if line.get_marker() == "o")
    assert filled.get_xdata().tolist() == [-2.5, 2.5] and len(hollow.get_xdata()) == 19
    reach = axes.get_xlim()[1]
    assert reach > 2.6 and axes.get_ylim() == axes.get_xlim() == (-reach, reach)
    assert "filled: the four lowest" in drawing.caption
    table = tables["diagnostic_quantiles"].query("tail == 0")
    masked = module.draw(tables | {"diagnostic_quantiles": table}, settings)
    assert "without the ends" in masked.caption
