"""What is claimed of speed is what was measured, with all that belongs to it."""

import re

import numpy as np
import pandas as pd
import pytest

# words by which a page would claim what only docs/speed.md may, made from a measurement
CLAIM = re.compile(
    r"\d+(?:\.\d+)? times (?:as fast|the (?:peer's )?speed)|× (?:faster|lme4|the floor)"
    r"|times lme4's speed",
)
PAGES = ("README.md", "CONTRIBUTING.md", "docs/**/*.md", "benchmarks/README.md")


@pytest.fixture
def speed(root, monkeypatch):
    monkeypatch.syspath_prepend(root / "benchmarks")
    return __import__("speed")


@pytest.fixture
def measured(speed):
    return speed.read(speed.MEASURED)


def test_the_page_is_made_from_what_was_measured(speed, measured):
    text = speed.PAGE.read_text(encoding="utf-8")
    assert text == speed.page(measured, speed_absent(text))


def speed_absent(text):
    """Peers that the page says were not found."""
    found = re.search(r"Not found, so without rows: (.*)\.", text)
    return found[1].split(", ") if found else []


def test_each_row_says_under_what_conditions(speed, measured):
    assert set(measured["benchmark"]) == set(speed.WHAT)
    assert (measured["threads"] == 1).all()
    beside = measured[measured["peer"] != ""]
    assert (beside["peer_version"] != "").all() and (measured["subject_version"] != "").all()
    np.testing.assert_allclose(beside["ratio"], beside["peer_s"] / beside["subject_s"])
    searched = measured[measured["subject_starts"] != ""]
    assert (searched["subject_tolerance"] != "").all()
    # alone is what no peer does
    alone = set(measured.loc[measured["peer"] == "", "benchmark"])
    assert alone <= {"fit_scaling"} or speed_absent(speed.PAGE.read_text(encoding="utf-8"))


def test_the_sentence_of_another_page_says_what_the_page_says(speed, measured):
    text = speed.NOTEBOOK.read_text(encoding="utf-8")
    assert speed.BEGIN in text
    assert speed.with_sentence(text, speed.sentence(measured)) == text


def test_no_other_page_claims_a_speed(root, speed):
    claims = {}
    for pattern in PAGES:
        for file in root.glob(pattern):
            text = file.read_text(encoding="utf-8")
            if speed.BEGIN in text:
                text = text.partition(speed.BEGIN)[0] + text.partition(speed.END)[2]
            if file != speed.PAGE and (found := CLAIM.findall(text)):
                claims[file.name] = found
    assert claims == {}


def test_peers_that_are_not_there_are_named(speed, measured):
    without = measured[measured["peer"].isin(["", "numpy_floor", "statsmodels"])]
    text = speed.page(without, ("lme4", "lmerTest"))
    assert "Not found, so without rows: lme4, lmerTest." in text
    assert "where R is there" in text
    assert "lmerTest" not in speed.sentence(without)


def test_a_busy_machine_is_said(speed, measured):
    assert speed.BUSY in speed.page(measured.assign(load=7.5), ())
    assert speed.BUSY not in speed.page(measured.assign(load=0.9), ())
    assert isinstance(measured, pd.DataFrame)
