"""Commands: `python -m rupture_repair --help`."""

import argparse
import sys
from pathlib import Path

from rupture_repair import __version__
from rupture_repair.config.document import configuration_page
from rupture_repair.new_cohort import check_cohort, new_cohort


def main() -> None:
    """Run one command."""
    parser = argparse.ArgumentParser(prog="rupture_repair", description=__doc__)
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True)
    page = commands.add_parser("config-docs", help="write the page that explains every key")
    page.add_argument("file", type=Path)
    new = commands.add_parser("new-cohort", help="propose a cohort file from a clinic's files")
    new.add_argument("name")
    new.add_argument("files", nargs="+", help="one file, or the patient and the session file")
    check = commands.add_parser("check", help="read and validate a cohort, without models")
    check.add_argument("name")
    given = parser.parse_args()
    if given.command == "config-docs":
        given.file.write_text(configuration_page(), encoding="utf-8")
        return
    if given.command == "new-cohort":
        status, words = new_cohort(given.name, given.files)
    else:
        status, words = check_cohort(given.name)
    print(words)
    sys.exit(status)


if __name__ == "__main__":
    main()
