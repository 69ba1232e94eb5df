"""What the paper says of who was analysed."""

from typing import get_args

import pytest
from rupture_repair.config.inclusion import Inclusion
from rupture_repair.manuscript.sample_claims import inclusion


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ({}, "Patients with 3 sessions or more were analysed."),
        ({"min_sessions": 1}, "Patients with 1 session or more were analysed."),
        (
            {"min_patients_per_therapist": 4},
            "Patients with 3 sessions or more were analysed, if their therapist had at least 4 "
            "such patients.",
        ),
        (
            {"therapist_change": "exclude"},
            "Patients with 3 sessions or more were analysed; patients whose therapist changed were "
            "left out.",
        ),
    ],
)
def test_the_rules_of_inclusion_are_worded(rules, expected):
    assert inclusion(Inclusion.model_validate(rules)) == expected


def test_each_way_with_a_changed_therapist_has_words_of_its_own():
    ways = get_args(Inclusion.model_fields["therapist_change"].annotation)
    text = {inclusion(Inclusion(therapist_change=way)) for way in ways}
    assert len(text) == len(ways)
