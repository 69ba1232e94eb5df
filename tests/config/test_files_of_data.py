"""Raw and published files that a cohort names: both there, or neither; real or synthetic."""

import pytest


def touch(folder, path):
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("x\n")


@pytest.mark.parametrize(("there", "absent"), [("patients", "sessions"), ("sessions", "patients")])
def test_one_raw_file_of_two_is_an_error_never_a_mixture(folder, problems, cohort, there, absent):
    touch(folder, cohort["files"][there])
    [(key, message)] = problems(cohort)
    assert key == f"files.{absent}"
    assert message.startswith(f"no file {cohort['files'][absent]}")
    assert "no synthetic cohort is made" in message


def test_both_raw_files_are_real_data(folder, load, cohort):
    for path in cohort["files"].values():
        touch(folder, path)
    settings = load(cohort).cohorts["clinic"]
    assert not settings.synthetic
    assert settings.manuscript.parameters is None


@pytest.mark.parametrize("real", [True, False])
def test_delivered_files_without_real_patients_are_synthetic_in_every_room(
    folder, load, cohort, real
):
    cohort["real_patients"] = real
    for path in cohort["files"].values():
        touch(folder, path)
    settings = load(cohort).cohorts["clinic"]
    rooms = ("identity", "disclosure", "figures", "manuscript", "comparison")
    assert {settings.section(room)["synthetic"] for room in rooms} == {not real}


def test_raw_files_must_be_there_without_a_synthetic_section(problems, cohort):
    del cohort["synthetic"]
    assert [key for key, _ in problems(cohort)] == ["files.patients", "files.sessions"]


def test_published_file_must_be_there(problems, cohort):
    cohort["published"] = "data/published/none.csv"
    assert problems(cohort) == [("published", "no file data/published/none.csv")]


def test_synthetic_needs_published(problems, cohort):
    del cohort["published"]
    [(_, message)] = problems(cohort)
    assert "`synthetic` needs `published`" in message
