"""One look for all figures: page-sized, colour-blind safe, readable in grey."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.text import Text
from matplotlib.ticker import ScalarFormatter
from numpy.typing import ArrayLike, NDArray

from rupture_repair.config.steps.figures import FigureSettings
from rupture_repair.figures.labels import SHARED, labels

MM = 1 / 25.4
PAGE_WIDTH = 175.0  # mm, two columns of a journal page
# points; in the paper's column of 166 mm the smallest are printed with 7.6
LARGE, TEXT, SMALL = 9.5, 9.0, 8.0
LINE = 1.1  # distance of lines: the typeface brings room of its own
# Matplotlib brings the first, and the PDF is set in it; the others have letters of its widths
FAMILY = ["STIXGeneral", "Times New Roman", "Liberation Serif", "Times"]

# Okabe and Ito's palette; brightness, line style and marker differ too, for print in grey
COLOURS = {"none": "#0072B2", "unrepaired": "#D55E00", "repaired": "#009E73"}
LINES = {"none": "-", "unrepaired": (0, (4, 1.5)), "repaired": (0, (1, 1))}
MARKERS = {"none": "o", "unrepaired": "s", "repaired": "^"}
HATCHES = {"none": "", "unrepaired": "////", "repaired": "...."}
LABELS = {"none": "No rupture", "unrepaired": "Unrepaired", "repaired": "Repaired"}
INK, GREY, LIGHT = "#222222", "#6b6b6b", "#d9d9d9"

RC: dict[str, Any] = {
    "text.parse_math": False,  # a $ in a questionnaire's name is a $
    # the paper's own; a page without it shows the next, as wide, and the last has all letters
    "font.family": ["serif", "DejaVu Serif"],
    "font.serif": FAMILY,
    "font.size": TEXT,
    "axes.titlesize": LARGE,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": TEXT,
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.7,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "lines.linewidth": 1.6,
    "legend.frameon": False,
    "legend.fontsize": TEXT,
    "hatch.linewidth": 0.6,
    "figure.constrained_layout.use": True,
    "savefig.dpi": 300,
    "svg.fonttype": "none",  # searchable, and read aloud
    "pdf.fonttype": 42,  # TrueType: journals refuse Type 3
    "svg.hashsalt": "rupture-repair",
}


@dataclass(frozen=True)
class Drawing:
    """A figure with its caption and the text that says what is seen."""

    figure: Figure
    caption: str
    alt: str


@contextmanager
def house_style() -> Iterator[None]:
    """Apply the style inside the block, on a backend without a screen."""
    mpl.use("agg")
    settings: Any = {**mpl.rcParamsDefault, "backend": "agg", **RC}
    with mpl.rc_context(settings):
        yield


def new_figure(height: float, width: float = PAGE_WIDTH) -> Figure:
    """Return an empty figure of `width` × `height` mm."""
    return Figure(figsize=(width * MM, height * MM), layout="constrained")


def lay_out_below(figure: Figure, top: float) -> None:
    """Keep the panels below `top`, a share of the figure's height."""
    layout = figure.get_layout_engine()
    if isinstance(layout, ConstrainedLayoutEngine):
        layout.set(rect=(0, 0, 1, top))


def finish(figure: Figure, settings: FigureSettings) -> None:
    """Write on the figure itself that its data are synthetic, and numbers as the language does."""
    say = labels(SHARED, settings.language)
    write_decimals(figure, say("decimal_mark"))
    for text in figure.findobj(Text):
        text.set_linespacing(LINE)
    if settings.synthetic:
        note(figure, say("synthetic"))


def note(figure: Figure, words: str) -> None:
    """Write what holds of the whole figure above it, at the right."""
    height = figure.get_figheight() * 72  # points
    lay_out_below(figure, 1 - (SMALL + 5) / height)
    at: dict[str, Any] = {
        "ha": "right",
        "va": "top",
        "fontsize": SMALL,
        "color": GREY,
        "style": "italic",
    }
    figure.text(0.995, 1 - 2 / height, words, **at)


def write_decimals(figure: Figure, mark: str) -> None:
    """Write the numbers of the axes with another decimal mark than a point."""
    for axis in (axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)):
        if mark != "." and isinstance(axis.get_major_formatter(), ScalarFormatter):
            axis.set_major_formatter(_Marked(mark))


class _Marked(ScalarFormatter):
    def __init__(self, mark: str) -> None:
        super().__init__()
        self.mark = mark

    def __call__(self, x: float, pos: int | None = None) -> str:
        return super().__call__(x, pos).replace(".", self.mark)


def nearest(values: ArrayLike, places: ArrayLike) -> NDArray[np.intp]:
    """Return for each of `values`, shape (n,), the position of the nearest of `places`."""
    distance = np.subtract.outer(np.asarray(values, float), np.asarray(places, float))
    return np.abs(distance).argmin(axis=1)


def spread_apart(values: list[float], gap: float) -> list[float]:
    """Return label heights near `values`, in their order, at least `gap` apart."""
    order = sorted(range(len(values)), key=lambda i: values[i])
    placed = [values[i] for i in order]
    for _ in range(200):
        moved = False
        for i in range(len(placed) - 1):
            overlap = gap - (placed[i + 1] - placed[i])
            if overlap > 1e-9:
                placed[i] -= overlap / 2
                placed[i + 1] += overlap / 2
                moved = True
        if not moved:
            break
    heights = [0.0] * len(values)
    for position, i in enumerate(order):
        heights[i] = placed[position]
    return heights


def whiskers(middle: ArrayLike, low: ArrayLike, high: ArrayLike) -> NDArray[np.float64]:
    """Return the lengths of error bars, shape (2, n), as Matplotlib takes them.

    None is negative: the mean of a skewed distribution may lie outside of its central range.
    """
    middle, low, high = (np.asarray(values, float) for values in (middle, low, high))
    return np.maximum([middle - low, high - middle], 0)


def iip_label(level: float) -> str:
    """Return words for a level of interpersonal problems in SDs."""
    if level == 0:
        return "average"
    return f"{abs(level):g} SD {'above' if level > 0 else 'below'} average"


def nothing_to_draw(
    title: str, figure_name: str, height_mm: float, settings: FigureSettings, key: str = "nothing"
) -> Drawing:
    """Return a figure that says in words why there is no drawing, by its label `key`."""
    figure = new_figure(height_mm)
    why = labels(figure_name, settings.language)(key)
    figure.text(0.5, 0.5, why, ha="center", va="center", color=INK, wrap=True)
    finish(figure, settings)
    message = f"{title}: not drawn. {labels(figure_name)(key)}"
    return Drawing(figure, message, message)
