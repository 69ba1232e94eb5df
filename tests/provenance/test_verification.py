"""Verdicts: what counts as reproduced, and what was true by construction."""

import model_tables
import numpy as np
import pandas as pd
import pytest
from rupture_repair.provenance.verification import COLUMNS, could_fail, summary_line, verify


def cohort(**values):
    described = {
        ("patients", "n"): 514,
        ("therapists", "n"): 52,
        ("sessions", "min"): 3,
        ("sessions", "max"): 91,
        ("sessions", "mean"): values.get("mean", 9.8),
        ("sessions", "sd"): 8.44,
    }
    return pd.DataFrame(
        {"variable": v, "statistic": s, "group": "all", "value": float(value)}
        for (v, s), value in described.items()
    )


BREAKDOWN = pd.DataFrame(
    {
        "pattern": ["none", "unrepaired", "repaired"],
        "n": [297, 169, 48],
        "percent": [100 * n / 514 for n in (297, 169, 48)],
    }
)


def published_row(item, value, decimals):
    row = {"item": item, "published": str(value), "decimals": decimals, "tag": "pub"}
    return pd.DataFrame([row | {"description": item}])


def verdict(item, value, decimals=np.nan, *, synthetic=True, mean=9.8, effects=None):
    effects = model_tables.headline() if effects is None else effects
    table = verify(
        published_row(item, value, decimals),
        cohort(mean=mean),
        BREAKDOWN,
        effects,
        synthetic=synthetic,
    )
    return table.iloc[0]


def test_the_published_figures_are_reproduced_by_their_counts(root):
    published = pd.read_csv(root / "data/published/igra2025.csv", dtype={"published": str})
    table = verify(published, cohort(), BREAKDOWN, model_tables.headline(), synthetic=True)
    assert list(table) == COLUMNS
    assert list(table["item"]) == list(published["item"])
    assert table.groupby("kind")["verdict"].unique().explode().to_dict() == {
        "calibrated": "met by construction",
        "direction": "recovered",
    }
    derived = list(table.loc[table["source"] == "derived", "item"])
    assert derived == ["n_none", "n_unrepaired", "n_repaired"]
    assert set(table["source"]) == {"published", "derived"}
    assert summary_line(table) == (
        "2 of 14 published items could have failed, 2 of them were recovered; 12 by construction"
    )


def test_of_real_data_every_item_could_have_failed(root):
    published = pd.read_csv(root / "data/published/igra2025.csv", dtype={"published": str})
    table = verify(published, cohort(), BREAKDOWN, model_tables.headline(), synthetic=False)
    assert could_fail(table).all()
    assert set(table["verdict"]) == {"reproduced"}
    words = "14 of 14 published items reproduced"
    assert summary_line(table) == f"{words} (3 of them derived from published ones)"
    assert summary_line(table[table["source"] == "published"]) == words.replace("14", "11")


@pytest.mark.parametrize(
    ("mean", "expected"),
    [
        (9.75, "reproduced"),
        (9.8499, "reproduced"),
        (9.85, "reproduced"),
        (9.7499, "differs"),
        (9.8501, "differs"),
    ],
)
def test_a_number_is_reproduced_within_half_a_unit(mean, expected):
    row = verdict("sessions_mean", 9.8, 1, mean=mean, synthetic=False)
    assert row["verdict"] == expected
    assert row["recomputed"] == mean
    assert row["tolerance"] == pytest.approx(0.05)


def test_a_count_must_be_exact():
    assert verdict("n_none", 297, 0, synthetic=False)["verdict"] == "reproduced"
    assert verdict("n_none", 297, 0)["verdict"] == "met by construction"
    assert verdict("n_none", 298, 0)["verdict"] == "differs"


@pytest.mark.parametrize(("synthetic", "kind"), [(True, "calibrated"), (False, "emergent")])
def test_numbers_are_true_by_construction_only_in_synthetic_data(synthetic, kind):
    row = verdict("n_none", 297, 0, synthetic=synthetic)
    assert row["kind"] == kind
    assert ("could not have failed" in row["note"]) == synthetic


@pytest.mark.parametrize(
    ("estimate", "p", "expected"),
    [
        (-0.8, 0.049, "recovered"),
        (-0.8, 0.05, "not shown"),
        (0.8, 0.001, "opposite direction"),
        (0.8, 0.7, "not shown"),
    ],
)
def test_a_direction_needs_the_sign_and_significance(estimate, p, expected):
    effects = model_tables.headline(average=(estimate, p))
    row = verdict("moderation_iip", "negative", effects=effects)
    assert (row["kind"], row["verdict"]) == ("direction", expected)
    assert row["recomputed"] == estimate


def test_a_positive_direction_is_the_mirror_image():
    effects = model_tables.headline(average=(0.8, 0.001))
    assert verdict("moderation_iip", "positive", effects=effects)["verdict"] == "recovered"


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ({}, "recovered"),
        ({"by_length": (-0.5, 0.2)}, "not shown"),
        ({"by_length": (0.5, 0.2)}, "not shown"),
        # the term is significant, but at no stated length is there a moderation
        ({"by_length": (0.5, 0.01), "long": (-0.1, 0.9)}, "not shown"),
        (
            {"by_length": (0.5, 0.01), "short": (-2.0, 0.01), "long": (-0.1, 0.9)},
            "opposite direction",
        ),
        ({"by_length": (0.5, 0.01), "long": (2.0, 0.01)}, "opposite direction"),
        ({"by_length": (-0.5, 0.01), "short": (1.0, 0.01)}, "recovered"),
        ({"by_length": None}, "not estimable"),
    ],
)
def test_most_pronounced_in_longer_treatments_is_what_lengths_show(found, expected):
    row = verdict("moderation_length", "negative", effects=model_tables.headline(**found))
    assert row["verdict"] == expected


def test_a_term_that_the_model_lacks_is_not_estimable():
    row = verdict("moderation_iip", "negative", effects=model_tables.headline(average=None))
    assert row["verdict"] == "not estimable"
    assert np.isnan(row["recomputed"])


def test_planted_directions_are_called_planted_only_in_synthetic_data():
    assert "planted" in verdict("moderation_iip", "negative")["note"]
    assert "planted" not in verdict("moderation_iip", "negative", synthetic=False)["note"]


def test_an_unknown_item_is_reported_as_not_computed():
    row = verdict("effect_size", 0.4, 1)
    assert row["verdict"] == "not computed"
    assert np.isnan(row["recomputed"])


@pytest.mark.parametrize(
    ("printed", "found", "expected"),
    [("9.8", 9.84, "reproduced"), ("9.8", 9.86, "differs"), ("10", 10.4, "reproduced")],
)
def test_decimals_that_are_not_stated_are_those_printed(printed, found, expected):
    assert verdict("sessions_mean", printed, mean=found, synthetic=False)["verdict"] == expected


def test_therapists_that_were_not_recorded_are_not_counted():
    nobody = cohort()
    nobody.loc[nobody["variable"] == "therapists", "value"] = 0.0
    row = verify(
        published_row("n_therapists", 52, 0),
        nobody,
        BREAKDOWN,
        model_tables.headline(),
        synthetic=False,
    ).iloc[0]
    assert row["verdict"] == "not computed"
    assert np.isnan(row["recomputed"])
