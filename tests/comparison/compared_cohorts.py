"""Cohorts with model tables made by hand."""

import pandas as pd
from rupture_repair.config.instruments import Instruments, NamedInstrument
from rupture_repair.config.steps.comparison import ComparedCohort


def cohort(name, title=None, synthetic=False, higher_is="worse", symptoms="CORE-10"):
    """Return the settings that the comparison reads."""
    tools = {
        "alliance": _tool("alliance", "SAI", "better"),
        "symptoms": _tool("symptoms", symptoms, higher_is),
        "iip": _tool("iip", "IIP-32", "worse"),
    }
    return ComparedCohort(
        name=name,
        title=title or name.title(),
        synthetic=synthetic,
        time="log",
        instruments=Instruments(**tools),
        criterion="own_sd",
    )


def _tool(measures, short, higher_is):
    return NamedInstrument(
        key=short,
        title=short,
        short=short,
        measures=measures,
        minimum=0,
        maximum=40,
        higher_is=higher_is,
        source="invented",
    )


def table_one(patients=100, sd=7.0):
    """Return what the comparison reads of Table 1."""
    rows = [("patients", "n", patients), ("therapists", "n", 12)]
    rows += [("sessions", "mean", 9.8), ("sessions", "sd", 8.4), ("first_symptoms", "sd", sd)]
    return pd.DataFrame(
        [(variable, statistic, "all", float(value)) for variable, statistic, value in rows]
        + [("first_symptoms", "sd", "repaired", 99.0)],
        columns=["variable", "statistic", "group", "value"],
    )
