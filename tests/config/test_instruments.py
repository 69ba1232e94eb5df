"""The questionnaires that are shipped, and what an entry may say."""

import numpy as np
import pandas as pd
import pytest
import yaml
from pydantic import ValidationError
from rupture_repair.cohort.scores import score_items
from rupture_repair.config.instruments import Instrument
from rupture_repair.config.instruments_page import instruments_page
from rupture_repair.modelling.reliable_change import reliable_at_95

NAMED = {
    "alliance": "SAI WAI-SR WAI-SR-7 WAI-S WAI-36 HAQ-II HAQ-D CALPAS ARM-5 ARM-12 BPSR-P SRS",
    "symptoms": (
        "CORE-10 CORE-OM CORE-OM-10 CORE-5 GP-CORE OQ-45 OQ-30 PHQ-9 PHQ-4 GAD-7 GAD-2 BDI-II "
        "MADRS-S QIDS-SR DASS-21 DASS-21-doubled K10 PCL-5 CCAPS-34 BSI-18 BSI-53 SCL-90-R "
        "SCL-K-9 HSCL-25 ORS WHO-5 WHO-5-raw"
    ),
    "iip": (
        "IIP-32 IIP-64 IIP-12 IIP-SC ECR-S ECR-R RQ PID-5-BF LPFS-BF LPFS-SR OPD-SQS SIPP-SF"
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def library(root):
    entries = yaml.safe_load((root / "config/instruments.yaml").read_text(encoding="utf-8"))
    return {key: Instrument(**entry) for key, entry in entries.items()}


@pytest.mark.parametrize("role", NAMED)
def test_the_usual_questionnaires_are_there(library, role):
    assert {key for key, tool in library.items() if tool.measures == role} == set(
        NAMED[role].split()
    )


def test_answers_at_both_ends_give_both_ends_of_the_score(library):
    """Of every questionnaire that can be scored here, reversed items and factors included."""
    scored = {key: tool for key, tool in library.items() if tool.scoring}
    assert len(scored) > 25
    for key, tool in scored.items():
        scoring = tool.scoring
        worst = [
            scoring.item_maximum if item in scoring.reversed else scoring.item_minimum
            for item in range(1, scoring.items + 1)
        ]
        best = [scoring.item_minimum + scoring.item_maximum - answer for answer in worst]
        found = score_items(pd.DataFrame([worst, best]), scoring)
        assert found.tolist() == pytest.approx([tool.minimum, tool.maximum]), key


def test_steps_are_those_of_the_scoring(library):
    """One answer of one item higher is one step; lines that are marked have none."""
    for key, tool in library.items():
        if tool.scoring and tool.step:
            answers = np.full((2, tool.scoring.items), tool.scoring.item_minimum)
            answers[1, 0] += 1
            low, high = score_items(pd.DataFrame(answers), tool.scoring)
            assert abs(high - low) == pytest.approx(tool.step), key
        if tool.step:
            n_steps = (tool.maximum - tool.minimum) / tool.step
            assert n_steps == pytest.approx(round(n_steps)), key


def test_reliable_changes_lie_within_the_scale(library):
    for key, tool in library.items():
        if tool.reliable_change is not None:
            assert tool.reliable_change < (tool.maximum - tool.minimum) / 2, key


def test_the_clinical_score_of_the_core_om_is_ten_times_its_mean(library):
    mean, clinical = library["CORE-OM"], library["CORE-OM-10"]
    answers = pd.DataFrame(np.random.default_rng(3).integers(0, 5, (20, 34)))
    assert np.allclose(
        score_items(answers, clinical.scoring), 10 * score_items(answers, mean.scoring)
    )
    assert clinical.maximum == 10 * mean.maximum


def test_the_reliable_change_of_the_core_10_is_of_90_percent(library):
    """Barkham et al. (2013): 6 points; alpha .90 and SD 7.7 give 1.96 · √2 · 7.7 · √.1 at 95%."""
    tool = library["CORE-10"]
    assert (tool.reliable_change, tool.reliable_change_level) == (6, 0.9)
    assert reliable_at_95(tool) == pytest.approx(6.75, abs=0.005)
    # the published 6 is what 1.645 gives, rounded up
    assert 1.645 / 1.96 * reliable_at_95(tool) == pytest.approx(5.66, abs=0.01)


@pytest.mark.parametrize(
    "change", [{"reliable_change_level": 0.95}, {"reliability": None}, {"reference_sd": None}]
)
def test_no_stricter_criterion_where_nothing_gives_one(library, change):
    assert reliable_at_95(library["CORE-10"].model_copy(update=change)) is None


ENTRY = {"title": "X", "short": "X", "measures": "symptoms", "minimum": 0, "maximum": 40,
         "higher_is": "worse", "source": "Anyone, 2001"}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"source": None}, "give `source`"),
        ({"seen": "abstract"}, "`seen_in` is the place"),
        ({"seen": "memory", "seen_in": "doi:10.1/1"}, "`seen_in` is the place"),
        ({"reliable_change_level": 0.9}, "without `reliable_change`"),
        ({"scoring": {"items": 4, "item_minimum": 0, "item_maximum": 4, "score": "mean"}},
         "by `scoring` the score goes from 0 to 4"),
        ({"scoring": {"items": 4, "item_minimum": 0, "item_maximum": 4, "score": "mean",
                      "factor": 5}}, "by `scoring` the score goes from 0 to 20"),
    ],
)  # fmt: skip
def test_an_entry_that_contradicts_itself(change, said):
    with pytest.raises(ValidationError, match=said):
        Instrument(**ENTRY | change)


def test_each_entry_says_where_its_facts_were_seen(library):
    for key, tool in library.items():
        assert tool.source, key
        assert tool.seen, key
        if tool.seen != "memory":
            assert tool.seen_in, key
        for fact in tool.not_seen:
            assert fact in ("items", "range", "direction", "scoring") or (
                tool.scoring.reversed if fact == "reversed" else getattr(tool, fact)
            ), (key, fact)


def test_the_range_of_the_lpfs_sr_is_that_of_its_weights(library):
    """Each weight times the answer that gives the least or the largest product of 1 to 4."""
    weights = {-0.5: 12, 0.5: 14, 1.5: 15, 2.5: 20, 3.5: 19}
    assert sum(weights.values()) == 80
    ends = [
        sum(n * choose(weight * 1, weight * 4) for weight, n in weights.items())
        for choose in (min, max)
    ]
    assert [library["LPFS-SR"].minimum, library["LPFS-SR"].maximum] == ends
    assert not library["LPFS-SR"].known("range")


def test_the_page_of_questionnaires_is_made_of_the_library(root, library):
    shipped = (root / "config/INSTRUMENTS.md").read_text(encoding="utf-8")
    assert shipped == instruments_page(root / "config/instruments.yaml"), "run `make config-docs`"
    rows = {line.split("`")[1]: line for line in shipped.splitlines() if line.startswith("| `")}
    assert list(rows) == list(library)
    for key, tool in library.items():
        unchecked = "from memory, not checked against the source" in rows[key]
        assert unchecked == (tool.seen == "memory"), key


def test_a_range_that_was_not_seen_is_named_so_and_your_own_is_not(library):
    assert library["CORE-10"].named_range == "CORE-10"
    for key in ("SAI", "ARM-12"):  # not found there; nothing seen
        assert "not checked" in library[key].named_range
    assert Instrument(**ENTRY).named_range == "X"


def test_a_factor_makes_the_range(library):
    scoring = {"items": 4, "item_minimum": 0, "item_maximum": 4, "score": "mean", "factor": 10}
    assert Instrument(**ENTRY | {"scoring": scoring}).scoring.factor == 10
