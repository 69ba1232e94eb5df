"""A synthetic cohort calibrated to published figures (docs/methods.md, Synthetic cohort).

The pattern of each patient is planted through the course of the alliance and never written: a
classifier handed in by the caller must find it in the ratings alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rupture_repair.cohort.alliance_courses import (
    MIN_SESSIONS_TO_REPAIR,
    Classifier,
    on_grid,
    ratings_as_planted,
)
from rupture_repair.cohort.lengths import draw_caseloads, draw_lengths
from rupture_repair.config.criteria import PATTERNS
from rupture_repair.config.instruments import Instrument
from rupture_repair.config.synthetic import Demographics, Synthetic


@dataclass(frozen=True)
class Targets:
    """Figures that the cohort meets after rounding.

    sessions_mean, sessions_sd : None leaves the lengths as their distribution gives them.
    """

    n_patients: int
    n_therapists: int
    sessions_mean: float | None
    sessions_sd: float | None
    sessions_min: int
    sessions_max: int
    patterns: dict[str, int]

    @classmethod
    def from_published(cls, published: pd.DataFrame) -> "Targets":
        """Read the targets from a published-figures table (columns `item`, `published`)."""
        value = published.set_index("item")["published"]
        return cls(
            n_patients=int(value["n_patients"]),
            n_therapists=int(value["n_therapists"]),
            sessions_mean=float(value["sessions_mean"]),
            sessions_sd=float(value["sessions_sd"]),
            sessions_min=int(value["sessions_min"]),
            sessions_max=int(value["sessions_max"]),
            patterns={pattern: int(value[f"n_{pattern}"]) for pattern in PATTERNS},
        )


@dataclass(frozen=True)
class SyntheticCohort:
    """`patients`: a row per patient; `sessions`: a row per session; `truth`: what was planted."""

    patients: pd.DataFrame
    sessions: pd.DataFrame
    truth: dict[str, Any]


def simulate(
    spec: Synthetic,
    targets: Targets,
    instruments: Mapping[str, Instrument],
    classify: Classifier,
) -> SyntheticCohort:
    """Draw a cohort that meets `targets`; `classify` maps sessions to a pattern per patient.

    instruments : by role, `alliance`, `symptoms` and `iip`.

    Tables are in the tidy form (`patient_id`, `session`, `alliance`, `symptoms`; …).
    Raises `ValueError` when the targets cannot be met.
    """
    streams = [np.random.default_rng(s) for s in np.random.SeedSequence(spec.seed).spawn(5)]
    n = targets.n_patients
    lengths = draw_lengths(
        streams[0],
        n,
        spec.length,
        mean=targets.sessions_mean,
        sd=targets.sessions_sd,
        minimum=targets.sessions_min,
        maximum=targets.sessions_max,
    )
    therapist = draw_caseloads(streams[0], n, targets.n_therapists, spec.caseload_concentration)
    person = _person_level(streams[1], spec, lengths, therapist, targets.n_therapists)
    pattern = _assign_patterns(streams[2], spec, targets, person)
    sessions = _session_grid(streams[2], person["length"].to_numpy(), spec.missing_share)
    sessions["alliance"], pattern = ratings_as_planted(
        streams[3], spec, instruments["alliance"], person, pattern, sessions, classify
    )
    sessions["symptoms"] = _symptoms(
        streams[4], spec, instruments["symptoms"], person, pattern, sessions
    )
    patients = _patient_table(streams[4], spec, instruments["iip"], person)
    sessions.loc[sessions["missing"], ["alliance", "symptoms"]] = np.nan
    ids = patients["patient_id"].to_numpy()
    sessions.insert(0, "patient_id", ids[sessions.pop("patient").to_numpy()])
    truth = {
        "note": "Parameters of the synthetic cohort. What `sources` does not name is assumed.",
        "parameters": spec.model_dump(mode="json"),
        "targets": {**targets.__dict__},
    }
    return SyntheticCohort(patients, sessions.drop(columns="missing"), truth)


def _person_level(
    rng: np.random.Generator,
    spec: Synthetic,
    lengths: NDArray[np.int64],
    therapist: NDArray[np.int64],
    n_therapists: int,
) -> pd.DataFrame:
    """Draw standard-normal traits with the planted correlations; lengths are matched by rank."""
    names = ["iip_z", "symptoms_z", "alliance_z", "length_z"]
    correlation = np.array(
        [
            [1.0, spec.iip.r_symptoms, spec.iip.r_alliance, spec.iip.r_length],
            [spec.iip.r_symptoms, 1.0, spec.r_alliance_symptoms, 0.0],
            [spec.iip.r_alliance, spec.r_alliance_symptoms, 1.0, 0.0],
            [spec.iip.r_length, 0.0, 0.0, 1.0],
        ]
    )
    traits = rng.standard_normal((len(lengths), 4)) @ np.linalg.cholesky(correlation).T
    person = pd.DataFrame(traits, columns=names)
    person["length"] = np.sort(lengths)[np.argsort(np.argsort(traits[:, 3]))]
    person["log_length"] = np.log(person["length"])
    person["length_c"] = person["log_length"] - person["log_length"].mean()
    person["therapist"] = therapist
    person["therapist_alliance"] = rng.standard_normal(n_therapists)[therapist]
    person["therapist_symptoms"] = rng.standard_normal(n_therapists)[therapist]
    person["slope_z"] = rng.standard_normal(len(lengths))
    return person


def _assign_patterns(
    rng: np.random.Generator, spec: Synthetic, targets: Targets, person: pd.DataFrame
) -> NDArray[np.str_]:
    """Plant the exact counts; Gumbel noise makes the top-k choice a draw by log odds."""
    weights = spec.patterns
    n = len(person)
    odds = weights.rupture_length * person["log_length"] + weights.rupture_iip * person["iip_z"]
    n_repaired = targets.patterns["repaired"]
    n_rupture = targets.patterns["unrepaired"] + n_repaired
    ruptured = np.argsort(-(odds + rng.gumbel(size=n)).to_numpy())[:n_rupture]
    odds = weights.repair_length * person["log_length"].to_numpy()[ruptured]
    odds = np.where(person["length"].to_numpy()[ruptured] < MIN_SESSIONS_TO_REPAIR, -np.inf, odds)
    repaired = ruptured[np.argsort(-(odds + rng.gumbel(size=n_rupture)))[:n_repaired]]
    pattern = np.full(n, "none", dtype="<U10")
    pattern[ruptured] = "unrepaired"
    pattern[repaired] = "repaired"
    return pattern


def _session_grid(
    rng: np.random.Generator, lengths: NDArray[np.int64], missing_share: float
) -> pd.DataFrame:
    patient = np.repeat(np.arange(len(lengths)), lengths)
    session = np.concatenate([np.arange(1, length + 1) for length in lengths])
    # everyone rates the first three sessions, so that each course can be classified
    eligible = np.flatnonzero(session > 3)
    missing = np.zeros(len(session), dtype=bool)
    n_missing = min(round(missing_share * len(session)), len(eligible))
    missing[rng.choice(eligible, n_missing, replace=False)] = True
    return pd.DataFrame({"patient": patient, "session": session, "missing": missing})


def _symptoms(
    rng: np.random.Generator,
    spec: Synthetic,
    instrument: Instrument,
    person: pd.DataFrame,
    pattern: NDArray[np.str_],
    sessions: pd.DataFrame,
) -> NDArray[np.float64]:
    """Slopes-as-outcomes: the planted pattern and iip change the slope on log(session)."""
    process = spec.symptoms
    unrepaired, repaired = pattern == "unrepaired", pattern == "repaired"
    iip, length = person["iip_z"], person["length_c"]
    slope = process.slope + process.slope_sd * person["slope_z"] + process.slope_iip * iip
    slope += process.slope_length * length + process.slope_iip_length * iip * length
    slope += unrepaired * (process.slope_unrepaired + process.slope_unrepaired_iip * iip)
    slope += repaired * (process.slope_repaired + process.slope_repaired_iip * iip)
    slope += repaired * process.slope_repaired_iip_length * iip * length
    therapist_sd = process.sd * np.sqrt(process.therapist_share)
    between = np.sqrt(process.sd**2 - process.residual_sd**2 - therapist_sd**2)
    start = process.mean + between * person["symptoms_z"]
    start += therapist_sd * person["therapist_symptoms"]
    who = sessions["patient"].to_numpy()
    line = start.to_numpy()[who] + slope.to_numpy()[who] * np.log(sessions["session"].to_numpy())
    noise = rng.standard_normal(len(sessions)) * process.residual_sd
    return on_grid(line + noise, instrument)


def _patient_table(
    rng: np.random.Generator, spec: Synthetic, instrument: Instrument, person: pd.DataFrame
) -> pd.DataFrame:
    """Return the patient file; age, gender, diagnosis and orientation are drawn at random."""
    n = len(person)
    n_therapists = int(person["therapist"].max()) + 1
    given = spec.demographics
    orientation = rng.choice(given.orientation, n_therapists)
    return pd.DataFrame(
        {
            "patient_id": [f"P{number:04d}" for number in rng.permutation(n) + 1],
            "therapist_id": [f"T{number + 1:02d}" for number in person["therapist"]],
            "iip": on_grid(spec.iip.mean + spec.iip.sd * person["iip_z"].to_numpy(), instrument),
            "age": _ages(rng, given, n),
            "gender": rng.choice(list(given.gender), n, p=list(given.gender.values())),
            "diagnosis": rng.choice(list(given.diagnosis), n, p=list(given.diagnosis.values())),
            "orientation": orientation[person["therapist"]],
        }
    )


def _ages(rng: np.random.Generator, given: Demographics, n: int) -> NDArray[np.int64]:
    """Whole years."""
    years = np.rint(rng.normal(given.age_mean, given.age_sd, n))
    return np.clip(years, given.age_min, given.age_max).astype(int)
