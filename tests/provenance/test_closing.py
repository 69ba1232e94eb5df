"""The last lines of a run name fits without certificate and what could not be estimated."""

import model_check_tables
import model_tables
import pytest
from rupture_repair.provenance.closing import doubts


@pytest.fixture
def tables(tmp_path):
    def written(certificates, missing):
        certificates.to_csv(tmp_path / "certificates.csv", index=False)
        missing.to_csv(tmp_path / "not_estimated.csv", index=False)
        return tmp_path

    return written


def test_a_complete_cohort_gives_no_message(tables, tmp_path):
    assert doubts(tmp_path, "clinic") == []
    folder = tables(model_check_tables.certificates(), model_tables.not_estimated())
    assert doubts(folder, "clinic") == []


def test_failures_are_loud(tables):
    missing = model_tables.not_estimated(
        ("M3", "", "the whole model", "all treatments have the same length"),
        ("M0", "therapist", "variance between therapists", "there is one therapist"),
    )
    message = doubts(
        tables(model_check_tables.certificates(M2="the deviance is flat"), missing), "clinic"
    )
    assert message[:2] == [
        f"clinic: NO CERTIFICATE for M2 ({method}): the deviance is flat"
        for method in ("ML", "REML")
    ]
    assert message[2] == "clinic: M3 could not be estimated: all treatments have the same length"
    assert message[3].startswith("clinic: 2 things could not be estimated: ")
