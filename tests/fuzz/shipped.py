"""What users hand in or edit, and what must be true of it after it was read.

Each judge breaks one file in a folder, reads everything with the functions of the workflow and
returns `valid` or `refused` with the words, or `wrong` where something was accepted in silence.
"""

import datetime
import math
import os
import re
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import yaml
from rupture_repair.config.errors import ConfigError
from rupture_repair.config.load import load_project
from rupture_repair.config.steps.validation import ValidationSettings
from rupture_repair.validation.admission import admitted
from rupture_repair.validation.cohort_files import check_files, counts_of
from rupture_repair.validation.problems import listing, problem_table
from rupture_repair.validation.report import render_report

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "tests/cohort"), str(ROOT / "tests/validation")]

from cases import Case  # noqa: E402
from clinic_files import FORMATS, written  # noqa: E402
from slow_reading import cells_of  # noqa: E402

CONFIGURATION = (
    "config/config.yaml",
    "config/cohorts/igra2025.yaml",
    "config/cohorts/example_clinic.yaml",
    "config/instruments.yaml",
    "config/criteria.yaml",
    "config/multiverse.yaml",
    "data/published/igra2025.csv",
)
MAX_MESSAGE_LENGTH = 20_000


@dataclass(frozen=True)
class Target:
    """Files to break one at a time, and the judge of what is then read."""

    name: str
    folder: Path
    files: tuple[str, ...]
    judge: Callable[[], tuple[str, str]]

    def __call__(self, case: Case) -> tuple[str, str]:
        """Judge a case; the good file is put back."""
        os.chdir(self.folder)
        file = Path(case.file)
        good = file.read_bytes()
        try:
            file.write_bytes(case.content)
            outcome, words = self.judge()
        finally:
            file.write_bytes(good)
        if outcome == "refused" and not words.strip():
            return "wrong", "refused without a word"
        if len(words) > MAX_MESSAGE_LENGTH:
            return "wrong", f"{len(words)} characters are said"
        if strange := [c for c in words if not (c.isprintable() or c == "\n")]:
            return "wrong", f"unprintable {strange[:3]!r} in what is said: {words[:80]!r}"
        return outcome, words


def configuration(folder: Path) -> Target:
    """Return the shipped configuration, with both shipped cohorts."""
    for name in ("config", "data/published", "data/example_clinic"):
        shutil.copytree(ROOT / name, folder / name)
    return Target("config", folder, CONFIGURATION, _judge_configuration)


def _judge_configuration() -> tuple[str, str]:
    try:
        settings = load_project("igra2025,example_clinic")
    except ConfigError as error:
        return "refused", str(error)
    twice = [str(file) for file in Path("config").rglob("*.yaml") if _keys_given_twice(file)]
    if twice:
        return "wrong", f"a key given twice was accepted in {twice}"
    for name, cohort in settings.cohorts.items():
        content = yaml.safe_load(Path(f"config/cohorts/{name}.yaml").read_bytes())
        lost = _lost(content, cohort.cohort.model_dump(mode="json"), name)
        if lost:
            return "wrong", f"not what the file says: {lost}"
    return "valid", ""


def _keys_given_twice(file: Path) -> bool:
    """Go through the nodes of a YAML file, slowly."""
    nodes, seen = [yaml.compose(file.read_text(encoding="utf-8"), yaml.SafeLoader)], set()
    while nodes:
        node = nodes.pop()
        if node is None or id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            keys = [str(key.value) for key, _ in node.value]
            if len(set(keys)) < len(keys):
                return True
            nodes += [part for pair in node.value for part in pair]
        elif isinstance(node, yaml.SequenceNode):
            nodes += node.value
    return False


def _lost(given: object, kept: object, at: str) -> str:
    """Return the first value of a YAML file that is another one in the settings."""
    if isinstance(given, dict) and isinstance(kept, dict):
        pairs = ((value, kept.get(key, "absent"), f"{at}.{key}") for key, value in given.items())
        return next((lost for triple in pairs if (lost := _lost(*triple))), "")
    if isinstance(given, list) and isinstance(kept, list):
        if len(given) != len(kept):
            return f"{at}: {len(given)} values became {len(kept)}"
        pairs = ((a, b, f"{at}[{i}]") for i, (a, b) in enumerate(zip(given, kept, strict=True)))
        return next((lost for triple in pairs if (lost := _lost(*triple))), "")
    if isinstance(kept, list) and kept == [given]:  # one pattern is a list of one
        return ""
    same = given == kept or str(given).strip() == str(kept)
    if isinstance(kept, int | float) and not isinstance(kept, bool):
        same = same or math.isclose(float(str(given)), kept)
    return "" if same else f"{at}: {str(given)[:40]!r} became {str(kept)[:40]!r}"


def example_clinic(folder: Path) -> Target:
    """Return the data files of the shipped example clinic."""
    for name in ("config", "data/published", "data/example_clinic"):
        shutil.copytree(ROOT / name, folder / name)
    os.chdir(folder)
    section = load_project("example_clinic").cohorts["example_clinic"].validation
    files = ("data/example_clinic/patients.csv", "data/example_clinic/sessions.sav")
    return Target("example", folder, files, lambda: judge_files(*files, section, rows=False))


def clinic(folder: Path, form: str) -> Target:
    """Return the small clinic of the tests, written in one of the formats."""
    library = yaml.safe_load((ROOT / "config/instruments.yaml").read_text(encoding="utf-8"))
    tools = {role: library[key] for role, key in
             {"alliance": "SAI", "symptoms": "CORE-10", "iip": "IIP-32"}.items()}  # fmt: skip
    folder.mkdir(parents=True)
    os.chdir(folder)
    patients, sessions, how = written(Path(), form, "two long")
    content = {
        "title": form, "synthetic": False, "missing_codes": ["", "NA"], "instruments": tools,
        "inclusion": {"min_sessions": 1}, "reading": {}, **how,
    }  # fmt: skip
    section = ValidationSettings.model_validate(content)
    return Target(
        form, folder, (patients, sessions), lambda: judge_files(patients, sessions, section)
    )


def all_targets(folder: Path) -> list[Target]:
    """Return the configuration, the example clinic, and the small clinic in every format."""
    forms = [clinic(folder / form.replace(" ", "_"), form) for form in FORMATS]
    return [configuration(folder / "project"), example_clinic(folder / "example"), *forms]


def judge_files(
    patients: str, sessions: str, section: ValidationSettings, rows: bool = True
) -> tuple[str, str]:
    """Do what `make check` does, then what the first rules of a run do with valid data."""
    found = check_files(patients, sessions, section)
    counts = counts_of(found, section)
    problem_table(found.problems).to_csv(os.devnull)
    page = render_report(section.title, section.synthetic, found.problems, counts)
    if len(page) > 3_000_000:
        return "wrong", f"the report has {len(page)} characters"
    blocking = [problem for problem in found.problems if problem.severity == "blocking"]
    if blocking:
        if not all(problem.message and problem.remedy for problem in blocking):
            return "wrong", "a problem without message or remedy"
        return "refused", listing(blocking)
    kept, rated, flow = admitted(found, section)
    if len(found.patients) - flow["excluded"].sum() != len(kept):
        return "wrong", "patients left out without being counted"
    if rated[["alliance", "symptoms"]].isin([math.inf, -math.inf]).any(axis=None):
        return "wrong", "an infinite rating was accepted"
    if rows:
        content = section.model_dump(mode="json")
        for file, table, kind in (
            (patients, found.patients, "patients"),
            (sessions, found.sessions, "sessions"),
        ):
            given = cells_of(Path(file), content["columns"][kind], content["reading"][kind])
            if lost := _differ(_held(given, table) if kind == "sessions" else given, table):
                return "wrong", f"{file}: {lost}"
    return "valid", listing(found.problems)


def _differ(wanted: pd.DataFrame, kept: pd.DataFrame) -> str:
    """Return how a table differs from an independent reading of its file."""
    if len(wanted) != len(kept):
        return f"{len(wanted)} rows became {len(kept)}"
    for column in wanted:
        if column not in kept:
            return f"{column} was lost"
        given = [value for value in wanted[column] if value not in ("", "NA")]
        if pd.api.types.is_datetime64_any_dtype(kept[column]):
            if lost := _differ_in_dates(given, kept[column].dropna().dt.strftime("%Y-%m-%d")):
                return f"{column}: {lost}"
            continue
        if pd.api.types.is_numeric_dtype(kept[column]):
            numbers = [number for number in map(float, given) if not math.isnan(number)]
            theirs = Counter(round(number, 6) for number in numbers)
            mine = Counter(round(v, 6) for v in kept[column].dropna())
        else:
            theirs, mine = Counter(given), Counter(kept[column].dropna())
        if theirs != mine:
            return f"{column}: {dict(theirs - mine)} became {dict(mine - theirs)}"[:300]
    return ""


def _differ_in_dates(given: Iterable[str], kept: Iterable[str]) -> str:
    """Return which dates were lost, or were read where no cell has their digits.

    A date that cannot be read is missing, with a warning.
    """
    lost = Counter(filter(_is_date, given)) - Counter(kept)
    invented = Counter(map(_numbers, kept)) - Counter(map(_numbers, given))
    return f"{dict(lost)} became {dict(invented)}" if lost or invented else ""


def _numbers(cell: str) -> tuple[int, ...]:
    """2024-02-1 and 01.02.2024 have the same."""
    return tuple(sorted(map(int, re.findall(r"\d+", cell))))


def _is_date(cell: str) -> bool:
    try:
        return bool(datetime.date.fromisoformat(cell))
    except ValueError:
        return False


def _held(given: pd.DataFrame, kept: pd.DataFrame) -> pd.DataFrame:
    """Leave out rows after the last rating of a patient that were taken for planned sessions."""
    rated = (~given[["alliance", "symptoms"]].isin(["", "NA", "NaN"])).any(axis=1)
    number = pd.to_numeric(given["session"], errors="coerce")
    last = number.where(rated).groupby(given["patient_id"]).transform("max")
    there = set(zip(kept["patient_id"], kept["session"].astype(float), strict=True))
    still = given.assign(number=number).apply(
        lambda row: (row["patient_id"], row["number"]) in there, axis=1
    )
    return given[rated | (number <= last) | still]
