"""Summary, highlights and claims table follow the results; none of them stands by itself."""

from dataclasses import replace

import pytest
from rupture_repair.manuscript.claims import findings
from rupture_repair.manuscript.summary_claims import claims_table, summary_claims

MODERATION = "time:pattern[repaired]:iip_z"
LENGTH = f"{MODERATION}:length_c"


@pytest.mark.parametrize(
    ("found", "plain", "practice", "verdict"),
    [
        ((-0.8, 0.01), "the more they improved", "went with more improvement", "shown: more"),
        ((0.8, 0.01), "the less they improved", "went with less improvement", "shown: less"),
        ((-0.8, 0.05), "do not show", "give no ground", "not shown"),
        (None, "could not be told", "give no ground", "not estimated"),
    ],
)
def test_the_moderation_in_plain_words(results, found, plain, practice, verdict):
    given = results(M2={MODERATION: found})
    said = summary_claims(given)
    assert plain in said["plain"]
    assert practice in said["practice"]
    assert findings(given)["moderation"].verdict == verdict
    row = next(line for line in claims_table(given).splitlines() if "(M2)" in line)
    assert row.endswith(f"| {verdict} |")


@pytest.mark.parametrize(
    ("of_iip", "of_length", "said"),
    [
        ((-0.8, 0.01), (-0.5, 0.01), "clearer in longer"),
        ((-0.8, 0.01), (0.5, 0.01), "weaker in longer"),
        ((-0.8, 0.01), (-0.5, 0.2), "remains open"),
        ((-0.8, 0.3), (-0.5, 0.01), "remains open"),
        ((-0.8, 0.01), None, "remains open"),
    ],
)
def test_length_in_plain_words(results, of_iip, of_length, said):
    given = results(M2={MODERATION: of_iip}, M3={LENGTH: of_length})
    assert said in summary_claims(given)["plain_length"]


def test_chance_is_told_from_both_nulls(results):
    found = results()
    table = found.tables["chance"].copy()
    at = (table["length"] == "all") & (table["pattern"] == "none")
    for kind, none in (("simulated", 68.2), ("permuted", 61.8)):
        table.loc[at & (table["kind"] == kind), "expected_percent"] = none
    said = summary_claims(replace(found, tables={**found.tables, "chance": table}))
    model = "A model without ruptures, fitted to the same ratings, would still give 31.8%"
    assert said["noise"].startswith(model)
    assert said["noise"].endswith("(ratings in random order: 38.2%)")
    assert "gives about 32 in 100 patients one" in said["practice_noise"]
    assert said["practice_noise"].endswith("to about 38.")
    none = replace(found, tables={**found.tables, "chance": table.iloc[:0]})
    assert "could not be computed" in summary_claims(none)["noise"]


@pytest.mark.parametrize(
    ("verdicts", "said"),
    [
        (("reproduced", "reproduced"), "of each"),
        (("reproduced", "not reproduced"), "of 1 of 2"),
        (("not reproduced", "not reproduced"), "of none"),
    ],
)
def test_what_was_recovered_follows_the_verdicts(results, verdicts, said):
    found = results()
    table = found.tables["verification"].copy()
    table.loc[table["kind"] == "direction", "verdict"] = verdicts
    given = replace(found, tables={**found.tables, "verification": table})
    assert summary_claims(given)["recovered"].endswith(said)


def test_the_discussion_answers_each_question_without_a_number(results):
    said = summary_claims(results())["answers"]
    assert said.count(".") == 4
    assert not any(letter.isdigit() for letter in said)


def test_hidden_patterns_are_not_compared_with_chance(results):
    found = results()
    # as the tables of a confidential cohort come: small counts, and what would tell them, masked
    shares = found.tables["pattern_breakdown"].assign(n=[61, None, None])
    real = {**found.settings, "synthetic": False, "parameters": None, "confidential": True}
    few = replace(found, settings=real, tables={**found.tables, "pattern_breakdown": shares})
    assert "Is “repaired”" in claims_table(found)
    assert "Is “repaired”" not in claims_table(few)
