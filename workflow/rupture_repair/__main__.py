"""Commands: `python -m rupture_repair --help`."""

import argparse
import os
import sys
from datetime import date
from pathlib import Path

from rupture_repair import __version__
from rupture_repair.check_cohort import check_cohort, is_interactive
from rupture_repair.cohort.delivery import named_files
from rupture_repair.config.catalogue.page import tables_page
from rupture_repair.config.document import configuration_page
from rupture_repair.config.errors import ConfigError, ExpectedError
from rupture_repair.config.instruments_page import instruments_page
from rupture_repair.config.load import load_project
from rupture_repair.new_cohort import new_cohort
from rupture_repair.provenance.archive import (
    archive,
    changed_in_the_archive,
    compare_with_archived,
)
from rupture_repair.provenance.citation import cite
from rupture_repair.provenance.integrity import record_of
from rupture_repair.provenance.licences import licences_page
from rupture_repair.provenance.processes import print_in_any_locale
from rupture_repair.provenance.reference import verify_reference, write_reference
from rupture_repair.provenance.release import commands as release_commands
from rupture_repair.provenance.release import prepare
from rupture_repair.questions import Answers
from rupture_repair.validation.data_dictionary import export_psych_ds, write_data_docs


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    parser = argparse.ArgumentParser(prog="rupture_repair", description=__doc__)
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True)
    page = commands.add_parser("config-docs", help="write the page that explains every key")
    page.add_argument("file", type=Path)
    tools = commands.add_parser("instrument-docs", help="write the page of all questionnaires")
    tools.add_argument("file", type=Path)
    described = commands.add_parser("table-docs", help="write the page of all tables and columns")
    described.add_argument("file", type=Path)
    ready = commands.add_parser("release", help="check a release; print its commands")
    ready.add_argument("version", help="such as 1.2.3")
    ready.add_argument("--prepare", action="store_true", help="write the version where it is not")
    commands.add_parser("words", help="read every sentence of the paper, in all its branches")
    listed = commands.add_parser("licences", help="write the licence of every package")
    listed.add_argument("file", type=Path)
    new = commands.add_parser("new-cohort", help="propose a cohort file from a clinic's files")
    new.add_argument("name")
    new.add_argument("files", nargs="*", help="one to three files, in any order")
    new.add_argument("--from", dest="line", default="", help="the files, in one line of text")
    new.add_argument("--yes", action="store_true", help="ask nothing, take what was recognised")
    new.add_argument("--title", help="title of the report")
    new.add_argument("--min-sessions", type=int, help="leave out patients with fewer sessions")
    new.add_argument("--sheet", action="append", help="sheet of a workbook; twice for two sheets")
    new.add_argument("--sheets", default="", help="one or two sheets, in one line of text")
    new.add_argument(
        "--synthetic", action="store_true", help="the files hold no real patients: say so"
    )
    check = commands.add_parser("check", help="read and validate a cohort, without models")
    check.add_argument("name")
    commands.add_parser("data-docs", help="write the data dictionaries of the shipped cohorts")
    export = commands.add_parser("psych-ds", help="write a cohort's tables as a Psych-DS dataset")
    export.add_argument("name")
    export.add_argument("folder", type=Path, help="a folder that does not exist yet")
    for name, words in (
        ("verify", "compare the results with the committed reference values"),
        ("cite", "print the citation of the run whose results are there"),
        ("archive", "write code, configuration, results and provenance as a Workflow Run RO-Crate"),
        ("reference", "make the present results the reference values"),
    ):
        command = commands.add_parser(name, help=words)
        command.add_argument("--cohorts", help="names, separated by commas; else those configured")
        if name == "archive":
            command.add_argument("--with-patient-data", action="store_true", help="raw files too")
    recover = commands.add_parser(
        "recovery", help="simulate cohorts of known parameters: bias, coverage, false findings"
    )
    planned = commands.add_parser(
        "power", help="power of the moderation test in a planned cohort, and the size it needs"
    )
    planned.add_argument("patients", type=int)
    planned.add_argument("therapists", type=int)
    planned.add_argument(
        "effect", type=float, help="slope per SD of interpersonal problems, points per log(session)"
    )
    planned.add_argument("--target", type=float, default=0.8, help="power wanted (.8)")
    for command, replicates in ((recover, 100), (planned, 200)):
        command.add_argument("--cohort", default="igra2025", help="whose parameters (igra2025)")
        command.add_argument("--replicates", type=int, default=replicates, help=f"({replicates})")
        command.add_argument("--cores", type=_cores, default=os.cpu_count() or 1, help="(all)")
    recover.add_argument("--file", type=Path, default=Path("results/recovery.csv"))
    look = commands.add_parser(
        "explore", help="a local page on which choices are moved and everything is computed anew"
    )
    look.add_argument("name", help="the cohort; it must have been run")
    look.add_argument("--shareable", action="store_true", help="results of the whole cohort alone")
    look.add_argument("--port", type=int, default=0, help="(a free one)")
    look.add_argument("--link", default="", help="an earlier address, whose choices are restored")
    hold = commands.add_parser(
        "level", help="simulate type-I error and power of the headline test; write the page"
    )
    hold.add_argument("--replicates", type=int, default=400)
    hold.add_argument("--cores", type=int, default=1)
    hold.add_argument("--file", type=Path, default=Path("docs/level.md"))
    return parser


def main() -> None:
    """Run one command."""
    print_in_any_locale()
    given = parser().parse_args()
    try:
        status, words = _run(given)
    except (ConfigError, ExpectedError) as error:
        status, words = 1, str(error)
    if words:
        print(words)
    sys.exit(status)


def _run(given: argparse.Namespace) -> tuple[int, str]:
    """Return exit status and what to say."""
    match given.command:
        case "config-docs":
            given.file.write_text(configuration_page(), encoding="utf-8")
            return 0, f"Wrote {given.file}."
        case "instrument-docs":
            library = Path("config/instruments.yaml")
            given.file.write_text(instruments_page(library), encoding="utf-8")
            return 0, f"Wrote {given.file}."
        case "table-docs":
            given.file.write_text(tables_page(), encoding="utf-8")
            return 0, f"Wrote {given.file}."
        case "words":
            # it draws the figures, for the words in them: no other command needs that
            from rupture_repair.rehearsal import rehearsed

            return rehearsed()
        case "release" if given.prepare:
            return prepare(given.version, Path(), date.today())
        case "release":
            return release_commands(given.version, Path())
        case "licences":
            given.file.write_text(licences_page(Path("requirements.lock")), encoding="utf-8")
            return 0, f"Wrote {given.file}."
        case "new-cohort":
            real = False if given.synthetic else None
            sheets = given.sheet or ([given.sheets] if given.sheets else [])
            answers = Answers(given.title, given.min_sessions, real, tuple(sheets))
            ask = None if given.yes or not sys.stdin.isatty() else _ask
            if ask is not None:
                print("A few questions. Enter accepts the answer in brackets.")
            files = given.files or named_files(given.line)
            return new_cohort(given.name, files, ask, answers)
        case "data-docs":
            return write_data_docs()
        case "psych-ds":
            return export_psych_ds(given.name, given.folder)
        case "verify":
            settings = load_project(given.cohorts)
            for name in settings.cohorts:
                record_of(settings, name)
            status, words = verify_reference(settings)
            changed = changed_in_the_archive()
            lines = [words, *compare_with_archived(settings), *changed]
            return status | bool(changed), "\n".join(lines)
        case "cite":
            return cite(load_project(given.cohorts))
        case "archive":
            settings = load_project(given.cohorts)
            return archive(settings, Path(), with_patient_data=given.with_patient_data)
        case "reference":
            return write_reference(load_project(given.cohorts))
        case "explore":
            # the web server is costly to import, and no other command needs it
            from rupture_repair.explorer.serve import explore, one_thread

            one_thread()
            shown = {"port": given.port, "shareable": given.shareable, "link": given.link}
            return 0, explore(given.name, **shown)
        case "level" | "recovery" | "power":
            return _simulated(given)
        case _:
            return check_cohort(given.name, interactive=is_interactive())


def _simulated(given: argparse.Namespace) -> tuple[int, str]:
    """Run a command that simulates; what it imports would cost all others a second."""
    from rupture_repair.simulation_commands import level, power, recovery

    match given.command:
        case "level":
            return level(given.replicates, given.cores, given.file)
        case "recovery":
            return recovery(given.cohort, given.replicates, given.cores, given.file)
        case _:
            size = (given.patients, given.therapists)
            return power(
                given.cohort, size, given.effect, given.target, given.replicates, given.cores
            )


def _ask(question: str, default: str) -> str:
    """Ask in the terminal; an empty line or the end of input is the default."""
    try:
        return input(f"{question} [{default}] ").strip() or default
    except EOFError:
        print()
        return default


def _cores(words: str) -> int:
    """Return a number of cores, at least 1; `all` is what there is."""
    return os.cpu_count() or 1 if words == "all" else max(1, int(words))


if __name__ == "__main__":
    main()
