"""What is said of chance, of other criteria and of exposure follows the tables, and vanishes."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from rupture_repair.manuscript import detection_claims as claims
from rupture_repair.manuscript import exposure_claims as by_exposure
from rupture_repair.manuscript.detection_tables import criteria, exposure

PATTERNS = ("none", "unrepaired", "repaired")


def chance(observed, permuted, simulated, half=3.0):
    """A table of chance for the whole cohort; the shares of each null ± `half`."""
    rows = [
        {
            "kind": kind,
            "length": "all",
            "pattern": pattern,
            "n_patients": 100,
            "expected_percent": expected,
            "low": expected - half,
            "high": expected + half,
            "observed_percent": seen,
            "excess": seen - expected,
            "excess_low": seen - expected - half,
            "excess_high": seen - expected + half,
        }
        for kind, shares in (("permuted", permuted), ("simulated", simulated))
        for pattern, seen, expected in zip(PATTERNS, observed, shares, strict=True)
    ]
    return pd.DataFrame(rows)


SEEN = (60.0, 30.0, 10.0)
FEW, SAME, MANY = (70.0, 25.0, 5.0), (59.0, 31.0, 10.0), (50.0, 30.0, 20.0)


@pytest.mark.parametrize(
    ("permuted", "simulated", "expected"),
    [
        (SAME, FEW, "more frequent than under the no-rupture model"),
        (SAME, MANY, "less frequent than under the no-rupture model"),
        (MANY, SAME, "neither more nor less frequent than under the no-rupture model"),
        (FEW, SAME, "neither more nor less frequent than under the no-rupture model"),
    ],
)
def test_the_model_alone_says_what_differs_from_chance(changed, permuted, simulated, expected):
    """Random order describes: of ratings that are alike without ruptures it makes more of them."""
    text = claims.chance(changed(chance=chance(SEEN, permuted, simulated)))
    assert f"Patients with a rupture were {expected}" in text
    assert f"Repaired patterns were {expected}" in text


def test_a_range_that_ends_at_zero_does_not_exclude_it(changed):
    edge = chance(SEEN, (63.0, 27.0, 10.0), (57.0, 30.0, 13.0))
    text = claims.chance(changed(chance=edge))
    assert "a rupture were neither more nor less frequent than under the no-rupture model" in text


def test_chance_tells_both_nulls_with_the_numbers_of_the_table(changed):
    text = claims.chance(changed(chance=chance(SEEN, FEW, SAME)))
    assert "In random order the expected shares were no rupture 70.0% (−10.0 [−13.0, −7.0])" in text
    assert "Under the no-rupture model the expected shares were no rupture 59.0% (1.0" in text
    assert "repaired 5.0% (5.0 [2.0, 8.0])" in text


def test_chance_vanishes_where_nobody_is_classified(changed):
    nobody = chance((np.nan,) * 3, (np.nan,) * 3, (np.nan,) * 3)
    assert "No patient could be classified" in claims.chance(changed(chance=nobody))


def test_chance_does_not_tell_hidden_patterns(changed):
    breakdown = pd.DataFrame(
        {
            "pattern": PATTERNS,
            "n": [61, np.nan, np.nan],  # as it is shared
            "percent": [61.0, np.nan, np.nan],
            "published_percent": np.nan,
        }
    )
    real = {"synthetic": False, "confidential": True}
    table = chance((61.0, 36.0, 3.0), FEW, SAME)
    text = claims.chance(changed(real, chance=table, pattern_breakdown=breakdown))
    assert "no rupture 70.0%" in text
    assert "epaired" not in text


def by_length(*shares):
    named = zip(("3–4", "5–9", "21+"), shares, strict=False)
    parts = [chance(SEEN, SAME, (s, 0.0, 0.0)).assign(length=b) for b, s in named]
    return pd.concat([chance(SEEN, SAME, SAME), *parts], ignore_index=True)


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        ((90.0, 70.0, 20.0), "a rupture rose from 10.0% in treatments of 3–4 sessions to 80.0%"),
        ((60.0, 70.0, 75.5), "a rupture fell from 40.0% in treatments of 3–4 sessions to 24.5%"),
        ((60.0,), "too alike in length"),
        ((), "too alike in length"),
    ],
)
def test_chance_by_length(changed, shares, expected):
    assert expected in claims.chance_by_length(changed(chance=by_length(*shares)))


OWN = "“1.5-SD drop, session to session”"


def pairs(*kappas):
    names = [("igra2025_style", "b"), ("b", "c"), ("c", "igra2025_style")][: len(kappas)]
    columns = {"first": [a for a, _ in names], "second": [b for _, b in names]}
    return pd.DataFrame({**columns, "kappa": list(kappas)})


@pytest.mark.parametrize(
    ("kappas", "expected"),
    [
        ((0.3, 0.1, 0.92), f"ranged from .10 (“b” and “c”) to .92 (“c” and {OWN}), *Mdn* = .30"),
        ((0.3, 0.1, 0.92), "with the criterion of this paper, from .30 to .92"),
        ((0.3, np.nan, -0.2), f"ranged from −.20 (“c” and {OWN}) to .30"),
        ((np.nan,), "No kappa is defined"),
        ((), "Only one criterion is defined"),
    ],
)
def test_agreement_of_criteria(changed, kappas, expected):
    assert expected in claims.criteria(changed(criteria_agreement=pairs(*kappas)))


def consistent(**values):
    names = ("n_criteria", "n_classified_by_all", "n_same_pattern", "n_rupture_by_some")
    found = dict(zip(names, (12, 60, 20, 30), strict=True)) | values
    return pd.DataFrame({"quantity": list(found), "value": list(found.values())})


def test_patients_who_move_are_counted_and_masked(changed):
    table = consistent(n_same_pattern=3)
    text = claims.criteria(changed(criteria_consistency=table))
    assert "Of the 60 patients whom each of the 12 criteria could classify, 3 had" in text
    real = {"synthetic": False, "confidential": True}
    assert "could classify, – had the same" in claims.criteria(
        changed(real, criteria_consistency=table)
    )
    nobody = consistent(n_classified_by_all=0)
    assert "No patient could be" in claims.criteria(changed(criteria_consistency=nobody))


def test_criteria_beyond_chance_are_counted(changed):
    parts = [
        chance(SEEN, permuted, simulated).assign(criterion=name).drop(columns="length")
        for name, permuted, simulated in (("a", FEW, FEW), ("b", SAME, FEW), ("c", MANY, SAME))
    ]
    text = claims.criteria_chance(changed(chance_by_criterion=pd.concat(parts)))
    assert (
        "more frequent than under the no-rupture model for 2 of 3 criteria and less frequent for 0"
        in text
    )
    assert "random order" not in text
    nothing = pd.concat(parts).assign(observed_percent=np.nan)
    assert "No criterion could" in claims.criteria_chance(changed(chance_by_criterion=nothing))


def exposed(first, last, n=(200, 40, 40)):
    """Whole cohort, short and long treatments: (share, hazard) of the last two ± .03."""
    rows = [("all", n[0], 0.4, 0.08), ("3–4", n[1], *first), ("21+", n[2], *last)]
    return pd.DataFrame(
        {
            "length": length,
            "n_patients": 100 if length != "all" else 400,
            "n_ruptured": count,
            "n_at_risk": 1000,
            "n_comparisons": 1000,
            "n_ruptures": count,
            **{f"share_ruptured{end}": share + d for end, d in ENDS.items()},
            **{f"hazard{end}": hazard + d for end, d in ENDS.items()},
        }
        for length, count, share, hazard in rows
    )


ENDS = {"": 0.0, "_low": -0.03, "_high": 0.03}


@pytest.mark.parametrize(
    ("first", "last", "expected", "unsaid"),
    [
        ((0.2, 0.08), (0.8, 0.1), "rather than a clearly higher hazard", "itself was higher"),
        ((0.2, 0.12), (0.8, 0.08), "per session was not higher in them", "clearly higher"),
        ((0.2, 0.08), (0.8, 0.08), "per session was not higher in them", "clearly higher"),
        ((0.2, 0.08), (0.8, 0.1), "rather than a clearly higher hazard", "not higher in them"),
        ((0.2, 0.08), (0.8, 0.2), "the hazard itself was higher", "more sessions at risk"),
        ((0.8, 0.2), (0.2, 0.08), "A rupture occurred in 80.0%", "In long treatments"),
        ((0.8, 0.2), (0.2, 0.08), "hazards per session at risk were 20.0% [17.0, 23.0]", "larger"),
    ],
)
def test_exposure_in_both_directions(changed, first, last, expected, unsaid):
    found = by_exposure.exposure(changed(rupture_exposure=exposed(first, last)))
    assert expected in found
    assert unsaid not in found


def test_exposure_vanishes_with_one_length_or_without_ruptures(changed):
    table = exposed((0.2, 0.08), (0.8, 0.1))
    assert "cannot be compared" in by_exposure.exposure(changed(rupture_exposure=table.iloc[:2]))
    nobody = table.assign(n_ruptured=0)
    assert "cannot be compared" in by_exposure.exposure(changed(rupture_exposure=nobody))
    assert "No patient had a rupture" in by_exposure.hazard(changed(rupture_exposure=nobody))


def test_the_hazard_is_given_at_the_longest_length_with_enough_at_risk(changed):
    whole = exposed((0.2, 0.08), (0.8, 0.1))
    rows = changed().tables["rupture_hazard"].query("length == 'all'").copy()
    rows["n_at_risk"] = np.where(rows["session"] <= 12, 50, 9)
    text = by_exposure.hazard(changed(rupture_exposure=whole, rupture_hazard=rows))
    at = rows.set_index("session").loc[10]
    assert (
        "200 first ruptures in 1,000 sessions at risk correspond to a hazard of 8.0% [5.0, 11.0]"
        in text
    )
    assert f"By session 10, {100 * at['incidence']:.1f}%" in text
    assert f"and {100 * at['if_continued']:.1f}%" in text
    rows["n_at_risk"] = 9
    assert "By session" not in by_exposure.hazard(
        changed(rupture_exposure=whole, rupture_hazard=rows)
    )


def test_lengths_with_few_ruptures_are_masked_in_text_and_table(changed):
    real = {"synthetic": False, "confidential": True}
    few = changed(real, rupture_exposure=exposed((0.03, 0.01), (0.8, 0.1), n=(83, 3, 80)))
    assert by_exposure.hidden_lengths(few) == {"3–4", "21+"}  # 80 would give the 3 away
    assert "cannot be compared" in by_exposure.exposure(few)
    rows = [line.split("|") for line in exposure(few).splitlines() if line.startswith("| ")]
    cells = {row[1].strip(): [cell.strip() for cell in row[3:-1]] for row in rows}
    assert cells["3–4"] == cells["21+"] == ["–"] * 4
    assert cells["All"][0] == "83"
    nearly_all = exposed((0.98, 0.5), (0.5, 0.1), n=(148, 98, 50))
    assert by_exposure.hidden_lengths(changed(real, rupture_exposure=nearly_all)) == {"3–4", "21+"}
    assert by_exposure.hidden_lengths(changed(rupture_exposure=nearly_all)) == set()


def test_few_patients_of_a_criterion_are_masked(changed):
    found = changed({"synthetic": False, "confidential": True})
    table = found.tables["criteria_breakdown"].copy()
    own = table["criterion"] == "rci"
    table.loc[own & table["pattern"].isin(PATTERNS), "n"] = [40, 37, 3]
    table.loc[own & table["pattern"].isin(PATTERNS), "percent"] = [50.0, 46.25, 3.75]
    text = criteria(replace(found, tables={**found.tables, "criteria_breakdown": table}))
    row = next(line for line in text.splitlines() if "reliable change" in line.lower())
    assert [cell.strip() for cell in row.split("|")[2:5]] == ["50.0", "–", "–"]
