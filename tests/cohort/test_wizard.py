"""The proposed cohort file: what is recognised in the cells, and what a few answers change."""

import shutil

import pandas as pd
import pytest
import yaml
from rupture_repair.check_cohort import check_cohort
from rupture_repair.cohort.choices import Choice
from rupture_repair.cohort.proposal import FILL_IN
from rupture_repair.cohort.proposed_file import not_recognised
from rupture_repair.cohort.recognition import evidence, recognised
from rupture_repair.config.instruments import Instrument
from rupture_repair.config.load import load_settings
from rupture_repair.new_cohort import new_cohort
from rupture_repair.questions import Answers
from rupture_repair.validation.cohort_files import check_files

pytestmark = pytest.mark.usefixtures("trusted")


@pytest.fixture
def project(tmp_path, monkeypatch, root):
    shutil.copytree(root / "config", tmp_path / "config")
    shutil.copytree(root / "data/example_clinic", tmp_path / "data/example_clinic")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def library(root):
    entries = yaml.safe_load((root / "config/instruments.yaml").read_text(encoding="utf-8"))
    return {key: Instrument(**entry) for key, entry in entries.items()}


def written(project):
    return yaml.safe_load((project / "config/cohorts/clinic.yaml").read_text(encoding="utf-8"))


def said_of(words):
    """A person at the terminal who says `words` in turn, and then Enter."""
    asked = []
    answers = iter(words)

    def ask(question, default):
        asked.append(question)
        return next(answers, default) or default

    ask.asked = asked
    return ask


RECEIVED = [f"data/example_clinic/as_received/{name}" for name in ("patients.csv", "sessions.sav")]


@pytest.mark.parametrize("files", [RECEIVED, pytest.param(RECEIVED[::-1], marks=pytest.mark.long)])
def test_every_column_of_the_example_clinic_is_recognised(project, files, root):
    """The proposal says what the shipped cohort file says, whatever the order of the files."""
    status, words = new_cohort("clinic", files)
    assert (status, FILL_IN in words) == (0, False)
    shipped = yaml.safe_load(
        (root / "config/cohorts/example_clinic.yaml").read_text(encoding="utf-8")
    )
    proposed = written(project)
    for key in ("columns", "instruments", "real_patients"):
        assert proposed[key] == shipped[key], key
    assert proposed["missing_codes"] == ["", "NA", "NaN", "999"]  # not the slips 7 and 190
    assert list(proposed["files"].values()) == RECEIVED
    text = (project / "config/cohorts/clinic.yaml").read_text(encoding="utf-8")
    assert "outside of 0 to 180: 190 (1×), 999" in text
    assert "a row per patient, up to 20 sessions side by side" in text
    status, words = check_cohort("clinic")
    assert status == 1
    assert "must be mended" in words
    report = project / "results/clinic/check/report.html"
    assert "Report: results/clinic/check/report.html" in words
    assert "must be mended" in report.read_text(encoding="utf-8")


def test_empty_answers_equal_a_run_without_a_terminal(project):
    new_cohort("clinic", RECEIVED)
    alone = (project / "config/cohorts/clinic.yaml").read_text(encoding="utf-8")
    (project / "config/cohorts/clinic.yaml").unlink()
    ask = said_of([])
    new_cohort("clinic", RECEIVED, ask)
    assert (project / "config/cohorts/clinic.yaml").read_text(encoding="utf-8") == alone
    assert len(ask.asked) == 7  # three questionnaires, 999, title, real patients, least sessions


PATIENTS = "code;proband;Fragebogen\n" + "".join(f"{i};P{i};{i % 5},5\n" for i in range(1, 9))
SESSIONS = "who;No;Allianz;PHQ9;Datum\n" + "".join(
    f"P{i};{s};{1 + (i + s) % 7};{-9 if s == 2 else 3 * s};{s:02d}/{i:02d}/2024\n"
    for i in range(1, 9)
    for s in range(1, 4)
)


@pytest.fixture
def foreign(project):
    """Two files with names that say little."""
    (project / "p.csv").write_text(PATIENTS.replace("4,5", "3,5"), encoding="utf-8")
    (project / "s.csv").write_text(SESSIONS, encoding="utf-8")
    return ["p.csv", "s.csv"]


def test_unrecognised_columns_are_left_to_be_filled_in(project, foreign):
    _, words = new_cohort("clinic", foreign)
    proposed = written(project)
    assert proposed["columns"]["sessions"]["patient_id"] == FILL_IN
    assert proposed["reading"]["sessions"]["dates"] == FILL_IN  # 02/03 is either
    assert proposed["missing_codes"][-1] == "-9"
    for place in ("columns.patients.iip", "instruments.alliance", "reading.sessions.dates"):
        assert place in words.split("To fill in")[1]
    status, words = check_cohort("clinic")
    assert status == 1
    assert "FILL_IN" in words


def test_answers_fill_in_what_was_unknown(project, foreign):
    ask = said_of(
        ["Fragebogen", "who", "WAI-X", "WAI-S", "", "IIP-32", "yes", "DD/MM/YYYY", "Our clinic"]
    )
    _, words = new_cohort("clinic", foreign, ask, Answers(min_sessions=2, real_patients=True))
    assert any("`WAI-X` is not known; did you mean" in question for question in ask.asked)
    proposed = written(project)
    assert proposed["title"] == "Our clinic"
    assert proposed["columns"]["patients"]["iip"] == "Fragebogen"
    assert proposed["columns"]["sessions"]["patient_id"] == "who"
    assert proposed["instruments"] == {"alliance": "WAI-S", "symptoms": "PHQ-9", "iip": "IIP-32"}
    assert proposed["reading"]["sessions"]["dates"] == "DD/MM/YYYY"
    assert proposed["inclusion"]["min_sessions"] == 2
    load_settings({"cohorts": ["clinic"]}, project / "config")
    assert "To fill in" not in words


def test_after_repeated_wrong_answers_the_column_is_left_open(project, foreign):
    new_cohort("clinic", foreign, said_of(["Nothing", "none", "nil"]))
    assert written(project)["columns"]["patients"]["iip"] == FILL_IN


def _items(n, low, high, name="WAI{}_S1"):
    answers = [str(answer) for answer in range(low, high + 1)] * 10
    return pd.DataFrame({name.format(i + 1): answers for i in range(n)})


@pytest.mark.parametrize(
    ("table", "pattern", "words", "role", "fitting", "clear"),
    [
        (_items(12, 1, 5), "WAI{item}_S1", "WAI", "alliance", "WAI-SR", True),
        (_items(12, 1, 7), "WAI{item}_S1", "WAI", "alliance", "WAI-S WAI-SR-7", False),
        (_items(12, 1, 7), "WAI{item}_S1", "WAI_SR", "alliance", "WAI-SR-7", True),
        (_items(12, 1, 7), "WAI{item}_S1", "WAI_S", "alliance", "WAI-S", True),
        (_items(6, 0, 5, "bond{}"), "bond{item}", "bond", "alliance", "SAI", True),
        (_items(9, 0, 3, "dep{}"), "dep{item}", "dep", "symptoms", "PHQ-9", False),
        (_items(9, 0, 3, "p{}"), "p{item}", "phq9", "symptoms", "PHQ-9", True),
        (_items(45, 0, 4, "x{}"), "x{item}", "x", "symptoms", "OQ-45", True),
        (_items(32, 0, 4, "iip{}"), "iip{item}", "iip", "iip", "IIP-32 IIP-SC", False),
    ],
)
def test_questionnaires_by_name_number_of_items_and_range(
    library, table, pattern, words, role, fitting, clear
):
    found = recognised(words, role, evidence(table, pattern), library)
    likely = found.fitting[: len(fitting.split())]
    assert (list(likely), found.clear) == (fitting.split(), clear)


def _scores(low, high, step, n=200):
    count = round((high - low) / step) + 1
    return pd.DataFrame({"x": [f"{low + step * (i % count):.2f}" for i in range(n)]})


@pytest.mark.parametrize(
    ("words", "role", "cells", "key"),
    [
        ("wai_s_total", "alliance", (1, 7, 1 / 12), "WAI-S"),
        ("wai_sr", "alliance", (1, 5, 1 / 12), "WAI-SR"),
        ("wai_sr", "alliance", (1, 7, 1 / 12), "WAI-SR-7"),
        ("OQ45", "symptoms", (0, 180, 1), "OQ-45"),
        ("OQ.30", "symptoms", (0, 120, 1), "OQ-30"),
        ("iip64", "iip", (0, 4, 0.01), "IIP-64"),
        ("CORE-OM", "symptoms", (0, 4, 1 / 34), "CORE-OM"),
        ("core_om", "symptoms", (0, 40, 10 / 34), "CORE-OM-10"),
        ("bsi_gsi", "symptoms", (0, 4, 1 / 53), "BSI-53"),
        ("BSI", "symptoms", (0, 4, 1 / 53), "BSI-53"),
        ("bsi", "symptoms", (0, 72, 1), "BSI-18"),
        ("haq", "alliance", (1, 6, 1 / 11), "HAQ-D"),
        ("haq", "alliance", (19, 114, 1), "HAQ-II"),
        ("dass21", "symptoms", (0, 60, 1), "DASS-21"),
        ("dass21", "symptoms", (0, 126, 2), "DASS-21-doubled"),
        ("WHO5", "symptoms", (0, 25, 1), "WHO-5-raw"),
        ("who_5", "symptoms", (0, 100, 4), "WHO-5"),
        ("calpas", "alliance", (1, 7, 1 / 24), "CALPAS"),
        ("K10_sum", "symptoms", (10, 50, 1), "K10"),
    ],
)
def test_scores_are_recognised_by_name_and_range_together(library, words, role, cells, key):
    found = recognised(words, role, evidence(_scores(*cells), "x"), library)
    assert (found.fitting[0], found.clear, found.misfit) == (key, True, None)


@pytest.mark.parametrize(
    ("words", "role", "cells"),
    [
        ("wai", "alliance", (1, 7, 1 / 12)),  # WAI-S, WAI-36, or WAI-SR on seven points
        ("core", "symptoms", (0, 40, 1)),
        ("iip", "iip", (0, 4, 1 / 32)),
        ("alliance", "alliance", (1, 5, 0.1)),
        ("symptoms", "symptoms", (0, 27, 1)),
        ("gsi", "symptoms", (0, 4, 0.01)),
        ("phq2", "symptoms", (0, 6, 1)),
        ("sipp_sf", "iip", (1, 4, 1 / 12)),  # the published scores point the other way
    ],
)
def test_ambiguous_columns_are_not_chosen(library, words, role, cells):
    found = recognised(words, role, evidence(_scores(*cells), "x"), library)
    assert (bool(found.fitting), found.clear) == (True, False)


@pytest.mark.parametrize(
    ("words", "role", "cells", "key", "expected"),
    [
        ("wai_sr", "alliance", (12, 60, 1), "WAI-SR",
         "named like WAI-SR, whose scores go from 1 to 5; the cells from 12 to 60, as would the "
         "sum of its 12 items, 12 to 60"),
        ("phq9", "symptoms", (0, 3, 1 / 9), "PHQ-9", "as would the mean of its 9 items, 0 to 3"),
        ("core10", "symptoms", (0, 100, 1), "CORE-10", "whose scores go from 0 to 40"),
        ("iip32", "iip", (0, 128, 1), "IIP-32", "as would the sum of its 32 items, 0 to 128"),
        ("haq2", "alliance", (0, 10, 0.1), None, None),
        ("oq45", "symptoms", (0, 400, 4), "OQ-45", "the cells from 0 to 400"),
    ],
)  # fmt: skip
def test_the_message_names_a_version_that_does_not_fit(library, words, role, cells, key, expected):
    found = recognised(words, role, evidence(_scores(*cells), "x"), library)
    assert found.misfit == key
    if key:
        choice = Choice("x", words, evidence(_scores(*cells), "x"), found)
        assert expected in not_recognised(choice, library)
        assert not found.clear


def test_a_code_that_is_a_score_elsewhere_is_no_code_of_the_cohort(project):
    table = pd.DataFrame(
        {"id": list("abcdef"), "IIP32": 1, "session": 1, "SAI": [1, 2, 9, 9, 9, 99],
         "CORE10": [1, 9, 30, 9, 2, -9]}
    )  # fmt: skip
    table.to_csv("a.csv", index=False)
    new_cohort("clinic", ["a.csv"])
    # 9 is a CORE-10 score: taken for a code it would hide two of them
    assert written(project)["missing_codes"] == ["", "NA", "NaN", "-9", "99"]


def test_a_sheet_can_be_named(project):
    with pd.ExcelWriter("a.xlsx") as book:
        pd.DataFrame({"x": [1]}).to_excel(book, sheet_name="Notes", index=False)
        table = pd.DataFrame({"id": ["a"], "IIP32": 1, "session": 1, "SAI": 2, "CORE10": 9})
        table.to_excel(book, sheet_name="Data", index=False)
    assert new_cohort("clinic", ["a.xlsx"], answers=Answers(sheets=("Data",)))[0] == 0
    settings = load_settings({"cohorts": ["clinic"]}, project / "config").cohorts["clinic"]
    assert settings.cohort.reading.patients.sheet == "Data"


@pytest.mark.parametrize("form", ["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y"])
def test_dates_are_recognised_where_a_day_is_beyond_twelve(project, form):
    dates = pd.Series(pd.to_datetime(["2024-03-01", "2024-03-15", "2024-03-22"])).dt.strftime(form)
    table = {"id": "a", "IIP32": 1, "SAI": [1, 2, 3], "CORE10": 9, "date": dates}
    pd.DataFrame(table).to_csv("a.csv", index=False)
    assert new_cohort("clinic", ["a.csv"])[0] == 0
    status, words = check_cohort("clinic")
    assert (status, "not a date" in words) == (0, False)


def test_numbers_that_are_text_in_a_workbook_are_numbers_and_pseudonyms_are_not(project):
    ids = [f"{i},3" for i in range(30)]
    table = pd.DataFrame({"id": ids * 3, "IIP32": "1,5", "session": [1] * 30 + [2] * 30 + [3] * 30})
    table["SAI"] = [f"{(i % 11) / 2:g}".replace(".", ",") for i in range(90)]
    table["CORE10"] = [str(i % 41) for i in range(90)]
    table.to_excel("a.xlsx", index=False)
    assert new_cohort("clinic", ["a.xlsx"])[0] == 0
    assert written(project)["instruments"]["symptoms"] == "CORE-10"
    settings = load_settings({"cohorts": ["clinic"]}, project / "config").cohorts["clinic"]
    found = check_files("a.xlsx", "a.xlsx", settings.validation)
    assert [str(p) for p in found.problems if p.severity == "blocking"] == []
    assert sorted(found.patients["patient_id"]) == sorted(ids)
    assert found.sessions["alliance"].max() == 5
    assert 0.5 in set(found.sessions["alliance"])
