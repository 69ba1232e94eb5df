"""Why models differ; to whom findings extend: nobody, or the sample as it is."""

import model_tables
import pandas as pd
import pytest
from rupture_repair.manuscript.discussion_claims import generality, models_differ

REAL = {"synthetic": False, "parameters": None}


def with_therapists(results, n):
    table = results.tables["cohort"].copy()
    own = (table["variable"] == "therapists") & (table["group"] == "all")
    table.loc[own, "value"] = n
    return table


def flow(*n):
    return pd.DataFrame({"step": ["in the patient file", "modelled"], "n": n})


def test_nothing_extends_from_synthetic_patients(changed):
    text = generality(changed())
    assert "Nothing here generalises to patients." in text
    assert "sample" not in text and "fig-patient-flow" not in text


@pytest.mark.parametrize(
    ("n", "expected"),
    [
        (52, "52 therapists. Nothing in the data says that patients, therapists"),
        (1, "rest on the patients of one therapist"),
        (0, "who the therapists were is not recorded"),
    ],
)
def test_the_sample_is_described_with_its_therapists(changed, n, expected):
    assert expected in generality(changed(REAL, cohort=with_therapists(changed(), n)))


@pytest.mark.parametrize(
    ("n", "expected"),
    [
        ((85, 80), "Of 85 patients in the file, 5 did not enter the models (@fig-patient-flow)"),
        ((80, 80), "Nobody in the file was left out; it is not known who never entered the"),
        ((None, 80), "Some patients in the file were left out (@fig-patient-flow) and may"),
    ],
)
def test_patients_who_were_left_out(changed, n, expected):
    assert expected in generality(changed(REAL, patient_flow=flow(*n)))


def test_few_who_were_left_out_are_masked_where_patients_are_confidential(changed):
    table = flow(83, 80)
    assert "83 patients in the file, 3" in generality(
        changed(REAL | {"confidential": False}, patient_flow=table)
    )
    confidential = changed(REAL | {"confidential": True}, patient_flow=table)
    assert "3" not in generality(confidential).replace("IIP-32", "")


def test_the_measures_are_named_and_nothing_is_called_a_cause(changed):
    text = generality(changed(REAL))
    assert "All measures (SAI, CORE-10 and IIP-32) are ratings by the patients themselves" in text
    assert "effect" not in text and "cause" not in text


def test_the_models_with_and_without_length_are_set_beside_each_other(changed):
    headline = model_tables.headline(average=(-0.49, 0.27), averaged=(-1.45, 0.001))
    text = models_differ(changed(headline=headline))
    assert "(M2), the moderation was −1.45 [" in text and "(M3) −0.49 [" in text
    assert "long treatments count most" in text


def test_one_model_is_not_compared_with_itself(changed):
    assert models_differ(changed(headline=model_tables.headline(averaged=None))) == ""
