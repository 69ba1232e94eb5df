"""What is said of other analyses changes with what they found."""

import re

import model_check_tables
import pytest
from rupture_repair.manuscript import sensitivity_claims as claims
from rupture_repair.manuscript.sensitivity_tables import estimates, questions, within_person


@pytest.fixture
def with_sensitivity(changed):
    """A function that returns the results with another table of sensitivity."""

    def made(*given, table=None, **reasons):
        table = model_check_tables.sensitivity(*given, **reasons) if table is None else table
        return changed(sensitivity=table)

    return made


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (
            ((-4.0, -3.0, -2.0), (1, 1, 1)),
            [
                "was −4.00 points by session 10 per *SD*",
                "3 other analyses gave −4.10 to −2.00",
                "All of them kept its sign, and in all of them the 95% CI also excluded zero",
                "Neither the sign nor the exclusion of zero depended on the analysis",
                "lay between −5.00 and −3.50",
            ],
        ),
        (
            ((-4.0, -3.0, -2.0), (1, 1, 0)),
            [
                "All of them kept its sign, and in 2 of 3 the",
                "the interval excluded zero did. The CI included zero in: Landmark at session 10.",
            ],
        ),
        (
            ((-4.0, 3.0, -2.0), (1, 1, 0)),
            [
                "2 of 3 kept its sign, and in 1 of 3 the",
                "The sign itself depends on the analysis",
                "The sign was reversed in: Linear time.",
            ],
        ),
        (((4.0, 3.0, 2.0), (1, 1, 1)), ["was 4.00 points", "2 of 3 kept its sign"]),
    ],
)
def test_how_many_keep_sign_and_exclude_zero(with_sensitivity, found, expected):
    sentences = claims.sensitivity(with_sensitivity(*found))
    for words in expected:
        assert sentences.count(words) == 2, (words, sentences)


def test_an_opposite_interval_without_zero_is_no_support(with_sensitivity):
    sentences = claims.sensitivity(with_sensitivity((-4.0, 3.0, 2.0), (1, 1, 1)))
    assert sentences.count("1 of 3 kept its sign, and in 1 of 3 the") == 2
    assert "The CI included zero" not in sentences


def test_what_has_no_estimate_is_named_with_the_reason(with_sensitivity):
    found = with_sensitivity(landmark="fewer than 5 patients went on")
    sentences = claims.sensitivity(found)
    assert "2 other analyses gave" in sentences
    assert "Not estimated: Landmark at session 10: fewer than 5 patients went on." in sentences
    assert "Landmark at session 10: fewer than 5 patients went on" in estimates(found)
    assert estimates(found).count("not estimated") == 2
    none = with_sensitivity(
        headline="nobody", landmark="nobody", time_linear="nobody", winsorised="nobody"
    )
    assert claims.sensitivity(none).count("no headline estimate") == 2
    alone = with_sensitivity(landmark="nobody", time_linear="nobody", winsorised="nobody")
    assert claims.sensitivity(alone).count("none of 3 other analyses of it could be estimated") == 2
    lone = with_sensitivity(without_each_therapist="it needs two therapists")
    assert "Without any one therapist" not in claims.sensitivity(lone)


@pytest.mark.parametrize(
    ("found", "expected", "unsaid"),
    [
        (((-4.0, -3.0, -2.0), (1, 1, 0)), "its 95% CI includes zero (*b* = −2.00 [", "sign"),
        (((-4.0, -3.0, -2.0), (1, 1, 1)), "its 95% CI excludes zero (*b* = −2.00 [", "sign"),
        (((-4.0, -3.0, 2.0), (1, 1, 1)), "its sign is not that of the headline estimate, ", "incl"),
    ],
)
def test_the_order_of_time(with_sensitivity, found, expected, unsaid):
    sentence = claims.landmark(with_sensitivity(*found))
    assert "pattern until session 10, symptoms after it; with 48 repaired patterns, " in sentence
    assert expected in sentence
    assert unsaid not in sentence


def test_the_number_of_repaired_patterns_is_masked_with_the_table(changed):
    table = model_check_tables.sensitivity().assign(n_repaired=float("nan"))
    sentence = claims.landmark(changed(sensitivity=table))
    assert "symptoms after it; its 95% CI includes zero" in sentence


def test_without_a_landmark_no_analysis_is_said_to_respect_temporal_order(with_sensitivity):
    few = claims.landmark(with_sensitivity(landmark="fewer than 5 patients went on"))
    assert few.endswith("It could not be estimated: fewer than 5 patients went on.")
    table = model_check_tables.sensitivity().query("variant != 'landmark'")
    assert "No analysis" in claims.landmark(with_sensitivity(table=table))


def test_limits(with_sensitivity):
    text = claims.limits(with_sensitivity())
    assert "the highest 2.5% of the symptom ratings were set to 1.0 and 31.2 points" in text


@pytest.mark.parametrize(
    ("estimate", "p", "expected"),
    [
        (-0.975, 0.01, "the lower symptoms were after repair"),
        (0.975, 0.01, "the higher symptoms were after repair"),
        (-0.975, 0.2, "did not depend significantly"),
    ],
)
def test_states(with_sensitivity, estimate, p, expected):
    table = model_check_tables.sensitivity()
    own = table["variant"] == "rupture_state"
    table.loc[own, ["estimate", "p"]] = estimate, p
    sentences = claims.rupture_state(with_sensitivity(table=table))
    assert sentences.count(expected) == 2
    assert "before any rupture" in sentences and "before the repair" in sentences
    nothing = with_sensitivity(rupture_state="nobody was seen after a repair")
    assert "could not be examined: nobody was seen after a repair." in claims.rupture_state(nothing)


@pytest.mark.parametrize(
    ("p", "expected"), [(0.01, "were higher than"), (0.2, "did not differ significantly from")]
)
def test_states_of_the_next_session(with_sensitivity, p, expected):
    """What both ratings of a poor session share is not in the symptoms of the next one."""
    table = model_check_tables.sensitivity()
    table.loc[table["variant"] == "rupture_state_next", "p"] = p
    sentences = claims.rupture_state(with_sensitivity(table=table))
    assert "In the same session symptoms while a rupture was unrepaired were higher" in sentences
    (after,) = re.findall("In the next session, .* noise of their own, (.*)", sentences)
    assert after.startswith(f"symptoms while a rupture was unrepaired {expected} those before any")


@pytest.mark.parametrize(
    ("average", "moderated", "expected"),
    [
        (0.2, 0.2, ["was not significantly associated with symptoms", "this did not depend"]),
        (
            0.01,
            0.2,
            ["was associated with lower symptoms at the next session", "this did not depend"],
        ),
        (0.2, 0.01, ["was not significantly associated with symptoms", "this depended on"]),
    ],
)
def test_steps(with_sensitivity, average, moderated, expected):
    table = model_check_tables.sensitivity()
    for effect, p in ((claims.AVERAGE, average), (claims.PER_SD, moderated)):
        table.loc[table["effect"] == effect, "p"] = p
    sentences = claims.steps(with_sensitivity(table=table))
    assert "−0.044" in sentences
    for words in expected:
        assert words in sentences
    assert "From alliance to symptoms nothing could be estimated: too few." in claims.steps(
        with_sensitivity(alliance_to_symptoms="too few")
    )


def test_tables(with_sensitivity):
    found = with_sensitivity()
    rows = [line for line in estimates(found).splitlines() if line.startswith("| Without")]
    assert rows and all("−5.00 to −3.50 | – | –" in row for row in rows)
    other = within_person(found)
    assert "Headline" not in other and "Repaired − no rupture yet" in other
    assert questions(found).count("| not used |") == 2
    doubted = model_check_tables.sensitivity().replace({"certificate": {"passed": "flat"}})
    assert "Certificate not passed: Headline (M2): flat" in estimates(
        with_sensitivity(table=doubted)
    )
