"""Words for the keys of tables: from templates, for all keys, and without small counts."""

import ast
import re

import pandas as pd
import pytest
from rupture_repair.config.catalogue import TABLES
from rupture_repair.disclosure.wording import CELL, CLAIMS, said, worded
from rupture_repair.modelling import keys
from rupture_repair.modelling.keys import Key, name_of
from rupture_repair.words import templates
from rupture_repair.words.templates import FOLDER, Words

PACKAGE = "workflow/rupture_repair"
STARTS = str(keys.Starts(1, 4))
SLOPES = keys.Undetermined(("patient", "patient_slope", "residual"), ("one_rating", "one_patient"))


@pytest.mark.parametrize(
    ("key", "column", "words"),
    [
        (keys.Analysis("landmark", 10), "label", "Landmark at session 10"),
        (
            keys.Analysis("landmark", 10),
            "question",
            "Is the pattern up to session 10 associated with the change after it?",
        ),
        (keys.Analysis("headline", model="M3"), "label", "Headline (M3)"),
        (keys.Unit("alliance", "symptoms", per_sd=True), "unit",
         "alliance points per symptom point, per SD"),
        (keys.Unit("symptoms", "", per_sd=False), "unit", "symptom points"),
        (keys.FewPatients("repaired", 0), "reason", "no patient had a repaired pattern"),
        (keys.FewPatients("none", 0), "reason", "every patient had a rupture"),
        (
            SLOPES,
            "verdict",
            "the data do not tell apart the variance between patients, the variance of patients' "
            "slopes and the residual variance: every patient has one rating and every therapist "
            "has one patient",
        ),
        (keys.Undetermined(("therapist",), ()), "verdict",
         "the data do not determine the variance between therapists"),
        (keys.OfOthers((), ()), "why", "these data hold no information on it"),
        (keys.MadeOf(("a", "b"), 0), "why", "in these data it is a combination of a and b"),
        (keys.MadeOf(("a", "b"), 2), "why",
         "in these data it is a combination of a, b and 2 more"),
        (keys.Combination("slope", 2, 2), "what", "slope on time"),
        (keys.Combination("contrast", 1, 2), "what",
         "difference of slopes at 1 of 2 levels shown"),
        (
            keys.Doubted((STARTS, str(keys.Flat()))),
            "certificate",
            "only 1 of 4 starting values reached the best deviance; the data do not tell the "
            "variances apart: the deviance is flat",
        ),
        (keys.Gradient(0.00213), "", "the scaled gradient is 0.0021"),
    ],
)  # fmt: skip
def test_what_a_key_says(key, column, words):
    assert said(str(key), column, masked=False) == words


@pytest.mark.parametrize(
    ("n", "masked", "words"),
    [(2, False, "only 2"), (1, False, "only one"), (2, True, "fewer than 5"), (0, True, "no")],
)
def test_a_small_number_of_patients_is_told_where_it_may_be(n, masked, words):
    people = "patient" if n < 2 and not (n and masked) else "patients"
    expected = f"{words} {people} had an unrepaired pattern"
    assert said(str(keys.FewPatients("unrepaired", n)), masked=masked) == expected


@pytest.mark.parametrize("text", ["passed", "", "no key {at all}", "unknown {}", "agrees"])
def test_what_is_no_key_stays(text):
    assert said(text, masked=True) == text


def test_only_columns_of_the_catalogue_are_worded():
    table = pd.DataFrame({"model": [STARTS] * 2, "why": [STARTS, None]})
    table = table.assign(term="a", what=str(keys.Coefficient()))
    found = worded(table, TABLES["not_estimated"], masked=True)
    assert list(found.columns) == list(table.columns)
    assert found["model"].tolist() == [STARTS] * 2
    assert found["what"].tolist() == ["coefficient"] * 2
    assert found["why"].tolist()[0].startswith("only 1 of 4") and found["why"].isna()[1]


def test_each_key_has_words():
    for kind in Key.__subclasses__():
        assert CELL.fullmatch(f"{name_of(kind)} {{}}")[1] in CLAIMS
    assert len(CLAIMS) == len(Key.__subclasses__()) > 30


def test_each_key_is_made_somewhere(root):
    rooms = ("modelling", "multiverse")
    files = [file for room in rooms for file in (root / PACKAGE / room).glob("*.py")]
    made = {
        node.func.id
        for file in files
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    of_certificates = {kind.__name__ for kind in keys.FAILURES.values()}
    assert {kind.__name__ for kind in Key.__subclasses__()} <= made | of_certificates


def test_a_changed_word_is_in_the_table(tmp_path, monkeypatch):
    folder = tmp_path / "en"
    for file in [FOLDER / "en/shared.jinja", *sorted((FOLDER / "en/csv").glob("*.jinja"))]:
        copy = folder / file.relative_to(FOLDER / "en")
        copy.parent.mkdir(parents=True, exist_ok=True)
        text = file.read_text(encoding="utf-8")
        copy.write_text(re.sub("Linear time", "Time as sessions", text), encoding="utf-8")
    monkeypatch.setattr(templates, "words", lambda language="en": Words(folder))
    assert said(str(keys.Analysis("time_linear")), "label", masked=True) == "Time as sessions"
