"""Every sentence on the moderation, over findings of all kinds, against what they show."""

import itertools
import re

import model_tables
import pytest
from rupture_repair.manuscript.claims import headline_claims as claims
from rupture_repair.manuscript.findings import findings
from rupture_repair.manuscript.summary_claims import summary_claims
from rupture_repair.modelling.answers import change

# what cohorts of a known kind give: estimate and p of the moderation on average, at 5, 10 and 20
# sessions, of its change with length, and without length in the model
COHORTS = {
    "null": [(0.1, 0.8), (0.3, 0.6), (0.0, 0.9), (-0.2, 0.7), (-0.3, 0.5), (0.1, 0.7)],
    "opposite": [(0.9, 0.01), (0.6, 0.04), (1.0, 0.01), (1.4, 0.01), (0.5, 0.2), (0.9, 0.001)],
    "coupled": [(0.4, 0.5), (1.4, 0.06), (0.5, 0.4), (-0.3, 0.7), (-1.22, 0.014), (0.2, 0.59)],
    "length-driven": [(0.0, 0.9), (0.2, 0.7), (0.0, 0.9), (-0.1, 0.8), (-0.2, 0.6), (-0.8, 0.01)],
    "weak": [(-0.4, 0.2), (-0.2, 0.6), (-0.5, 0.1), (-0.8, 0.04), (-0.5, 0.1), (-0.5, 0.06)],
    "strong": [
        (-0.8, 0.01),
        (-0.3, 0.4),
        (-1.1, 0.001),
        (-2.0, 0.001),
        (-1.2, 0.01),
        (-1.9, 0.001),
    ],
}
ROLES = ("average", "short", "middle", "long", "by_length", "averaged")
SECTIONS = ("moderation_short", "length_short", "moderation", "length")
PLAIN = ("plain", "plain_length", "practice", "answers", "conclusion")
MORE = r"\bmore improvement|\bmore they improved|improved more|towards more"
LESS = r"\bless improvement|\bless they improved|improved less|towards less"
# a p that is shown, and one that is not
SHOWN, NOT = 0.01, 0.3
GRID = [
    dict(zip(ROLES, (average, short, (short[0], NOT), long, by_length, (-9.0, 0.001)), strict=True))
    for average, short, long, by_length in itertools.product(
        [(-1.0, SHOWN), (1.0, SHOWN), (-1.0, NOT), (1.0, NOT), None],
        [(-0.5, SHOWN), (-0.5, NOT), (2.0, NOT), (2.0, SHOWN)],
        [(-1.5, SHOWN), (1.5, SHOWN), (1.5, NOT)],
        [(-1.0, SHOWN), (1.0, SHOWN), (-1.0, NOT), None],
    )
]


def sentences(found, headline):
    """The sentences by key; contrasts at few and many problems show nothing of their own."""
    found.tables["headline"] = model_tables.headline(**headline)
    silent = model_tables.contrasts(0.1, -0.1, 0.9, unrepaired=(0.1, 0.9), repaired=(0.1, 0.9))
    found.tables["contrasts"] = silent
    texts = claims(found) | summary_claims(found)
    return found, {key: texts[key] for key in (*SECTIONS, *PLAIN)}


def shown_signs(headline):
    """The directions that are shown on average or at the ends: −1 is more improvement."""
    places = ("average", "short", "long")
    found = [headline[place] for place in places if headline[place] is not None]
    return {(-1 if b < 0 else 1) for b, p in found if p < 0.05}


def expected_change(headline):
    """What the truth table says of length, written out apart from the rule."""
    by_length, short, long = (headline[name] for name in ("by_length", "short", "long"))
    if by_length is None:
        return "not estimated"
    if by_length[1] >= 0.05:
        return "not shown"
    signs = [(b > 0, p < 0.05, abs(b)) for b, p in (short, long)]
    match [shown for _, shown, _ in signs]:
        case [True, True] if signs[0][0] != signs[1][0]:
            return "reversed"
        case [True, True]:
            return "stronger" if signs[1][2] > signs[0][2] else "weaker"
        case [False, True]:
            return "stronger" if signs[1][2] > signs[0][2] else "unclear"
        case [True, False]:
            return "weaker" if signs[0][2] >= signs[1][2] else "unclear"
        case _:
            return "unclear"


def check(found, texts, headline):
    together = " ".join(texts.values())
    signs = shown_signs(headline)
    assert bool(re.search(MORE, together)) <= (-1 in signs), together
    assert bool(re.search(LESS, together)) <= (1 in signs), together
    average = headline["average"]
    verdict_given = findings(found)["moderation"].verdict
    if average is None:
        assert (
            verdict_given == "not estimated"
            and "could not be estimated" in texts["moderation_short"]
        )
    elif average[1] < 0.05:
        assert verdict_given == ("shown: more" if average[0] < 0 else "shown: less")
        words = MORE if average[0] < 0 else LESS
        for key in ("moderation_short", "moderation", "plain", "practice", "answers"):
            assert re.search(words, texts[key]), (key, texts[key])
    else:
        assert verdict_given == "not shown"
        assert "did not significantly moderate" in texts["moderation_short"]
        assert "did not depend significantly" in texts["moderation"]
        assert "do not show" in texts["plain"] and "no reason" in texts["practice"]
    how = expected_change(headline)
    assert change(found.tables["headline"]) == how
    for word in ("stronger", "weaker", "reversed"):
        assert (word in texts["length_short"]) == (word == how)
        assert (word in texts["length"]) == (word == how)
    assert ("larger in longer" in texts["plain_length"]) <= (how == "stronger")
    assert ("smaller in longer" in texts["plain_length"]) <= (how == "weaker")
    if how in {"not shown", "not estimated"}:
        assert "remains open" in texts["plain_length"]
    grows = how in {"stronger", "reversed"}
    supported = grows and headline["long"][0] < 0
    if how in {"not shown", "not estimated", "unclear"}:
        assert "did not show that it grows" in texts["conclusion"]
    else:
        assert ("was stronger in longer treatments" in texts["conclusion"]) == supported
        assert ("do not support" in texts["conclusion"]) != supported


@pytest.mark.parametrize("kind", COHORTS)
def test_sentences_on_cohorts_of_a_known_kind(results, kind):
    headline = dict(zip(ROLES, COHORTS[kind], strict=True))
    found, texts = sentences(results(), headline)
    check(found, texts, headline)
    if kind in {"null", "coupled", "length-driven", "weak"}:
        together = " ".join(texts.values())
        assert not re.search(MORE, together) and not re.search(LESS, together)
        assert "stronger" not in together and "weaker" not in together


# every seventh has each finding at each place: no number of findings is a multiple of it
@pytest.mark.parametrize("step", [7, pytest.param(1, marks=pytest.mark.long)])
def test_every_combination_of_findings_has_its_sentences(results, step):
    found = results()
    for headline in GRID[::step]:
        check(*sentences(found, headline), headline)


def test_the_direction_of_the_questionnaire_turns_the_words(results):
    headline = dict(zip(ROLES, COHORTS["strong"], strict=True))
    found, _ = sentences(results(), headline)
    tools = found.settings.instruments
    better = tools.model_copy(
        update={"symptoms": tools.symptoms.model_copy(update={"higher_is": "better"})}
    )
    found.settings.__dict__["instruments"] = better
    texts = claims(found)["moderation_short"]
    assert "less improvement" in texts and "more improvement" not in texts


def test_equal_lengths_are_not_spoken_of(results):
    found = results(headline={"model": "M2"})
    texts = claims(found)
    assert "average treatment length" not in texts["moderation"]
    assert "could not be estimated" in texts["length"]


def test_the_reason_follows(results):
    texts = claims(results(headline=dict.fromkeys(ROLES)))["moderation_short"]
    assert texts == "the moderation could not be estimated: only 2 patients had a repaired pattern"
