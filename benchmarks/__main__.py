"""All benchmarks side by side in one run: `make bench` writes results/benchmarks.csv.

docs/speed.md is made from that (`speed.py`). Nothing is installed: peers that are not there have no
rows, and are named.

`python benchmarks cost` writes COST.md beside this file instead, `python benchmarks run` RUN.md,
`python benchmarks explorer` EXPLORER.md.
"""

import sys

import bootstrap
import cost
import detection
import explorer
import fit_m3
import fit_scaling
import multiverse
import pandas as pd
import run
import speed
from engine_timing import COLUMNS, ROOT, absent_peers


def main() -> None:
    """Run every benchmark, print the table and write it."""
    found = [*detection.rows(), *fit_m3.rows(), *bootstrap.rows(), *multiverse.rows()]
    found += fit_scaling.rows()
    table = pd.DataFrame(found, columns=COLUMNS)
    (ROOT / "results").mkdir(exist_ok=True)
    table.to_csv(ROOT / "results/benchmarks.csv", index=False, lineterminator="\n")
    print(table.to_string(index=False))
    missing = absent_peers()
    if missing:
        print(f"Not found, so not compared with: {', '.join(missing)} (R). Nothing was installed.")
    speed.write(table, missing)
    print(
        "Wrote results/benchmarks.csv, docs/speed.md and its sentence in docs/how-to/notebook.md."
    )


if __name__ == "__main__":
    pages = {"cost": cost.main, "run": run.main, "explorer": explorer.main}
    wanted = sys.argv[1:] or [None]
    if len(wanted) > 1 or wanted[0] not in {None, *pages}:
        sys.exit(f"python benchmarks, or python benchmarks {' or '.join(pages)}")
    pages.get(wanted[0], main)()
