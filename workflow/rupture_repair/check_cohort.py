"""The command `check`: read and validate one cohort in seconds, without models."""

from pathlib import Path

from rupture_repair.config.errors import ConfigError
from rupture_repair.config.load import load_settings
from rupture_repair.validation.cohort_files import check_files, counts_of
from rupture_repair.validation.problems import SEVERITIES, listing
from rupture_repair.validation.report import render_report

MOST_LISTED = {"blocking": 20, "warning": 10, "note": 5}


def check_cohort(name: str, config: Path = Path("config")) -> tuple[int, str]:
    """Write the report of a cohort; return an exit status and what to say."""
    try:
        loaded = load_settings({"cohorts": [name]}, config)
    except ConfigError as error:
        return 1, str(error)
    settings = loaded.cohorts[name]
    if settings.synthetic:
        return 0, f"{name}: the raw files are absent, a synthetic cohort would be made."
    files, section = settings.cohort.files, settings.section("validation")
    found = check_files(files.patients, files.session_file, section)
    counts = counts_of(found)
    # apart from the workflow's own report, which belongs to a run
    report = Path(loaded.project.results) / name / "check" / "report.html"
    report.parent.mkdir(parents=True, exist_ok=True)
    page = render_report(section["title"], section["synthetic"], found.problems, counts)
    report.write_text(page, encoding="utf-8")
    lines = [f"{what}: {n}" for what, n in counts.items()]
    for severity in SEVERITIES:
        problems = [problem for problem in found.problems if problem.severity == severity]
        if problems:
            lines += ["", f"{severity.capitalize()}: {len(problems)}"]
            lines.append(listing(problems, MOST_LISTED[severity], "the report"))
    blocking = sum(problem.severity == "blocking" for problem in found.problems)
    if blocking:
        words = "problem" if blocking == 1 else "problems"
        verdict = f"The data cannot be analysed yet: {blocking} {words} must be mended."
    else:
        verdict = f"The data can be analysed: make reproduce COHORT={name}"
    return int(blocking > 0), "\n".join([*lines, "", f"Report: {report}", verdict])
