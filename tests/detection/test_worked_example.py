"""The worked example in the documentation of `detect` runs and gives what it shows."""

import doctest

from rupture_repair.detection import detector


def test_worked_example():
    outcome = doctest.testmod(detector)
    assert outcome.attempted >= 6
    assert outcome.failed == 0
