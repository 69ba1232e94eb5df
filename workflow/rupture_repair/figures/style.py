"""One look for all figures: page-sized, colour-blind safe, readable in grey."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from numpy.typing import ArrayLike, NDArray

MM = 1 / 25.4
PAGE_WIDTH = 175.0  # mm, two columns of a journal page

# Okabe and Ito's palette; brightness, line style and marker differ too, for print in grey
COLOURS = {"none": "#0072B2", "unrepaired": "#D55E00", "repaired": "#009E73"}
LINES = {"none": "-", "unrepaired": (0, (4, 1.5)), "repaired": (0, (1, 1))}
MARKERS = {"none": "o", "unrepaired": "s", "repaired": "^"}
HATCHES = {"none": "", "unrepaired": "////", "repaired": "...."}
LABELS = {"none": "No rupture", "unrepaired": "Unrepaired", "repaired": "Repaired"}
INK, GREY, LIGHT = "#222222", "#6b6b6b", "#d9d9d9"

RC: dict[str, Any] = {
    "text.parse_math": False,  # a $ in a questionnaire's name is a $
    # Matplotlib draws with the first, which it brings; a page without it shows the next, as wide
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans", "Verdana", "Arial"],
    "font.size": 8,
    "axes.titlesize": 8.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 8,
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.7,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.labelsize": 7.5,
    "ytick.labelsize": 7.5,
    "lines.linewidth": 1.6,
    "legend.frameon": False,
    "legend.fontsize": 8,
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


def mark_synthetic(figure: Figure, synthetic: bool) -> None:
    """Write on the figure itself that its data are synthetic."""
    if synthetic:
        lay_out_below(figure, 0.955)
        figure.text(
            0.995,
            0.99,
            "Synthetic data",
            ha="right",
            va="top",
            fontsize=7.5,
            color=GREY,
            style="italic",
        )


def label_line_end(axes: Axes, x: float, y: float, pattern: str) -> None:
    """Name a line at its right end, in its colour."""
    axes.annotate(
        LABELS[pattern],
        (x, y),
        xytext=(4, 0),
        textcoords="offset points",
        va="center",
        color=COLOURS[pattern],
        fontsize=7.5,
        annotation_clip=False,
    )


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


def nothing_to_draw(title: str, why: str, height_mm: float, synthetic: bool) -> Drawing:
    """Return a figure that says in words why there is no drawing."""
    figure = new_figure(height_mm)
    figure.text(0.5, 0.5, why, ha="center", va="center", color=INK, wrap=True)
    mark_synthetic(figure, synthetic)
    said = f"{title}: not drawn. {why}"
    return Drawing(figure, said, said)
