"""Sentences on ruptures by exposure: sessions at risk and treatment length."""

from dataclasses import dataclass
from typing import Literal

import pandas as pd

from rupture_repair.manuscript.results import Results
from rupture_repair.words.templates import Claim, Percent

MIN_AT_RISK = 10


@dataclass(frozen=True)
class Incidence:
    """Percent with a rupture by a session, the end of treatment competing or censoring."""

    session: int
    competing: Percent
    censored: Percent


@dataclass(frozen=True)
class Hazard(Claim, at="exposure/hazard"):
    """First ruptures and sessions at risk of the whole cohort; none where they are few."""

    ruptures: int | None
    at_risk: int
    per_session: Percent
    by: Incidence | None


@dataclass(frozen=True)
class Exposed:
    """Percent with a rupture in treatments of a length, and the hazard per session at risk."""

    length: str
    ruptured: Percent
    hazard: Percent


@dataclass(frozen=True)
class Exposure(Claim, at="exposure/exposure"):
    """Shares and hazards in the shortest and in the longest treatments.

    longer : what the larger share in long treatments rests on, where it is larger.
    """

    compared: bool
    shortest: Exposed
    longest: Exposed
    longer: Literal["higher hazard", "more sessions", "hazard unclear"] | None


MISSING = float("nan")
NO_PERCENT = Percent(MISSING, MISSING, MISSING)
NO_EXPOSED = Exposed("", NO_PERCENT, NO_PERCENT)


def hazard(results: Results) -> str:
    """Tell the hazard of the whole cohort and the share with a rupture at a chosen length."""
    whole = results.tables["rupture_exposure"].set_index("length").loc["all"]
    ruptures = results.count(whole["n_ruptured"])
    if not ruptures:
        return Hazard(ruptures, 0, NO_PERCENT, None).words
    at_risk, per_session = int(whole["n_at_risk"]), _percent(whole, "hazard")
    return Hazard(ruptures, at_risk, per_session, _incidence(results)).words


def _incidence(results: Results) -> Incidence | None:
    """Return it at the longest of the stated lengths that it can be told at."""
    rows = results.tables["rupture_hazard"].query("length == 'all'").set_index("session")
    n_so_far = rows["n_first_ruptures"].cumsum()
    for length in sorted(results.settings.modelling.lengths, reverse=True):
        if length not in rows.index or rows.loc[length, "n_at_risk"] < MIN_AT_RISK:
            continue
        row = rows.loc[length]
        if pd.isna(row["incidence"]):
            continue  # masked here; a shorter length may be told
        if results.masks(n_so_far[length]):
            return None
        return Incidence(length, _percent(row, "incidence"), _percent(row, "if_continued"))
    return None


def exposure(results: Results) -> str:
    """Compare shares and hazards between the shortest and the longest treatments."""
    table = results.tables["rupture_exposure"]
    hidden = hidden_lengths(results)
    rows = table[(table["length"] != "all") & ~table["length"].isin(hidden)]
    rows = rows.dropna(subset=["hazard"])
    if len(rows) < 2 or rows["n_ruptured"].sum() == 0:
        return Exposure(False, NO_EXPOSED, NO_EXPOSED, None).words
    short, long = (
        Exposed(row["length"], _percent(row, "share_ruptured"), _percent(row, "hazard"))
        for row in (rows.iloc[0], rows.iloc[-1])
    )
    longer: Literal["higher hazard", "more sessions", "hazard unclear"] | None = None
    if long.ruptured.percent > short.ruptured.percent:
        longer = (
            "more sessions" if long.hazard.percent <= short.hazard.percent else "hazard unclear"
        )
        longer = "higher hazard" if long.hazard.ci_low > short.hazard.ci_high else longer
    return Exposure(True, short, long, longer).words


def hidden_lengths(results: Results) -> frozenset[str]:
    """Bands of treatment length of which no number of patients with a rupture is shown."""
    rows = results.tables["rupture_exposure"].set_index("length").drop(index="all")
    n, ruptured = rows["n_patients"], rows["n_ruptured"]
    with_one = results.small_cells({str(name): float(count) for name, count in ruptured.items()})
    rest = {str(name): float(count) for name, count in (n - ruptured).items()}
    return with_one | results.small_cells(rest)


def _percent(row: pd.Series, name: str) -> Percent:
    return Percent(*(float(100 * row[f"{name}{end}"]) for end in ("", "_low", "_high")))
