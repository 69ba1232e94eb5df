"""What each criterion finds, and how far criteria agree on patients."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from rupture_repair.config.criteria import PATTERNS
from rupture_repair.config.steps.figures import FigureSettings
from rupture_repair.disclosure.suppression import is_small
from rupture_repair.figures.labels import Labels, labels
from rupture_repair.figures.style import (
    COLOURS,
    HATCHES,
    INK,
    SMALL,
    Drawing,
    finish,
    new_figure,
)
from rupture_repair.words.templates import Claim

TABLES = ("criteria_breakdown", "criteria_agreement")
# with more criteria the numbers would not fit into their cells
MAX_WRITTEN = 16
DARKEST = 2.0  # kappa that would be black: the writing on a cell stays readable


@dataclass(frozen=True)
class Shares:
    """Percent of the patients with each pattern under a criterion."""

    criterion: str
    none: float
    unrepaired: float
    repaired: float


@dataclass(frozen=True)
class Pair:
    """Cohen's kappa between two criteria."""

    kappa: float
    first: str
    second: str


@dataclass(frozen=True)
class Texts(Claim, at="figures/criteria_agreement", blocks=("caption", "alt")):
    """What criteria find, and between which of them the kappas lie; none where none is defined."""

    private: bool
    shares: tuple[Shares, ...]
    kappas: int
    lowest: Pair | None
    highest: Pair | None


def draw(tables: Mapping[str, pd.DataFrame], settings: FigureSettings) -> Drawing:
    """Draw `criteria_breakdown` as bars and `criteria_agreement` as a heat map beside them."""
    private, say = settings.private, labels("criteria_agreement", settings.language)
    cells_of = tables["criteria_breakdown"].set_index(["pattern", "criterion"])
    rows = pd.DataFrame({pattern: cells_of.loc[pattern]["percent"] for pattern in PATTERNS})
    few = pd.DataFrame({pattern: cells_of.loc[pattern]["n"].map(is_small) for pattern in PATTERNS})
    rows = rows.sort_values("none", ascending=False, kind="stable")
    if private:
        rows = rows.mask((few | rows.isna()).any(axis=1))
    names = list(rows.index)
    kappa = _square(tables["criteria_agreement"], names)
    figure = new_figure(max(62, 30 + 7 * len(names)))
    bars, cells = figure.subplots(1, 2, width_ratios=(4, 7))
    _bars(bars, rows, settings, say)
    _heat_map(cells, kappa, say)
    figure.legend(
        *bars.get_legend_handles_labels(), loc="outside lower center", ncols=len(PATTERNS)
    )
    finish(figure, settings)
    texts = _texts(rows, tables["criteria_agreement"], settings)
    return Drawing(figure, texts.text("caption"), texts.text("alt"))


def _square(pairs: pd.DataFrame, names: list[str]) -> np.ndarray:
    """Kappa below the diagonal, in the order of `names`; NaN elsewhere."""
    place = {name: i for i, name in enumerate(names)}
    square = np.full((len(names), len(names)), np.nan)
    for row in pairs.itertuples():
        low, high = sorted((place[row.first], place[row.second]))
        square[high, low] = row.kappa
    return square


def _bars(axes: Axes, rows: pd.DataFrame, settings: FigureSettings, say: Labels) -> None:
    start = np.zeros(len(rows))
    for pattern in PATTERNS:
        share = rows[pattern].fillna(0).to_numpy()
        axes.barh(
            np.arange(len(rows)),
            share,
            left=start,
            color=COLOURS[pattern],
            hatch=HATCHES[pattern],
            edgecolor="white",
            height=0.72,
            label=say(pattern),
        )
        start = start + share
    axes.set_yticks(range(len(rows)), map(settings.printed, rows.index))
    for label, name in zip(axes.get_yticklabels(), rows.index, strict=True):
        label.set_fontweight("bold" if name == settings.criterion else "normal")
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlim(0, 100)
    axes.set_xlabel(say("x"))
    axes.set_title(say("patterns"))


def _heat_map(axes: Axes, kappa: np.ndarray, say: Labels) -> None:
    n = len(kappa)
    axes.imshow(kappa, cmap="Greys", vmin=0, vmax=DARKEST, aspect="auto")
    for i, j in np.argwhere(~np.isnan(kappa)) if n <= MAX_WRITTEN else ():
        axes.text(
            j,
            i,
            say.decimal(f"{kappa[i, j]:z.2f}".replace("0.", ".", 1).replace("-", "−")),
            ha="center",
            va="center",
            fontsize=SMALL,
            color=INK,
        )
    axes.set_xticks(range(n), [f"{i + 1}" for i in range(n)])
    axes.set_yticks(range(n), [f"{i + 1}" for i in range(n)])
    axes.set_ylim(n - 0.5, -0.5)
    axes.set_xlim(-0.5, n - 0.5)
    axes.tick_params(length=0)
    axes.set_xlabel(say("x_agreement"))
    axes.set_title(say("agreement"))
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)


def _texts(rows: pd.DataFrame, pairs: pd.DataFrame, settings: FigureSettings) -> Texts:
    private, printed = settings.private, settings.printed
    shares = tuple(
        Shares(printed(str(name)), *(float(row[pattern]) for pattern in PATTERNS))
        for name, row in rows.dropna().iterrows()
    )
    known = pairs.dropna(subset=["kappa"])
    if known.empty:
        return Texts(private, shares, 0, None, None)
    lowest, highest = (
        Pair(float(row["kappa"]), printed(row["first"]), printed(row["second"]))
        for row in (known.loc[known["kappa"].idxmin()], known.loc[known["kappa"].idxmax()])
    )
    return Texts(private, shares, len(known), lowest, highest)
