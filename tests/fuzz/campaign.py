"""A number of seeded cases for each file of each target."""

import contextlib
import random
import sys
import tempfile
from pathlib import Path

from cases import Case, Verdict, verdicts
from corruption import BINARY, TEXT, YAML, corrupted
from shipped import Target, all_targets

BINARY_ENDINGS = (".sav", ".dta", ".xlsx", ".parquet")


# one of the ways to write a text file stands for the others; SPSS and Stata files take long
FEW = ("config", "csv", "semicolon", "excel", "parquet")


def run(
    per_file: int, seed: int = 1, only: str = "", seconds: float = 60.0, few: bool = False
) -> list[Verdict]:
    """Return the verdicts of `per_file` cases for every file; `only` names targets to run.

    few : only those of `FEW`. Of SPSS and Stata files there are a quarter as many cases.
    """
    found: list[Verdict] = []
    # targets are worked on in their folder, which is gone afterwards
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        for target in all_targets(Path(folder)):
            if only in target.name and (target.name in FEW or not few):
                print(f"{target.name} …", file=sys.stderr, flush=True)
                found += verdicts(_cases(target, per_file, seed), target, seconds)
    return found


def _cases(target: Target, per_file: int, seed: int) -> list[Case]:
    cases = []
    for file in target.files:
        good = (target.folder / file).read_bytes()
        ways = BINARY if file.endswith(BINARY_ENDINGS) else YAML if file.endswith(".yaml") else TEXT
        # each takes a trial process for either file, ten times as long as any other
        share = 4 if file.endswith((".sav", ".dta")) else 1
        for number in range(max(1, per_file // share)):
            rng = random.Random(f"{seed} {target.name} {file} {number}")
            cases.append(Case(target.name, file, number, corrupted(good, ways, rng)))
    return cases
