"""How many patients show which pattern, beside the published shares."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from rupture_repair.config.criteria import PATTERNS, Pattern
from rupture_repair.config.reporting import CHANCE_PERCENT
from rupture_repair.config.steps.figures import FigureSettings
from rupture_repair.disclosure.suppression import MASKED
from rupture_repair.figures.labels import labels
from rupture_repair.figures.style import (
    COLOURS,
    HATCHES,
    INK,
    SMALL,
    Drawing,
    finish,
    new_figure,
    whiskers,
)
from rupture_repair.figures.tooltips import add_tooltips
from rupture_repair.words.templates import Claim

TABLES = ("pattern_breakdown", "chance", "published_studies")
# where a null stands below its bar, in bar distances, and its marker
CHANCE_MARKS = {"permuted": (0.3, "o"), "simulated": (0.45, "s")}
# of studies that the cohort is not compared with
OTHER_MARKS = ("*", "P", "X")
# where they stand: above the bar, in bar distances
ABOVE = -0.3


@dataclass(frozen=True)
class Share:
    """Of a pattern, percent and number of the patients; none where masked."""

    pattern: Pattern
    percent: float
    patients: int | None


@dataclass(frozen=True)
class Study:
    """The percentages of the patterns in another study."""

    name: str
    percent: tuple[float, ...]


@dataclass(frozen=True)
class Texts(Claim, at="figures/pattern_breakdown", blocks=("caption", "alt")):
    """The shares beside published ones (none: there are none to compare with) and chance.

    patients : none where a pattern is masked. met : the published shares are, by construction.
    level : percent of the replicates in the intervals. ordered, modelled : percent by chance.
    """

    criterion: str
    shares: tuple[Share, ...]
    patients: int | None
    published: tuple[float, ...]
    met: bool
    studies: tuple[Study, ...]
    level: float
    ordered: tuple[float, ...]
    modelled: tuple[float, ...]


def draw(tables: Mapping[str, pd.DataFrame], settings: FigureSettings) -> Drawing:
    """Draw `pattern_breakdown`: a bar per pattern, beside it the published share and chance."""
    rows = tables["pattern_breakdown"].set_index("pattern").loc[list(PATTERNS)]
    masked = rows["n"].isna()
    given = rows["published_percent"].notna().any()
    # a calibrated cohort has the published shares because it was made so: nothing to compare
    published = given and not settings.calibrated
    others = _others(tables["published_studies"])
    chance = tables["chance"].query("length == 'all'").set_index(["kind", "pattern"])
    say = labels("pattern_breakdown", settings.language)
    figure = new_figure(96)
    axes = figure.subplots()
    for height, (pattern, row) in enumerate(rows.iterrows()):
        axes.barh(
            height,
            row["percent"],
            color=COLOURS[pattern],
            hatch=HATCHES[pattern],
            edgecolor="white",
            height=0.4,
        )
        share = (
            MASKED
            if masked[pattern]
            else say("share", share=say.number(row["percent"], 1), n=say.counted(row["n"]))
        )
        reach = np.nanmax([0, row["percent"], row["published_percent"] if published else 0])
        axes.text(reach + 1.8, height, share, va="center")
    if published:
        axes.plot(
            rows["published_percent"],
            range(len(rows)),
            "D",
            markersize=5.5,
            markerfacecolor="white",
            markeredgecolor=INK,
            linestyle="none",
            label=say("published"),
        )
        tooltips = [
            say("published_value", share=say.number(share, 1))
            for share in rows["published_percent"]
        ]
        add_tooltips(axes, rows["published_percent"], range(len(rows)), tooltips)
    for (study, share), marker in zip(others.items(), OTHER_MARKS, strict=False):
        axes.plot(
            share,
            np.arange(len(rows)) + ABOVE,
            marker,
            markersize=7,
            markerfacecolor="white",
            markeredgecolor=INK,
            linestyle="none",
            label=study,
        )
        tooltips = [say("value", name=study, value=say.number(value, 1)) for value in share]
        add_tooltips(axes, share, np.arange(len(rows)) + ABOVE, tooltips)
    for kind, (offset, marker) in CHANCE_MARKS.items():
        at = chance.loc[kind].loc[list(PATTERNS)]
        axes.errorbar(
            at["expected_percent"],
            np.arange(len(rows)) + offset,
            xerr=whiskers(at["expected_percent"], at["low"], at["high"]),
            fmt=marker,
            markersize=4,
            color=INK,
            markerfacecolor="white",
            elinewidth=1,
            capsize=2.5,
            label=say(kind),
        )
        for (_, row), height in zip(at.iterrows(), np.arange(len(rows)) + offset, strict=True):
            if pd.notna(row["expected_percent"]):
                words = say("percent", share=say.number(row["expected_percent"], 1))
                axes.text(row["high"] + 1, height, words, va="center", size=SMALL)
        shares = say.intervals(at[["expected_percent", "low", "high"]].to_numpy(float), digits=1)
        tooltips = [say("value", name=say(kind), value=share) for share in shares]
        add_tooltips(axes, at["expected_percent"], np.arange(len(rows)) + offset, tooltips)
    figure.legend(loc="outside lower center", ncols=3, handletextpad=0.4)
    axes.set_yticks(range(len(rows)), [say(pattern) for pattern in PATTERNS])
    axes.tick_params(axis="y", length=0)
    axes.invert_yaxis()
    marked = [float(share.max()) for share in others.values()]
    largest = max(rows["percent"].max(), chance["high"].max(), *marked)
    axes.set_xlim(0, max(largest * 1.3, 10))
    axes.set_xlabel(say("x"))
    finish(figure, settings)
    texts = Texts(
        criterion=settings.own,
        shares=tuple(_share(pattern, rows.loc[pattern]) for pattern in PATTERNS),
        patients=None if masked.any() else int(rows["n"].sum()),
        published=tuple(rows["published_percent"].astype(float)) if published else (),
        met=bool(given and not published),
        studies=tuple(Study(name, tuple(share.astype(float))) for name, share in others.items()),
        level=CHANCE_PERCENT,
        ordered=_expected(chance, "permuted"),
        modelled=_expected(chance, "simulated"),
    )
    return Drawing(figure, texts.text("caption"), texts.text("alt"))


def _share(pattern: Pattern, row: pd.Series) -> Share:
    return Share(pattern, float(row["percent"]), None if pd.isna(row["n"]) else int(row["n"]))


def _expected(chance: pd.DataFrame, kind: str) -> tuple[float, ...]:
    return tuple(chance.loc[kind].loc[list(PATTERNS), "expected_percent"].astype(float))


def _others(studies: pd.DataFrame) -> dict[str, pd.Series]:
    """Return the shares of studies beside the one that the cohort is compared with, by pattern."""
    own = {
        str(study): rows.set_index("pattern").loc[list(PATTERNS), "percent"]
        for study, rows in studies.groupby("study", sort=False)
    }
    return dict(list(own.items())[1:])
