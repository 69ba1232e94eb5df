"""Which specifications there are, and that an identifier means the same for ever."""

import itertools
import json

import pytest
from pydantic import ValidationError
from rupture_repair.config.criteria import Criterion
from rupture_repair.config.multiverse import Choices, Combination, Multiverse
from rupture_repair.config.steps.modelling import ModelCovariate
from rupture_repair.multiverse.jobs import BlockSettings, block_settings, blocks
from rupture_repair.multiverse.specification_table import specification_table
from rupture_repair.multiverse.specifications import (
    CHOICES,
    chunk_names,
    chunks,
    combinations,
    identifier,
    specifications,
)

# one value of each choice
ONE = {
    "scale": ["own_sd"], "k": [2], "reference": ["previous"], "max_gap": [1],
    "repair_window": [None], "repair_tolerance": [0], "aggregate": ["all"], "time": ["log"],
    "length": ["none"], "baseline": ["none"], "patient_terms": ["correlated"],
    "therapist_terms": ["intercept"], "min_sessions": [3], "winsorise": [0],
}  # fmt: skip
# few enough combinations to be expanded again and again
SOME = ONE | {
    "scale": ["own_sd", "stricter"], "k": [1.5, 2], "repair_window": [None, 3],
    "repair_tolerance": [0, 0.5], "time": ["log", "linear"], "length": ["none", "moderator"],
    "baseline": ["none", "adjusted"], "min_sessions": [3, 5], "winsorise": [0, 0.02],
}  # fmt: skip


def test_the_choices_are_those_of_the_configuration():
    assert set(CHOICES) == set(Choices.model_fields) == set(Combination.model_fields)


def test_every_combination_is_there_once(settings_of):
    varied = {"scale": ["own_sd", "stricter"], "k": [1.5, 2], "time": ["log", "linear"]}
    found = combinations(settings_of(choices=ONE | varied))
    assert len(found) == 8
    seen = {(c["scale"], c["k"], c["time"]) for c in found.values()}
    assert seen == set(itertools.product(*varied.values()))


def test_the_shipped_grid(settings_of, choices_file):
    """The gap means nothing to a running mean: those combinations are one."""
    grid = combinations(settings_of())
    sizes = {name: len(values) for name, values in choices_file["choices"].items()}
    others = 1
    for name, size in sizes.items():
        others *= 1 if name in {"reference", "max_gap"} else size
    assert len(grid) == others * (sizes["max_gap"] + 1)
    found = specifications(settings_of())
    assert len(found) >= 400
    assert len({item.id for item in found}) == len(found)
    for name, values in choices_file["choices"].items():
        assert {getattr(item, name) for item in found} == set(values), name


@pytest.mark.parametrize(("n", "how"), [(3, "drawn"), (8, "all"), (None, "all")])
def test_where_nothing_is_left_out_nothing_was_drawn(settings_of, n, how):
    varied = {"scale": ["own_sd", "stricter"], "k": [1.5, 2], "time": ["log", "linear"]}
    found = specifications(settings_of(specifications=n, choices=ONE | varied))
    assert {item.origin for item in found} - {"own"} == {how}


def test_a_cohort_that_is_stricter_has_fewer_samples(settings_of):
    settings = settings_of(min_sessions=4, choices=SOME)
    sizes = {item.min_sessions for item in specifications(settings)}
    assert sizes == {4, 5}


def test_the_own_analysis_is_first_and_is_the_cohorts(settings_of):
    rule = Criterion(scale="rci", k=1, reliability=0.9, source="Anyone", merge_consecutive=True)
    own = specifications(settings_of(criterion=rule, min_sessions=4, choices=ONE))[0]
    assert own.origin == "own"
    assert own.criterion == rule.model_copy(update={"source": ""})
    assert own.model_copy(update={"k": 2.75}).criterion.k == 2.75
    assert (own.length, own.baseline, own.min_sessions) == ("moderator", "none", 4)


def test_identifiers_are_stable(settings_of):
    """A changed identifier would make every stored result a stranger."""
    known = {"own": "bccb0f6faefc", "first": "00004f279907"}
    own, first = specifications(settings_of())[:2]
    assert {"own": own.id, "first": first.id} == known


def test_prose_of_the_criterion_changes_no_identifier(settings_of):
    described = settings_of(criterion=Criterion(source="Someone", assumed="All."), choices=ONE)
    assert specifications(described)[0].id == specifications(settings_of(choices=ONE))[0].id


def test_another_value_leaves_the_draw_mostly_as_it_was(settings_of):
    def drawn(n, **more):
        return {i.id for i in specifications(settings_of(specifications=n, choices=SOME | more))}

    before = drawn(200)
    assert len(before & drawn(200, winsorise=[0, 0.02, 0.05])) > 100
    assert drawn(201) > before


def test_identifiers_are_those_of_the_single_specification(settings_of):
    """Those of all combinations are made of parts; an identifier by itself is of its content."""
    varied = SOME | {
        "reference": ["previous", "own_mean"],
        "max_gap": [1, None],
        "scale": ["own_sd", "rci"],
    }
    settings = settings_of(
        choices=varied, reliability=0.9, min_sessions=4, exclude=[{"max_gap": 1, "k": 2}]
    )
    grid = combinations(settings)
    assert all(identifier(content) == name for name, content in grid.items())
    written = {json.dumps(content, sort_keys=True) for content in grid.values()}
    assert len(written) == len(grid)
    gaps = {(c["reference"], c["k"], c["max_gap"]) for c in grid.values()}
    assert ("previous", 2, 1) not in gaps and ("previous", 1.5, 1) in gaps
    # a combination stays as long as one that means the same is not excluded
    assert {c["k"] for c in grid.values() if c["reference"] == "own_mean"} == {1.5, 2}


def test_excluded_combinations_are_nowhere(settings_of):
    wrong = {"scale": "own_sd", "k": 2}
    grid = combinations(settings_of(exclude=[wrong], choices=SOME))
    assert not any(c["scale"] == "own_sd" and c["k"] == 2 for c in grid.values())
    assert any(c["scale"] == "own_sd" for c in grid.values())
    no_limit = combinations(settings_of(exclude=[{"repair_window": None}], choices=SOME))
    assert {c["repair_window"] for c in no_limit.values()} == {3}


def test_one_more_specification_is_one_more_job_and_changes_no_other(settings_of):
    def jobs(*added):
        return chunks(settings_of(also=added, choices=SOME))

    before, after = jobs(), jobs({"k": 3})
    assert {name: after[name] for name in before} == before
    (added,) = after["also1"]
    assert (added.k, added.scale, added.origin) == (3.0, "pooled_within_sd", "also")
    twice = jobs({"k": 3}, {"k": 2.5})
    assert {name: twice[name] for name in after} == after


def test_an_added_specification_that_is_there_already_is_not_run_twice(settings_of):
    settings = settings_of(also=[{}], choices=SOME)
    jobs = chunks(settings)
    assert jobs["also1"] == []
    ids = [item.id for job in jobs.values() for item in job]
    assert len(set(ids)) == len(ids) == len(specifications(settings))


def test_jobs_share_the_work_and_are_plain(settings_of):
    settings = settings_of(chunks=4, choices=SOME)
    jobs = chunks(settings)
    assert list(jobs) == chunk_names(settings.multiverse)
    assert min(map(len, jobs.values())) > 0.15 * sum(map(len, jobs.values()))
    plain = [item.model_dump(mode="json") for item in jobs["1"]]
    assert json.loads(json.dumps(plain)) == plain


def test_more_replicates_leave_the_blocks_that_are_there(settings_of, instruments):
    assert blocks(0) == []
    assert blocks(120) == ["0-50", "50-100", "100-120"]
    assert blocks(200)[:2] == blocks(120)[:2]
    job = block_settings(settings_of(choices=ONE), "1", "25-50")
    assert job.replicates == (25, 50)
    assert BlockSettings.model_validate(job.model_dump(mode="json")) == job


def test_a_part_of_the_draw_is_run_again(settings_of):
    """The cohort's own and the first of the draw, in whichever job they are."""
    settings = settings_of(specifications=60)
    wanted = [item.id for item in specifications(settings)[:12]]
    jobs = [block_settings(settings, name, "0-5", 12) for name in chunk_names(settings.multiverse)]
    found = [item.id for job in jobs for item in job.specifications]
    assert sorted(found) == sorted(wanted)
    whole = [block_settings(settings, name, "0-5") for name in chunk_names(settings.multiverse)]
    assert sum(len(job.specifications) for job in whole) == len(specifications(settings))


def test_the_table_can_be_read(few):
    table = specification_table(few)
    assert list(table) == ["id", "origin", *CHOICES]
    assert list(table["id"]) == [item.id for item in few]
    assert table["repair_window"].isna().any() and str(table["max_gap"].dtype) == "Int64"


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"sclae": ["own_sd"]}, "sclae"),
        ({"scale": ["own"]}, "own_sd"),
        ({"k": []}, "at least one value"),
        ({"k": [2, 2.0]}, "given twice"),
        ({"winsorise": [0.5]}, "less than .5"),
        ({"scale": ["rci"]}, "needs a `reliability`"),
    ],
)
def test_wrong_choices_are_refused(choices_file, changed, expected):
    with pytest.raises(ValidationError, match=expected):
        Multiverse(**choices_file | {"choices": choices_file["choices"] | changed})


def test_a_reliability_serves_rci_alone(settings_of):
    scales = {"scale": ["rci", "own_sd"]}
    found = combinations(settings_of(choices=ONE | scales, reliability=0.9)).values()
    assert {c["scale"]: c["reliability"] for c in found} == {"rci": 0.9, "own_sd": None}


def test_choices_that_came_later_do_not_rename_specifications(settings_of):
    """What does not adjust for covariates, of any caseload, is called as before these choices."""
    plain = combinations(settings_of(choices=ONE))
    both = combinations(settings_of(choices=ONE | {"min_patients_per_therapist": [1, 5]}))
    assert set(plain) < set(both)
    assert len(both) == 2


def test_covariates_are_a_choice_where_the_cohort_has_some(settings_of):
    varied = ONE | {"covariates": ["adjusted", "none"]}
    without = settings_of(choices=varied)
    assert len(combinations(without)) == 1
    age = ModelCovariate(name="age", number=True)
    adjusting = without.model_copy(update={"covariates": (age,), "clustering": "patient"})
    assert len(combinations(adjusting)) == 2
    own = specifications(adjusting)[0]
    assert (own.covariates, own.therapist_terms) == ("adjusted", "none")
