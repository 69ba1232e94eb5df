"""Each figure from small tables: what it shows, says and never shows."""

import json
import re
from pathlib import Path

import model_check_tables
import model_tables
import numpy as np
import pandas as pd
import pytest
from figure_modules import MODULES
from figure_texts import overlaps, thin_lines, words_on
from matplotlib.colors import to_hex
from PIL import Image
from rupture_repair.config.catalogue import TABLES
from rupture_repair.config.errors import ConfigError
from rupture_repair.disclosure.known import Known
from rupture_repair.disclosure.sharing import shared
from rupture_repair.figures import (
    alliance_trajectories,
    catalogue,
    influence,
    johnson_neyman,
    moderation,
    patient_flow,
    pattern_breakdown,
    random_effects,
    residuals,
    sensitivity_forest,
    simple_slopes,
    symptom_trajectories,
)
from rupture_repair.figures.catalogue import FIGURES
from rupture_repair.figures.load import read_tables
from rupture_repair.figures.save import as_svg, save, save_for_submission
from rupture_repair.figures.style import PAGE_WIDTH
from rupture_repair.manuscript.stage import FIGURES as PAPER_FIGURES


def test_the_catalogue_has_each_module_that_draws():
    folder = Path(catalogue.__file__).parent
    drawing = {f.stem for f in folder.glob("*.py") if "\ndef draw(" in f.read_text("utf-8")}
    assert set(FIGURES) == set(PAPER_FIGURES) == drawing
    assert {name: module.TABLES for name, module in MODULES.items()} == FIGURES
    catalogue.require_known(FIGURES)


def test_a_figure_of_an_unknown_table_is_refused():
    with pytest.raises(ConfigError, match=r"bars\.py: TABLES: no `chnce`; did you mean `ch"):
        catalogue.require_known({"bars": ("chnce",)})


@pytest.mark.parametrize("synthetic", [True, False])
@pytest.mark.parametrize("name", MODULES)
def test_synthetic_data_are_named_exactly_when_they_are(name, synthetic, tables, settings):
    drawing = MODULES[name].draw(tables, settings.model_copy(update={"synthetic": synthetic}))
    assert ("Synthetic data" in words_on(drawing.figure)) == synthetic
    assert "ynthetic" not in drawing.caption  # once on each figure
    assert (">Synthetic data</text>" in as_svg(drawing)) == synthetic  # text, not outlines
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


def test_a_figure_for_submission_is_sharp_opaque_and_has_its_text(tables, settings, tmp_path):
    for folder in ("first", "second"):
        (tmp_path / folder).mkdir()
        drawing = moderation.draw(tables, settings)
        save_for_submission(drawing, tmp_path / folder / "moderation")
    first, second = (
        [(tmp_path / folder / f"moderation.{kind}").read_bytes() for kind in ("pdf", "tiff")]
        for folder in ("first", "second")
    )
    assert first == second
    assert b"/TrueType" in first[0] or b"/CIDFontType2" in first[0]  # letters, not outlines
    picture = Image.open(tmp_path / "first/moderation.tiff")
    assert picture.mode == "RGB"
    assert [round(float(dpi)) for dpi in picture.info["dpi"]] == [600, 600]
    assert abs(picture.width / 600 * 25.4 - PAGE_WIDTH) < 1


def test_alt_texts_hold_the_numbers(tables, settings):
    counts = tables["pattern_breakdown"].set_index("pattern")["n"]
    bars = pattern_breakdown.draw(tables, settings).alt
    assert f"no rupture 55.0% ({counts['none']} patients)" in bars
    assert "published shares: 57.8, 32.9, 9.3%" in bars
    flow = patient_flow.draw(tables, settings).alt
    assert "95 patients in the file, 15 left out" in flow
    assert "fewer than 3 sessions: 6" in flow and "no symptom rating" not in flow  # nobody
    assert "12 repaired" in flow
    assert "significant from 0.25 to 2.40 SD" in johnson_neyman.draw(tables, settings).alt
    slopes = simple_slopes.draw(tables, settings).alt
    assert "At 20 sessions" in slopes
    assert "no rupture −2.70, unrepaired −2.20, repaired −1.70" in slopes
    ends = symptom_trajectories.draw(tables, settings).alt
    end = 20 - 2 * np.log(20)
    assert f"no rupture {end:.1f}, unrepaired {end + 2:.1f}, repaired {end + 4:.1f}" in ends
    assert (
        "Moderation (M3): −0.80 in the full fit, −1.10 to −0.50 without one of 3"
        in influence.draw(tables, settings).alt
    )
    assert "at most 0.10 SD off the line" in random_effects.draw(tables, settings).alt
    assert "12 patients" in alliance_trajectories.draw(tables, settings).alt


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
    assert words_on(moderation.draw(nothing, settings).figure)[0] == moderation.NOT_ESTIMATED


def test_regions_without_support_or_significance_are_drawn(tables, settings):
    nowhere = model_tables.johnson_neyman((np.nan, np.nan), (np.nan, np.nan))
    drawing = johnson_neyman.draw(tables | {"johnson_neyman": nowhere}, settings)
    drawing.figure.draw_without_rendering()
    assert drawing.alt.count("significant nowhere") == 2


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
    real = settings.model_copy(update={"synthetic": False})
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
    for axes in alliance_trajectories.draw(masked, real).figure.axes:
        courses = [line for line in axes.lines if line.get_linestyle() == "-"]
        assert all(np.asarray(line.get_xdata()).size == 0 for line in courses)
