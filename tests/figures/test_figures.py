"""Each figure from small tables: what it shows, says and never shows."""

import itertools
import json

import matplotlib.text
import model_tables
import multiverse_tables
import numpy as np
import pandas as pd
import pytest
from rupture_repair.config.criteria import Criterion
from rupture_repair.detection import agreement
from rupture_repair.detection.breakdown import breakdown
from rupture_repair.detection.chance import chance_table
from rupture_repair.detection.detector import detect
from rupture_repair.detection.exposure import exposure
from rupture_repair.detection.null_model import Grid
from rupture_repair.disclosure.model_tables import shared_bins
from rupture_repair.figures import (
    alliance_trajectories,
    chance_by_length,
    criteria_agreement,
    influence,
    johnson_neyman,
    patient_flow,
    pattern_breakdown,
    random_effects,
    residuals,
    rupture_hazard,
    sensitivity_forest,
    simple_slopes,
    specification_curve,
    symptom_trajectories,
)
from rupture_repair.figures.catalogue import FIGURES
from rupture_repair.figures.load import read_tables
from rupture_repair.figures.save import save
from rupture_repair.figures.style import house_style
from rupture_repair.manuscript.stage import FIGURES as PAPER_FIGURES

MODULES = {
    module.__name__.rsplit(".", 1)[1]: module
    for module in (
        patient_flow,
        pattern_breakdown,
        chance_by_length,
        alliance_trajectories,
        symptom_trajectories,
        simple_slopes,
        johnson_neyman,
        criteria_agreement,
        rupture_hazard,
        residuals,
        random_effects,
        influence,
        sensitivity_forest,
        specification_curve,
    )
}
PUBLISHED = {"none": 57.8, "unrepaired": 32.9, "repaired": 9.3}


@pytest.fixture(autouse=True)
def style():
    with house_style():
        yield


@pytest.fixture(scope="module")
def tables(small_cohort, criteria):
    found = detect(small_cohort.sessions, Criterion())
    compared = agreement.patterns_by_criterion(small_cohort.sessions, criteria)
    steps = ["in the patient file", "with sessions", "with baseline", "with therapist"]
    steps += ["long enough", "classified", "modelled"]
    reasons = ["", "no sessions", "no interpersonal problems score", "no therapist named"]
    reasons += ["fewer than 3 sessions", "alliance ratings too few to classify"]
    reasons += ["no symptom rating"]
    n = [95, 93, 92, 91, 85, 80, 80]
    excluded = [0, 2, 1, 1, 6, 5, 0]
    flow = {"step": steps, "n": n, "excluded": excluded, "reason": reasons}
    return {
        "patient_flow": pd.DataFrame(flow).replace("", np.nan),
        "pattern_breakdown": breakdown(found.patterns, PUBLISHED),
        "chance": chance_table(small_cohort.sessions, Criterion(), Grid(0, 5, 1 / 6), 20, 1),
        "criteria_breakdown": agreement.breakdowns(compared),
        "criteria_agreement": agreement.agreement(compared),
        "rupture_hazard": exposure(small_cohort.sessions, Criterion())[0],
        "sessions": small_cohort.sessions,
        "patients": small_cohort.patients,
        "events": found.events,
        "patterns": found.patterns,
        "trajectories": model_tables.trajectories(),
        "simple_slopes": model_tables.simple_slopes(),
        "johnson_neyman": model_tables.johnson_neyman(),
        "johnson_neyman_curve": model_tables.johnson_neyman_curve(),
        "diagnostic_quantiles": model_tables.diagnostic_quantiles(),
        "residual_bins": model_tables.residual_bins(),
        "robustness": model_tables.robustness(),
        "influence": model_tables.influence(),
        "sensitivity": model_tables.sensitivity(),
        **multiverse_tables.tables(),
    }


@pytest.fixture
def settings(instruments):
    return {
        "synthetic": True,
        "confidential": True,
        "criterion": {"name": "igra2025_style"},
        "instruments": {role: tool.model_dump(mode="json") for role, tool in instruments.items()},
        "modelling": {
            "time": "log",
            "lengths": list(model_tables.LENGTHS),
            "iip_levels": list(model_tables.LEVELS),
            "confidence": 0.95,
        },
    }


def words_on(figure):
    return [t.get_text() for t in figure.findobj(matplotlib.text.Text) if t.get_text().strip()]


def test_the_paper_shows_the_catalogue():
    assert set(FIGURES) == set(PAPER_FIGURES) == set(MODULES)


@pytest.mark.parametrize("synthetic", [True, False])
@pytest.mark.parametrize("name", MODULES)
def test_synthetic_data_are_named_exactly_when_they_are(name, synthetic, tables, settings):
    drawing = MODULES[name].draw(tables, settings | {"synthetic": synthetic})
    assert ("Synthetic data" in words_on(drawing.figure)) == synthetic
    assert drawing.caption.endswith("Synthetic data.") == synthetic
    assert len(drawing.alt) > 60
    assert "nan" not in drawing.alt + drawing.caption


@pytest.mark.parametrize("name", MODULES)
def test_two_savings_give_the_same_bytes(name, tables, settings, tmp_path):
    made = []
    for folder in ("first", "second"):
        (tmp_path / folder).mkdir()
        endings = ("svg", "png", "alt", "caption")
        files = {ending: str(tmp_path / folder / f"figure.{ending}") for ending in endings}
        save(MODULES[name].draw(tables, settings), **files)
        made.append({path.name: path.read_bytes() for path in (tmp_path / folder).iterdir()})
    assert made[0] == made[1]
    assert len(made[0]) == 4
    assert b"<dc:date>" not in made[0]["figure.svg"]


def test_alt_texts_hold_the_numbers(tables, settings):
    counts = tables["pattern_breakdown"].set_index("pattern")["n"]
    bars = pattern_breakdown.draw(tables, settings).alt
    assert f"no rupture 55.0 % ({counts['none']} patients)" in bars
    assert "published shares: 57.8, 32.9, 9.3 %" in bars
    flow = patient_flow.draw(tables, settings).alt
    assert "95 patients in the file, 15 left out" in flow
    assert "fewer than 3 sessions 6" in flow
    assert "12 repaired" in flow
    assert "significant from 0.25 to 2.40 SD" in johnson_neyman.draw(tables, settings).alt
    slopes = simple_slopes.draw(tables, settings).alt
    assert "At 20 sessions" in slopes
    assert "no rupture -2.70, unrepaired -2.20, repaired -1.70" in slopes
    ends = symptom_trajectories.draw(tables, settings).alt
    end = 20 - 2 * np.log(20)
    assert f"no rupture {end:.1f}, unrepaired {end + 2:.1f}, repaired {end + 4:.1f}" in ends
    assert (
        "M2: -0.80 in the full fit, -1.10 to -0.50 without one of 3"
        in influence.draw(tables, settings).alt
    )
    assert "at most 0.10 SD off the line" in random_effects.draw(tables, settings).alt
    assert "12 patients" in alliance_trajectories.draw(tables, settings).alt


def test_without_published_figures_none_are_drawn(tables, settings, small_cohort):
    own = tables | {"pattern_breakdown": breakdown(tables["patterns"], {})}
    drawing = pattern_breakdown.draw(own, settings)
    assert "ublished" not in drawing.alt + drawing.caption.removesuffix(
        "Synthetic data, calibrated to published figures."
    )
    drawn = {line.get_label() for line in drawing.figure.axes[0].lines}
    with_them = pattern_breakdown.draw(tables, settings).figure.axes[0].lines
    assert {line.get_label() for line in with_them} - drawn == {"Published share"}


def thin_lines(figure):
    return [line for axes in figure.axes for line in axes.lines if line.get_linewidth() < 1]


def test_confidential_real_patients_are_never_drawn_singly(tables, settings):
    real = settings | {"synthetic": False}
    assert len(thin_lines(alliance_trajectories.draw(tables, settings).figure)) > 10
    figure = alliance_trajectories.draw(tables, real).figure
    courses = [line for axes in figure.axes for line in axes.lines if line.get_linestyle() == "-"]
    assert len(courses) == 3
    rugs = {
        synthetic: [
            line
            for axes in johnson_neyman.draw(tables, settings | {"synthetic": synthetic}).figure.axes
            for line in axes.lines
            if line.get_marker() == "|"
        ]
        for synthetic in (True, False)
    }
    assert len(rugs[True]) == 2
    assert rugs[False] == []


def test_open_real_data_may_show_courses(tables, settings):
    known = settings | {"synthetic": False, "confidential": False}
    assert len(thin_lines(alliance_trajectories.draw(tables, known).figure)) > 10


@pytest.mark.parametrize("synthetic", [True, False])
def test_a_cohort_without_ruptures_is_drawn(tables, settings, synthetic):
    patterns = tables["patterns"].assign(pattern="none")
    none = tables | {"events": tables["events"].iloc[:0], "patterns": patterns}
    none["pattern_breakdown"] = breakdown(patterns, PUBLISHED)
    drawing = alliance_trajectories.draw(none, settings | {"synthetic": synthetic})
    assert "repaired, 0 patients, mean rating not shown (too few patients)" in drawing.alt


def test_regions_without_support_or_significance_are_drawn(tables, settings):
    nowhere = model_tables.johnson_neyman((np.nan, np.nan), (np.nan, np.nan))
    drawing = johnson_neyman.draw(tables | {"johnson_neyman": nowhere}, settings)
    drawing.figure.draw_without_rendering()
    assert drawing.alt.count("significant nowhere") == 2


def test_residual_bins_of_few_confidential_patients_are_left_out(tables, settings):
    few = model_tables.residual_bins(n_patients=[4, *[40] * 9])
    for synthetic, n in ((True, 10), (False, 9)):
        drawing = residuals.draw(
            tables | {"residual_bins": few if synthetic else shared_bins(few)},
            settings | {"synthetic": synthetic},
        )
        assert f"residuals in {n} bins" in drawing.alt


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
    table = {"sensitivity": model_tables.sensitivity(**nothing)}
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


def drawn_texts(figure):
    """Return the texts that can be seen with their boxes; ticks outside of the axes cannot."""
    figure.draw_without_rendering()
    outside = set()
    for axis in (axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)):
        low, high = sorted(axis.get_view_interval())
        for tick in [*axis.get_major_ticks(), *axis.get_minor_ticks()]:
            if not low - 1e-9 <= tick.get_loc() <= high + 1e-9:
                outside |= {id(tick.label1), id(tick.label2)}
    texts = figure.findobj(lambda a: isinstance(a, matplotlib.text.Text) and a.get_visible())
    boxes = [
        (text.get_text(), text.get_window_extent()) for text in texts if id(text) not in outside
    ]
    return [(text, box) for text, box in boxes if text.strip() and box.width and box.height]


def overlaps(figure):
    """Return pairs of texts of which the boxes as drawn intersect by more than a pixel."""
    boxes = drawn_texts(figure)
    return [
        (one, other)
        for (one, a), (other, b) in itertools.combinations(boxes, 2)
        if min(a.x1, b.x1) - max(a.x0, b.x0) > 1 and min(a.y1, b.y1) - max(a.y0, b.y0) > 1
    ]


def test_overlaps_are_found(tables, settings):
    figure = pattern_breakdown.draw(tables, settings).figure
    figure.axes[0].text(5, 0, "one")
    figure.axes[0].text(5, 0, "other")
    assert ("one", "other") in overlaps(figure)


@pytest.mark.parametrize("name", MODULES)
def test_no_text_lies_on_another(name, tables, settings):
    assert overlaps(MODULES[name].draw(tables, settings).figure) == []


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


def test_every_text_lies_on_the_page(tables, settings):
    for module in MODULES.values():
        figure = module.draw(tables, settings).figure
        page = figure.bbox
        for text, box in drawn_texts(figure):
            assert box.x0 >= page.x0 - 1 and box.x1 <= page.x1 + 1, text
            assert box.y0 >= page.y0 - 1 and box.y1 <= page.y1 + 1, text


def test_tables_are_read_by_the_stem_of_their_file(tmp_path):
    table = pd.DataFrame({"a": [1, 2]})
    table.to_csv(tmp_path / "one.csv", index=False)
    table.to_parquet(tmp_path / "two.parquet", index=False)
    read = read_tables([str(tmp_path / "one.csv"), str(tmp_path / "two.parquet")])
    assert {name: json.loads(t.to_json()) for name, t in read.items()} == {
        "one": {"a": {"0": 1, "1": 2}},
        "two": {"a": {"0": 1, "1": 2}},
    }


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


def test_masked_counts_stand_nowhere_on_a_figure(tables, settings):
    """Shared tables of a cohort with 3 repaired patterns and 2 left out as unclassifiable."""
    flow = tables["patient_flow"].assign(
        n=[95, 93, 92, 91, np.nan, 80, 80], excluded=[0, 2, 1, 1, np.nan, np.nan, 0]
    )
    shares = tables["pattern_breakdown"].copy()
    shares.loc[shares["pattern"] != "none", ["n", "percent"]] = np.nan
    masked = tables | {"patient_flow": flow, "pattern_breakdown": shares}
    real = settings | {"synthetic": False}
    counts = tables["pattern_breakdown"].set_index("pattern")["n"]
    for name in ("patient_flow", "pattern_breakdown", "alliance_trajectories"):
        drawing = MODULES[name].draw(masked, real)
        drawing.figure.draw_without_rendering()
        said = " ".join([*words_on(drawing.figure), drawing.alt, drawing.caption])
        assert "nan" not in said
        assert "masked, because it counts fewer than 5 patients" in drawing.caption
        for pattern in ("unrepaired", "repaired"):
            for words in (f"n = {counts[pattern]}", f"{counts[pattern]} patients"):
                assert words not in said, name
    panels = alliance_trajectories.draw(masked, real).figure.axes
    assert panels[0].collections
    assert all(np.asarray(line.get_xdata()).size == 0 for line in panels[2].lines)
