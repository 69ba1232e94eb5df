"""The command `check`: read and validate one cohort in seconds, without models."""

import os
import sys
from pathlib import Path

from rupture_repair.cohort.csv_tables import write_csv
from rupture_repair.config.errors import ConfigError
from rupture_repair.config.load import load_settings
from rupture_repair.validation.cohort_files import check_files, counts_of
from rupture_repair.validation.problems import (
    SEVERITIES,
    counted,
    listing,
    places,
    problem_table,
)
from rupture_repair.validation.report import render_report

MAX_LISTED = {"blocking": 20, "warning": 10, "note": 5}


def check_cohort(
    name: str, config: Path = Path("config"), *, interactive: bool = True
) -> tuple[int, str]:
    """Write the report of a cohort; return an exit status and what to say.

    interactive : whether a person at a terminal reads it, who is told of patients and values; of
    confidential data, others are told in which files, lines and columns something is wrong.
    """
    try:
        loaded = load_settings({"cohorts": [name]}, config)
    except ConfigError as error:
        return 1, str(error)
    settings = loaded.cohorts[name]
    if settings.synthetic:
        return 0, f"{name}: the raw files are absent, a synthetic cohort would be made."
    files, section = settings.cohort.files, settings.validation
    found = check_files(files.patients, files.session_file, section, files.symptoms)
    counts = counts_of(found, section)
    # apart from the workflow's own report, which belongs to a run
    report = Path(loaded.project.results) / name / "check" / "report.html"
    report.parent.mkdir(parents=True, exist_ok=True)
    page = render_report(section.title, section.synthetic, found.problems, counts)
    report.write_text(page, encoding="utf-8")
    write_csv(problem_table(found.problems), report.with_name("problems.csv"))
    lines = [f"{what}: {n}" for what, n in counts.items()]
    open_words = section.synthetic or not settings.cohort.confidential or interactive
    for severity in SEVERITIES:
        problems = [problem for problem in found.problems if problem.severity == severity]
        if problems:
            lines += ["", f"{severity.capitalize()}: {len(problems)}"]
            most = MAX_LISTED[severity]
            lines.append(listing(problems, most) if open_words else places(problems, most))
    blocking = sum(problem.severity == "blocking" for problem in found.problems)
    if blocking:
        words = "problem" if blocking == 1 else "problems"
        verdict = f"The data cannot be analysed yet: {blocking} {words} must be mended."
    else:
        verdict = f"The data can be analysed: make reproduce COHORT={name}"
    written = f"Report: {report}, every problem: {report.with_name('problems.csv')}"
    return int(blocking > 0), "\n".join([*lines, "", written, verdict])


def is_interactive() -> bool:
    """Whether this process writes to a terminal, and not to the log of a server."""
    return sys.stdout.isatty() and os.environ.get("CI", "").lower() in {"", "0", "false"}


def first_look(name: str, config: Path = Path("config"), *, interactive: bool = True) -> str:
    """Return in a line whether a cohort file that was just proposed reads its files.

    interactive : as in `check_cohort`.
    """
    try:
        settings = load_settings({"cohorts": [name]}, config).cohorts[name]
    except ConfigError as error:
        return str(error)
    files = settings.cohort.files
    found = check_files(files.patients, files.session_file, settings.validation, files.symptoms)
    blocking = [problem for problem in found.problems if problem.severity == "blocking"]
    if blocking:
        words = (
            f"A first look finds {counted(len(blocking), 'problem')} that must be mended or decided"
        )
        if settings.cohort.confidential and not interactive:
            return f"{words}, the first: {blocking[0].place}"
        return f"{words}, the first: {blocking[0]}"
    counts = ", ".join(
        f"{what.lower()}: {n}" for what, n in counts_of(found, settings.validation).items()
    )
    return f"A first look finds nothing that must be mended ({counts})."
