"""Snakemake's own report holds what can be shared, with captions."""

import pytest


@pytest.mark.long
def test_the_report_has_captions_and_no_patient(built, tmp_path):
    project = built.copy(tmp_path / "project")
    done = project.snakemake("--report", "report.html")
    assert done.returncode == 0, done.stdout
    text = (project.folder / "report.html").read_text(encoding="utf-8")
    for words in ("no patient-level file is among them", "record_provenance", "Snakemake"):
        assert words in text
    for name in ("alliance_trajectories.svg", "manuscript.html", "verification.csv"):
        assert name in text
    for caption in ("patients by rupture pattern", "Associations, not effects", "the paper."):
        assert caption in text
