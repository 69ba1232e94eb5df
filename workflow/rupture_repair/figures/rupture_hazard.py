"""When first ruptures occur, among the patients in whom one could be seen."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from rupture_repair.config.reporting import DESCRIPTIVE_LEVEL
from rupture_repair.config.steps.figures import FigureSettings
from rupture_repair.figures.labels import Labels, labels
from rupture_repair.figures.style import (
    COLOURS,
    INK,
    Drawing,
    finish,
    new_figure,
    whiskers,
)
from rupture_repair.figures.tooltips import add_tooltips
from rupture_repair.words.templates import Claim

TABLES = ("rupture_hazard",)
# sessions with fewer patients at risk are not drawn, if there are any with more
MIN_AT_RISK = 10
AT_RISK_SHOWN = 6


@dataclass(frozen=True)
class Curve:
    """A cumulative share: its column in `rupture_hazard`, which names its label, and its look."""

    column: str
    line: str
    colour: str


CURVES = (
    Curve("incidence", "-", COLOURS["unrepaired"]),
    Curve("if_continued", "--", COLOURS["none"]),
)


@dataclass(frozen=True)
class At:
    """The hazard in percent, and its session."""

    percent: float
    session: int


@dataclass(frozen=True)
class By:
    """Percent with a rupture by a session, the end of treatment competing or censoring."""

    session: int
    competing: float
    censored: float


@dataclass(frozen=True)
class Texts(Claim, at="figures/rupture_hazard", blocks=("caption", "alt")):
    """The hazard at its first session and at its highest; the shares by the last that is drawn.

    fewest : patients at risk in the last session of the axis, `last`. level : of the intervals, in
    percent. None where nothing is drawn.
    """

    criterion: str
    fewest: int
    level: float
    private: bool
    first: At | None
    highest: At | None
    by: By | None
    last: int


def draw(tables: Mapping[str, pd.DataFrame], settings: FigureSettings) -> Drawing:
    """Draw `rupture_hazard` of the whole cohort: hazard left, cumulative share right."""
    private, say = settings.private, labels("rupture_hazard", settings.language)
    rows = tables["rupture_hazard"].query("length == 'all'")
    enough = rows["n_at_risk"] >= MIN_AT_RISK
    if private:  # how many are at risk is masked at most points of the curve
        enough |= rows["incidence"].notna() & rows["n_at_risk"].isna()
    drawn = rows[enough] if enough.any() else rows
    last = int(drawn["session"].max()) if len(drawn) else 1
    rows = rows[rows["session"] <= last]
    figure = new_figure(84)
    hazard, cumulative = figure.subplots(1, 2)
    shown = rows.dropna(subset=["incidence"])
    known = rows.dropna(subset=["hazard"])
    _hazard(hazard, known, say)
    for curve in CURVES:
        _curve(cumulative, shown, curve, say)
    cumulative.set_ylabel(say("y"))
    cumulative.set_ylim(bottom=0)
    figure.legend(loc="outside lower right", ncols=2)
    places = np.unique(np.linspace(1, last, AT_RISK_SHOWN).round().astype(int))
    at_risk = rows.set_index("session")["n_at_risk"].reindex(places, fill_value=0)
    for axes in (hazard, cumulative):
        axes.set_xlim(0.5, last + 0.5)
        axes.set_xlabel(say("x"))
        axes.set_xticks(places, [f"{place}\n({say.counted(at_risk[place])})" for place in places])
    hazard.set_title(say("hazard"))
    cumulative.set_title(say("cumulative"))
    finish(figure, settings)
    texts = _texts(known, shown, last, settings)
    return Drawing(figure, texts.text("caption"), texts.text("alt"))


def _hazard(axes: Axes, rows: pd.DataFrame, say: Labels) -> None:
    axes.errorbar(
        rows["session"],
        100 * rows["hazard"],
        yerr=100 * whiskers(rows["hazard"], rows["hazard_low"], rows["hazard_high"]),
        fmt="o",
        markersize=3.5,
        color=INK,
        elinewidth=1,
        capsize=2,
        clip_on=False,  # a point at zero stays whole
    )
    shares = 100 * rows[["hazard", "hazard_low", "hazard_high"]].to_numpy(float)
    tooltips = [
        say("at_session", session=f"{session:g}", value=words)
        for session, words in zip(rows["session"], say.intervals(shares, digits=1), strict=True)
    ]
    add_tooltips(axes, rows["session"], 100 * rows["hazard"], tooltips)
    axes.set_ylabel(say("y_hazard"))
    axes.set_ylim(bottom=0)


def _curve(axes: Axes, rows: pd.DataFrame, curve: Curve, say: Labels) -> None:
    # the last step is seen only if it is held for a while
    held = pd.concat([rows, rows.tail(1).assign(session=rows["session"] + 0.5)])
    low, high = (100 * held[f"{curve.column}_{end}"] for end in ("low", "high"))
    axes.fill_between(held["session"], low, high, step="post", color=curve.colour, alpha=0.18, lw=0)
    shares = 100 * rows[[curve.column, f"{curve.column}_low", f"{curve.column}_high"]]
    tooltips = [
        say("by_session", session=f"{session:g}", value=words)
        for session, words in zip(
            rows["session"], say.intervals(shares.to_numpy(float), digits=1), strict=True
        )
    ]
    add_tooltips(axes, rows["session"], shares[curve.column], tooltips, size=6)
    axes.step(
        held["session"],
        100 * held[curve.column],
        where="post",
        linestyle=curve.line,
        color=curve.colour,
        label=say(curve.column),
    )


def _texts(known: pd.DataFrame, shown: pd.DataFrame, last: int, settings: FigureSettings) -> Texts:
    first = highest = by = None
    if len(known):
        first, highest = (
            At(float(100 * row["hazard"]), int(row["session"]))
            for row in (known.iloc[0], known.loc[known["hazard"].idxmax()])
        )
    if len(shown):
        end = shown.iloc[-1]
        shares = (float(100 * end[curve.column]) for curve in CURVES)
        by = By(int(end["session"]), *shares)
    return Texts(
        criterion=settings.own,
        fewest=MIN_AT_RISK,
        level=100 * DESCRIPTIVE_LEVEL,
        private=settings.private,
        first=first,
        highest=highest,
        by=by,
        last=last,
    )
