"""A small multiverse: the shipped choices, few of their combinations, the small cohort."""

import copy

import pytest
import yaml
from rupture_repair.config.criteria import Criterion
from rupture_repair.config.multiverse import Multiverse
from rupture_repair.config.steps.multiverse import MultiverseSettings
from rupture_repair.multiverse.specifications import specifications
from rupture_repair.multiverse.stages import Stages


@pytest.fixture(scope="session")
def choices_file(root):
    """The shipped file as plain values; copy before changing."""
    return yaml.safe_load((root / "config/multiverse.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def settings_of(choices_file, instruments):
    """A function from changed keys of the file to the settings of a cohort."""

    def made(min_sessions=3, criterion=None, **changed):
        content = copy.deepcopy(choices_file)
        content["choices"] |= changed.pop("choices", {})
        rule = Criterion() if criterion is None else criterion
        return MultiverseSettings(
            criterion=rule,
            alliance=instruments["alliance"],
            time="log",
            patient_terms="correlated",
            min_sessions=min_sessions,
            multiverse=Multiverse(**content | changed),
        )

    return made


@pytest.fixture(scope="session")
def few(settings_of):
    """The first specifications of the shipped draw."""
    return specifications(settings_of(specifications=13))


@pytest.fixture(scope="session")
def stages(small_cohort):
    """The small cohort's samples and stages; made once, never changed by use."""
    return Stages(small_cohort.patients, small_cohort.sessions)
