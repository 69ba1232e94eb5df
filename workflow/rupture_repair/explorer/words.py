"""How choices and their values are called on the page."""

from typing import Any, get_args

from rupture_repair.config.analysis import PatientTerms, Time
from rupture_repair.config.criteria import SCALES, Aggregate, Criterion, Reference
from rupture_repair.config.multiverse import Baseline, Choices, Combination, Length, TherapistTerms
from rupture_repair.explorer.data import Explored
from rupture_repair.explorer.names import CHOICES as NAMES
from rupture_repair.multiverse.specifications import FIXED

REFERENCES: dict[Reference, str] = {
    "previous": "previous rating",
    "decline_start": "rating before an unbroken decline",
    "running_mean": "mean of all earlier ratings",
    "own_mean": "patient's own mean",
}
AGGREGATES: dict[Aggregate, str] = {
    "all": "repaired if all are",
    "any": "repaired if any is",
    "first": "as the first one",
    "last": "as the last one",
}
LENGTHS: dict[Length, str] = {
    "none": "not in the model",
    "adjusted": "adjusted for",
    "moderator": "moderator of everything",
}
BASELINES: dict[Baseline, str] = {"none": "an outcome like the others", "adjusted": "adjusted for"}
TIMES: dict[Time, str] = {"log": "log(session)", "linear": "session − 1"}
PATIENTS: dict[PatientTerms, str] = {
    "correlated": "intercept and slope, correlated",
    "independent": "intercept and slope, independent",
    "intercept": "intercept",
}
THERAPISTS: dict[TherapistTerms, str] = {
    "intercept": "intercept",
    "independent": "intercept and slope, independent",
    "correlated": "intercept and slope, correlated",
    "none": "none",
}
COVARIATES = {"adjusted": "adjusted for", "none": "not in the model"}
GAPS = {1: "1 session", 2: "up to 2", 3: "up to 3", None: "any number"}
WINDOWS = {1: "1 session", 2: "2 sessions", 3: "3 sessions", 5: "5 sessions", None: "until the end"}
TOLERANCES = {0.0: "full return", 0.1: "10% of the drop", 0.25: "a quarter", 0.5: "half of it"}
ENDS = {0.0: "as rated", 0.01: "1% at each end", 0.02: "2% at each end", 0.05: "5% at each end"}
WORDS: dict[str, dict[Any, str]] = {
    "scale": {scale: words.removeprefix("the ") for scale, words in SCALES.items()},
    "reference": dict(REFERENCES),
    "max_gap": GAPS,
    "repair_window": WINDOWS,
    "repair_tolerance": TOLERANCES,
    "aggregate": dict(AGGREGATES),
    "time": dict(TIMES),
    "length": dict(LENGTHS),
    "baseline": dict(BASELINES),
    "patient_terms": dict(PATIENTS),
    "therapist_terms": dict(THERAPISTS),
    "covariates": dict(COVARIATES),
    "winsorise": ENDS,
}
GROUPS = {
    "Rupture and repair": (
        *("k", "scale", "reference", "max_gap"),
        *("repair_window", "repair_tolerance", "aggregate"),
    ),
    "Model": ("time", "length", "baseline", "patient_terms", "therapist_terms", "covariates"),
    "Patients": ("min_sessions", "winsorise", "min_patients_per_therapist"),
}
NUMBERS = ("k", "min_sessions", "min_patients_per_therapist")


def controls(explored: Explored, offered: Choices | None) -> list[dict[str, Any]]:
    """Return the controls in groups: `name`, `label`, `help`, and their values with words.

    offered : the only values that may be chosen, with those of the cohort's own analysis; None:
    all that the page knows.
    """
    covariates = bool(explored.multiverse.covariates)
    found = []
    for title, names in GROUPS.items():
        shown = [name for name in names if name != "covariates" or covariates]
        if offered is not None and title == "Patients":
            continue  # see `Sharing.require_allowed`
        found.append({"title": title, "controls": [_control(n, explored, offered) for n in shown]})
    return found


def value_words(name: str, value: Any) -> str:  # noqa: ANN401 - a plain value
    """Return a value of a choice in words."""
    known = WORDS.get(name, {})
    if value in known:
        return str(known[value])
    return "any" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def fixed_words(content: dict[str, Any]) -> str:
    """Return what else a named rule says, for which there is no control; empty for nothing."""
    defaults = Criterion().model_dump(mode="json")
    return "; ".join(
        f"{name.replace('_', ' ')}: {str(content[name]).replace('_', ' ').lower()}"
        for name in FIXED
        if content[name] != defaults[name]
    )


def _control(name: str, explored: Explored, offered: Choices | None) -> dict[str, Any]:
    own = getattr(explored.own, name)
    values = list(WORDS.get(name, {})) if offered is None else list(getattr(offered, name))
    values += [own] if name not in NUMBERS and own not in values else []
    if name in {"scale", "reference", "time"} and offered is None:
        values = list(get_args(Combination.model_fields[name].annotation)[0].__args__)
    number = name in NUMBERS and offered is None
    described = Choices.model_fields[name].description or ""
    return {
        "name": name,
        "label": NAMES[name],
        "help": described.replace("`", ""),
        "number": number,
        "least": own if number else None,  # a run has admitted no others
        "values": [] if number else [[value, value_words(name, value)] for value in values],
    }
