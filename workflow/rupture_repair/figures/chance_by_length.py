"""Patterns observed beside those expected by chance, overall and by treatment length."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from rupture_repair.config.criteria import PATTERNS
from rupture_repair.config.reporting import CHANCE_PERCENT
from rupture_repair.config.steps.figures import FigureSettings
from rupture_repair.disclosure.suppression import MASK_NOTE, MASKED, told
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

TABLES = ("chance",)
# where a null stands beside the observed share, in distances of bands, its marker and its name
NULLS = {
    "permuted": (-0.27, "o", "Chance: random order"),
    "simulated": (0.27, "s", "Chance: no-rupture model"),
}


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
    caption = (
        "Shares of patients by rupture pattern, observed and expected by chance, for the "
        f"whole cohort and by treatment length; criterion {settings.criterion}. Above: "
        f"shares, with the range of {CHANCE_PERCENT:g}% of the cohorts in random order and of "
        "those from the no-rupture model. Below: observed minus expected share, with the same "
        f"{CHANCE_PERCENT:g}%; where the range of the no-rupture model excludes zero, this cohort "
        f"lies outside of {CHANCE_PERCENT:g}% of its cohorts. Random order takes away that "
        "successive ratings are alike: it describes, and is no test."
        + (MASK_NOTE.replace(MASKED, "Not drawn or –", 1) if private else "")
    )
    alt = (
        "Three columns of panels, one per rupture pattern, with observed and expected shares by "
        "treatment length. "
        + " ".join(_words(chance, pattern, lengths, private) for pattern in PATTERNS)
    )
    return Drawing(figure, caption, alt)


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


def _words(chance: pd.DataFrame, pattern: str, lengths: list[str], private: bool) -> str:
    parts = []
    for length in lengths:
        ordered, modelled = (chance.loc[(kind, pattern, length)] for kind in NULLS)
        where = "all" if length == "all" else f"{length} sessions"
        if pd.isna(ordered["observed_percent"]):
            parts.append(f"{where}: {'masked or ' if private else ''}nobody classified")
            continue
        parts.append(
            f"{where}: {ordered['observed_percent']:.1f}% observed, "
            f"{ordered['expected_percent']:.1f}% in random order, "
            f"{modelled['expected_percent']:.1f}% from the model"
        )
    return f"{LABELS[pattern]}: {'; '.join(parts)}."
