"""Which rows belong to one treatment: variants of pauses, restarts, planned rows and numbers."""

import pandas as pd
import pytest
from rupture_repair.cohort.treatments import (
    after_last_rating,
    is_labelled,
    numbered_across_treatments,
    numbered_within_treatments,
    renumbered,
    treatment_numbers,
)

NAN = float("nan")


def table(numbers, dates=None, patient="P", alliance=None, symptoms=None):
    """Return sessions of one patient in the order of lines; dates are days since 2024."""
    n = len(numbers)
    days = dates if dates is not None else [None] * n
    return pd.DataFrame(
        {
            "patient_id": patient,
            "session": [float(number) for number in numbers],
            "alliance": alliance or [1 + i / 7 for i in range(n)],
            "symptoms": symptoms or [30.0 - i for i in range(n)],
            "date": pd.Timestamp("2024-01-01") + pd.to_timedelta(days, unit="D"),
            "line": range(2, n + 2),
        }
    )


def weekly(n, start=0):
    return [start + 7 * i for i in range(n)]


def found(sessions, pause_days=180):
    return treatment_numbers(sessions, pause_days)["treatment"].tolist()


def test_weekly_sessions_are_one_treatment():
    assert found(table(range(1, 9), weekly(8))) == [1] * 8


def test_a_long_pause_begins_a_new_treatment():
    sessions = table(range(1, 7), weekly(3) + weekly(3, 500))
    result = treatment_numbers(sessions, 180)
    assert result["treatment"].tolist() == [1, 1, 1, 2, 2, 2]
    assert result["days"].dropna().tolist() == [486]
    assert not result["restarts"].any()
    assert found(sessions, 486) == [1] * 6  # more than that many days, not as many


def test_a_third_treatment():
    days = weekly(3) + weekly(3, 400) + weekly(2, 900)
    assert found(table(range(1, 9), days)) == [1, 1, 1, 2, 2, 2, 3, 3]
    assert found(table([1, 2, 3, 1, 2, 3, 1, 2])) == [1, 1, 1, 2, 2, 2, 3, 3]


def test_sessions_without_rows_are_no_pause():
    """From session 3 to 20 in 300 days are 17 sessions that nobody rated."""
    assert found(table([1, 2, 3, 20], [0, 7, 14, 314])) == [1] * 4
    assert found(table([1, 2, 3, 5], [0, 7, 14, 414])) == [1, 1, 1, 2]


def test_one_wrong_year_begins_no_treatment():
    assert found(table(range(1, 7), [0, 7, 14, 3671, 28, 35])) == [1] * 6


def test_rows_without_a_date_go_with_what_comes_before():
    days = [0, 7, None, 14, None, 500, None]
    assert found(table(range(1, 8), days)) == [1, 1, 1, 1, 1, 2, 2]


def test_no_dates_at_all():
    assert found(table(range(1, 5)).drop(columns="date")) == [1] * 4


def test_numbers_that_start_again():
    result = treatment_numbers(table([1, 2, 3, 1, 2]), 180)
    assert result["treatment"].tolist() == [1, 1, 1, 2, 2]
    assert result.index[result["restarts"]].tolist() == [3]


def test_restarted_numbers_in_a_sorted_file_are_separated_by_dates():
    sessions = table([1, 1, 2, 2, 3], [0, 300, 7, 307, 14])
    assert found(sessions) == [1, 2, 1, 2, 1]
    assert found(sessions.drop(columns="date")) == [1] * 5  # nothing tells them apart


@pytest.mark.parametrize(
    "numbers", [[1, 1, 3], [1, 2, 3, 1], [1, 2, 2, 3], [1, 2, 3, 4, 3, 4], [3, 2, 1], [3, 2, 2, 1]]
)
def test_a_wrong_session_number_begins_no_treatment(numbers):
    assert found(table(numbers)) == [1] * len(numbers)


def test_a_single_session_after_a_pause_that_begins_again_at_1():
    assert found(table([1, 2, 3, 1], [0, 7, 14, 400])) == [1, 1, 1, 2]


def test_a_file_appended_to_itself_is_no_second_treatment():
    once = table([1, 2, 3], weekly(3))
    twice = pd.concat([once, once.assign(line=once["line"] + 3)], ignore_index=True)
    assert found(twice) == [1] * 6
    assert found(twice.drop(columns="date")) == [1] * 6


def test_patients_do_not_mix_whatever_the_order_of_rows():
    first = table([1, 2, 3, 1, 2], patient="A")
    second = table(range(1, 6), weekly(3) + weekly(2, 400), patient="B")
    both = pd.concat([first, second], ignore_index=True)
    expected = treatment_numbers(both, 180)["treatment"]
    mixed = both.sample(frac=1, random_state=1)
    assert treatment_numbers(mixed, 180)["treatment"].sort_index().equals(expected)
    assert expected.tolist() == [1, 1, 1, 2, 2, 1, 1, 1, 2, 2]


def test_planned_sessions_after_a_pause_are_no_treatment():
    blank = [3.0, 3.5, NAN, NAN]
    assert found(table(range(1, 5), [0, 7, 400, 407], alliance=blank, symptoms=blank)) == [1] * 4


def test_numbering_within_and_across_treatments():
    restarted = table([1, 2, 4, 2, 3])
    treatment = treatment_numbers(restarted, 180)["treatment"]
    assert numbered_within_treatments(restarted, treatment).tolist() == [1, 2, 4, 2, 3]
    assert numbered_across_treatments(restarted, treatment).tolist() == [1, 2, 4, 6, 7]
    counted_on = table([1, 2, 3, 5, 6], [0, 7, 14, 800, 807])  # session 4 was missed
    treatment = treatment_numbers(counted_on, 180)["treatment"]
    assert numbered_within_treatments(counted_on, treatment).tolist() == [1, 2, 3, 2, 3]
    assert numbered_across_treatments(counted_on, treatment).tolist() == [1, 2, 3, 5, 6]


def test_renumbering_keeps_or_closes_gaps():
    sessions = pd.concat([table([5, 6, 8]), table([101, 103], patient="Q")], ignore_index=True)
    assert renumbered(sessions, "as_given").tolist() == [5, 6, 8, 101, 103]
    assert renumbered(sessions, "from_first").tolist() == [1, 2, 4, 1, 3]
    assert renumbered(sessions, "in_order").tolist() == [1, 2, 3, 1, 2]
    assert renumbered(table([0, 1, 2]), "from_first").tolist() == [1, 2, 3]


def ended(n_rated, n_blank, rule="auto", days=None, patients=4):
    """Return how many rows of the first patient are no sessions; the others have rated rows."""
    ratings = [3.0 + i / 10 for i in range(n_rated)] + [NAN] * n_blank
    n = n_rated + n_blank
    own = table(range(1, n + 1), days or weekly(n), alliance=ratings, symptoms=ratings)
    others = [table(range(1, 5), weekly(4), patient=f"Q{i}") for i in range(patients - 1)]
    sessions = pd.concat([own, *others], ignore_index=True)
    return int(after_last_rating(sessions, rule).sum())


def test_many_unrated_rows_at_the_end_are_planned_sessions():
    assert ended(6, 4) == 0  # forms that did not come back
    assert ended(6, 5) == 5
    assert ended(6, 4, "leave_out") == 4
    assert ended(6, 9, "keep") == 0


def test_rows_without_a_date_are_planned_where_rated_ones_have_one():
    assert ended(6, 2, days=[*weekly(6), None, None]) == 2
    assert ended(6, 2, days=[*weekly(6), None, 49]) == 0  # a session held after it has a date
    assert ended(6, 2, days=[None] * 8) == 0  # few dates tell nothing


def test_two_rows_are_planned_where_most_patients_have_them():
    ratings = [3.0, 3.5, 3.0, NAN, NAN]
    sessions = [
        table(range(1, 6), weekly(5), patient=f"P{i}", alliance=ratings, symptoms=ratings)
        for i in range(5)
    ]
    assert after_last_rating(pd.concat(sessions, ignore_index=True), "auto").sum() == 10


def test_unrated_rows_between_ratings_are_sessions():
    ratings = [3.0, *[NAN] * 9, 3.5]
    sessions = table(range(1, 12), weekly(11), alliance=ratings, symptoms=ratings)
    assert not after_last_rating(sessions, "leave_out").any()


def test_one_rating_of_the_two_is_enough():
    ratings = [3.0, *[NAN] * 9]
    sessions = table(range(1, 11), weekly(10), alliance=ratings)
    assert not after_last_rating(sessions, "leave_out").any()


def test_labels_compare_as_numbers_and_without_case():
    session = pd.Series(["0", "0.0", "00", "10", "Pre", "pre-test", None, "1"])
    assert is_labelled(session, ["0", "pre"]).tolist() == [True] * 3 + [False, True] + [False] * 3
    assert not is_labelled(session, []).any()
