"""Patterns and moderation over the multiple of the scale that makes a drop a rupture."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes

from rupture_repair.config.criteria import PATTERNS
from rupture_repair.config.steps.figures import FigureSettings
from rupture_repair.disclosure.suppression import MASK_NOTE, MASKED
from rupture_repair.figures.labels import Labels, labels
from rupture_repair.figures.style import (
    COLOURS,
    GREY,
    INK,
    LABELS,
    LIGHT,
    LINES,
    Drawing,
    finish,
    new_figure,
    nothing_to_draw,
)
from rupture_repair.figures.values import tell

TABLES = ("threshold_strip",)


def draw(tables: Mapping[str, pd.DataFrame], settings: FigureSettings) -> Drawing:
    """Draw `threshold_strip`: shares of the patterns above, the moderation below."""
    rows = tables["threshold_strip"].sort_values("k")
    if rows["percent_none"].isna().all() and rows["estimate"].isna().all():
        return nothing_to_draw("Threshold of a rupture", "threshold_strip", 60, settings)
    say = labels("threshold_strip", settings.language)
    figure = new_figure(110)
    shares, moderation = figure.subplots(2, 1, sharex=True)
    for pattern in PATTERNS:
        told = rows.dropna(subset=[f"percent_{pattern}"])
        multiples, percent = told["k"], told[f"percent_{pattern}"]
        shares.plot(
            multiples, percent, color=COLOURS[pattern], linestyle=LINES[pattern],
            label=say(pattern), marker="." if settings.private else None,
        )  # fmt: skip
        said = [
            say("share", k=say.number(k), pattern=say(pattern), share=say.number(p, 1))
            for k, p in zip(multiples, percent, strict=True)
        ]
        tell(shares, multiples, percent, said)
    shares.set_ylabel(say("y"))
    shares.set_ylim(bottom=0)
    shares.legend(ncols=len(PATTERNS), loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0.2)
    _moderation(moderation, rows, say)
    chosen = rows.loc[rows["chosen"] == 1, "k"]
    for axes in (shares, moderation):
        for k in chosen:
            axes.axvline(k, color=GREY, linewidth=0.9, linestyle=(0, (3, 2)))
    finish(figure, settings)
    caption = (
        "Over the multiple k of the scale that a drop must reach: above, shares of the patterns; "
        "below, the moderation of M2 (points of symptoms per SD of interpersonal problems, "
        "repaired against no rupture) with its 95% interval; all else as in the paper's own "
        f"analysis, criterion {settings.criterion}. Dashed: the chosen k; dotted: no moderation. "
        "All points share one cohort."
        + (MASK_NOTE.replace(MASKED, "Not drawn", 1) if settings.private else "")
    )
    return Drawing(figure, caption, _words(rows))


def _moderation(axes: Axes, rows: pd.DataFrame, say: Labels) -> None:
    axes.fill_between(rows["k"], rows["ci_low"], rows["ci_high"], color=LIGHT, linewidth=0)
    axes.plot(rows["k"], rows["estimate"], color=INK)
    axes.axhline(0, color=GREY, linewidth=0.7, linestyle=(0, (1, 2)))
    axes.set_xlabel(say("x"))
    axes.set_ylabel(say("y_moderation"))
    values = say.intervals(rows[["estimate", "ci_low", "ci_high"]].to_numpy(float))
    said = [
        say("moderation", k=say.number(k), value=value)
        for k, value in zip(rows["k"], values, strict=True)
    ]
    tell(axes, rows["k"], rows["estimate"], said)


def _words(rows: pd.DataFrame) -> str:
    parts = []
    for name, column, unit in (
        *((LABELS[pattern].lower(), f"percent_{pattern}", "%") for pattern in PATTERNS),
        ("moderation", "estimate", " points"),
    ):
        known = rows.dropna(subset=[column])
        if known.empty:
            parts.append(f"{name}: not shown")
            continue
        first, last = known.iloc[0], known.iloc[-1]
        parts.append(
            f"{name} {first[column]:.1f}{unit} at k = {first['k']:.2f} and {last[column]:.1f}"
            f"{unit} at k = {last['k']:.2f}"
        )
    return f"Two panels over the multiple of the scale. {'; '.join(parts)}."
