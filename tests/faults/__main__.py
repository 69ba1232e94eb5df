"""Break a run in many ways, run again, and see what comes: `python tests/faults`.

Every line of the table says what was done, what the run after it said or made, and whether this is
as it should be: the bytes of an undisturbed run, or one line that says what to do. A tiny synthetic
cohort in temporary folders; nothing of the repository is touched. The faults of disks need the
right to mount (Linux, root) and are named as not tried elsewhere. `--kills` and `--seed` choose
how many runs are killed and when.
"""

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "workflow"))

from bench import Bench
from faults import FAULTS
from tiny_project import make_tiny_project

VERDICTS = {True: "yes", False: "NO", None: "–"}
HEADING = """\
# What goes wrong, and what the next run makes of it

`python tests/faults --kills {given.kills} --seed {given.seed}`: runs of a tiny synthetic cohort.
"""


def main() -> int:
    """Print the table; return how many lines are not as they should be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=list(FAULTS), action="append")
    given = parser.parse_args()
    root = Path(__file__).parents[2]
    with tempfile.TemporaryDirectory() as scratch:
        fresh = make_tiny_project(root, Path(scratch) / "fresh" / "project")
        bench = Bench(root, fresh, Path(scratch), given.kills, given.seed)
        wrong = 0
        print(HEADING.format(given=given))
        print("| fault | what the next run does | as it should be |")
        print("| --- | --- | --- |", flush=True)
        for name in given.only or FAULTS:
            seen = FAULTS[name](bench)
            wrong += seen.right is False
            words = seen.words.replace(scratch, "…")
            print(f"| {name} | {words} | {VERDICTS[seen.right]} |", flush=True)
    return wrong


if __name__ == "__main__":
    sys.exit(main())
