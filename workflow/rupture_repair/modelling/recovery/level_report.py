"""Type-I error and power of the headline test as a page."""

import pandas as pd

from rupture_repair.config.reporting import ALPHA
from rupture_repair.modelling.recovery.processes import CASES, POWER, STUDY
from rupture_repair.modelling.recovery.summary import share

# columns of the page: model, effect and inference
TESTS = {
    "M2, the model's own": ("M2", "average", "model"),
    "M3, the model's own": ("M3", "average", "model"),
    "M3, a slope variance for each pattern": ("M3", "average", "by pattern"),
    "M2, reported": ("M2", "average", "reported"),
    "**M3, reported: the headline**": ("M3", "average", "reported"),
    "at 20 sessions": ("M3", "20", "reported"),
    "by length": ("M3", "by length", "reported"),
}


def level_page(found: pd.DataFrame) -> str:
    """Return the page from the studies of `level.run_level`."""
    n = int(found.groupby("case")["replicate"].nunique().min())
    patients = ", ".join(f"{count} {name}" for name, count in STUDY.patients.items())
    null = {name: case.words for name, case in CASES.items()}
    power = {name: case.words for name, case in POWER.items()}
    return f"""# Level and power of the headline test

Made by `make level`. {n} studies or more of each kind, at the study's size: {patients};
{STUDY.therapists} therapists. Patterns are given, and more frequent in longer treatments; scores
have neither steps nor ends, but for the floor. Shares of studies with *p* < {ALPHA:g} for the
moderation of repaired ruptures by interpersonal problems, of M3 at average log length; in brackets
the Monte Carlo standard error. *Reported* is CR2 by therapist with Satterthwaite df (inference.md).

## No moderation: type-I error

{_table(found, null)}

Where the truth is a dependence of the whole course on interpersonal problems × length, M2 finds a
moderation that is not there, by any standard error: the reason why it is never the headline.

## A moderation: power

{_table(found, power)}
"""


def _table(found: pd.DataFrame, cases: dict[str, str]) -> str:
    lines = [
        f"| What is true of the data | {' | '.join(TESTS)} |",
        f"|---|{'---:|' * len(TESTS)}",
    ]
    for name, words in cases.items():
        own = found[found["case"] == name]
        cells = [_cell(own, *test) for test in TESTS.values()]
        lines.append(f"| {words} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(own: pd.DataFrame, model: str, effect: str, inference: str) -> str:
    rows = own[(own["model"] == model) & (own["effect"] == effect)]
    p = rows.loc[rows["inference"] == inference, "p"].dropna()
    if p.empty:
        return "–"
    value, error, _ = share(p < ALPHA)
    return f"{value:.3f} ({error:.3f})".replace("0.", ".")
