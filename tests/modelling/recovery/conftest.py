import pytest
from rupture_repair.cohort.synthetic import Targets
from rupture_repair.config.criteria import Criterion
from rupture_repair.config.synthetic import Synthetic
from rupture_repair.modelling.recovery.scenarios import Setting


@pytest.fixture(scope="session")
def setting(cohort_file, instruments):
    """A cohort of 60 patients of 6 therapists."""
    targets = Targets(60, 6, None, None, 3, 30, {"none": 24, "unrepaired": 18, "repaired": 18})
    return Setting(Synthetic(**cohort_file["synthetic"]), targets, instruments, Criterion())
