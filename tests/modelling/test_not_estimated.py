"""What is said of each kind of thing that the data do not determine."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
from rupture_repair.config.catalogue import TABLES
from rupture_repair.disclosure.wording import said, worded
from rupture_repair.modelling import headline, inference
from rupture_repair.modelling.keys import Aliased, AllEqual, FewPatients
from rupture_repair.modelling.not_estimated import not_estimated

NA = np.nan
TERMS = ["Intercept", "time", "a", "b", "c", "d"]
ALIASES = {
    "time:pattern[repaired]": [0.0] * 6,
    "twin": [0.0, 0.5, -2.0, 1e-12, 0.0, 0.0],
    "nothing": [0.0] * 6,
    "four": [0.0, 0.0, 1.0, 1.0, 1.0, 1.0],
    "five": [0.0, 0.1, 1.0, 1.0, 1.0, 1.0],
}
PATIENTS = pd.DataFrame({"patient_id": range(10), "pattern": ["none", "unrepaired"] * 5})


def fit(**changed):
    known = {"model": "M2", "terms": TERMS, "aliased": list(ALIASES), "n_therapists": 9}
    known |= {"aliases": list(ALIASES.values()), "variances": {"therapist": 1.0}}
    known |= {
        "certificate": {"unidentified": [], "why_unidentified": []},
        "clustering": "therapist",
    }
    return SimpleNamespace(**known | changed)


def tables(shown=TERMS, slopes=(), contrasts=()):
    return {
        "fixed_effects": pd.DataFrame({"model": "M2", "term": list(shown)}),
        "simple_slopes": pd.DataFrame(list(slopes), columns=["model", "pattern", "reason"]),
        "contrasts": pd.DataFrame(list(contrasts), columns=["model", "contrast", "reason"]),
        "moderation": pd.DataFrame(columns=["model", "contrast", "reason"]),
    }


def in_words(*given):
    return worded(not_estimated(*given), TABLES["not_estimated"], masked=False)


def test_why_a_column_is_aliased():
    listed = in_words([fit()], {}, tables(), PATIENTS).set_index("term")["why"]
    assert listed.to_dict() == {
        "time:pattern[repaired]": "no patient had a repaired pattern",
        "twin": "in these data it is a combination of time and a",
        "nothing": "it is zero for all patients",
        "four": "in these data it is a combination of a, b, c and d",
        "five": "in these data it is a combination of time, a, b, c and 1 more",
    }


def test_a_coefficient_without_a_row_cannot_be_separated_from_its_partners():
    shown = [term for term in TERMS if term not in {"time", "b"}]
    listed = in_words([fit()], {}, tables(shown), PATIENTS).set_index("term")["why"]
    assert listed["time"] == "it cannot be told apart from twin and five"
    assert listed["b"] == "it cannot be told apart from four and five"
    assert not {"a", "c", "d", "Intercept"} & set(listed.index)


def test_whole_models_and_therapists():
    reasons = {"M3": str(AllEqual("length_c"))}
    without_aliases = {"aliased": [], "aliases": [], "variances": {}}
    fits = [fit(**without_aliases, n_therapists=1), fit(**without_aliases, n_therapists=0)]
    listed = in_words(fits, reasons, tables(), PATIENTS)
    assert listed.to_numpy().tolist() == [
        ["M3", "", "the whole model", "all treatments have the same length"],
        ["M2", "therapist", "variance between therapists", "there is only one therapist"],
        ["M2", "therapist", "variance between therapists", "therapists were not recorded"],
    ]


def test_variances_that_are_not_identified():
    without_aliases = {"aliased": [], "aliases": []}
    why = "every patient has one rating and every therapist has one patient"
    unknown = {
        "unidentified": ["patient", "residual"],
        "why_unidentified": ["one_rating", "one_patient"],
    }
    rows = in_words([fit(**without_aliases, certificate=unknown)], {}, tables(), PATIENTS)
    assert rows["term"].tolist() == ["patient", "residual"]
    assert rows["what"].tolist() == ["variance between patients", "residual variance"]
    assert rows["why"].tolist() == [
        f"it cannot be told apart from the residual variance: {why}",
        f"it cannot be told apart from the variance between patients: {why}",
    ]


def test_slopes_and_contrasts_that_are_missing_everywhere_or_at_some_levels():
    apart, nobody = str(Aliased()), str(FewPatients("repaired", 0))
    slopes = [("M2", "none", None), ("M2", "unrepaired", apart), ("M2", "unrepaired", None)]
    contrasts = [("M2", "repaired - none", nobody), ("M2", "unrepaired - none", None)]
    without_aliases = fit(aliased=[], aliases=[])
    listed = in_words([without_aliases], {}, tables(slopes=slopes, contrasts=contrasts), PATIENTS)
    assert listed.to_numpy().tolist() == [
        ["M2", "unrepaired", "slope on time at 1 of 2 levels shown", said(apart, masked=True)],
        ["M2", "repaired - none", "difference of slopes", said(nobody, masked=True)],
    ]


def test_a_coefficient_that_shares_in_an_aliased_one_is_not_determined():
    rows = np.eye(6, 6)
    every = inference.determined(rows, np.zeros((6, 5)), np.array(list(ALIASES.values())))
    assert every.tolist() == [True, *[False] * 5]
    twin = inference.determined(rows, np.zeros((6, 1)), np.array([ALIASES["twin"]]))
    assert twin.tolist() == [True, False, False, True, True, True]
    assert inference.determined(rows, np.zeros((6, 0)), np.empty((0, 6))).all()


def test_a_pattern_with_few_patients_is_named_for_each_coefficient_of_it():
    few = PATIENTS.iloc[[0, 1, 2, 4, 6, 8]]
    terms = [*TERMS, "time:pattern[unrepaired]"]
    fitted = fit(terms=terms, aliased=[], aliases=[])
    listed = in_words([fitted], {}, tables(), few).set_index("term")["why"]
    assert listed.to_dict() == {
        "time:pattern[unrepaired]": "only one patient had an unrepaired pattern"
    }


def test_a_headline_model_without_estimates_hides_no_other(monkeypatch):
    monkeypatch.setattr(headline, "restored", lambda fit, table: f"{fit.model} of {table}")
    stored = [SimpleNamespace(model=model) for model in ("M0", "M3")]
    assert headline.headline_fits(stored, "the table") == {"M3": "M3 of the table"}
