"""Patterns observed beside those expected by chance, overall and by treatment length."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from rupture_repair.config.criteria import PATTERNS, Pattern
from rupture_repair.config.reporting import CHANCE_PERCENT
from rupture_repair.config.steps.figures import FigureSettings
from rupture_repair.disclosure.suppression import told
from rupture_repair.figures.style import (
    COLOURS,
    GREY,
    INK,
    LABELS,
    MARKERS,
    Drawing,
    mark_synthetic,
    new_figure,
    whiskers,
)
from rupture_repair.figures.values import intervals, tell
from rupture_repair.words.templates import Claim

TABLES = ("chance",)
# where a null stands beside the observed share, in distances of bands, its marker and its name
NULLS = {
    "permuted": (-0.27, "o", "Chance: random order"),
    "simulated": (0.27, "s", "Chance: no-rupture model"),
}


@dataclass(frozen=True)
class Shares:
    """Percent of the patients with a pattern, observed (none: masked) and by chance.

    length : band of treatment lengths in sessions, none for all patients.
    """

    length: str | None
    observed: float | None
    ordered: float
    modelled: float


@dataclass(frozen=True)
class OfPattern:
    """The shares of a pattern, by treatment length."""

    pattern: Pattern
    shares: tuple[Shares, ...]


@dataclass(frozen=True)
class Texts(Claim, at="figures/chance_by_length", blocks=("caption", "alt")):
    """Shares of the patterns beside chance; level: percent of the replicates in the ranges."""

    criterion: str
    level: float
    private: bool
    patterns: tuple[OfPattern, ...]


def draw(tables: Mapping[str, pd.DataFrame], settings: FigureSettings) -> Drawing:
    """Draw `chance`: a column of panels per pattern, shares above, excess over chance below."""
    private = settings.private
    lengths = list(tables["chance"]["length"].unique())
    chance = tables["chance"].set_index(["kind", "pattern", "length"]).sort_index()
    figure = new_figure(118)
    panels = figure.subplots(2, len(PATTERNS), sharex=True, sharey="row", height_ratios=(3, 2))
    place = np.arange(len(lengths))
    for column, pattern in enumerate(PATTERNS):
        shares, excess = panels[:, column]
        for kind, (offset, marker, name) in NULLS.items():
            at = chance.loc[(kind, pattern)].loc[lengths]
            _interval(shares, place + offset, at, ("expected_percent", "low", "high"), marker, name)
            _interval(
                excess, place + offset, at, ("excess", "excess_low", "excess_high"), marker, name
            )
        observed = chance.loc[("permuted", pattern)].loc[lengths, "observed_percent"]
        shares.plot(
            place,
            observed,
            MARKERS[pattern],
            color=COLOURS[pattern],
            markersize=6,
            label="Observed (filled)",
            zorder=5,
        )
        said = [f"Observed, {LABELS[pattern].lower()}: {share:.1f}%" for share in observed]
        tell(shares, place, observed, said)
        shares.set_title(LABELS[pattern])
        excess.axhline(0, color=GREY, linewidth=0.7)
        for axes in (shares, excess):
            axes.axvline(0.5, color=GREY, linewidth=0.5, linestyle=(0, (1, 2)))
        excess.set_xticks(place, [_tick(chance, length) for length in lengths])
        excess.tick_params(axis="x", labelsize=6.5)
        excess.set_xlim(-0.5, len(lengths) - 0.5)
    panels[0, 0].set_ylabel("Patients (%)")
    panels[0, 0].set_ylim(bottom=-3)  # a marker at zero stays whole
    panels[1, 0].set_ylabel("Observed − chance\n(percentage points)")
    panels[1, 1].set_xlabel("Sessions per treatment (number of patients)")
    handles, names = panels[0, 0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=3, handletextpad=0.4)
    mark_synthetic(figure, settings.synthetic)
    texts = Texts(
        criterion=settings.criterion,
        level=CHANCE_PERCENT,
        private=private,
        patterns=tuple(OfPattern(name, _finding(chance, name, lengths)) for name in PATTERNS),
    )
    return Drawing(figure, texts.text("caption"), texts.text("alt"))


def _interval(
    axes: Axes,
    place: np.ndarray,
    rows: pd.DataFrame,
    columns: tuple[str, str, str],
    marker: str,
    name: str,
) -> None:
    middle, low, high = (rows[column] for column in columns)
    axes.errorbar(
        place,
        middle,
        yerr=whiskers(middle, low, high),
        fmt=marker,
        markersize=3.5,
        color=INK,
        markerfacecolor="white",
        elinewidth=1,
        capsize=2,
        label=name,
    )
    points = intervals(rows[list(columns)].to_numpy(float), digits=1)
    tell(axes, place, middle, [f"{name}: {words}" for words in points])


def _tick(chance: pd.DataFrame, length: str) -> str:
    n = chance["n_patients"].xs(length, level="length").iloc[0]
    return f"{length.capitalize()}\n({told(n)})"


def _finding(chance: pd.DataFrame, pattern: str, lengths: list[str]) -> tuple[Shares, ...]:
    found = []
    for length in lengths:
        ordered, modelled = (chance.loc[(kind, pattern, length)] for kind in NULLS)
        observed = ordered["observed_percent"]
        known = None if pd.isna(observed) else float(observed)
        shares = (float(null["expected_percent"]) for null in (ordered, modelled))
        found.append(Shares(None if length == "all" else length, known, *shares))
    return tuple(found)
