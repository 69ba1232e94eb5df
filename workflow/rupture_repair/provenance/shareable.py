"""Which files of code and configuration an archive takes: those of the run, and no patient's."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import yaml

from rupture_repair.config.errors import ExpectedError
from rupture_repair.config.settings import Settings
from rupture_repair.manuscript.checklists import CHECKLISTS
from rupture_repair.provenance.integrity import private_outputs
from rupture_repair.provenance.record import shown
from rupture_repair.provenance.source import sha256, tracked_files

ARCHIVED = "archived"
# folders of which the archive takes what its cohorts use, and nothing else
CHOSEN = ("data/", "config/cohorts/")
TABLES = {".csv", ".tsv", ".xlsx", ".xls", ".sav", ".zsav", ".dta", ".parquet", ".por", ".ods"}


@dataclass(frozen=True)
class Shareable:
    """Files of code and configuration.

    files : that may be shared; left_out : that hold what a raw file of patients holds.
    """

    files: list[str]
    left_out: list[str]


def shareable_code(settings: Settings, folder: Path) -> Shareable:
    """Return the files of the workflow and of the cohorts in `settings`, without patients' data.

    Raw files are known by their resolved paths and by their content, whatever a cohort file calls
    them and wherever a copy lies; those of other clinics and of earlier runs, too. So are private
    results; what lies in the folder of results is no code, even where git tracks it. Raises
    `FileNotFoundError` where it is not known which files belong to the workflow.
    """
    used = _used(settings, folder)
    own_folder = Path(settings.project.cohort_folder).as_posix() + "/"
    results = Path(settings.project.results).as_posix() + "/"
    chosen = (*CHOSEN, own_folder, results, f"{ARCHIVED}/")
    raw = _raw_files(settings, folder)
    paths = {file.resolve() for file in raw if file.is_file()}
    contents = {sha256(file) for file in paths} | _recorded(settings, folder)
    files: list[str] = []
    left_out: list[str] = []
    for file in sorted({*tracked_files(folder), *used}):
        place = folder / file
        # tests and benchmarks have tables of their own, which are the repository's
        stray = place.suffix.lower() in TABLES and not file.startswith(("tests/", "benchmarks/"))
        if file not in used and (file.startswith(chosen) or stray):
            continue
        patients = place.resolve() in paths or sha256(place) in contents
        (left_out if patients else files).append(file)
    return Shareable(files, left_out)


def inside(path: str, folder: Path) -> str:
    """Return a path relative to `folder`; raises `ExpectedError` where it leads out of it."""
    if not (folder / path).resolve().is_relative_to(folder.resolve()):
        raise ExpectedError(f"{Path(path).name} lies outside of this folder: place it in it.")
    return shown((folder / path).absolute(), folder.absolute())


def _used(settings: Settings, folder: Path) -> set[str]:
    """Return what the cohorts use of the folders in `CHOSEN`."""
    checklists = {f"reports/checklists/{name}.csv" for name in CHECKLISTS}  # which a paper reads
    used = {file for file in checklists if (folder / file).is_file()}
    for name, cohort in settings.cohorts.items():
        named = [cohort.file, *settings.own_texts(name), cohort.cohort.published]
        named += [study.published for study in cohort.cohort.other_studies]
        named += [f"data/reference/{name}.csv", *_described(folder, name)]
        if not cohort.cohort.real_patients:
            named += cohort.raw_files.values()
        found = [file for file in named if file and (folder / file).is_file()]
        used |= {inside(file, folder) for file in found}
    return used


def _described(folder: Path, name: str) -> Iterable[str]:
    """Return the pages that tell about the data of a cohort."""
    pages = [*(folder / "data" / name).glob("*.md"), *(folder / "data" / name).glob("*.json")]
    return [file.relative_to(folder).as_posix() for file in pages] + ["data/README.md"]


def _raw_files(settings: Settings, folder: Path) -> set[Path]:
    """Return the raw files of real patients that any cohort file names, and all private data."""
    named = {folder / cohort.file for cohort in settings.cohorts.values()}
    for place in (folder / "config/cohorts", folder / settings.project.cohort_folder):
        named |= {*place.rglob("*.yaml"), *place.rglob("*.yml")}
    raw: set[Path] = set()
    for file in named:
        try:
            content = yaml.safe_load(file.read_text(encoding="utf-8"))
        except (OSError, ValueError, yaml.YAMLError):
            continue  # no cohort file that was ever run
        if isinstance(content, dict) and content.get("real_patients", True):
            files = content.get("files")
            paths = files.values() if isinstance(files, dict) else ()
            raw |= {folder / path for path in paths if isinstance(path, str)}
    return raw | {file for file in (folder / "data/private").rglob("*") if file.is_file()}


def _recorded(settings: Settings, folder: Path) -> set[str]:
    """Return the SHA-256 of every raw file of real patients that a run in this folder has read.

    With them are those of the private results that were made of such files.
    """
    digests: set[str] = set()
    for file in (folder / settings.project.results).glob("*/run.json"):
        record = json.loads(file.read_text(encoding="utf-8"))
        if not record.get("synthetic", False):
            digests |= {entry["sha256"] for entry in record["inputs"] if entry["kind"] == "raw"}
            made = [entry for entry in private_outputs(file.parent) if _of_patients(entry["file"])]
            digests |= {entry["sha256"] for entry in made}
    return digests


def _of_patients(result: str) -> bool:
    """Return whether a private result holds patients; a script of R among them does not."""
    return Path(result).suffix in {*TABLES, ".html"}
