"""Results and inputs that were changed after a run are named, and nothing is made of them."""

import os
import shutil

import pytest
from clinic_archive import RAW, rewrite
from rupture_repair.config.errors import ExpectedError
from rupture_repair.config.load import load_project
from rupture_repair.provenance.archive import archive
from rupture_repair.provenance.citation import cite
from rupture_repair.provenance.integrity import record_of
from rupture_repair.provenance.source import sha256


@pytest.mark.parametrize("place", ["manuscript/manuscript.html", "tables/cohort.csv"])
def test_an_altered_result_is_named_and_nothing_is_made_of_it(repository, place):
    rewrite(repository / "results/clinic" / place, "12.3")
    for command in (
        lambda: record_of(load_project(), "clinic"),
        lambda: cite(load_project(), repository / "CITATION.cff"),
        lambda: archive(load_project(), repository, with_patient_data=False),
    ):
        with pytest.raises(ExpectedError, match=f"results/clinic/{place}.*delete these files"):
            command()
    assert not list(repository.glob("*.zip"))


def test_an_altered_private_result_is_named(repository):
    results = repository / "results/clinic"
    table, listed = results / "ruptures/secret.csv", results / "ruptures/outputs.json"
    before = sha256(table)
    rewrite(table, "12.3")
    with pytest.raises(ExpectedError, match=r"results/clinic/ruptures/secret\.csv"):
        record_of(load_project(), "clinic")
    rewrite(listed, listed.read_text(encoding="utf-8").replace(before, sha256(table)))
    with pytest.raises(ExpectedError, match=r"results/clinic/ruptures/outputs\.json"):
        record_of(load_project(), "clinic")


@pytest.mark.parametrize(
    "file", [RAW, "data/published/igra2025.csv", "config/cohorts/clinic.yaml", "Snakefile"]
)
def test_an_input_that_was_replaced_by_an_older_one_is_named(repository, file):
    with (repository / file).open("a", encoding="utf-8") as handle:
        handle.write("\n")
    os.utime(repository / file, (1, 1))
    with pytest.raises(ExpectedError, match=file.split("/")[-1]):
        cite(load_project(), repository / "CITATION.cff")
    with pytest.raises(ExpectedError, match="Run `make reproduce COHORT=clinic`"):
        archive(load_project(), repository, with_patient_data=True)


def test_raw_files_that_changed_places_are_named(repository):
    patients, sessions = (
        repository / f"data/clinic/{kind}.csv" for kind in ("patients", "sessions")
    )
    first, second = patients.read_text(encoding="utf-8"), sessions.read_text(encoding="utf-8")
    rewrite(patients, second)
    rewrite(sessions, first)
    with pytest.raises(ExpectedError, match=r"patients\.csv, sessions\.csv"):
        cite(load_project(), repository / "CITATION.cff")


def test_results_of_another_cohort_are_named(repository):
    """As after a copy of `results/other` to the wrong place, its record with it or not."""
    other = repository / "results/other"
    shutil.copytree(repository / "results/clinic", other)
    rewrite(other / "tables/cohort.csv", "12.3")
    shutil.copy2(other / "tables/cohort.csv", repository / "results/clinic/tables/cohort.csv")
    with pytest.raises(ExpectedError, match=r"results/clinic/tables/cohort\.csv"):
        record_of(load_project(), "clinic")


def test_a_raw_file_that_is_gone_is_named(repository):
    settings = load_project()
    (repository / RAW).unlink()
    with pytest.raises(ExpectedError, match=r"patients\.csv"):
        record_of(settings, "clinic")
