"""Read the whole configuration before anything runs, and report all problems at once."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rupture_repair.config.authors import own_text_problems
from rupture_repair.config.cohort import Cohort
from rupture_repair.config.cohort_settings import CohortSettings
from rupture_repair.config.columns import Items
from rupture_repair.config.criteria import Criterion
from rupture_repair.config.errors import ConfigError, ConfigProblem, did_you_mean
from rupture_repair.config.instruments import Instrument
from rupture_repair.config.multiverse import Multiverse
from rupture_repair.config.project import Project
from rupture_repair.config.published import published_problems
from rupture_repair.config.settings import Settings
from rupture_repair.config.yaml_files import (
    Entries,
    Model,
    checked,
    entries_of,
    is_file,
    read_keys,
)


def load_settings(
    config: Mapping[str, Any], library: Path, files: Sequence[str | Path] = ()
) -> Settings:
    """Check the project `config` and read every cohort that it names.

    `library` is the folder of `instruments.yaml`, `criteria.yaml` and `multiverse.yaml`; `files`
    are those that Snakemake has read `config` from, which keeps the last of two equal keys in
    silence. Cohort files and raw files are sought relative to the working directory. Raises
    `ConfigError` with all problems.
    """
    problems: list[ConfigProblem] = []
    for file in dict.fromkeys(map(Path, files)):
        read_keys(file, problems)
    project = checked(Project, dict(config), "config/config.yaml", problems)
    instruments = entries_of(Instrument, library / "instruments.yaml", problems)
    criteria = entries_of(Criterion, library / "criteria.yaml", problems)
    choices = read_keys(library / "multiverse.yaml", problems)
    multiverse = (
        None
        if choices is None
        else checked(Multiverse, choices, str(library / "multiverse.yaml"), problems)
    )
    if project is None:
        raise ConfigError(problems)
    cohorts = {}
    for name in project.cohorts:
        if problem := _leads_elsewhere(name, project.results):
            problems.append(problem)
        problems += own_text_problems(Path(project.cohort_folder) / name)
        file = Path(project.cohort_folder) / f"{name}.yaml"
        found = _cohort(name, file, instruments, criteria, problems)
        if found:
            cohorts[name] = found
    if problem := _unlike_time(cohorts):
        problems.append(problem)
    if problems or multiverse is None:
        raise ConfigError(problems)
    return Settings(project, multiverse, cohorts)


def load_project(cohorts: str | None = None, folder: Path = Path("config")) -> Settings:
    """Return the settings of `config.yaml` in `folder`, or of other `cohorts` (`a,b`).

    Raises `ConfigError` with all problems.
    """
    problems: list[ConfigProblem] = []
    content = read_keys(folder / "config.yaml", problems)
    if content is None:
        raise ConfigError(problems)
    return load_settings(content | ({"cohorts": cohorts} if cohorts else {}), folder)


def _leads_elsewhere(name: str, results: str) -> ConfigProblem | None:
    """Return what is wrong when a link leads the results of a cohort out of the results folder."""
    folder = Path(results) / name
    try:
        inside = folder.resolve().is_relative_to(Path(results).resolve())
    except (OSError, RuntimeError):  # links in a circle
        inside = False
    if inside:
        return None
    message = f"{folder} is a link that leads out of {results}: remove it"
    return ConfigProblem("config/config.yaml", "cohorts", message)


def _unlike_time(cohorts: Mapping[str, CohortSettings]) -> ConfigProblem | None:
    """Return what is wrong when the slopes of several cohorts have no unit of time in common."""
    units = {name: settings.cohort.modelling.time for name, settings in cohorts.items()}
    if len(set(units.values())) < 2:
        return None
    listed = ", ".join(f"{unit} in {name}" for name, unit in units.items())
    message = (
        f"`modelling.time` is {listed}: slopes are compared in one unit of time; make it the same "
        "in these cohort files, or run the cohorts one by one"
    )
    return ConfigProblem("config/config.yaml", "cohorts", message)


def _cohort(
    name: str,
    file: Path,
    instruments: Entries[Instrument],
    criteria: Entries[Criterion],
    problems: list[ConfigProblem],
) -> CohortSettings | None:
    """Read one cohort file; None when anything is wrong, which `problems` then says."""
    if not is_file(file):
        others = [other.stem for other in file.parent.glob("*.yaml")]
        hint = did_you_mean(name, others)
        problems.append(ConfigProblem("config/config.yaml", "cohorts", f"no file {file}; {hint}"))
        return None
    content = read_keys(file, problems)
    cohort = None if content is None else checked(Cohort, content, str(file), problems)
    known = _with_own(instruments, "own_instruments", content, cohort)
    rules = _with_own(criteria, "own_criteria", content, cohort)
    if cohort is not None and content is not None:
        cohort = cohort.of_outcome
        content = content | {"instruments": cohort.instruments.model_dump()}
    tools = _instruments_named(content or {}, str(file), known, problems)
    _criterion_named(content or {}, str(file), rules, problems)
    if cohort is None:
        return None
    for role, tool in tools.items():
        key = getattr(cohort.instruments, role)
        if problem := _items_problem(cohort, role, key, tool):
            problems.append(ConfigProblem(str(file), *problem))
    synthetic = _is_synthetic(cohort, str(file), problems)
    if cohort.published and not is_file(cohort.published):
        problems.append(ConfigProblem(str(file), "published", f"no file {cohort.published}"))
    elif cohort.published:
        problems += published_problems(Path(cohort.published), synthetic)
    for place, study in enumerate(cohort.other_studies):
        at = f"other_studies.{place}.published"
        if not is_file(study.published):
            problems.append(ConfigProblem(str(file), at, f"no file {study.published}"))
        else:
            problems += published_problems(Path(study.published), synthetic=False)
    criterion = (rules or {}).get(cohort.criterion)
    if problems or criterion is None:
        return None
    named = {key: rule for key, rule in (rules or {}).items() if rule is not None}
    return CohortSettings(name, str(file), cohort, tools, criterion, named, synthetic)


def _with_own(
    shipped: Entries[Model], section: str, content: Mapping[str, Any] | None, cohort: Cohort | None
) -> Entries[Model]:
    """Return the shipped entries with the cohort's own, which come first.

    section : of the cohort file. Own entries are names without content while it has problems.
    """
    if shipped is None:
        return None
    if cohort is not None:
        return {**shipped, **getattr(cohort, section)}
    named = (content or {}).get(section)
    return {**shipped, **(dict.fromkeys(named) if isinstance(named, Mapping) else {})}


def _instruments_named(
    content: Mapping[str, Any],
    file: str,
    instruments: Entries[Instrument],
    problems: list[ConfigProblem],
) -> dict[str, Instrument]:
    """Look the instruments up, even when the file has other problems: all are said at once."""
    named = content.get("instruments")
    tools = {}
    for role in ("alliance", "symptoms", "iip"):
        key = named.get(role) if isinstance(named, Mapping) else None
        if instruments is None or not isinstance(key, str):
            continue
        at = f"instruments.{role}"
        if key not in instruments:
            hint = did_you_mean(key, instruments)
            problems.append(ConfigProblem(file, at, f"`{key}` is not known; {hint}"))
        elif (tool := instruments[key]) is not None:
            tools[role] = tool
            if tool.measures != role:
                message = f"`{key}` measures {tool.measures}, not {role}"
                problems.append(ConfigProblem(file, at, message))
    return tools


def _criterion_named(
    content: Mapping[str, Any],
    file: str,
    criteria: Entries[Criterion],
    problems: list[ConfigProblem],
) -> None:
    name = content.get("criterion")
    if criteria is not None and isinstance(name, str) and name not in criteria:
        message = f"`{name}` is not known; {did_you_mean(name, criteria)}"
        problems.append(ConfigProblem(file, "criterion", message))


def _items_problem(cohort: Cohort, role: str, key: str, tool: Instrument) -> tuple[str, str] | None:
    """Return key and message where a score is to be made from items and cannot be."""
    kind = "patients" if role == "iip" else "sessions"
    if role == "symptoms" and cohort.columns.symptoms:
        kind = "symptoms"
    column = getattr(getattr(cohort.columns, kind), role)
    if not isinstance(column, Items):
        return None
    at = f"columns.{kind}.{role}"
    if tool.scoring is None:
        why = f" ({tool.not_scored})" if tool.not_scored else ""
        return at, (
            f"the score of `{key}` cannot be made from its items here{why}: deliver the total "
            f"score, {tool.minimum:g} to {tool.maximum:g}, in one column and name that, or copy "
            "the entry to `own_instruments` and add `scoring` from your manual"
        )
    given = len(column.items)
    if given not in {1, tool.scoring.items}:
        return at, f"{given} items are named, `{key}` has {tool.scoring.items}"
    return None


def _is_synthetic(cohort: Cohort, file: str, problems: list[ConfigProblem]) -> bool:
    """Real data as soon as the raw files are there; one of two is an error, never a mixture."""
    paths = cohort.files.by_role
    absent = {role: path for role, path in paths.items() if not is_file(path)}
    if len(absent) == len(paths) and cohort.synthetic is not None:
        return True
    for role, path in absent.items():
        message = f"no file {path}; put it there or correct the path"
        if len(absent) < len(paths) and cohort.synthetic is not None:
            message += " (the other raw file is there, so no synthetic cohort is made)"
        problems.append(ConfigProblem(file, f"files.{role}", message))
    return False
