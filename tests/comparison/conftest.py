"""A comparison of cohorts with model tables made by hand."""

import model_tables
import pandas as pd
import pytest
from compared_cohorts import cohort, table_one
from rupture_repair.comparison.pooling import pool_slopes
from rupture_repair.comparison.results import Comparison
from rupture_repair.comparison.slopes import cohort_rows, cohort_slopes

LENGTHS = [5.0, 10.0]


@pytest.fixture
def moderation():
    """The moderations of one cohort; do not change them."""
    return model_tables.moderation()


@pytest.fixture
def comparison(moderation):
    """A function that compares the given cohorts; the second's estimates are twice the first's."""

    def made(cohorts, **changed):
        described = [table_one() for _ in cohorts]
        slopes = [
            cohort_slopes(
                moderation.assign(estimate=n * moderation["estimate"]), table, each, LENGTHS
            )
            for n, (table, each) in enumerate(zip(described, cohorts, strict=True), start=1)
        ]
        pooled, weighted = pool_slopes(pd.concat(slopes, ignore_index=True))
        rows = cohort_rows(described, cohorts)
        tables = {"cohorts": rows, "effects": weighted, "pooled": pooled}
        record = {"version": "0.0.0", "commit": None, "config_digest": "0" * 64, "seed": 1}
        given = {"left_out": {}, "texts": [("A caption.", "A text.")]} | changed
        return Comparison(tables, cohorts, records=[record] * len(cohorts), **given)

    return made


@pytest.fixture
def two():
    """Two cohorts, one of them synthetic."""
    return [cohort("a", "Clinic A"), cohort("b", "Study B", synthetic=True, symptoms="PHQ-9")]
