"""What the paper says of sessions, treatments, and symptoms that were rated apart."""

from dataclasses import replace

import pandas as pd
from rupture_repair.manuscript.treatment_claims import symptoms_when, treatments


def with_rules(results, rows=(), **rules):
    """Return the results with other rules of sessions and more rows of Table 1."""
    sessions = results.settings.sessions.model_copy(update=rules)
    settings = results.settings.model_copy(update={"sessions": sessions})
    more = pd.DataFrame(rows, columns=["variable", "statistic", "group", "value"])
    cohort = pd.concat([results.tables["cohort"], more], ignore_index=True)
    return replace(results, settings=settings, tables={**results.tables, "cohort": cohort})


def test_the_default_is_one_treatment_rated_at_each_session(results):
    results = results()
    assert treatments(results) == "All sessions of a patient count as one treatment."
    assert symptoms_when(results) == "rated by the patient at each session"


def test_treatments_of_their_own_are_counted_with_what_is_assumed(results):
    results = results()
    rows = [("further_treatments", "n", "all", 12.0)]
    text = treatments(with_rules(results, rows, second_treatment="each", pause_days=120))
    assert "(further treatments: 12)" in text
    assert "independent" in text
    assert "more than 120 days without a session" in text
    masked = [("further_treatments", "n", "all", float("nan"))]
    assert "treatments: fewer than 5" in treatments(
        with_rules(results, masked, second_treatment="each")
    )


def test_the_window_and_the_distances_are_given(results):
    results = results()
    rows = [("symptoms_days", "median", "all", 1.0), ("symptoms_days", "max", "all", 4.0)]
    text = symptoms_when(with_rules(results, rows, symptom_days=4))
    assert "at most 4 days before or after" in text
    assert "(median distance 1, largest 4)" in text


def test_other_rules_are_worded(results):
    results = results()
    text = treatments(with_rules(results, intake=["0"], leave_out=["FU"], numbers="in_order"))
    assert [sentence.split()[0] for sentence in text.split(". ")] == [
        "Ratings", "Ratings", "All", "Sessions",
    ]  # fmt: skip
