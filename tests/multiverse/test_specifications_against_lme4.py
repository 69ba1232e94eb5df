"""Twenty specifications drawn at random give the numbers of lme4 and lmerTest."""

import shutil
import subprocess
import sys

import numpy as np
import pytest
from rupture_repair.multiverse.fits import multiverse_rows, table_of
from rupture_repair.multiverse.specifications import specifications
from scipy import stats

pytestmark = pytest.mark.long
N_SPECIFICATIONS = 20
# of those drawn, some leave too few repaired patterns in the small cohort for any estimate
N_DRAWN = 60


@pytest.fixture
def bench(root, monkeypatch):
    """The benchmark, which knows how to ask lme4."""
    has_r = shutil.which("Rscript") is not None
    check = ["Rscript", "-e", "library(lmerTest)"]
    there = has_r and subprocess.run(check, capture_output=True, check=False).returncode == 0
    assert there, "R with lmerTest not found; on Debian: apt-get install r-cran-lmertest"
    monkeypatch.syspath_prepend(root / "benchmarks")
    import multiverse

    yield multiverse
    sys.modules.pop("multiverse")


def test_specifications_agree_with_lme4(bench, settings_of, stages, small_cohort, tmp_path):
    every = specifications(settings_of())
    drawn = np.random.default_rng(11).choice(len(every), N_DRAWN, replace=False)
    chosen = [every[n] for n in drawn]
    ours = table_of(multiverse_rows(stages, chosen, 10, 1)).set_index("id")
    ours = ours[ours["reason"].isna()].head(N_SPECIFICATIONS)
    chosen = [specification for specification in chosen if specification.id in ours.index]
    theirs = bench.lme4_rows(small_cohort, chosen, tmp_path, "exact").loc[ours.index]
    assert len(theirs) == N_SPECIFICATIONS
    np.testing.assert_allclose(ours["coefficient"], theirs["coefficient"], atol=1e-4)
    units = ours["estimate"] / ours["coefficient"]
    np.testing.assert_allclose(ours["model_se"] / units, theirs["se"], rtol=1e-3)
    p = 2 * stats.t.sf(abs(theirs["coefficient"] / theirs["se"]), theirs["df"])
    np.testing.assert_allclose(ours["model_p"], p, atol=2e-3)
