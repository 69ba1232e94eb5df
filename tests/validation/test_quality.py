"""Odd but possible data: planted one at a time in a cohort that has none."""

import numpy as np
import pandas as pd
import pytest
from rupture_repair.validation.codes import code_problems
from rupture_repair.validation.quality import oddities

NAMES = {"alliance": "SAI", "symptoms": "CORE"}


@pytest.fixture
def sessions():
    """30 patients with 6 sessions, seeded; nothing odd."""
    rng = np.random.default_rng(3)
    level = np.repeat(rng.normal(3, 0.5, 30), 6)
    table = pd.DataFrame(
        {
            "patient_id": np.repeat([f"P{i:02d}" for i in range(30)], 6),
            "session": np.tile(np.arange(1.0, 7), 30),
            "alliance": np.clip(level + rng.normal(0, 0.3, 180), 0.1, 4.9),
            "symptoms": np.clip(rng.normal(20, 4, 180), 1, 39),
        }
    )
    weekly = pd.to_timedelta(7 * table["session"], unit="D")
    return table.assign(date=pd.Timestamp("2024-01-01") + weekly)


def found(sessions, instruments):
    return [p.message for p in oddities(sessions, "s.csv", NAMES, instruments)]


def test_usual_ratings_give_no_warning(sessions, instruments):
    assert found(sessions, instruments) == []


def test_synthetic_cohort_has_no_recoded_wave(small_cohort, instruments):
    table = small_cohort.sessions.astype({"session": float})
    assert not any("session" in m and "other sessions" in m for m in found(table, instruments))


def _change(table, column, rows, value):
    return table.assign(**{column: table[column].mask(rows, value)})


def test_ceiling_and_floor(sessions, instruments):
    table = _change(sessions, "alliance", sessions.index % 5 == 0, 5.0)
    table = _change(table, "symptoms", sessions.index % 4 == 0, 0.0)
    messages = found(table, instruments)
    assert "20 % of the ratings of SAI are at the ceiling (5)" in messages
    assert "25 % of the ratings of CORE are at the floor (0)" in messages


def test_constant_responders(sessions, instruments):
    table = _change(sessions, "alliance", sessions["patient_id"].isin(["P01", "P02"]), 3.0)
    [message] = found(table, instruments)
    assert message.startswith("2 patients gave one and the same SAI rating")


def test_wave_on_another_range(sessions, instruments):
    wave = sessions["session"] == 3
    table = _change(sessions, "alliance", wave, sessions["alliance"] / 4)
    [message] = found(table, instruments)
    assert message.startswith("the ratings of SAI in session 3 lie")
    assert "below the same patients' other sessions (30 patients)" in message


def test_wave_turned_round(sessions, instruments):
    centre = sessions["alliance"].mean()
    table = sessions.assign(alliance=sessions["alliance"])
    wave = table["session"] == 4
    table = _change(table, "alliance", wave, 2 * centre - table["alliance"])
    [message] = found(table, instruments)
    assert "session 4 run against" in message


def test_gaps_in_numbers_and_dates(sessions, instruments):
    table = sessions[~((sessions["patient_id"] == "P05") & (sessions["session"] == 2))]
    late = (table["patient_id"] == "P06") & (table["session"] > 4)
    table = table.assign(date=table["date"].mask(late, table["date"] + pd.Timedelta(days=100)))
    assert found(table, instruments) == [
        "a patient's session number skips one or more sessions, 1 time",
        "more than 90 days lie between two sessions of a patient, 1 time",
    ]


def test_cohort_without_ratings(sessions, instruments):
    assert found(sessions.assign(alliance=np.nan), instruments) == []


def test_missing_code_that_is_a_score(instruments):
    table = pd.DataFrame({"CORE": ["9", "9", "99", "3"]})
    tool = instruments["symptoms"]
    names, tools = {"symptoms": "CORE"}, {"symptoms": tool}
    [problem] = code_problems(table, names, ["", "NA", "9", "99"], tools, "s.csv")
    assert problem.severity == "warning"
    assert problem.message.startswith("2 cells of CORE are `9`")
