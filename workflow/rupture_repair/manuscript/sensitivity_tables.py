"""Tables of the supplement on other analyses of the headline moderation."""

import pandas as pd

from rupture_repair.disclosure.suppression import MASK_NOTE, told
from rupture_repair.manuscript.markdown import table
from rupture_repair.manuscript.model_tables import ROBUST
from rupture_repair.manuscript.results import Results
from rupture_repair.manuscript.sensitivity_claims import (
    AVERAGE,
    PER_SD,
    UNREPAIRED,
    without_estimate,
)
from rupture_repair.words import apa

TESTED = ["*b*", "*SE*", "*df*", "*p*"]
METHOD = f"REML; {ROBUST}, without adjustment for the number of analyses."
EFFECTS = {
    "repaired - none": "Repaired − no rupture yet",
    "repaired - unrepaired": "Repaired − unrepaired",
    UNREPAIRED: "Unrepaired − no rupture yet",
    PER_SD: "More with interpersonal problems",
    AVERAGE: "At average interpersonal problems",
}
DIFFERENCES = {
    "repaired - none": "Repaired − no rupture",
    "repaired - unrepaired": "Repaired − unrepaired",
}


def questions(results: Results) -> str:
    """Return the table of what each analysis asks, and of how much it rests on."""
    data = results.tables["sensitivity"].drop_duplicates("variant")
    rows = [
        [
            row.label,
            row.question,
            told(row.n_patients),
            _repaired(row),
            told(row.n_sessions),
            f"{row.n_therapists:.0f}" if row.n_therapists or not row.n_sessions else "not recorded",
        ]
        for row in data.itertuples()
    ]
    heading = ["Analysis", "What it asks", "Patients", "Repaired", "Ratings", "Therapists"]
    note = (
        "Repaired: patients with that pattern among them; by the rupture state, those ever seen "
        "after a repair. Ratings: of the outcome." + (MASK_NOTE if results.private else "")
    )
    caption = "Other analyses and what they ask"
    return table("tbl-sensitivity-questions", caption, heading, rows, note, left=2)


def estimates(results: Results) -> str:
    """Return the table of part A: the moderation in one unit."""
    data = results.tables["sensitivity"].query("part == 'A'")
    rows = [[row.label, DIFFERENCES[row.effect], *_numbers(row, 2)] for row in data.itertuples()]
    heading = ["Analysis", "Difference", *TESTED, results.interval_name]
    at = data["at_session"].iloc[0]
    note = (
        "*b*: points of symptoms from the first session to session "
        f"{at:.0f} per *SD* of interpersonal problems of the headline's patients; for the "
        "landmark, at the pace after it and over as much of the model's time. Without each "
        f"therapist: lowest and highest estimate, no interval. {METHOD}{_left_out(data)}"
    )
    caption = "The headline moderation by other analyses"
    return table("tbl-sensitivity", caption, heading, rows, note, left=2)


def within_person(results: Results) -> str:
    """Return the table of part B: other questions, each in its own unit."""
    data = results.tables["sensitivity"].query("part == 'B'")
    rows = [
        [row.label, EFFECTS[row.effect], row.unit.replace("SD", "*SD*"), *_numbers(row, 3)]
        for row in data.itertuples()
    ]
    heading = ["Analysis", "Effect", "Unit", *TESTED, results.interval_name]
    note = (
        "Units differ between analyses: the numbers are not to be compared across them. "
        f"{METHOD}{_left_out(data)}"
    )
    caption = "Rupture states and single steps between sessions"
    return table("tbl-within-person", caption, heading, rows, note, left=3)


def _numbers(row: pd.Series, decimals: int) -> list[str]:
    if pd.notna(row.range_low):
        span = f"{apa.number(row.range_low, decimals)} to {apa.number(row.range_high, decimals)}"
        return [span, "–", "–", "–", "–"]
    if pd.isna(row.estimate):
        return ["not estimated", "–", "–", "–", "–"]
    return [
        apa.number(row.estimate, decimals),
        apa.number(row.se, decimals),
        apa.degrees(row.df),
        apa.p_value(row.p),
        apa.interval(row.ci_low, row.ci_high, decimals),
    ]


def _repaired(row: pd.Series) -> str:
    return told(row.n_repaired) if row.effect in DIFFERENCES else "not used"


def _left_out(data: pd.DataFrame) -> str:
    """Return what has no estimate and why, and which fits are in doubt."""
    missing = without_estimate(data)
    text = f" Not estimated: {'; '.join(missing)}." if missing else ""
    doubted = data[data["certificate"].notna() & (data["certificate"] != "passed")]
    if len(doubted):
        named = dict.fromkeys(f"{r.label}: {r.certificate}" for r in doubted.itertuples())
        text += f" Certificate not passed: {'; '.join(named)}."
    return text
