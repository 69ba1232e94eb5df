"""A choice is the same after a link, a criterion in YAML, a row of the multiverse in YAML."""

import pytest
import yaml
from hypothesis import assume, given
from random_choices import CONTENTS
from rupture_repair.config.criteria import Criterion
from rupture_repair.config.multiverse import Combination
from rupture_repair.explorer.choice import (
    ChoiceError,
    chosen,
    criterion_yaml,
    from_query,
    named_rule,
    row_yaml,
    to_query,
)
from rupture_repair.multiverse.specifications import (
    DETECTION,
    FIXED,
    specifications,
    specified,
)


def made(content, explored):
    try:
        return chosen(content, explored.own, explored.multiverse)
    except ChoiceError:
        return None


@given(CONTENTS)
def test_a_link_restores_the_choice(explored, content):
    choice = made(content, explored)
    assume(choice)
    again = from_query(to_query(choice), explored.own, explored.multiverse)
    assert again == choice
    assert to_query(again) == to_query(choice)


@given(CONTENTS)
def test_yaml_restores_the_criterion_and_the_row(explored, content):
    choice = made(content, explored)
    assume(choice)
    ((name, entry),) = yaml.safe_load(criterion_yaml(choice, "my rule")).items()
    parts = {*DETECTION, *FIXED}
    rule = Criterion(**entry)
    assert name == "my rule"
    assert rule.model_dump(include=parts) == choice.criterion.model_dump(include=parts)
    try:
        (row,) = yaml.safe_load(row_yaml(choice, explored.own, explored.multiverse))
    except ChoiceError:
        return
    added = explored.own.content() | Combination(**row).model_dump(mode="json")
    assert specified(added, explored.multiverse).id == choice.id


def test_specifications_of_the_run_keep_their_identifiers(explored):
    found = specifications(explored.multiverse)
    assert len(found) == 25
    for one in found:
        assert from_query(to_query(one), explored.own, explored.multiverse).id == one.id


def test_an_empty_link_is_the_cohorts_own_analysis(explored):
    choice = from_query("", explored.own, explored.multiverse)
    assert choice.id == explored.own.id
    assert named_rule(choice, explored) == "igra2025_style"
    with pytest.raises(ChoiceError, match="every run has it"):
        row_yaml(choice, explored.own, explored.multiverse)


def test_a_rule_with_more_parts_is_no_row_of_the_multiverse(explored):
    rule = explored.settings.criteria["tang_derubeis_style"]
    content = rule.model_dump(mode="json", include={*DETECTION, *FIXED})
    choice = chosen(content, explored.own, explored.multiverse)
    assert named_rule(choice, explored) == "tang_derubeis_style"
    with pytest.raises(ChoiceError, match="Make it a criterion"):
        row_yaml(choice, explored.own, explored.multiverse)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("k=0", "k: `0"),
        ("k=two", "should be a number"),
        ("scale=sd", "not allowed"),
        ("scale=rci", "needs a `reliability`"),
        ("rule=tang_derubeis&reference=own_mean", "needs the reference `previous`"),
        ("winsorise=0.5", "less than .5"),
        ("min_patients_per_therapist=0", "at least 1 patient"),
        ("min_sessions=1e99", "min_sessions"),
        ("k=nan", "k"),
        ("&".join(f"a{n}=1" for n in range(99)), "copy all of it"),
        ("k=1" + "0" * 5000, "too long"),
    ],
)
def test_what_is_no_choice_is_refused_in_words(explored, query, words):
    with pytest.raises(ChoiceError) as refused:
        from_query(query, explored.own, explored.multiverse)
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("name", ["", " x", "a: b", "x\ny", "x" * 65, "{}"])
def test_a_name_that_yaml_or_the_paper_cannot_take_is_refused(explored, name):
    with pytest.raises(ChoiceError):
        criterion_yaml(explored.own, name)
