"""Shared by all rooms: the shipped configuration and one small synthetic cohort."""

import os
from pathlib import Path
from random import Random

# before NumPy: threads of its libraries that wait for one another on few cores cost more than all
# tests; jobs of a run have one each, too
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
os.environ.update(dict.fromkeys(THREADS, "1"))

import pandas as pd
import pytest
import yaml
from hypothesis import settings
from rupture_repair.cohort import spss_stata
from rupture_repair.cohort.synthetic import SyntheticCohort, Targets, simulate
from rupture_repair.config.criteria import Criterion
from rupture_repair.config.instruments import Instrument
from rupture_repair.config.synthetic import Synthetic
from rupture_repair.detection.detector import classifier

ROOT = Path(__file__).parents[1]
# how long an example takes says something of the machine, and of what else runs there
settings.register_profile("quick", deadline=None, max_examples=25)
settings.register_profile("thorough", deadline=None, max_examples=200)  # of the long tests
settings.load_profile("quick")


def pytest_addoption(parser):
    """`--order random`, or `--order` with the seed that a run has told."""
    parser.addoption("--order", help="`random`, or the seed of an earlier random order")


def pytest_configure(config):
    """Draw the seed once: the workers, which start later, inherit it."""
    if config.option.order == "random":
        seed = os.environ.setdefault("SEED_OF_ORDER", str(Random().randrange(1_000_000)))
        config.option.order = seed


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    """Put files, and the tests in each file, into random order where that is asked for."""
    if config.option.order:
        random = Random(config.option.order)
        random.shuffle(items)
        place = {file: random.random() for file in dict.fromkeys(item.path for item in items)}
        items.sort(key=lambda item: place[item.path])


def pytest_terminal_summary(terminalreporter, config):
    """Say how the order can be had again."""
    if config.option.order:
        terminalreporter.write_line(f"The order again: make test ORDER={config.option.order}")


@pytest.fixture(scope="session")
def root():
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def cohort_file():
    """The shipped cohort file as plain values; copy before changing."""
    return yaml.safe_load((ROOT / "config/cohorts/igra2025.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def criteria():
    """All shipped criteria by name."""
    shipped = yaml.safe_load((ROOT / "config/criteria.yaml").read_text(encoding="utf-8"))
    return {name: Criterion(**entry) for name, entry in shipped.items()}


@pytest.fixture(scope="session")
def instruments(cohort_file):
    """The shipped cohort's instruments by role."""
    library = yaml.safe_load((ROOT / "config/instruments.yaml").read_text(encoding="utf-8"))
    return {role: Instrument(**library[key]) for role, key in cohort_file["instruments"].items()}


@pytest.fixture(scope="session")
def published():
    """The published figures of the shipped cohort."""
    return pd.read_csv(ROOT / "data/published/igra2025.csv")


@pytest.fixture(scope="session")
def small_targets():
    """Targets that a cohort of 80 patients can meet."""
    patterns = {"none": 44, "unrepaired": 24, "repaired": 12}
    return Targets(80, 9, 8.5, 5.0, 3, 30, patterns)


@pytest.fixture(scope="session")
def small_cohort(cohort_file, instruments, small_targets) -> SyntheticCohort:
    """A synthetic cohort of 80 patients; do not change its tables."""
    spec = Synthetic(**cohort_file["synthetic"] | {"seed": 7})
    return simulate(spec, small_targets, instruments, classifier(Criterion()))


@pytest.fixture
def trusted(monkeypatch):
    """Files of SPSS and Stata are read without a trial in another process: tests/fuzz has those."""
    monkeypatch.setattr(spss_stata, "require_survivor", lambda path, reader: None)
