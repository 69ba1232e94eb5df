"""Patterns observed beside those expected by chance, overall and by treatment length."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from rupture_repair.config.criteria import PATTERNS
from rupture_repair.config.reporting import CHANCE_PERCENT
from rupture_repair.config.steps.figures import FigureSettings
from rupture_repair.disclosure.suppression import MASK_NOTE, MASKED
from rupture_repair.figures.labels import Labels, labels
from rupture_repair.figures.style import (
    COLOURS,
    GREY,
    INK,
    LABELS,
    MARKERS,
    Drawing,
    finish,
    new_figure,
    whiskers,
)
from rupture_repair.figures.values import tell

TABLES = ("chance",)
EXCESS = ["excess", "excess_low", "excess_high"]
# where a null stands beside the observed share, in distances of bands, and its marker
NULLS = {"permuted": (-0.27, "o"), "simulated": (0.27, "s")}


def draw(tables: Mapping[str, pd.DataFrame], settings: FigureSettings) -> Drawing:
    """Draw `chance`: a column of panels per pattern, shares above, excess over chance below."""
    private, say = settings.private, labels("chance_by_length", settings.language)
    lengths = list(tables["chance"]["length"].unique())
    chance = tables["chance"].set_index(["kind", "pattern", "length"]).sort_index()
    figure = new_figure(118)
    panels = figure.subplots(2, len(PATTERNS), sharex=True, sharey="row", height_ratios=(3, 2))
    place = np.arange(len(lengths))
    for column, pattern in enumerate(PATTERNS):
        shares, excess = panels[:, column]
        for kind, (offset, marker) in NULLS.items():
            at, x = chance.loc[(kind, pattern)].loc[lengths], place + offset
            share, above = at[["expected_percent", "low", "high"]], at[EXCESS]
            _interval(shares, x, share, marker, say(kind), say)
            _interval(excess, x, above, marker, say(kind), say)
        observed = chance.loc[("permuted", pattern)].loc[lengths, "observed_percent"]
        shares.plot(
            place,
            observed,
            MARKERS[pattern],
            color=COLOURS[pattern],
            markersize=6,
            label=say("observed"),
            zorder=5,
        )
        said = [
            say("observed_value", pattern=say(pattern), share=say.number(share, 1))
            for share in observed
        ]
        tell(shares, place, observed, said)
        shares.set_title(say(pattern))
        excess.axhline(0, color=GREY, linewidth=0.7)
        for axes in (shares, excess):
            axes.axvline(0.5, color=GREY, linewidth=0.5, linestyle=(0, (1, 2)))
        excess.set_xticks(place, [_tick(chance, length, say) for length in lengths])
        excess.set_xlim(-0.5, len(lengths) - 0.5)
    panels[0, 0].set_ylabel(say("y"))
    panels[0, 0].set_ylim(bottom=-3)  # a marker at zero stays whole
    panels[1, 0].set_ylabel(say("y_excess"))
    panels[1, 1].set_xlabel(say("x"))
    handles, names = panels[0, 0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=3, handletextpad=0.4)
    finish(figure, settings)
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
    marker: str,
    name: str,
    say: Labels,
) -> None:
    """Draw `rows`, which are middle, low and high."""
    middle, low, high = (rows[column] for column in rows)
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
    points = say.intervals(rows.to_numpy(float), digits=1)
    tell(axes, place, middle, [say("value", name=name, value=words) for words in points])


def _tick(chance: pd.DataFrame, length: str, say: Labels) -> str:
    n = chance["n_patients"].xs(length, level="length").iloc[0]
    words = say("all") if length == "all" else length.capitalize()
    return f"{words}\n({say.counted(n)})"


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
