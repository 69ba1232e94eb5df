"""Summary, highlights and claims table follow the results; none of them stands by itself."""

from dataclasses import replace

import model_tables
import pandas as pd
import pytest
from rupture_repair.config.criteria import PATTERNS
from rupture_repair.manuscript.findings import findings
from rupture_repair.manuscript.summary_claims import claims_table, summary_claims


@pytest.mark.parametrize(
    ("found", "plain", "practice", "verdict"),
    [
        ((-0.8, 0.01), "the more they improved", "associated with more improvement", "shown: more"),
        ((0.8, 0.01), "the less they improved", "associated with less improvement", "shown: less"),
        ((-0.8, 0.05), "do not show", "give no reason", "not shown"),
        (None, "could not be determined", "give no reason", "not estimated"),
    ],
)
def test_the_moderation_in_plain_words(results, found, plain, practice, verdict):
    given = results(headline={"average": found})
    many = -0.7 if found is None or found[0] < 0 else 0.7
    contrasts = model_tables.contrasts(0.0, many)
    given = replace(given, tables={**given.tables, "contrasts": contrasts})
    sentences = summary_claims(given)
    assert plain in sentences["plain"]
    assert practice in sentences["practice"]
    assert findings(given)["moderation"].verdict == verdict
    row = next(line for line in claims_table(given).splitlines() if "problems, at average" in line)
    assert row.endswith(f"| {verdict} |")


def test_chance_is_given_by_both_nulls(results):
    found = results()
    table = found.tables["chance"].copy()
    at = (table["length"] == "all") & (table["pattern"] == "none")
    for kind, none in (("simulated", 68.2), ("permuted", 61.8)):
        table.loc[at & (table["kind"] == kind), "expected_percent"] = none
    sentences = summary_claims(replace(found, tables={**found.tables, "chance": table}))
    model = "A model without ruptures, fitted to the same ratings, would still give 31.8%"
    assert sentences["noise"].startswith(model)
    assert sentences["noise"].endswith("(ratings in random order: 38.2%)")
    assert "gives about 32 in 100 patients one" in sentences["practice_noise"]
    assert sentences["practice_noise"].endswith("to about 38.")
    none = replace(found, tables={**found.tables, "chance": table.iloc[:0]})
    assert "could not be computed" in summary_claims(none)["noise"]


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        (("reproduced", "reproduced"), "of each"),
        (("reproduced", "not reproduced"), "of 1 of 2"),
        (("not reproduced", "not reproduced"), "of none"),
    ],
)
def test_what_was_recovered_follows_the_verdicts(results, verdicts, expected):
    found = results()
    table = found.tables["verification"].copy()
    table.loc[table["kind"] == "direction", "verdict"] = verdicts
    given = replace(found, tables={**found.tables, "verification": table})
    assert summary_claims(given)["recovered"].endswith(expected)


@pytest.mark.parametrize(
    ("aggregate", "unrepaired", "repaired"),
    [
        (
            "all",
            "30.0% had a drop without such a return;",
            "10.0% had at least one drop, and such a return after each",
        ),
        ("any", "30.0% had a drop, but no such return;", "return after at least one drop"),
        ("first", "no such return after the first one", "such a return after the first drop"),
        ("last", "no such return after the last one", "such a return after the last drop"),
    ],
)
def test_the_patterns_in_plain_words(changed, aggregate, unrepaired, repaired):
    rule = changed().settings.criterion.model_copy(update={"aggregate": aggregate})
    found = changed({"criterion": rule}, pattern_breakdown=shares(60.0, 30.0, 10.0))
    text = summary_claims(found)["plain_patterns"]
    assert text.startswith("Of these patients, 60.0% had no such drop; ")
    assert unrepaired in text and repaired in text


@pytest.mark.parametrize(
    ("percent", "expected"),
    [
        ((70.0, 30.0, 0.0), "return; nobody had such a return after every drop."),
        ((0.0, 60.0, 40.0), "Of these patients, everybody had such a drop; 60.0% had a drop"),
        ((float("nan"),) * 3, "How many patients had such drops cannot be told here."),
    ],
)
def test_patterns_without_patients_are_worded(changed, percent, expected):
    found = changed(pattern_breakdown=shares(*percent))
    assert expected in summary_claims(found)["plain_patterns"]


def test_shares_are_those_of_patients_who_could_be_classified(changed):
    table = shares(60.0, 30.0, 10.0)
    table.loc[3] = {"pattern": "unclassifiable", "n": 7}
    text = summary_claims(changed(pattern_breakdown=table))["plain_patterns"]
    assert text.startswith("Of those with enough ratings to tell, 60.0% had no such drop")


def test_hidden_patterns_are_left_out_of_plain_words(changed):
    real = {"synthetic": False, "parameters": None, "confidential": True}
    found = changed(real, pattern_breakdown=shares(96.0, None, None))
    text = summary_claims(found)["plain_patterns"]
    assert text == "Of these patients, 96.0% had no such drop."


@pytest.mark.parametrize(
    ("window", "left", "expected"),
    [
        (None, 0.0, "returned later to its earlier level"),
        (3, 0.0, "returned within 3 sessions to its earlier level"),
        (None, 0.5, "returned later by at least 50% of the drop"),
    ],
)
def test_the_return_in_plain_words(changed, window, left, expected):
    other = {"repair_window": window, "repair_tolerance": left}
    rule = changed().settings.criterion.model_copy(update=other)
    assert summary_claims(changed({"criterion": rule}))["plain_return"] == expected


def shares(*percent):
    return pd.DataFrame(
        {"pattern": PATTERNS, "n": percent, "percent": percent, "published_percent": None}
    )


def test_the_discussion_answers_each_question_without_a_number(results):
    text = summary_claims(results())["answers"]
    assert text.count(".") == 4
    assert not any(letter.isdigit() for letter in text)


def test_hidden_patterns_are_not_compared_with_chance(results):
    found = results()
    # as the tables of a confidential cohort come: small counts, and what would tell them, masked
    shares = found.tables["pattern_breakdown"].assign(n=[61, None, None])
    other = {"synthetic": False, "parameters": None, "confidential": True}
    real = found.settings.model_copy(update=other)
    few = replace(found, settings=real, tables={**found.tables, "pattern_breakdown": shares})
    assert "Is “repaired”" in claims_table(found)
    assert "Is “repaired”" not in claims_table(few)
