"""What must not matter: origin and unit of the scale, names and order of patients and rows."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rating_tables import long_table
from rupture_repair.config.criteria import Criterion
from rupture_repair.detection import detect

RELATIVE = ["own_sd", "own_see", "pooled_within_sd", "between_sd", "diff_sd", "moving_range"]
RELATIVE += ["rci", "stricter", "own_sd_c4", "own_or_between"]
rating = st.one_of(st.none(), st.integers(0, 20).map(lambda steps: steps / 4))
cohorts = st.dictionaries(
    st.sampled_from(["A", "B", "C", "D", "E"]),
    st.lists(rating, min_size=1, max_size=10),
    min_size=1,
)


@st.composite
def criteria(draw, scales, tang_derubeis=True):
    scale = draw(st.sampled_from(scales))
    reference = draw(st.sampled_from(["previous", "decline_start", "running_mean", "own_mean"]))
    rules = ["threshold", "tang_derubeis"] if tang_derubeis and reference == "previous" else None
    return Criterion(
        rule=draw(st.sampled_from(rules or ["threshold"])),
        reference=reference,
        scale=scale,
        k=draw(st.sampled_from([0.5, 1, 1.5, 2])),
        max_gap=draw(st.sampled_from([1, 2, None])),
        repair_window=draw(st.sampled_from([1, 3, None])),
        repair_tolerance=draw(st.sampled_from([0, 0.5])),
        aggregate=draw(st.sampled_from(["all", "any", "first", "last"])),
        merge_consecutive=draw(st.booleans()),
        western_electric=reference == "own_mean" and draw(st.booleans()),
        reliability=0.8 if scale == "rci" else None,
    )


def decisions(found):
    """Everything that is not in points."""
    whens = found.events[["patient_id", "session", "n_drops", "last_session", "repaired_at"]]
    return whens.astype(str).to_numpy().tolist(), found.patterns.astype(str).to_numpy().tolist()


@settings(derandomize=True)
@given(cohorts, criteria([*RELATIVE, "absolute"], tang_derubeis=False), st.integers(-40, 40))
def test_shift(cohort, criterion, steps):
    table = long_table(**cohort)
    shifted = table.assign(alliance=table["alliance"] + steps / 4)
    assert decisions(detect(shifted, criterion)) == decisions(detect(table, criterion))


@settings(derandomize=True)
@given(cohorts, criteria(RELATIVE), st.sampled_from([0.01, 0.3, 7, 100]))
def test_positive_scaling(cohort, criterion, factor):
    table = long_table(**cohort)
    scaled = table.assign(alliance=table["alliance"] * factor)
    assert decisions(detect(scaled, criterion)) == decisions(detect(table, criterion))


@settings(derandomize=True)
@given(cohorts, criteria([*RELATIVE, "absolute"]), st.randoms(use_true_random=False))
def test_order_of_rows(cohort, criterion, random):
    table = long_table(**cohort)
    order = list(range(len(table)))
    random.shuffle(order)
    found, expected = detect(table.iloc[order], criterion), detect(table, criterion)
    pd.testing.assert_frame_equal(found.events, expected.events)
    pd.testing.assert_frame_equal(found.patterns, expected.patterns)


@settings(derandomize=True)
@given(cohorts, criteria([*RELATIVE, "absolute"]))
def test_names_of_patients(cohort, criterion):
    names = dict(zip("ABCDE", "ZYXWV", strict=True))  # reverses the order of the patients
    table = long_table(**cohort)
    renamed = table.assign(patient_id=table["patient_id"].map(names))
    found = detect(renamed, criterion).patterns
    expected = detect(table, criterion).patterns
    expected = expected.assign(patient_id=expected["patient_id"].map(names))
    expected = expected.sort_values("patient_id", ignore_index=True)
    pd.testing.assert_frame_equal(found, expected, check_dtype=False)


@settings(derandomize=True)
@given(cohorts, criteria(["own_sd", "own_see", "moving_range", "own_sd_c4", "absolute"]))
def test_individual_scales_ignore_other_patients(cohort, criterion):
    together = detect(long_table(**cohort), criterion).patterns.astype(str)
    for patient, course in cohort.items():
        alone = detect(long_table(**{patient: course}), criterion).patterns.astype(str)
        same = together[together["patient_id"] == patient].reset_index(drop=True)
        pd.testing.assert_frame_equal(same, alone)


@pytest.mark.parametrize("begin", [-12, -2, -1, 0, 30])
@pytest.mark.parametrize("merge", [False, True])
def test_the_first_session_number_does_not_matter(begin, merge):
    """Intake sessions may be numbered 0 or below: all that moves are the numbers."""
    table = long_table(A=[4, 1, 4, 4], B=[5, 3, 1, None, 5, 2], C=[3, 3, 3], D=[4, 3, 1])
    rule = Criterion(scale="absolute", k=2, merge_consecutive=merge)
    found = detect(table, rule)
    assert found.patterns["n_ruptures"].sum() >= 4
    later = begin - 1
    moved = detect(table.assign(session=table["session"] + later), rule)
    numbers = ["session", "last_session", "repaired_at"]
    back = moved.events.assign(**{name: moved.events[name] - later for name in numbers})
    pd.testing.assert_frame_equal(back, found.events)
    first = moved.patterns["first_rupture"] - later
    pd.testing.assert_frame_equal(moved.patterns.assign(first_rupture=first), found.patterns)
