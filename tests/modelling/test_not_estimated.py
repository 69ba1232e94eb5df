"""What is said of each kind of thing that the data do not determine."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
from rupture_repair.modelling import headline
from rupture_repair.modelling.fit import FitError
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
PATIENTS = pd.DataFrame({"pattern": ["none", "unrepaired", "none"]})


def fit(**changed):
    known = {"model": "M2", "terms": TERMS, "aliased": list(ALIASES), "n_therapists": 9}
    known |= {"aliases": list(ALIASES.values()), "variances": {"therapist": 1.0}}
    return SimpleNamespace(**known | changed)


def tables(shown=TERMS, slopes=(), contrasts=()):
    return {
        "fixed_effects": pd.DataFrame({"model": "M2", "term": list(shown)}),
        "simple_slopes": pd.DataFrame(list(slopes), columns=["model", "pattern", "estimate"]),
        "contrasts": pd.DataFrame(list(contrasts), columns=["model", "contrast", "estimate"]),
    }


def test_why_a_column_is_aliased():
    listed = not_estimated([fit()], {}, tables(), PATIENTS).set_index("term")["why"]
    assert listed.to_dict() == {
        "time:pattern[repaired]": "no patient has the pattern repaired",
        "twin": "in these data it is a combination of time, a",
        "nothing": "it is zero for all patients",
        "four": "in these data it is a combination of a, b, c, d",
        "five": "in these data it is a combination of time, a, b, c and 1 more",
    }


def test_a_coefficient_without_a_row_is_not_told_apart_from_its_partners():
    shown = [term for term in TERMS if term not in {"time", "b"}]
    listed = not_estimated([fit()], {}, tables(shown), PATIENTS).set_index("term")["why"]
    assert listed["time"] == "it cannot be told apart from twin, five"
    assert listed["b"] == "it cannot be told apart from four, five"
    assert not {"a", "c", "d", "Intercept"} & set(listed.index)


def test_whole_models_and_therapists():
    reasons = {"M3": "all treatment lengths are equal"}
    plain = {"aliased": [], "aliases": [], "variances": {}}
    fits = [fit(**plain, n_therapists=1), fit(**plain, n_therapists=0)]
    listed = not_estimated(fits, reasons, tables(), PATIENTS)
    assert listed.to_numpy().tolist() == [
        ["M3", "", "the whole model", "all treatment lengths are equal"],
        ["M2", "therapist", "variance between therapists", "there is one therapist"],
        ["M2", "therapist", "variance between therapists", "therapists were not recorded"],
    ]


def test_slopes_and_contrasts_that_are_missing_everywhere_or_at_some_levels():
    slopes = [("M2", "none", -1.0), ("M2", "unrepaired", NA), ("M2", "unrepaired", -1.0)]
    contrasts = [("M2", "repaired - none", NA), ("M2", "unrepaired - none", -1.0)]
    plain = fit(aliased=[], aliases=[])
    listed = not_estimated([plain], {}, tables(slopes=slopes, contrasts=contrasts), PATIENTS)
    apart = "the coefficients that it needs cannot be told apart in these data"
    nobody = "no patient has the pattern repaired"
    assert listed.to_numpy().tolist() == [
        ["M2", "unrepaired", "slope on time at 1 of 2 levels shown", apart],
        ["M2", "repaired - none", "difference of slopes", nobody],
    ]


def test_a_headline_coefficient_that_shares_in_an_aliased_one_is_not_determined(monkeypatch):
    monkeypatch.setattr(headline, "aliases", lambda found, table: list(ALIASES.values()))
    design = SimpleNamespace(aliased=list(ALIASES))
    found = SimpleNamespace(terms=TERMS, model=SimpleNamespace(design=design))
    assert headline.determined(found, None).tolist() == [True, *[False] * 5]
    monkeypatch.setattr(headline, "aliases", lambda found, table: [ALIASES["twin"]])
    known = [True, False, False, True, True, True]
    assert headline.determined(found, None).tolist() == known
    design.aliased = []
    assert headline.determined(found, None).all()


def test_a_headline_model_without_estimates_hides_no_other(monkeypatch):
    def estimate(table, model, **settings):
        if model == "M2":
            raise FitError("not this one")
        return f"{model} of {table}"

    monkeypatch.setattr(headline, "estimate", estimate)
    assert headline.refit("the table", "correlated") == {"M3": "M3 of the table"}
