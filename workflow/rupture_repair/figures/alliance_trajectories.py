"""Alliance around the first rupture, unrepaired beside repaired patterns."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from rupture_repair.config.steps.figures import FigureSettings
from rupture_repair.disclosure.rounding import DECIMALS
from rupture_repair.figures.labels import labels
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

TABLES = ("sessions", "events", "patterns", "pattern_breakdown")
RUPTURED: tuple[Literal["unrepaired", "repaired"], ...] = ("unrepaired", "repaired")
BEFORE, AFTER = 3, 6  # sessions around the rupture
EXAMPLES = 12
MIN_RATED = 5


@dataclass(frozen=True)
class Mean:
    """The mean rating before, at or so many sessions after the rupture."""

    rating: float
    when: Literal["before", "at", "after"]
    sessions: int


@dataclass(frozen=True)
class Course:
    """The mean ratings of a pattern; its number of patients is none where it is masked."""

    pattern: Literal["unrepaired", "repaired"]
    patients: int | None
    means: tuple[Mean, ...]


@dataclass(frozen=True)
class Texts(Claim, at="figures/alliance_trajectories", blocks=("caption", "alt")):
    """What is drawn: sessions before and after the rupture, and where the mean and the band are.

    fewest, fewest_band : patients that rated; single : single courses are drawn.
    """

    before: int
    after: int
    fewest: int
    fewest_band: int
    single: bool
    masked: bool
    courses: tuple[Course, ...]


def draw(tables: Mapping[str, pd.DataFrame], settings: FigureSettings) -> Drawing:
    """Draw mean alliance with the range of the middle half of patients, from the first rupture.

    Single courses are drawn where no real patient can be seen.
    """
    counts = tables["pattern_breakdown"].set_index("pattern")["n"]
    say = labels("alliance_trajectories", settings.language)
    tool, single = settings.instruments.alliance, not settings.private
    ratings = _aligned(tables)
    figure = new_figure(78)
    panels = figure.subplots(1, len(RUPTURED), sharey=True, sharex=True)
    courses = []
    for axes, pattern in zip(panels, RUPTURED, strict=True):
        # what is masked is not drawn either
        own = ratings[(ratings["pattern"] == pattern) & pd.notna(counts[pattern])]
        if single:
            _examples(axes, own)
        means = _summary(axes, own, COLOURS[pattern], single=single)
        if means.empty:
            place = {"transform": axes.transAxes, "ha": "center", "va": "center"}
            axes.text(0.5, 0.5, say("nothing"), fontsize=SMALL, color=INK, **place)
        axes.axvline(0, color=GREY, linewidth=0.7, linestyle=":")
        axes.set_title(say("title", pattern=say(pattern), n=say.counted(counts[pattern])))
        axes.set_xlabel(say("x"))
        known = pd.notna(counts[pattern])
        courses.append(Course(pattern, int(counts[pattern]) if known else None, _finding(means)))
    lowest, highest = (f"{end:g}" for end in (tool.minimum, tool.maximum))
    panels[0].set_ylabel(say("y", tool=tool.short, lowest=lowest, highest=highest))
    panels[0].set_ylim(tool.minimum, tool.maximum * 1.02)
    panels[0].set_xlim(-BEFORE, AFTER)
    panels[0].set_xticks(range(-BEFORE, AFTER + 1))
    finish(figure, settings)
    texts = Texts(
        before=BEFORE,
        after=AFTER,
        fewest=MIN_RATED,
        fewest_band=MIN_RATED if single else 4 * MIN_RATED,
        single=single,
        masked=bool(counts[list(RUPTURED)].isna().any()),
        courses=tuple(courses),
    )
    return Drawing(figure, texts.text("caption"), texts.text("alt"))


def _aligned(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the ratings around the first rupture of each patient.

    Columns: `patient_id, pattern, since` (sessions from the rupture), `alliance`.
    """
    first = tables["events"].groupby("patient_id")["session"].min().rename("rupture")
    of_whom = tables["patterns"].set_index("patient_id")["pattern"]
    found = tables["sessions"].merge(first, on="patient_id").dropna(subset=["alliance"])
    found = found.assign(
        pattern=found["patient_id"].map(of_whom), since=found["session"] - found["rupture"]
    )
    found = found[found["since"].between(-BEFORE, AFTER)]
    return found[["patient_id", "pattern", "since", "alliance"]]


def _summary(axes: Axes, rated: pd.DataFrame, colour: str, *, single: bool) -> pd.Series:
    """Draw and return the mean; the middle half where no quartile has fewer than `MIN_RATED`.

    single : whether single patients may be seen. If not, numbers are rounded: a mean of ratings on
    a known grid would tell of how many, and the sessions' numbers of those who have ended.
    """
    ratings = rated.groupby("since")["alliance"]
    table = ratings.agg(["count", "mean"])
    table["low"], table["high"] = ratings.quantile(0.25), ratings.quantile(0.75)
    table = table[table["count"] >= MIN_RATED]
    if not single:
        table = table.round(DECIMALS)
    band = table if single else table[table["count"] >= 4 * MIN_RATED]
    axes.fill_between(band.index, band["low"], band["high"], color=colour, alpha=0.22, lw=0)
    axes.plot(table.index, table["mean"], color=colour, linewidth=2.2, zorder=5)
    return table["mean"]


def _examples(axes: Axes, own: pd.DataFrame) -> None:
    """Draw some courses, spread over the patients in the order of their names."""
    patients = own["patient_id"].drop_duplicates().sort_values().to_numpy()
    if not len(patients):
        return
    chosen = np.unique(np.linspace(0, len(patients) - 1, EXAMPLES, dtype=int))
    for patient in patients[chosen]:
        course = own[own["patient_id"] == patient].sort_values("since")
        axes.plot(course["since"], course["alliance"], color=GREY, linewidth=0.6, alpha=0.75)


def _finding(means: pd.Series) -> tuple[Mean, ...]:
    """Return the mean just before the rupture, at it, and at the last session that is drawn."""
    if means.empty:
        return ()
    when: dict[int, Literal["before", "at", "after"]] = {-1: "before", 0: "at"}
    shown = dict.fromkeys((*when, int(means.index[-1])))
    return tuple(
        Mean(float(means[since]), when.get(since, "after"), since)
        for since in shown
        if since in means.index
    )
