"""A number of seeded cases for each file of each target."""

import random
import tempfile
from pathlib import Path

from cases import Case, Verdict, verdicts
from corruption import BINARY, TEXT, YAML, corrupted
from shipped import Target, all_targets

BINARY_ENDINGS = (".sav", ".dta", ".xlsx", ".parquet")


def run(per_file: int, seed: int = 1, only: str = "", seconds: float = 10.0) -> list[Verdict]:
    """Return the verdicts of `per_file` cases for every file; `only` names targets to run."""
    found: list[Verdict] = []
    with tempfile.TemporaryDirectory() as folder:
        for target in all_targets(Path(folder)):
            if only in target.name:
                found += verdicts(_cases(target, per_file, seed), target, seconds)
    return found


def _cases(target: Target, per_file: int, seed: int) -> list[Case]:
    cases = []
    for file in target.files:
        good = (target.folder / file).read_bytes()
        ways = BINARY if file.endswith(BINARY_ENDINGS) else YAML if file.endswith(".yaml") else TEXT
        for number in range(per_file):
            rng = random.Random(f"{seed} {target.name} {file} {number}")
            cases.append(Case(target.name, file, number, corrupted(good, ways, rng)))
    return cases
