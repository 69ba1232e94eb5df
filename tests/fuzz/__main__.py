"""Corrupt every file that users hand in or edit, and print what came of it: `python tests/fuzz`."""

import argparse

from campaign import run
from cases import table_of

HEADING = """\
# Corrupted files, and what is said about them

`python tests/fuzz {given.per_file} --seed {given.seed}`: cases for each shipped file. *Valid*: the
corrupted file still says something that can be analysed; *refused*: in words, without a traceback;
*bad*: anything else, a hang or too much memory among it.
"""


def main() -> None:
    """Run and print; the exit status tells whether every case was valid or refused in words."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "per_file", type=int, nargs="?", default=150, help="cases for each file (150)"
    )
    parser.add_argument("--seed", type=int, default=1, help="(1)")
    parser.add_argument("--only", default="", help="targets whose name holds this")
    given = parser.parse_args()
    print(HEADING.format(given=given), flush=True)
    found = run(given.per_file, given.seed, given.only)
    bad = [verdict for verdict in found if verdict.bad]
    print(*bad, table_of(found), sep="\n", flush=True)
    raise SystemExit(bool(bad))


if __name__ == "__main__":
    main()
