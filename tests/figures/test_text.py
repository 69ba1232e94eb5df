"""Every text of every figure: text, in the typeface of the paper, and large enough in print."""

import re
import xml.etree.ElementTree as ET

import pytest
import yaml
from figure_modules import MODULES
from matplotlib.font_manager import FontProperties, findfont, get_font
from rupture_repair.figures.style import FAMILY, PAGE_WIDTH
from rupture_repair.figures.tooltips import HREF, SVG

MIN_POINTS = 7.0  # points, in print
SIZE = re.compile(r"font-size: ([\d.]+)px")


@pytest.fixture(scope="module")
def column(root):
    """Width of the text of the PDF, as a share of the width that figures are drawn in."""
    typst = yaml.safe_load((root / "reports/_quarto.yml").read_text("utf-8"))["format"]["typst"]
    assert typst["papersize"] == "a4"
    return (210 - 2 * 10 * float(typst["margin"]["x"].removesuffix("cm"))) / PAGE_WIDTH


@pytest.fixture(params=MODULES)
def svg(request, svg_of):
    return ET.fromstring(svg_of(request.param))


def test_no_text_is_smaller_than_seven_points_in_print(svg, column):
    """In the column of the PDF, which is narrower than the figure as it is drawn."""
    width = float(svg.get("viewBox").split()[2])
    assert width == pytest.approx(PAGE_WIDTH / 25.4 * 72)
    texts = list(svg.iter(f"{SVG}text"))
    sizes = {"".join(text.itertext()): float(SIZE.search(text.get("style"))[1]) for text in texts}
    assert column * min(sizes.values()) >= MIN_POINTS, min(sizes, key=sizes.get)


def test_each_text_is_text_in_the_typeface_of_the_paper(svg, root):
    options = yaml.safe_load((root / "reports/_quarto.yml").read_text("utf-8"))["format"]
    assert options["typst"]["mainfont"] == FAMILY[0]
    texts = list(svg.iter(f"{SVG}text"))
    assert "Synthetic data" in {"".join(text.itertext()) for text in texts}
    for text in texts:
        family = re.search(r"font-family: ([^;]+)", text.get("style"))[1]
        assert family.startswith(f"'{FAMILY[0]}'"), "".join(text.itertext())
    # letters as outlines are drawn by `<use>` of their shapes
    assert not [use for use in svg.iter(f"{SVG}use") if "STIX" in use.get(HREF, "")]


def test_the_typeface_comes_with_matplotlib():
    """So that a bare machine has it: another one would change each figure."""
    for style in ("normal", "italic"):
        for weight in ("normal", "bold"):
            found = findfont(FontProperties(family=FAMILY[0], style=style, weight=weight))
            assert "matplotlib" in found and get_font(found).family_name == FAMILY[0]


def test_the_page_shows_text_and_figures_in_one_typeface(root):
    body = (root / "reports/manuscript.css").read_text("utf-8").partition("\nbody {")[2]
    fonts = re.search(r"font: [\d.]+rem/[\d.]+ ([^;]+);", body)[1].replace('"', "")
    assert fonts.split(", ")[: len(FAMILY)] == FAMILY
