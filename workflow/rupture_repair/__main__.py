"""Commands: `python -m rupture_repair --help`."""

import argparse
from pathlib import Path

from rupture_repair import __version__
from rupture_repair.config.document import configuration_page


def main() -> None:
    """Run one command."""
    parser = argparse.ArgumentParser(prog="rupture_repair", description=__doc__)
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True)
    page = commands.add_parser("config-docs", help="write the page that explains every key")
    page.add_argument("file", type=Path)
    given = parser.parse_args()
    if given.command == "config-docs":
        given.file.write_text(configuration_page(), encoding="utf-8")


if __name__ == "__main__":
    main()
