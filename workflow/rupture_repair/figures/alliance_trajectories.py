"""Alliance around the first rupture, unrepaired beside repaired patterns."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from rupture_repair.config.criteria import PATTERNS
from rupture_repair.config.steps.figures import FigureSettings
from rupture_repair.disclosure.rounding import DECIMALS
from rupture_repair.disclosure.suppression import MASK_NOTE, told
from rupture_repair.figures.labels import labels
from rupture_repair.figures.style import (
    COLOURS,
    GREY,
    LABELS,
    Drawing,
    finish,
    new_figure,
)

TABLES = ("sessions", "events", "patterns", "pattern_breakdown")
RUPTURED = PATTERNS[1:]
BEFORE, AFTER = 3, 6  # sessions around the rupture
EXAMPLES = 12
FEWEST = 5


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
    words = []
    for axes, pattern in zip(panels, RUPTURED, strict=True):
        # what is masked is not drawn either
        own = ratings[(ratings["pattern"] == pattern) & pd.notna(counts[pattern])]
        if single:
            _examples(axes, own)
        means = _summary(axes, own, COLOURS[pattern], single=single)
        axes.axvline(0, color=GREY, linewidth=0.7, linestyle=":")
        axes.set_title(say("title", pattern=say(pattern), n=say.counted(counts[pattern])))
        axes.set_xlabel(say("x"))
        n = told(counts[pattern])
        shown = _words(means) if pd.notna(counts[pattern]) else "not shown (masked)"
        words.append(f"{LABELS[pattern].lower()}, {n} patients, mean rating {shown}")
    lowest, highest = (f"{end:g}" for end in (tool.minimum, tool.maximum))
    panels[0].set_ylabel(say("y", tool=tool.short, lowest=lowest, highest=highest))
    panels[0].set_ylim(tool.minimum, tool.maximum * 1.02)
    panels[0].set_xlim(-BEFORE, AFTER)
    panels[0].set_xticks(range(-BEFORE, AFTER + 1))
    finish(figure, settings)
    caption = (
        f"Alliance from {BEFORE} sessions before to {AFTER} sessions after the session of a "
        "patient's first rupture (0). Thick line: mean rating; band: middle half of the ratings, "
        f"where at least {FEWEST} patients rated{'' if single else f' (the band: {4 * FEWEST})'}. "
        + ("Thin lines: courses of some patients. " if single else "")
        + "The drop at 0 is what ruptures were chosen by; that ratings are high before it, and "
        "rise after it, is in part regression to the mean."
        + (MASK_NOTE if counts[list(RUPTURED)].isna().any() else "")
    )
    alt = f"Two panels of alliance around the first rupture: {'; '.join(words)}."
    return Drawing(figure, caption, alt)


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
    """Draw and return the mean; the middle half where no quartile stands for fewer than `FEWEST`.

    single : whether single patients may be seen. If not, numbers are rounded: a mean of ratings on
    a known grid would tell of how many, and the sessions' numbers of those who have ended.
    """
    ratings = rated.groupby("since")["alliance"]
    table = ratings.agg(["count", "mean"])
    table["low"], table["high"] = ratings.quantile(0.25), ratings.quantile(0.75)
    table = table[table["count"] >= FEWEST]
    if not single:
        table = table.round(DECIMALS)
    band = table if single else table[table["count"] >= 4 * FEWEST]
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


def _words(means: pd.Series) -> str:
    """Return the mean just before the rupture, at it, and at the last session that is drawn."""
    if means.empty:
        return "not shown (too few patients)"
    last = int(means.index[-1])
    shown = {-1: "in the session before", 0: "at the rupture", last: f"{last} sessions later"}
    return ", ".join(f"{means[at]:.1f} {words}" for at, words in shown.items() if at in means.index)
