"""Commands on what the analysis finds where the truth is known: `recovery`, `level`, `power`."""

import sys
import time
from pathlib import Path

import pandas as pd

from rupture_repair.cohort.csv_tables import write_csv
from rupture_repair.cohort.synthetic import Targets
from rupture_repair.config.errors import ConfigError
from rupture_repair.config.load import load_settings
from rupture_repair.modelling.recovery.level import run_level
from rupture_repair.modelling.recovery.level_report import level_page
from rupture_repair.modelling.recovery.power import Plan, Power, power_at, search
from rupture_repair.modelling.recovery.processes import CASES, POWER, STUDY
from rupture_repair.modelling.recovery.report import power_text, recovery_text, search_text
from rupture_repair.modelling.recovery.run import run_studies
from rupture_repair.modelling.recovery.scenarios import SCENARIOS, Setting
from rupture_repair.modelling.recovery.summary import summarise
from rupture_repair.provenance.processes import prepare_jobs

WORKFLOW = Path(__file__).parents[1]
LEVEL_SEED = 1


class NoSettingError(Exception):
    """The cohort cannot be simulated; the message says why."""


def recovery(
    cohort: str, replicates: int, cores: int, file: Path, config: Path = Path("config")
) -> tuple[int, str]:
    """Simulate all scenarios, write `file`; return an exit status and what to say."""
    try:
        setting = _setting(cohort, config)
    except NoSettingError as error:
        return 1, str(error)
    if replicates < 2:
        return 1, "Monte Carlo errors need 2 replicates or more."
    prepare_jobs(WORKFLOW)
    found = run_studies(
        setting, list(SCENARIOS.values()), replicates, setting.spec.seed, cores, ProgressLine()
    )
    summary = summarise(found)
    file.parent.mkdir(parents=True, exist_ok=True)
    write_csv(summary, file)
    return 0, f"{recovery_text(summary)}\n\nAll figures: {file}"


def level(replicates: int, cores: int, file: Path) -> tuple[int, str]:
    """Simulate type-I error and power of the headline test; write the page `file`."""
    if replicates < 2:
        return 1, "Monte Carlo errors need 2 replicates or more."
    prepare_jobs(WORKFLOW)
    cases = [(name, STUDY, case.process) for name, case in (CASES | POWER).items()]
    found = run_level(cases, replicates, LEVEL_SEED, cores, ProgressLine())
    file.write_text(level_page(found), encoding="utf-8")
    return 0, f"Wrote {file}."


def power(
    cohort: str,
    size: tuple[int, int],
    effect: float,
    target: float,
    replicates: int,
    cores: int,
    config: Path = Path("config"),
) -> tuple[int, str]:
    """Simulate a planned cohort of `size`, patients and therapists, and look for a better one."""
    patients, therapists = size
    try:
        setting = _setting(cohort, config)
    except NoSettingError as error:
        return 1, str(error)
    if not 1 <= therapists <= patients:
        return 1, f"{patients} patients cannot have {therapists} therapists between them."
    if not 0.05 < target < 1:
        return 1, f"The target power lies between .05 and 1, not at {target:g}."
    if replicates < 2:
        return 1, "Monte Carlo errors need 2 replicates or more."
    if effect == 0:
        return 1, "An effect of 0 has no power: name the effect that you want to be able to find."
    prepare_jobs(WORKFLOW)
    plan = Plan(setting, effect, replicates, setting.spec.seed, cores)

    def measure(n_patients: int, n_therapists: int) -> Power:
        return power_at(plan, n_patients, n_therapists, ProgressLine(f"{n_patients} patients: "))

    try:
        first = measure(patients, therapists)
        print(power_text(plan, first), flush=True)
        return 0, "\n" + search_text(target, *search(target, first, measure))
    except ValueError as error:
        return 1, f"Such cohorts cannot be simulated: {error}"


class ProgressLine:
    """Progress on standard error, at most every two seconds."""

    def __init__(self, words: str = "") -> None:
        self.words, self.start, self.last = words, time.monotonic(), 0.0

    def __call__(self, done: int, total: int) -> None:
        """Say how many studies are done, and about how long the others take."""
        now = time.monotonic()
        if now - self.last < 2 and done < total:
            return
        self.last = now
        left = (now - self.start) * (total - done) / done
        text = f"{self.words}{done} of {total} studies, about {left:.0f} s left"
        print(text, file=sys.stderr, flush=True)


def _setting(cohort: str, config: Path) -> Setting:
    try:
        settings = load_settings({"cohorts": [cohort]}, config).cohorts[cohort]
    except ConfigError as error:
        raise NoSettingError(str(error)) from None
    spec, published = settings.cohort.synthetic, settings.cohort.published
    if spec is None or published is None:
        raise NoSettingError(
            f"{settings.file} has no `{'synthetic' if spec is None else 'published'}`: "
            "cohorts are simulated from both; name another cohort with --cohort"
        )
    try:
        targets = Targets.from_published(pd.read_csv(published))
    except KeyError as error:
        raise NoSettingError(f"{published} has no {error}, which simulated cohorts need") from None
    return Setting(spec, targets, settings.instruments, settings.criterion)
