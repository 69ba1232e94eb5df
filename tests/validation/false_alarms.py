"""How often clean cohorts get a warning, and how often what is wrong is found.

    python tests/validation/false_alarms.py

writes FALSE_ALARMS.md beside this file (20 minutes on one core).
"""

from collections import Counter
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import numpy as np
from clean_cohorts import Cohort, other, shipped
from planted import DEFECTS
from rupture_repair.validation import reasons
from rupture_repair.validation.plausibility import implausible

HOME = "rupture_repair.validation.plausibility"
# the package names the functions, which are called like their modules
caseloads, copies, restricted_range, numbering, ranges, spikes, turned_round = (
    import_module(f"{HOME}.{name}")
    for name in (
        "caseloads",
        "copies",
        "restricted_range",
        "numbering",
        "ranges",
        "spikes",
        "turned_round",
    )
)

PAGE = Path(__file__).parent / "FALSE_ALARMS.md"
CLEAN, BROKEN = 200, 12
FIRST_SEED = 50_000  # thresholds were chosen with lower ones
FILES = {"patients": "patients.csv", "sessions": "sessions.csv"}
DRAWN: dict[str, Callable[[int], Cohort]] = {"shipped": shipped, "other": other}
NOT_FOUND = """\
Not found: a narrower range that lies inside of the usual one (0 to 3 instead of 0 to 4) and was
given to single patients, whoever treats them: their ratings look like those of patients with a
weaker alliance. It is found where all patients of a therapist have it, if most other patients rate
higher than it allows: for an alliance on half of the range, often on two thirds, seldom for
symptoms, whose upper end few patients reach."""
# warning: its reason and its threshold
WARNINGS = {
    "numbering begins late": (
        reasons.NUMBERING,
        f"chance below {numbering.CHANCE:g}, given how often the file skips session numbers",
    ),
    "a number far from the others": (
        reasons.FAR_NUMBER,
        f"{numbering.FAR} or more skipped, and chance below {numbering.CHANCE:g} in the same way",
    ),
    "one series under two pseudonyms": (
        reasons.COPIED,
        f"expected equal pairs below {copies.CHANCE:g}, from how frequent first ratings and "
        "changes are",
    ),
    "forms entered twice": (
        reasons.ENTERED_TWICE,
        f"{copies.RATIO:g} times as many equal neighbours as equal ratings two sessions apart, "
        f"Poisson p below {copies.CHANCE:g}",
    ),
    "one large caseload": (
        reasons.CASELOAD,
        f"more than {caseloads.TIMES:g} times the next largest, of {caseloads.MIN_THERAPISTS} "
        f"therapists or more and {caseloads.MIN_PATIENTS} patients or more",
    ),
    "a therapist for each patient": (reasons.ONE_EACH, "no therapist has two patients"),
    "a probable missing code": (
        reasons.SPIKE,
        f"{spikes.MIN_COUNT} ratings in {spikes.MIN_PATIENTS} patients {spikes.FAR:g} SD from both "
        f"neighbours, and more than {spikes.SHARE:g} of all that lie {spikes.LESS_FAR:g} SD away",
    ),
    "a scale turned round": (
        reasons.TURNED,
        f"everybody: correlation of the wrong sign beyond {turned_round.MIN_CORRELATION:g} and "
        f"{turned_round.DEVIATES:g} standard errors, or mean alliance below {turned_round.LOW:g} "
        "of the range (Tryon et al., 2008); a therapist: likelihood ratio above the number of "
        f"therapists / {turned_round.CHANCE:g} (Royall, 1997)",
    ),
    "another range": (
        reasons.RANGE,
        f"means among sums: binomial p below {ranges.CHANCE:g}; patients: a gap of "
        f"{ranges.GAP:g} SD (one or two: {ranges.GAP_OF_ONE:g}); months: {ranges.SHIFT:g} SD",
    ),
    "a narrower range": (
        reasons.NARROWER,
        f"no rating of a therapist's {restricted_range.MIN_PATIENTS} patients or more as high as "
        f"most others': chance below {restricted_range.CHANCE:g} over all therapists, "
        f"beta-binomial with an intraclass correlation of {restricted_range.ICC:g}",
    ),
}


def warnings_of(cohort: Cohort) -> set[str]:
    """Return the reasons of all warnings about a cohort."""
    patients, sessions = cohort.patients, cohort.sessions
    problems = implausible(patients, sessions, FILES, {}, cohort.instruments, 3)
    return {problem.why for problem in problems}


def false_alarms(draw: Callable[[int], Cohort], n: int) -> tuple[Counter[str], int]:
    """Return how many of `n` clean cohorts get each warning, and how many get any."""
    found: Counter[str] = Counter()
    some = 0
    for seed in range(FIRST_SEED, FIRST_SEED + n):
        reasons_given = warnings_of(draw(seed))
        found.update(reasons_given)
        some += bool(reasons_given)
    return found, some


def detected(draw: Callable[[int], Cohort], n: int) -> dict[str, tuple[int, int]]:
    """Return for each defect in how many cohorts it was found, and planted."""
    found: dict[str, tuple[int, int]] = {}
    for seed in range(FIRST_SEED, FIRST_SEED + n):
        clean = draw(seed)
        for place, (name, defect) in enumerate(DEFECTS.items()):
            broken = defect.plant(clean, np.random.default_rng([place, seed]))
            if broken is not None:
                hits, planted = found.get(name, (0, 0))
                found[name] = (hits + (defect.why in warnings_of(broken)), planted + 1)
    return found


def page() -> str:
    """Return FALSE_ALARMS.md."""
    alarms = {kind: false_alarms(draw, CLEAN) for kind, draw in DRAWN.items()}
    hits = {kind: detected(draw, BROKEN) for kind, draw in DRAWN.items()}
    lines = [
        "# False alarms of the checks of plausibility",
        "",
        f"Written by `python tests/validation/false_alarms.py`. {CLEAN} clean cohorts each of 60 "
        "to 600 patients: *shipped*, from the workflow's own generator with other seeds, sizes and "
        "numbers of therapists; *other*, from one that shares nothing with it (five alliance and "
        "four symptom questionnaires, floors, ceilings, skew, short treatments, few therapists, "
        "autocorrelation up to .6, correlation of alliance and symptoms down to 0, rows left out).",
        "",
        "| warning | threshold | shipped | other |",
        "| --- | --- | ---: | ---: |",
    ]
    for name, (why, threshold) in WARNINGS.items():
        cells = [f"{100 * alarms[kind][0][why] / CLEAN:.1f} %" for kind in DRAWN]
        lines.append(f"| {name} | {threshold} | {' | '.join(cells)} |")
    cells = [f"{100 * alarms[kind][1] / CLEAN:.1f} %" for kind in DRAWN]
    lines.append(f"| **any of them** | | {' | '.join(cells)} |")
    lines += [
        "",
        f"Detection: found of {BROKEN} cohorts of each kind in which the defect can be planted.",
        "",
        "| planted | shipped | other |",
        "| --- | ---: | ---: |",
    ]
    for name in DEFECTS:
        pairs = [hits[kind].get(name) for kind in DRAWN]
        cells = [f"{pair[0]} of {pair[1]}" if pair else "–" for pair in pairs]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join([*lines, "", NOT_FOUND]) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
