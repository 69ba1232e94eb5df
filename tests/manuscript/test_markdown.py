"""Pipe tables: who gets the room of a line."""

import re

from rupture_repair.manuscript.markdown import LINE, NARROWEST, table, unbroken

NUMBERS = ["−1.666", "0.352", "3110.3", ".006", "[−1.666, −0.284]"]


def widths(text):
    rule = next(line for line in text.splitlines() if re.fullmatch(r"\|[ :|-]+\|", line))
    return [len(part.strip()) for part in rule.strip("|").split("|")]


def test_words_wrap_and_numbers_keep_their_room():
    words = ["Symptoms → alliance", "At average interpersonal problems", "points " * 6]
    heading = ["Analysis", "Effect", "Unit", "b", "SE", "df", "p", "95% CI"]
    found = widths(table("tbl-x", "A table", heading, [[*words, *NUMBERS]], left=3))
    assert all(width >= len(text) + 2 for width, text in zip(found[3:], NUMBERS, strict=True))
    assert sum(found) <= LINE + 2
    assert found[0] < found[1] < found[2]


def test_a_short_table_has_the_widths_of_its_cells():
    found = widths(table("tbl-x", "A table", ["Pattern", "n"], [["No rupture", "297"]]))
    assert found == [12, 6]


def test_words_stay_readable_however_many_numbers_there_are():
    row = ["a long text about patterns", *NUMBERS * 3]
    found = widths(table("tbl-x", "A table", ["Term", *"abcdefghijklmno"], [row]))
    assert found[0] == NARROWEST


def test_a_statistic_stays_on_one_line():
    text = "slope (*b* = −0.80, *t*(12.3) = 2.10, *p* < .001, *R*² = .27, *M* = {{< var m >}})"
    hard = unbroken(text)
    assert hard.replace("\N{NO-BREAK SPACE}", " ") == text
    assert hard.count("\N{NO-BREAK SPACE}") == 10
    assert (
        unbroken("a = 3, where time = log(session) > 0") == "a = 3, where time = log(session) > 0"
    )


def test_no_line_ends_in_et_al():
    assert unbroken("as Igra et al. (2025) did") == "as Igra et\N{NO-BREAK SPACE}al. (2025) did"
