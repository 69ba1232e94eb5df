"""Try each installed Python with the locked and the newest versions: `python tests/versions`.

Direct dependencies are pinned to one version each, so that lowest and newest are the same; what
may differ is Python itself and what the pinned packages need in turn.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from versions import CHOICES, ROOMS, found_uv, pythons, tried


def main() -> int:
    """Print the table; return how many combinations failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--choice", choices=CHOICES, action="append")
    given = parser.parse_args()
    root = Path(__file__).parents[2]
    failed = 0
    print("# Python and versions\n\n`python tests/versions`: tests of " + ", ".join(ROOMS) + ".\n")
    print("| Python | versions | tests |\n| --- | --- | --- |", flush=True)
    for python in pythons(found_uv(), root):
        for choice in given.choice or CHOICES:
            with tempfile.TemporaryDirectory() as folder:
                seen = tried(root, python, choice, Path(folder))
            failed += not seen.passed
            print(f"| {seen.python} | {seen.choice} | {seen.words} |", flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main())
