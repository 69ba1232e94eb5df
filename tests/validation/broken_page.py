"""Every broken input that we know of, run through `check`, and the page that lists them.

    python tests/validation/broken_page.py

writes config/BROKEN_INPUTS.md; a test holds it equal to what the command says.
"""

import contextlib
import os
import re
import tempfile
from pathlib import Path

import yaml
from broken_cells import CELLS
from broken_cohorts import COHORTS
from broken_exports import EXPORTS
from broken_files import FILES
from broken_plausible import PLAUSIBLE
from broken_sessions import ROWS
from broken_shapes import SHAPES
from rupture_repair.check_cohort import check_cohort
from small_clinic import COHORT, PATIENTS, SESSIONS

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "config/BROKEN_INPUTS.md"
PARTS = {
    "Cells and rows": CELLS,
    "Files": FILES,
    "Codes, pseudonyms and exports as they come": EXPORTS,
    "Wide files, items, therapists and whole cohorts": SHAPES,
    "Sessions and treatments": ROWS,
    "Possible values that are not plausible": PLAUSIBLE,
    "Cohort files": COHORTS,
}
HEAD = """\
# What the workflow says about broken inputs

{n} small inputs, each broken in one place, and what `make check` says about them. All are caught;
none ends in a traceback, none is accepted in silence. **Blocking**: nothing is computed until it
is mended. **Warning** and **note**: the analysis goes on, and says so. The report adds why each
problem matters. (This page is generated: `make broken-inputs`.)

What no check can see: ratings on a narrower range inside of the usual one (0 to 3 instead of 0 to
4) that single patients were given, whoever treats them; they look like a weaker alliance or
milder symptoms. Where all patients of a therapist have it, it is found as far as others rate higher
than it allows. How often each check of plausibility finds what it looks for, and how often it is
mistaken, is in [FALSE_ALARMS.md](../tests/validation/FALSE_ALARMS.md).
"""


def outcome(case, folder: Path) -> tuple[int, str]:
    """Return exit status and words of `check` for the small clinic with one thing broken."""
    (folder / "config/cohorts").mkdir(parents=True)
    for name in ("instruments", "criteria"):
        entries = yaml.safe_load((ROOT / f"config/{name}.yaml").read_text(encoding="utf-8"))
        few = dict(list(entries.items())[:2]) | {
            key: entries[key] for key in ("CORE-10", "IIP-32") if key in entries
        }
        text = yaml.safe_dump(few, allow_unicode=True)
        (folder / f"config/{name}.yaml").write_text(text, encoding="utf-8")
    multiverse = (ROOT / "config/multiverse.yaml").read_text(encoding="utf-8")
    content = {
        "config/multiverse.yaml": multiverse,
        "config/cohorts/clinic.yaml": COHORT,
        "patients.csv": PATIENTS,
        "sessions.csv": SESSIONS,
    } | case.files
    for name, old, new in case.changes:
        assert content[name].count(old) == 1, f"{old} in {name}"
        content[name] = content[name].replace(old, new)
    for name, what in content.items():
        if callable(what):
            what(folder / name)
        elif what is not None:
            raw = what if isinstance(what, bytes) else what.encode("utf-8")
            (folder / name).write_bytes(raw)
    with contextlib.chdir(folder):
        return check_cohort("clinic", Path("config"))


def outcomes() -> dict[str, tuple[int, str]]:
    """Return what is said about every case, by name."""
    found = {}
    for cases in PARTS.values():
        for name, case in cases.items():
            with tempfile.TemporaryDirectory() as folder:
                found[name] = outcome(case, Path(folder))
    return found


def listed_problems(words: str) -> list[str]:
    """Return severity and text of each problem in the words of `check`."""
    severity, lines = "Blocking", []
    for line in words.splitlines():
        if match := re.match(r"(Blocking|Warning|Note): \d+$", line):
            severity = match[1]
        elif line.startswith("  * "):
            lines.append(f"**{severity}:** {line[4:].strip()}")
    return lines


def page(found: dict[str, tuple[int, str]]) -> str:
    """Return the page."""
    parts = [HEAD.format(n=len(found))]
    number = 0
    for part, cases in PARTS.items():
        parts += [f"\n## {part}\n", "| | what is broken | what is said |", "|--:|---|---|"]
        for name in cases:
            number += 1
            cells = (
                "<br>".join(listed_problems(found[name][1])).replace("|", "\\|").replace("\n", " ")
            )
            parts.append(f"| {number} | {name} | {cells} |")
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    PAGE.write_text(page(outcomes()), encoding="utf-8")
