"""The answers say what the tables have, in points of change; masked and missing ones say so."""

import model_check_tables
import model_tables
import numpy as np
import pandas as pd
import pytest
from rupture_repair.config.catalogue import TABLES
from rupture_repair.config.catalogue.answers import ANSWERED
from rupture_repair.manuscript.answers import answer_tables, answers

MODERATION = "time:pattern[repaired]:iip_z"
CONTRASTS = ("repaired - unrepaired", "repaired - none", "unrepaired - none")


@pytest.fixture
def tables():
    m1 = pd.DataFrame(
        {"model": "M1", "contrast": contrast, "iip_z": 0.0, **model_tables.tested(b)}
        for contrast, b in zip(CONTRASTS, (-0.9, -0.6, 0.3), strict=True)
    )
    robust = model_check_tables.robustness(cr2=0.02)
    average = robust[robust["model"] == "M3"].assign(term=MODERATION)
    robust = pd.concat([robust, average]).drop_duplicates(["model", "term", "method"])
    shares = {"pattern": ["none", "unrepaired", "repaired"], "n": [297, 169, 48]}
    return {
        "pattern_breakdown": pd.DataFrame(shares | {"percent": [57.8, 32.9, 9.3]}),
        "contrasts": pd.concat([m1, model_tables.contrasts()], ignore_index=True),
        "robustness": robust,
        "not_estimated": model_tables.not_estimated(),
        **{
            name: getattr(model_tables, name)()
            for name in (
                *("reliable_change", "model_comparison", "fixed_effects", "effect_sizes"),
                *("variance_components", "moderation"),
            )
        },
    }


def about(table, *words):
    """Return the one row whose question has all the words."""
    found = table[[all(word in question for word in words) for question in table["question"]]]
    assert len(found) == 1, found["question"].tolist()
    return found.iloc[0]


def test_a_row_per_question_with_the_columns_of_the_catalogue(tables):
    assert set(tables) == set(ANSWERED)
    table = answers(tables)
    assert list(table) == list(TABLES["answers"].columns)
    assert table["question"].is_unique
    assert table["question"].str.endswith("?").all()
    assert set(table["table"]) <= set(ANSWERED)
    assert table["estimate"].notna().all()


def test_shares_have_wilson_intervals(tables):
    row = about(answers(tables), "that were repaired")
    n, total, z = 48, 514, 1.959963984540054
    share = n / total
    middle = (share + z**2 / (2 * total)) / (1 + z**2 / total)
    half = np.sqrt(share * (1 - share) / total + z**2 / (4 * total**2)) * z / (1 + z**2 / total)
    assert row["ci_low"] == pytest.approx(100 * (middle - half))
    assert row["ci_high"] == pytest.approx(100 * (middle + half))
    assert (row["n"], row["of"], row["estimate"]) == (48, 514, 9.3)


def test_slopes_are_given_as_change_up_to_a_session(tables):
    table = answers(tables)
    row = about(table, "than without ruptures", "with repaired")
    of = tables["contrasts"].query("model == 'M1' and contrast == 'repaired - none'").iloc[0]
    for name in ("estimate", "ci_low", "ci_high"):
        assert row[name] == pytest.approx(of[name] * np.log(10))
    assert (row["p"], row["df"], row["n"]) == (of["p"], of["df"], 80)
    assert "from session 1 to session 10" in row["question"]
    assert row["method"] == "REML, Satterthwaite df"


def test_the_moderation_is_robust_and_by_twice_the_length(tables):
    table = answers(tables)
    robust = tables["robustness"].query("model == 'M3' and method == 'cr2'").set_index("term")
    average = about(table, "average length")
    assert average["estimate"] == pytest.approx(robust.loc[MODERATION, "estimate"] * np.log(10))
    twice = about(table, "twice as long")
    own = robust.loc[f"{MODERATION}:length_c"]
    assert twice["ci_low"] == pytest.approx(own["ci_low"] * np.log(10) * np.log(2))
    assert twice["p"] == own["p"] == 0.02
    assert twice["method"] == "cluster-robust (CR2) by therapist, Satterthwaite df"


def test_masked_counts_stay_masked(tables):
    shares = tables["pattern_breakdown"].copy()
    shares["n"] = shares["n"].astype("Int64")
    shares.loc[1:, ["n", "percent"]] = pd.NA
    models = tables["model_comparison"].assign(n_patients=np.nan)
    table = answers(tables | {"pattern_breakdown": shares, "model_comparison": models})
    for words in (("not repaired",), ("that were repaired",), ("How many patients",)):
        row = about(table, *words)
        assert row["note"].startswith("masked")
        assert row[["estimate", "ci_low", "ci_high", "n", "of"]].isna().all()
    # the total would tell the sum of the others
    assert pd.isna(about(table, "no rupture?")["of"])
    assert table.loc[table["model"].notna() & (table["table"] != "effect_sizes"), "n"].isna().all()


def test_what_was_not_estimated_has_no_number_and_a_reason(tables):
    reasons = model_tables.not_estimated(
        ("M3", "", "the whole model", "all treatment lengths are equal"),
        ("M1", "repaired - none", "difference of slopes", "only 2 patients are repaired"),
        ("M0", "therapist", "variance between therapists", "therapists were not recorded"),
    ).replace({"term": {"": np.nan}})
    empty = {name: tables[name].query("model != 'M3'") for name in ("robustness", "moderation")}
    contrasts = tables["contrasts"].copy()
    contrasts.loc[1, list(model_tables.tested(0.0))] = np.nan
    variances = tables["variance_components"].query("component != 'therapist'")
    models = tables["model_comparison"].query("model != 'M3'").assign(n_therapists=0)
    table = answers(
        {**tables, **empty, "not_estimated": reasons, "contrasts": contrasts}
        | {"variance_components": variances, "model_comparison": models}
    )
    for words, reason in (
        (("average length",), "not estimated: all treatment lengths are equal"),
        (("than without ruptures", "with repaired"), "not estimated: only 2 patients are repaired"),
        (("between therapists",), "not estimated: therapists were not recorded"),
        (("How many therapists",), "therapists were not recorded"),
    ):
        row = about(table, *words)
        assert row["note"] == reason
        assert row[["estimate", "ci_low", "ci_high", "p"]].isna().all()
        assert not row["method"] or pd.isna(row["method"])
    assert "not estimated" not in about(table, "than without", "unrepaired")["note"]


def test_a_missing_criterion_of_reliable_change_is_reported(tables):
    table = answers(tables | {"reliable_change": model_tables.reliable_change("not recorded")})
    assert "no criterion" in about(table, "improved reliably")["note"]


def test_answers_of_confidential_patients_are_rounded(tables):
    (shown,) = answer_tables(tables, private=True).values()
    (full,) = answer_tables(tables, private=False).values()
    numbers = shown[["estimate", "ci_low", "ci_high", "p", "df"]].astype(float)
    assert (numbers.round(4).fillna(0) == numbers.fillna(0)).all(axis=None)
    np.testing.assert_allclose(numbers["estimate"], full["estimate"].astype(float), rtol=0.01)
