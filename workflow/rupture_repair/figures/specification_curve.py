"""The moderation under every specification, sorted, above the choices that each one made."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from rupture_repair.config.criteria import PATTERNS
from rupture_repair.config.reporting import ALPHA
from rupture_repair.config.steps.figures import FigureSettings
from rupture_repair.figures.labels import Labels, labels
from rupture_repair.figures.strokes import points, strokes
from rupture_repair.figures.style import (
    COLOURS,
    GREY,
    INK,
    LIGHT,
    SMALL,
    Drawing,
    finish,
    new_figure,
)
from rupture_repair.figures.tooltips import add_tooltips
from rupture_repair.multiverse.specifications import CHOICES
from rupture_repair.words.templates import Claim

TABLES = ("multiverse_specifications", "multiverse", "multiverse_influence")
LETTER = 3.7  # width of a letter of the values, in points
CUT = 0.01  # of the intervals, on either side
HOLLOW, SOLID = "#9ecae1", COLOURS["none"]


@dataclass(frozen=True)
class Choice:
    """A choice that specifications make, and its share of the estimates' variance."""

    name: str
    share: float


@dataclass(frozen=True)
class Own:
    """The estimate of the paper's own analysis, and its place from the left."""

    estimate: float
    place: int


@dataclass(frozen=True)
class Curve:
    """The estimates in points; clear: share with a p below alpha."""

    lowest: float
    highest: float
    median: float
    clear: float
    own: Own | None


@dataclass(frozen=True)
class Texts(Claim, at="figures/specification_curve", blocks=("caption", "alt")):
    """The curve (none: nothing was estimated), and what the estimates depend on most.

    drawn, lost : specifications. by_length : length moderates in some. cut : intervals go on beyond
    the panel. level : of the intervals, in percent.
    """

    drawn: int
    lost: int
    by_length: bool
    at_session: float
    level: float
    cut: bool
    curve: Curve | None
    choices: tuple[Choice, ...]


def draw(tables: Mapping[str, pd.DataFrame], settings: FigureSettings) -> Drawing:
    """Draw `multiverse`, `multiverse_specifications` and `multiverse_influence`."""
    say = labels("specification_curve", settings.language)
    specifications = _words(tables["multiverse_specifications"], say)
    joined = specifications.merge(tables["multiverse"], on="id")
    curve = joined.dropna(subset=["estimate"]).sort_values("estimate", ignore_index=True)
    shares = tables["multiverse_influence"].query("outcome == 'moderation'")
    rows = _rows(joined, shares.set_index("choice")["share"])
    figure = new_figure(62 + 3.5 * len(rows))
    upper, lower = figure.subplots(
        2, 1, sharex=True, height_ratios=(52, 3.5 * len(rows)), gridspec_kw={"hspace": 0.02}
    )
    _curve(upper, curve, list(dict.fromkeys(name for name, _ in rows)), say)
    _panel(lower, curve, rows, shares.set_index("choice")["share"], say)
    finish(figure, settings)
    texts = Texts(
        drawn=len(curve),
        lost=len(joined) - len(curve),
        by_length=bool((joined["length"] == "moderator").any()),
        at_session=float(joined["at_session"].iloc[0]),
        level=100 * (1 - ALPHA),
        cut=_cut(curve),
        curve=_summary(curve),
        choices=_choices(shares),
    )
    return Drawing(figure, texts.text("caption"), texts.text("alt"))


def _words(specifications: pd.DataFrame, say: Labels) -> pd.DataFrame:
    """Return the choices as the words that stand in the figure, and their order kept."""
    in_words = specifications.copy()
    for name in CHOICES:
        values = in_words[name]
        numeric = pd.api.types.is_numeric_dtype(values)
        order = sorted(values.dropna().unique())
        written = [say.decimal(f"{v:g}") if numeric else say.phrase("values", v) for v in order]
        text = values.map(dict(zip(order, written, strict=True)))
        if values.isna().any():
            written.append(say("no_limit"))
            text = text.astype("object").where(values.notna(), say("no_limit"))
        in_words[name] = pd.Categorical(text, written)
    return in_words


def _rows(joined: pd.DataFrame, shares: pd.Series) -> list[tuple[str, str]]:
    """Return choice and value of each row of the panel; choices that do not vary have none.

    shares : of the variance, by choice; what goes with the largest stands first.
    """
    return [
        (name, value)
        for name in sorted(CHOICES, key=lambda name: -shares.get(name, -1.0))
        if len(joined[name].unique()) > 1
        for value in joined[name].cat.categories
    ]


def _curve(axes: Axes, curve: pd.DataFrame, varied: list[str], say: Labels) -> None:
    x, clear = curve.index.to_numpy(), (curve["p"] < ALPHA).to_numpy()
    strokes(axes, x, curve["ci_low"], curve["ci_high"], color=LIGHT, linewidth=0.6)
    for chosen, colour in ((~clear, HOLLOW), (clear, SOLID)):
        points(axes, x[chosen], curve["estimate"][chosen], 2.0, color=colour)
    own = curve[curve["origin"] == "own"]
    axes.scatter(
        own.index,
        own["estimate"],
        marker="v",
        s=34,
        color=COLOURS["unrepaired"],
        edgecolor="white",
        linewidth=0.6,
        zorder=4,
    )
    add_tooltips(axes, x, curve["estimate"], _tooltips(curve, varied, say), size=4)
    axes.axhline(0, color=INK, linewidth=0.7)
    if len(curve):
        median = float(curve["estimate"].median())
        axes.axhline(median, color=SOLID, linewidth=0.8, linestyle="--")
        axes.text(
            1.01,
            median,
            say("median", value=say.number(median)),
            transform=axes.get_yaxis_transform(),
            va="center",
            fontsize=SMALL,
        )
        axes.set_ylim(*_limits(curve))
    axes.set_ylabel(say("y"))
    axes.tick_params(axis="x", bottom=False, labelbottom=False)
    axes.spines["bottom"].set_visible(False)


def _cut(curve: pd.DataFrame) -> bool:
    if curve.empty:
        return False
    low, high = _limits(curve)
    return bool((curve["ci_low"] < low).any() or (curve["ci_high"] > high).any())


def _limits(curve: pd.DataFrame) -> tuple[float, float]:
    """Return limits that hold all estimates and the intervals but for the longest in a hundred.

    A few imprecise specifications would make all others a flat line.
    """
    low = np.nanmin([curve["estimate"].min(), curve["ci_low"].quantile(CUT), 0.0])
    high = np.nanmax([curve["estimate"].max(), curve["ci_high"].quantile(1 - CUT), 0.0])
    margin = 0.04 * (high - low or 1.0)
    return low - margin, high + margin


def _tooltips(curve: pd.DataFrame, varied: list[str], say: Labels) -> list[str]:
    """Return number, estimate, breakdown and choices of each specification in a sentence.

    varied : the choices that not all specifications made alike.
    """
    estimates = say.intervals(curve[["estimate", "ci_low", "ci_high"]].to_numpy(float))
    return [
        say("number", number=number, value=words, patterns=_breakdown(row, say))
        + ", ".join(
            say("choice", choice=say.phrase("choices", name), value=row[name]) for name in varied
        )
        for number, (words, row) in enumerate(
            zip(estimates, curve.to_dict("records"), strict=True), start=1
        )
    ]


def _breakdown(row: Mapping[str, Any], say: Labels) -> str:
    """Return the shares of patterns in words; of what is masked nothing."""
    shares = {pattern: row[f"percent_{pattern}"] for pattern in PATTERNS}
    words = [
        say("share", pattern=say(pattern), share=say.number(share, 1))
        for pattern, share in shares.items()
        if pd.notna(share)
    ]
    return f"{', '.join(words)}; " if words else ""


def _panel(
    axes: Axes,
    curve: pd.DataFrame,
    rows: list[tuple[str, str]],
    shares: pd.Series,
    say: Labels,
) -> None:
    place = {row: n for n, row in enumerate(rows)}
    own = curve.index[curve["origin"] == "own"]
    names = [name for name, _ in rows]
    left = 16 + LETTER * max((len(value) for _, value in rows), default=0)
    for name in dict.fromkeys(names):
        own_rows = [n for n, other in enumerate(names) if other == name]
        first, last = own_rows[0], own_rows[-1]
        if list(dict.fromkeys(names)).index(name) % 2 == 0:
            axes.axhspan(first - 0.5, last + 0.5, color="#f4f4f4", zorder=0, linewidth=0)
        heights = {value: n for (choice, value), n in place.items() if choice == name}
        at = curve[name].map(heights).astype(float).to_numpy()
        strokes(axes, curve.index, at - 0.36, at + 0.36, color=GREY, linewidth=0.45)
        strokes(axes, own, at[own] - 0.5, at[own] + 0.5, color=COLOURS["unrepaired"], linewidth=1.6)
        axes.annotate(
            say.phrase("choices", name),
            (0, (first + last) / 2),
            xycoords=axes.get_yaxis_transform(),
            xytext=(-left, 0),
            textcoords="offset points",
            ha="right",
            va="center",
            fontsize=SMALL,
            fontweight="bold",
        )
        if name in shares:
            axes.text(
                1.01,
                (first + last) / 2,
                say("percent", share=say.number(100 * shares[name], 0)),
                transform=axes.get_yaxis_transform(),
                ha="left",
                va="center",
                fontsize=SMALL,
            )
    axes.set_yticks(range(len(rows)), [value for _, value in rows])
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlim(-1, max(len(curve), 1))
    axes.set_xlabel(say("x"))


def _summary(curve: pd.DataFrame) -> Curve | None:
    if curve.empty:
        return None
    estimates, own = curve["estimate"], curve.loc[curve["origin"] == "own", "estimate"]
    return Curve(
        lowest=float(estimates.iloc[0]),
        highest=float(estimates.iloc[-1]),
        median=float(estimates.median()),
        clear=float((curve["p"] < ALPHA).mean()),
        own=Own(float(own.iloc[0]), int(np.searchsorted(estimates, own.iloc[0])) + 1)
        if len(own)
        else None,
    )


def _choices(shares: pd.DataFrame) -> tuple[Choice, ...]:
    ranked = shares[shares["choice"] != "residual"].sort_values("share", ascending=False)
    called = labels("specification_curve")
    return tuple(
        Choice(called.phrase("choices", r.choice).lower(), float(r.share))
        for r in ranked[:3].itertuples()
    )
