"""Cohorts with model tables made by hand."""

import pandas as pd


def cohort(name, title=None, synthetic=False, higher_is="worse", symptoms="CORE-10"):
    """Return the settings that the comparison reads."""
    tools = {"alliance": {"short": "SAI"}, "iip": {"short": "IIP-32"}}
    tools["symptoms"] = {"short": symptoms, "higher_is": higher_is}
    settings = {"name": name, "title": title or name.title(), "synthetic": synthetic}
    return settings | {"time": "log", "instruments": tools, "criterion": {"name": "own_sd"}}


def table_one(patients=100, sd=7.0):
    """Return what the comparison reads of Table 1."""
    rows = [("patients", "n", patients), ("therapists", "n", 12)]
    rows += [("sessions", "mean", 9.8), ("sessions", "sd", 8.4), ("first_symptoms", "sd", sd)]
    return pd.DataFrame(
        [(variable, statistic, "all", float(value)) for variable, statistic, value in rows]
        + [("first_symptoms", "sd", "repaired", 99.0)],
        columns=["variable", "statistic", "group", "value"],
    )
