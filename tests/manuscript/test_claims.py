"""Sentences follow the results: another sign, another p, another sentence."""

import pytest
from rupture_repair.manuscript.claims import claims

MODERATION = "time:pattern[repaired]:iip_z"
LENGTH = f"{MODERATION}:length_c"


def moderation(results, found):
    return claims(results(M2={MODERATION: found}))


@pytest.mark.parametrize(
    ("found", "short", "long"),
    [
        ((-0.8, 0.01), "went with more improvement", "the more improvement went with"),
        ((0.8, 0.01), "went with less improvement", "the less improvement went with"),
        ((-0.8, 0.05), "did not significantly moderate", "did not depend significantly"),
        ((0.8, 0.4), "did not significantly moderate", "did not depend significantly"),
        (None, "could not be estimated", "could not be estimated"),
    ],
)
def test_the_moderation(results, found, short, long):
    said = moderation(results, found)
    assert short in said["moderation_short"]
    assert long in said["moderation"]


@pytest.mark.parametrize(
    ("of_iip", "of_length", "said"),
    [
        ((-0.8, 0.01), (-0.5, 0.01), "stronger in longer treatments"),
        ((-0.8, 0.01), (0.5, 0.01), "weaker in longer treatments"),
        ((0.8, 0.01), (0.5, 0.01), "stronger in longer treatments"),
        ((-0.8, 0.01), (-0.5, 0.2), "was not shown"),
        ((-0.8, 0.01), None, "could not be estimated"),
    ],
)
def test_the_moderation_by_length(results, of_iip, of_length, said):
    found = claims(results(M2={MODERATION: of_iip}, M3={LENGTH: of_length}))
    assert said in found["length_short"]


def test_statistics_are_those_of_the_table(results):
    said = moderation(results, (-0.8, 0.0123))["moderation"]
    assert "*b* = −0.80, *SE* = 0.50, *t*(123.4) = −1.60, *p* = .012, 95 % CI [−1.78, 0.18]" in said


@pytest.mark.parametrize("pattern", ["unrepaired", "repaired"])
def test_patterns_are_compared_with_no_rupture(results, pattern):
    def said(found):
        return claims(results(M1={f"time:pattern[{pattern}]": found}))[pattern]

    assert "improved more per unit" in said((-0.5, 0.01))
    assert "improved less per unit" in said((0.5, 0.01))
    assert "did not differ" in said((0.5, 0.3))
    assert "no patients" in said(None)


def test_no_claim_speaks_of_cause(results):
    for text in claims(results()).values():
        for word in ("cause", "effect of", "leads to", "because", "due to"):
            assert word not in text


def test_agreement_tells_what_was_built_in(results):
    said = claims(results())["agreement"]
    assert "of 14 published items were reproduced" in said
    assert "12 of them are met by construction" in said or "calibrated" in said
