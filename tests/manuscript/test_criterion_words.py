"""A criterion in words: each parameter that changes what is detected changes what is said."""

from typing import get_args

import pytest
from rupture_repair.config.criteria import (
    SCALES,
    Aggregate,
    Criterion,
    NamedCriterion,
    Reference,
    Scale,
)
from rupture_repair.manuscript.criterion_words import Aggregated, ComparedWith, criterion_keys
from rupture_repair.manuscript.detection_tables import definitions
from rupture_repair.manuscript.stage import in_markdown

NAMED = {"source": "Someone (2001)", "assumed": "The cut-off."}


def short(**parameters):
    return criterion_keys(NamedCriterion(name="any", **parameters))["short"]


def test_each_choice_has_words():
    assert set(SCALES) == set(get_args(Scale))
    for kind, parts in ((ComparedWith, get_args(Reference)), (Aggregated, get_args(Aggregate))):
        assert len({kind(part).words for part in parts}) == len(parts)


def test_the_criterion_of_the_study_in_one_sentence(criteria):
    rule = NamedCriterion(name="igra2025_style", **dict(criteria["igra2025_style"]))
    assert criterion_keys(rule)["short"] == (
        "A drop of at least 1.5 times the pooled within-patient standard deviation from one "
        "session to the next counted as a rupture, a full return in any later session as its "
        "repair (assumed in part)"
    )


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"k": 1}, "of at least the pooled within-patient standard deviation from"),
        ({"k": 1.5, "scale": "own_sd"}, "at least 1.5 times the patient's own standard deviation"),
        ({"k": 1, "scale": "absolute"}, "at least 1 scale point from"),
        ({"k": 3, "scale": "absolute"}, "at least 3 scale points from"),
        ({"k": 1, "scale": "rci", "reliability": 0.77}, "change index (reliability .77) from"),
        ({"max_gap": None}, "from one rating to the next"),
        ({"max_gap": 3}, "between ratings at most 3 sessions apart"),
        (
            {"reference": "own_mean"},
            "A rating at least 1.5 times the pooled within-patient standard ",
        ),
        ({"reference": "own_mean"}, "below the mean of all the patient's ratings counted"),
        ({"reference": "own_mean"}, "a return to that mean in any later session as"),
        ({"reference": "running_mean"}, "below the mean of the patient's earlier ratings counted"),
        ({"reference": "own_mean", "western_electric": True}, "or a run of low ratings"),
        ({"rule": "tang_derubeis"}, "of 25% of the rating before, and reliable against"),
        ({"repair_window": 1}, "a full return within 1 session as its repair"),
        ({"repair_tolerance": 0.4}, "regaining 60% of the drop in any later session"),
        ({"assumed": "All of it."}, "as its repair (assumed)"),
        (NAMED, "as its repair (assumed in part)"),
        ({"citation": "gumz2012", "assumed": "Repair."}, "as its repair (assumed in part)"),
    ],
)
def test_each_parameter_changes_the_sentence(parameters, words):
    assert words in short(**parameters)


def test_nothing_assumed_is_not_called_so():
    assert short(source="Someone (2001)").endswith("as its repair")


def test_every_named_criterion_has_a_row(results, criteria):
    text = definitions(results())
    rows = {
        line.split("|")[1].strip().replace("\\&", "&"): line
        for line in text.splitlines()
        if "; repaired by" in line
    }
    assert list(rows) == [criterion.label for criterion in criteria.values()]
    assert "| @shewhart1931. *Assumed:* Charts" in rows["Control chart, 2 sigma"]
    assert "| No source. *Assumed:* The rule as a whole" in rows["1-SD drop, session to session"]
    with_runs = rows["Control chart with run rules"]
    assert "| @westernelectric1956. *Assumed:* Rules for runs" in with_runs
    assert "consecutive drops count as one" in with_runs
    assert text.count("consecutive drops") == 3
    assert "A patient counted as repaired when every rupture was repaired." in text


def test_criteria_that_differ_in_how_patients_are_judged_say_so(changed):
    rules = {how: Criterion(aggregate=how) for how in ("all", "any")}
    text = definitions(changed({"criteria": rules}))
    how = "a patient is repaired when at least one rupture was repaired"
    assert f"{how} | No source. *Assumed:* Nothing. |" in text
    assert "A patient counted" not in text


def test_words_of_users_are_no_markup(results):
    rule = NamedCriterion(name="own", source="*A* [@b]", assumed="<b>")
    words = {"criterion": rule, "criteria": {"own": rule}, "title": "*T*"}
    shown = in_markdown(results().settings.model_copy(update=words))
    assert shown.criteria["own"].source == "\\*A\\* \\[\\@b\\]"
    assert shown.criterion.assumed == "\\<b\\>"
    assert shown.title == "\\*T\\*"
