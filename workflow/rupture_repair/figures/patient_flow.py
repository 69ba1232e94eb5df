"""From the patient file to the models: who was left out, and why."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from rupture_repair.config.criteria import PATTERNS
from rupture_repair.config.steps.figures import FigureSettings
from rupture_repair.disclosure.suppression import MASK_NOTE, told
from rupture_repair.figures.labels import Labels, labels
from rupture_repair.figures.style import (
    COLOURS,
    GREY,
    INK,
    LABELS,
    SMALL,
    Drawing,
    finish,
    new_figure,
)

TABLES = ("patient_flow", "pattern_breakdown")
# the steps that have a box, and its label
BOXES = {
    "in the patient file": "in_file",
    "long enough": "admitted",
    "classified": "classified",
    "modelled": "modelled",
}


def draw(tables: Mapping[str, pd.DataFrame], settings: FigureSettings) -> Drawing:
    """Draw `patient_flow` and, at its end, the patterns of the classified patients."""
    flow = tables["patient_flow"].set_index("step")
    breakdown = tables["pattern_breakdown"].set_index("pattern")["n"]
    say = labels("patient_flow", settings.language)
    figure = new_figure(112)
    axes = figure.subplots()
    axes.set(xlim=(0, 100), ylim=(0, 100))
    axes.axis("off")
    heights = dict(zip(BOXES, (91, 64, 38, 12), strict=True))
    steps = list(flow.index)
    for position, (step, key) in enumerate(BOXES.items()):
        _box(axes, 30, heights[step], 46, 15, say(key, n=say.counted(flow.loc[step, "n"])))
        if position:
            above = list(BOXES)[position - 1]
            _arrow(axes, (30, heights[above] - 7.5), (30, heights[step] + 7.5))
            between = steps[steps.index(above) + 1 : steps.index(step) + 1]
            reasons = _reasons(flow.loc[between], say)
            if not reasons:
                continue
            middle = (heights[above] + heights[step]) / 2
            _arrow(axes, (30, middle), (58, middle))
            axes.text(
                59,
                middle,
                "\n".join([say("left_out"), *reasons]),
                va="center",
                fontsize=SMALL,
                linespacing=1.35,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
            )
    for position, pattern in enumerate(PATTERNS):
        x = 62 + 15 * position
        words = say(
            "pattern", pattern=say(pattern).replace(" ", "\n"), n=say.counted(breakdown[pattern])
        )
        _box(axes, x, 12, 14, 16, words, colour=COLOURS[pattern])
    _arrow(axes, (53, 12), (55, 12))
    finish(figure, settings)
    first, last = flow["n"].iloc[0], flow["n"].iloc[-1]
    masked = flow["n"].isna().any() or breakdown.isna().any()
    caption = (
        f"Flow of patients from the data file{_number(first)} into the models{_number(last)}."
        + (" Nobody was left out." if first == last else "")
        + (MASK_NOTE if masked else "")
    )
    in_file = "Patients" if pd.isna(first) else f"{told(first)} patients"
    in_models = "the others" if pd.isna(last) else told(last)
    left_out = "some" if pd.isna(first - last) else told(first - last)
    why = f" ({'; '.join(found)})" if (found := _reasons(flow, labels("patient_flow"))) else ""
    alt = (
        f"Flow chart. {in_file} in the file, {left_out} left out{why}, "
        f"{in_models} in the models: "
        + ", ".join(f"{told(breakdown[p])} {LABELS[p].lower()}" for p in PATTERNS)
        + "."
    )
    return Drawing(figure, caption, alt)


def _reasons(steps: pd.DataFrame, say: Labels) -> list[str]:
    """Return each reason for which somebody was left out; a masked number is small."""
    return [
        say(
            "reason",
            reason="; ".join(say.phrase("reasons", one) for one in row["reason"].split("; ")),
            n=say("few") if pd.isna(row["excluded"]) else say.counted(row["excluded"]),
        )
        for _, row in steps.iterrows()
        if pd.notna(row["reason"]) and row["reason"] and row["excluded"] != 0
    ]


def _number(n: float) -> str:
    return "" if pd.isna(n) else f" (n = {told(n)})"


def _box(
    axes: Axes, x: float, y: float, width: float, height: float, words: str, colour: str = GREY
) -> None:
    axes.add_patch(
        FancyBboxPatch(
            (x - width / 2, y - height / 2),
            width,
            height,
            boxstyle="round,pad=0,rounding_size=1.5",
            facecolor="white",
            edgecolor=colour,
            linewidth=1.2,
        )
    )
    axes.text(x, y, words, ha="center", va="center", color=INK, linespacing=1.35)


def _arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    axes.annotate("", end, start, arrowprops={"arrowstyle": "-|>", "color": GREY, "lw": 0.9})
