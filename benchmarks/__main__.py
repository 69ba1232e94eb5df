"""All benchmarks side by side in one run: `make bench` writes results/benchmarks.csv.

`python benchmarks cost` writes COST.md beside this file instead.
"""

import sys
from pathlib import Path

import bootstrap
import cost
import detection
import fit_m3
import fit_scaling
import multiverse
import pandas as pd
from engine_timing import COLUMNS

SIZES = (1_000, 10_000, 100_000)


def main() -> None:
    """Run every benchmark, print the table and write it."""
    found = [*detection.rows(), *fit_m3.rows(), *bootstrap.rows(), *multiverse.rows()]
    found += fit_scaling.rows(SIZES)
    table = pd.DataFrame(found, columns=COLUMNS)
    Path("results").mkdir(exist_ok=True)
    table.to_csv("results/benchmarks.csv", index=False, lineterminator="\n")
    print(table.to_string(index=False))


if __name__ == "__main__":
    if sys.argv[1:] not in ([], ["cost"]):
        sys.exit("python benchmarks, or python benchmarks cost")
    cost.main() if sys.argv[1:] else main()
