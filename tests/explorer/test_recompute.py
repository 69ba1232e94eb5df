"""What is computed is what `detect`, the analysis table and the engine give, one by one."""

import numpy as np
import pandas as pd
import pytest
from random_choices import random_choices
from rupture_repair.config.criteria import PATTERNS
from rupture_repair.detection.chance import chance_table
from rupture_repair.detection.detector import detect
from rupture_repair.detection.exposure import exposure
from rupture_repair.explorer import recompute
from rupture_repair.explorer.choice import chosen
from rupture_repair.explorer.recompute import OutOfDate, Results, rank_in_curve
from rupture_repair.modelling.engine import MixedModel
from rupture_repair.multiverse.formula import GROUPS, MODERATION, formula_of, modelled_sessions
from rupture_repair.multiverse.samples import sample_of


def plainly(choice, explored):
    """Return sample and detection of a choice, nothing shared with any other."""
    therapist = explored.patients.set_index("patient_id")["therapist_id"]
    sample = sample_of(
        explored.sessions, choice.min_sessions, choice.winsorise, therapist,
        choice.min_patients_per_therapist,
    )  # fmt: skip
    tool = explored.settings.instruments["alliance"]
    return sample, detect(sample, choice.criterion, instrument=tool)


def test_random_choices_are_as_detect_and_the_engine_have_them(results):
    explored, estimated = results.explored, 0
    for choice in random_choices(explored, 12, 5):
        sample, found = plainly(choice, explored)
        counts = found.patterns["pattern"].value_counts()
        shown = results.breakdown(choice)
        for name in (*PATTERNS, "unclassifiable"):
            assert shown[f"n_{name}"] == counts.get(name, 0)
        row = results.moderation(choice).iloc[0]
        if pd.isna(row["estimate"]):
            assert row["reason"]
            continue
        table = modelled_sessions(
            explored.patients, sample, found.patterns, choice.time, choice.baseline
        )
        fit = MixedModel.from_formula(
            formula_of(choice), table, groups=GROUPS, time="time",
            patient_terms=choice.patient_terms, therapist_terms=choice.therapist_terms,
        ).fit()  # fmt: skip
        assert row["coefficient"] == pytest.approx(fit.params[MODERATION], rel=2e-3, abs=2e-4)
        assert row["n_sessions"] == fit.nobs
        estimated += 1
    assert estimated >= 4


def test_classes_are_those_of_both_rules(results):
    explored = results.explored
    choice = chosen({"k": 2.0, "min_sessions": 6}, explored.own, explored.multiverse)
    classes = results.classes(choice).set_index("patient_id")
    for column, one in (("own", explored.own), ("now", choice)):
        patterns = plainly(one, explored)[1].patterns.set_index("patient_id")["pattern"]
        inside = classes.loc[patterns.index, column]
        assert (inside == patterns).all()
        assert set(classes.drop(patterns.index)[column]) <= {"left out"}
    moves = results.moves(results.classes(choice))
    assert moves.to_numpy().sum() == len(explored.patients)
    assert moves["left out"].sum() > 0
    own = results.moves(results.classes(explored.own)).to_numpy()
    assert own.sum() == np.trace(own)


def test_hazard_and_chance_are_those_of_the_run(results):
    explored = results.explored
    choice = chosen({"scale": "own_sd", "k": 2.0}, explored.own, explored.multiverse)
    hazard, _ = exposure(explored.sessions, choice.criterion, explored.grid)
    whole = hazard[hazard["length"] == "all"].reset_index(drop=True)
    pd.testing.assert_frame_equal(results.hazard(choice), whole)
    asked = explored.settings.cohort.chance
    for rule in (choice, explored.own):  # the second with replicates that were kept
        table = chance_table(
            explored.sessions, rule.criterion, explored.grid, asked.replicates, asked.seed
        )
        expected = table[table["length"] == "all"].reset_index(drop=True)
        shown = results.chance(rule).drop(columns="criterion")
        pd.testing.assert_frame_equal(shown, expected[shown.columns])


def test_chance_stops_as_soon_as_it_is_not_wanted(explored):
    asked = iter([True] * 30 + [False] * 1000)
    with pytest.raises(OutOfDate):
        Results(explored).chance(explored.own, lambda: next(asked))
    assert next(asked) is False  # at the first no, and not once more than needed
    assert sum(1 for _ in asked) > 900


def test_large_cohorts_have_fewer_replicates_but_some(results, monkeypatch):
    _, series = results.stages(results.explored.own).sample(results.explored.own)
    assert results.replicates(series) == results.explored.settings.cohort.chance.replicates
    monkeypatch.setattr(recompute, "MAX_RATINGS", 55 * len(series.rating))
    assert results.replicates(series) == 55
    monkeypatch.setattr(recompute, "MAX_RATINGS", 1)
    assert results.replicates(series) == recompute.MIN_REPLICATES


def test_memory_is_given_back_after_many_choices(explored, monkeypatch):
    monkeypatch.setattr(recompute, "MAX_CHOICES", 3)
    results = Results(explored)
    choices = random_choices(explored, 8, 2)
    before = [results.breakdown(one) for one in choices]
    assert len(results._chosen) <= 3
    again = [results.breakdown(one) for one in choices]
    pd.testing.assert_frame_equal(pd.DataFrame(before), pd.DataFrame(again))


def test_place_on_the_curve(explored):
    curve = explored.curve
    estimates = sorted(curve["estimate"])
    assert estimates == list(curve["estimate"])
    assert rank_in_curve(curve, estimates[0] - 1) == {"lower": 0, "of": len(curve)}
    assert rank_in_curve(curve, estimates[3]) == {"lower": 3, "of": len(curve)}
    assert rank_in_curve(curve, estimates[-1] + 1)["lower"] == len(curve)
