"""How long the explorer takes, in Chromium: `python benchmarks explorer` writes EXPLORER.md.

A hand moves k; the page itself measures the time until the new breakdown and the new moderation are
drawn. Cohorts are drawn at random, shaped like the shipped one.
"""

import os
import sys
import tempfile
import time

import numpy as np
import pandas as pd
from engine_timing import HERE
from rupture_repair.config.load import load_project
from rupture_repair.explorer.data import Explored

for folder in ("tests", "tests/explorer"):
    sys.path.insert(0, str(HERE.parent / folder))
from serving import served  # noqa: E402
from webdriver import Browser  # noqa: E402

PAGE = HERE / "EXPLORER.md"
SIZES = (514, 10_000)
MOVES = 20
PARTS = {"breakdown": "breakdown", "moderation": "moderation", "hazard": "hazard by session"}
WANTED = {
    514: {"breakdown": 100, "moderation": 500},
    10_000: {"breakdown": 1000, "moderation": 5000},
}
TEXT = """\
# What the explorer takes, in the browser

Written by `python benchmarks explorer`: Chromium and server on one machine of {cores} processors,
whose load was {load:.1f} meanwhile (1 is one busy processor; the explorer itself counts). k is
moved {moves} times to a value that was not computed before; milliseconds from the move to the
picture on the page, median and, in brackets, the 90th percentile.

{table}

A slider dragged through {dragged} values in one go: {computed} breakdowns and {fitted} model(s)
were shown, the rest was given up.
"""
MOVE = """
const k = document.getElementById('k'); k.value = arguments[0];
k.dispatchEvent(new Event('input', {bubbles: true}));
"""
DRAG = """
const k = document.getElementById('k');
for (let n = 0; n < arguments[0]; n += 1) {
  k.value = 1 + n / 20; k.dispatchEvent(new Event('input', {bubbles: true}));
}
"""


def cohort(n_patients: int) -> Explored:
    """Return a cohort of therapists with ten patients each, and an empty curve."""
    project = load_project("igra2025")
    settings = project.cohorts["igra2025"]
    multiverse = settings.multiverse(project.multiverse)
    patients, sessions = _tables(n_patients)
    columns = {
        "pattern_breakdown": ["pattern", "n", "percent"],
        "published_studies": ["study", "pattern", "n", "percent"],
        "multiverse": ["id", "estimate", "ci_low", "ci_high", "p", "percent_repaired"],
    }
    tables = {name: pd.DataFrame(columns=names) for name, names in columns.items()}
    choices = pd.DataFrame(
        columns=["id", "origin", *type(multiverse.multiverse.choices).model_fields]
    )
    tables["multiverse_specifications"] = choices
    return Explored(settings, multiverse, patients, sessions, tables)


def timings(explored: Explored, folder: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the page's timings after single moves, and after a drag: `part, version, ms`."""
    with served(explored) as address:
        browser = Browser(folder, size=(1400, 1000))
        try:
            browser.open(address)
            _until_idle(browser)
            start = len(browser.run("return explorer.timings"))
            for move in range(MOVES):
                browser.run(MOVE, 1.05 + 0.1 * move)
                _until_idle(browser)
            moved = browser.run("return explorer.timings")[start:]
            browser.run(DRAG, 41)
            _until_idle(browser)
            dragged = browser.run("return explorer.timings")[start + len(moved) :]
        finally:
            browser.close()
    return pd.DataFrame(moved), pd.DataFrame(dragged)


def main() -> None:
    """Write EXPLORER.md."""
    rows = ["| part | " + " | ".join(f"{size:,} patients" for size in SIZES) + " |"]
    rows.append("| --- |" + " ---: |" * len(SIZES))
    found = {}
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            found[size] = timings(cohort(size), folder)
        print(size, found[size][0].groupby("part")["ms"].describe())
    for part, words in PARTS.items():
        cells = [_cell(found[size][0], part, WANTED[size].get(part)) for size in SIZES]
        rows.append(f"| {words} | {' | '.join(cells)} |")
    counts = found[SIZES[0]][1]["part"].value_counts()
    text = TEXT.format(
        cores=os.cpu_count(), load=os.getloadavg()[1], moves=MOVES, table="\n".join(rows),
        dragged=41, computed=counts.get("breakdown", 0), fitted=counts.get("moderation", 0),
    )  # fmt: skip
    PAGE.write_text(text, encoding="utf-8")


def _cell(moved: pd.DataFrame, part: str, wanted: int | None) -> str:
    ms = moved.loc[moved["part"] == part, "ms"]
    goal = f", wanted < {wanted:,}" if wanted else ""
    return f"{ms.median():,.0f} ({ms.quantile(0.9):,.0f}{goal})"


def _until_idle(browser: Browser) -> None:
    """Wait for the last part: then nothing else is being computed."""
    while True:
        time.sleep(0.05)
        words = browser.run("return document.getElementById('progress').textContent")
        shown = browser.run("return window.explorer && explorer.timings.length")
        if shown and not words:
            return


def _tables(n_patients: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(1)
    lengths = np.clip(np.rint(2 + rng.lognormal(1.667, 0.88, n_patients)), 3, 91).astype(int)
    patient = np.repeat(np.arange(n_patients), lengths)
    session = np.concatenate([np.arange(1, length + 1) for length in lengths])
    iip = np.clip(rng.normal(1.5, 0.6, n_patients), 0, 4)
    level = np.repeat(rng.normal(3.5, 0.7, n_patients), lengths)
    alliance = np.clip(np.rint(6 * (level + rng.normal(0, 0.7, len(patient)))) / 6, 0, 5)
    slope = np.repeat(rng.normal(-2.6, 1.2, n_patients), lengths)
    first = np.repeat(rng.normal(19.7, 7, n_patients) + 3 * (iip - 1.5), lengths)
    symptoms = np.clip(
        np.rint(first + slope * np.log(session) + rng.normal(0, 3.5, len(patient))), 0, 40
    )
    names = np.array([f"P{n:05d}" for n in range(n_patients)])
    patients = pd.DataFrame(
        {
            "patient_id": names,
            "therapist_id": [f"T{n // 10:04d}" for n in range(n_patients)],
            "iip": iip,
        }
    )
    columns = {"session": session, "alliance": alliance, "symptoms": symptoms}
    return patients, pd.DataFrame({"patient_id": names[patient], **columns})
