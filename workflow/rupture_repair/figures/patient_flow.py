"""From the patient file to the models: who was left out, and why."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from rupture_repair.config.criteria import PATTERNS, Pattern
from rupture_repair.config.steps.figures import FigureSettings
from rupture_repair.figures.labels import Labels, labels
from rupture_repair.figures.style import (
    COLOURS,
    GREY,
    INK,
    SMALL,
    Drawing,
    finish,
    new_figure,
)
from rupture_repair.words.templates import Claim

TABLES = ("patient_flow", "pattern_breakdown")
# the steps that have a box, and its label
BOXES = {
    "in the patient file": "in_file",
    "long enough": "admitted",
    "classified": "classified",
    "modelled": "modelled",
}


@dataclass(frozen=True)
class Count:
    """The number of patients with a pattern; none where it is masked."""

    pattern: Pattern
    patients: int | None


@dataclass(frozen=True)
class LeftOut:
    """Why patients were left out, and how many; none where they are few."""

    reason: str
    patients: int | None


@dataclass(frozen=True)
class Texts(Claim, at="figures/patient_flow", blocks=("caption", "alt")):
    """Numbers of patients from the file to the models; none where masked."""

    in_file: int | None
    modelled: int | None
    left_out: int | None
    masked: bool
    reasons: tuple[LeftOut, ...]
    patterns: tuple[Count, ...]


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
    texts = Texts(
        in_file=_known(first),
        modelled=_known(last),
        left_out=_known(first - last),
        masked=bool(flow["n"].isna().any() or breakdown.isna().any()),
        reasons=tuple(LeftOut(str(row["reason"]), _known(row["excluded"])) for row in _lost(flow)),
        patterns=tuple(Count(pattern, _known(breakdown[pattern])) for pattern in PATTERNS),
    )
    return Drawing(figure, texts.text("caption"), texts.text("alt"))


def _lost(steps: pd.DataFrame) -> list[pd.Series]:
    """Return the steps with a reason for which somebody was left out; a masked number is small."""
    return [
        row
        for _, row in steps.iterrows()
        if pd.notna(row["reason"]) and row["reason"] and row["excluded"] != 0
    ]


def _reasons(steps: pd.DataFrame, say: Labels) -> list[str]:
    return [
        say(
            "reason",
            reason="; ".join(say.phrase("reasons", one) for one in row["reason"].split("; ")),
            n=say("few") if pd.isna(row["excluded"]) else say.counted(row["excluded"]),
        )
        for row in _lost(steps)
    ]


def _known(n: float) -> int | None:
    return None if pd.isna(n) else int(n)


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
