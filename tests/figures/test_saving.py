"""What is written of a figure: the same bytes each time, sharp enough for a journal."""

import pytest
from figure_modules import MODULES
from PIL import Image
from rupture_repair.figures import moderation
from rupture_repair.figures.save import as_svg, save, save_for_submission
from rupture_repair.figures.style import PAGE_WIDTH


def some_quick(*names):
    """All figures, those of other names for the long tests: they share what could go wrong."""
    return [n if n in names else pytest.param(n, marks=pytest.mark.long) for n in MODULES]


@pytest.mark.parametrize("name", some_quick("moderation", "influence", "alliance_trajectories"))
def test_two_drawings_give_the_same_text(name, svg_of, tables, settings):
    assert as_svg(MODULES[name].draw(tables, settings)) == svg_of(name)
    assert "<dc:date>" not in svg_of(name)


@pytest.mark.parametrize("name", some_quick("moderation"))
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
