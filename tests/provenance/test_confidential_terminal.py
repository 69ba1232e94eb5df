"""What a run and a check say where others may read it."""

import sys

import pandas as pd
import pytest
import yaml
from rupture_repair import check_cohort as command
from rupture_repair.config.steps.identity import Identity
from rupture_repair.provenance.closing import conclude
from rupture_repair.provenance.outcome import Failure, Outcome
from rupture_repair.validation.problems import Problem, problem_table

SECRETS = ("Jane-Roe-17", "Jane", "999.5", "/home/anna")
FOUND = [
    Problem(
        "blocking",
        "/home/anna/clinic/sessions.csv",
        "patient Jane-Roe-17 has a rating out of range",
        "correct Jane-Roe-17",
        line=12,
        patient_id="Jane-Roe-17",
        session="3",
        column="wai",
        value="999.5",
    ),
    Problem("blocking", "/home/anna/clinic/patients.csv", "Jane-Roe-17 is there twice", "delete"),
]


@pytest.mark.parametrize("confidential", [True, False])
def test_a_blocked_run_names_file_line_and_column(tmp_path, confidential):
    (tmp_path / "clinic/validation").mkdir(parents=True)
    problem_table(FOUND).to_csv(tmp_path / "clinic/validation/problems.csv", index=False)
    cohort = Identity(name="clinic", title="Clinic", synthetic=False, calibrated=False)
    outcome = Outcome({"clinic": [Failure("admit_patients", "log", "blocked")]}, ())
    message = conclude(tmp_path, [cohort], outcome, {"clinic"} if confidential else set())
    assert "2 problems in the data" in message
    if confidential:
        assert "  * sessions.csv, line 12, column `wai`\n" in message
        assert "  * patients.csv\n" in message
        assert "validation/report.html" in message
        assert not [secret for secret in SECRETS if secret in message]
    else:
        assert "patient Jane-Roe-17, session 3" in message


@pytest.mark.parametrize(
    ("terminal", "server", "person"),
    [(True, "", True), (True, "true", False), (True, "1", False), (False, "", False)],
)
def test_a_person_is_who_sits_at_a_terminal(monkeypatch, terminal, server, person):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal, raising=False)
    monkeypatch.setenv("CI", server)
    assert command.is_interactive() is person


def test_a_check_whose_words_go_elsewhere_names_no_patient(
    tmp_path, monkeypatch, cohort_file, root
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config/cohorts").mkdir(parents=True)
    for name in ("instruments.yaml", "criteria.yaml", "multiverse.yaml"):
        (tmp_path / "config" / name).symlink_to(root / "config" / name)
    columns = cohort_file["columns"]
    patients = {columns["patients"]["patient_id"]: ["Jane-Roe-17"] * 2}
    patients |= {columns["patients"]["iip"]: [1.0, 999.5]}
    pd.DataFrame(patients).to_csv("patients.csv", index=False)
    sessions = {name: ["Jane-Roe-17"] for name in columns["sessions"].values() if name}
    pd.DataFrame(sessions).to_csv("sessions.csv", index=False)
    content = {key: value for key, value in cohort_file.items() if key != "synthetic"}
    content |= {"files": {kind: f"{kind}.csv" for kind in ("patients", "sessions")}}
    content |= {"published": None, "other_studies": []}
    text = yaml.safe_dump(content)
    (tmp_path / "config/cohorts/clinic.yaml").write_text(text, encoding="utf-8")
    _, open_words = command.check_cohort("clinic")
    status, message = command.check_cohort("clinic", interactive=False)
    assert status == 1
    assert "Jane-Roe-17" in open_words
    assert "Jane" not in message and "999.5" not in message
    assert "  * patients.csv" in message
    page = (tmp_path / "results/clinic/check/report.html").read_text(encoding="utf-8")
    assert "Jane-Roe-17" in page
