"""Sentences follow the results: another sign, another p, another sentence."""

import re
from dataclasses import replace

import model_check_tables
import model_tables
import pytest
from rupture_repair.manuscript.claims import claims
from rupture_repair.manuscript.supplement_tables import verification
from rupture_repair.manuscript.tables import paper_tables
from rupture_repair.manuscript.variables import variables


def moderation(results, found):
    return claims(results(headline={"average": found}))


@pytest.mark.parametrize(
    ("found", "short", "long"),
    [
        ((-0.8, 0.01), "associated with more improvement", "the more improvement was associated"),
        ((0.8, 0.01), "associated with less improvement", "the less improvement was associated"),
        ((-0.8, 0.05), "did not significantly moderate", "did not depend significantly"),
        ((0.8, 0.4), "did not significantly moderate", "did not depend significantly"),
        (None, "could not be estimated", "could not be estimated"),
    ],
)
def test_the_moderation(results, found, short, long):
    sentences = moderation(results, found)
    assert short in sentences["moderation_short"]
    assert long in sentences["moderation"]


def test_statistics_are_those_of_the_table(results):
    text = moderation(results, (-0.8, 0.0123))["moderation"]
    assert "*b* = −0.80, *SE* = 0.50, *t*(123.4) = −1.60, *p* = .012, 95% CI [−1.78, 0.18]" in text


@pytest.mark.parametrize("pattern", ["unrepaired", "repaired"])
def test_patterns_are_compared_with_no_rupture(results, pattern):
    def sentence(found):
        contrasts = model_tables.contrasts(**{pattern: found})
        return claims(with_tables(results, contrasts=contrasts))[pattern]

    assert "improved more per unit" in sentence((-0.5, 0.01))
    assert "improved less per unit" in sentence((0.5, 0.01))
    assert "did not differ" in sentence((0.5, 0.3))
    assert "could not be estimated" in sentence(None)


def test_no_claim_speaks_of_cause(results):
    for text in claims(results()).values():
        for word in ("cause", "effect of", "leads to", "because", "due to"):
            assert word not in text


def test_agreement_tells_what_was_built_in(results):
    text = claims(results())["agreement"]
    assert text.startswith(
        "Of 11 published and 3 derived items, 2 could have failed: the directions"
    )
    assert "The other 12 are met by construction." in text
    assert re.search(r"Of 12 planted effects, \d+ lie in the 95% CI of their estimate", text)


def direction_cells(results, signs, higher_is):
    """Cells of the rows of the directions in the table of published figures."""
    found = results()
    table = found.tables["verification"].copy()
    table.loc[table["kind"] == "direction", "published"] = signs
    tools = found.settings.instruments
    turned = tools.symptoms.model_copy(update={"higher_is": higher_is})
    tools = tools.model_copy(update={"symptoms": turned})
    given = replace(
        found,
        tables={**found.tables, "verification": table},
        settings=found.settings.model_copy(update={"instruments": tools}),
    )
    lines = [line for line in verification(given).splitlines() if "| direction |" in line]
    return [[cell.strip() for cell in line.split("|")[2:4]] for line in lines]


@pytest.mark.parametrize(
    ("signs", "higher_is", "words"),
    [
        (["negative", "negative"], "worse", ["more improvement", "stronger"]),
        (["negative", "positive"], "worse", ["more improvement", "weaker"]),
        (["positive", "positive"], "worse", ["less improvement", "stronger"]),
        (["negative", "negative"], "better", ["less improvement", "stronger"]),
    ],
)
def test_a_published_direction_is_worded(results, signs, higher_is, words):
    cells = direction_cells(results, signs, higher_is)
    assert [published for published, _ in cells] == words
    assert all(coefficient.startswith("*b* = ") for _, coefficient in cells)


def test_a_derived_figure_is_not_called_published(results):
    text = verification(results())
    assert text.count("(derived)") == 3
    assert re.search(r"Patients without rupture \| 297 \(derived\) ", text)
    assert re.search(r"Patients without rupture \(%\) \| 57\.8 ", text)


def with_tables(results, **tables):
    found = results()
    return replace(found, tables={**found.tables, **tables})


def test_a_fit_without_certificate_is_loud(results):
    assert not results().uncertified
    assert claims(results())["certificates"] == "All 8 fits passed their certificate."
    failed = with_tables(
        results, certificates=model_check_tables.certificates(M2="the deviance is flat")
    )
    assert failed.uncertified
    text = claims(failed)["certificates"]
    assert text.startswith("Of 8 fits, 6 passed their certificate; **M2 by ML failed: the deviance")


@pytest.mark.parametrize(
    ("off", "expected"), [(0.0, "by less than 0.000001. The"), (2.5e-5, "by at most 0.000025. The")]
)
def test_a_difference_too_small_to_print_is_not_called_zero(results, off, expected):
    table = model_check_tables.engines()
    table.loc[0, "llf"] += off
    assert expected in claims(with_tables(results, engines=table))["engines"]


def test_the_boundary_is_named(results):
    table = model_check_tables.certificates()
    table.loc[0, "boundary"] = "patient.correlation"
    text = claims(with_tables(results, certificates=table))["certificates"]
    assert "All 8 fits passed" in text
    assert "mean little: M0 (ML)" in text


def test_intervals_are_named_after_their_level(results):
    found = results()
    modelling = found.settings.modelling.model_copy(update={"confidence": 0.9})
    settings = found.settings.model_copy(update={"modelling": modelling})
    sentences = claims(replace(found, settings=settings))
    assert "90% CI [" in sentences["moderation"]
    assert "95% CI" not in " ".join(sentences.values())
    tables = paper_tables(replace(found, settings=settings))
    for name in ("effects", "contrasts", "contrasts-length"):
        assert "90% CI" in tables[name]
        assert "95%" not in tables[name]


def test_without_any_model_there_are_words_and_no_numbers(results):
    empty = {
        name: results().tables[name].iloc[:0]
        for name in (
            *("model_comparison", "fixed_effects", "variance_components", "contrasts"),
            *("johnson_neyman", "certificates", "engines"),
        )
    }
    reasons = [(f"M{n}", "", "the whole model", f"M{n} cannot be estimated: …") for n in range(4)]
    nothing = dict.fromkeys(("average", "short", "middle", "long", "by_length", "averaged"))
    empty["headline"] = model_tables.headline(**nothing)
    found = with_tables(results, **empty, not_estimated=model_tables.not_estimated(*reasons))
    sentences = claims(found) | variables(found, "pandoc")["model"]
    for key in ("moderation", "length", "unrepaired", "johnson_neyman", "course", "explained"):
        assert "could not be estimated" in sentences[key], key
    tables = paper_tables(found)
    for name in ("comparison", "effects", "variance", "contrasts", "contrasts-length"):
        assert "Not estimated" in tables[name], name
    assert "M2 cannot be estimated" in tables["not-estimated"]
    printed = " ".join([*tables.values(), *claims(found).values()])
    assert not re.search(r"\bnan\b", printed)
