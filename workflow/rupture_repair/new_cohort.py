"""The commands `new-cohort` and `check`: from a clinic's files to a checked cohort file."""

from pathlib import Path

import yaml

from rupture_repair.cohort.proposal import FILL_IN, Proposal, propose
from rupture_repair.cohort.raw import read_raw
from rupture_repair.cohort.raw_file import RawFileError
from rupture_repair.config.errors import ConfigError
from rupture_repair.config.instruments import Instrument
from rupture_repair.config.load import load_settings
from rupture_repair.validation.cohort_files import check_files, counts_of
from rupture_repair.validation.problems import SEVERITIES, listing

HEAD = """\
# The cohort {name}, proposed from its files. Every key is explained in config/README.md.
# Check each line: a column's name is no proof of what it holds. FILL_IN must be replaced.
# Then: python -m rupture_repair check {name}
"""
TAIL = """
# Contents of cells that mean `no answer`, such as 99 or -9:
missing_codes: ["", NA, NaN]

# Patients with fewer sessions are left out, and counted:
inclusion:
  min_sessions: 3

# Real patients: small counts are masked in what can be shared.
confidential: true
"""


def new_cohort(name: str, files: list[str], config: Path = Path("config")) -> tuple[int, str]:
    """Write `cohorts/<name>.yaml` under `config`; return an exit status and what to say.

    files : one file, or the patient file and the session file. An existing cohort file is never
    overwritten.
    """
    target = config / "cohorts" / f"{name}.yaml"
    if not name.isascii() or not name.replace("_", "").replace("-", "").isalnum():
        return 1, f"`{name}`: a cohort name has only letters, digits, - and _."
    if target.exists():
        return 1, f"{target} exists already and was left as it is; choose another name."
    if len(files) not in {1, 2}:
        return 1, "Give one file, or the patient file and the session file."
    try:
        raws = [read_raw(Path(file)) for file in files]
    except RawFileError as error:
        return 1, f"{error}. {error.remedy}"
    entries = yaml.safe_load((config / "instruments.yaml").read_text(encoding="utf-8"))
    library = {key: Instrument(**entry) for key, entry in entries.items()}
    found = propose(raws[0].table, raws[-1].table, library)
    target.write_text(_text(name, files, found), encoding="utf-8")
    lines = [f"Wrote {target}."]
    lines += [f"  {file}: {len(raw.table)} rows" for file, raw in zip(files, raws, strict=True)]
    for kind, roles in found.columns.items():
        lines += [f"  {kind}: {role} is taken from {column}" for role, column in roles.items()]
    lines += [f"  {role} is measured by {key}" for role, key in found.instruments.items()]
    lines += [f"To fill in ({FILL_IN}): {', '.join(found.unknown)}."] if found.unknown else []
    if "therapist_id" not in found.columns["patients"]:
        lines.append("No column seems to name the therapists: add `therapist_id` if one does.")
    lines.append(f"Check every line, then: python -m rupture_repair check {name}")
    return 0, "\n".join(lines)


def check_cohort(name: str, config: Path = Path("config")) -> tuple[int, str]:
    """Read and validate one cohort without models; return an exit status and what to say."""
    try:
        settings = load_settings({"cohorts": [name]}, config).cohorts[name]
    except ConfigError as error:
        return 1, str(error)
    if settings.synthetic:
        return 0, f"{name}: the raw files are absent, a synthetic cohort would be made."
    files = settings.cohort.files
    found = check_files(files.patients, files.session_file, settings.section("validation"))
    lines = [f"{what}: {n}" for what, n in counts_of(found).items()]
    for severity in SEVERITIES:
        problems = [problem for problem in found.problems if problem.severity == severity]
        if problems:
            lines += [f"{severity.capitalize()}: {len(problems)}", listing(problems)]
    blocked = any(problem.severity == "blocking" for problem in found.problems)
    verdict = "The data cannot be analysed yet." if blocked else "The data can be analysed."
    return int(blocked), "\n".join([*lines, verdict])


def _text(name: str, files: list[str], found: Proposal) -> str:
    content = {
        "title": name,
        "files": dict(zip(("patients", "sessions"), files, strict=False)),
        "columns": found.columns,
        "instruments": found.instruments,
    }
    body = yaml.safe_dump(content, sort_keys=False, allow_unicode=True)
    return HEAD.format(name=name) + body + TAIL
