"""The sorted tables that plausibility checks examine, with indices of patients and therapists."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rupture_repair.config.instruments import Instrument
from rupture_repair.validation.problems import Problem, Severity

MAX_NAMED = 10  # patients or therapists in one message
RATINGS = ("alliance", "symptoms")
TO_SD = 1.4826  # median absolute deviation → standard deviation of a normal distribution


@dataclass(frozen=True)
class Evidence:
    """Both tables of a cohort without blocking problems.

    patients : `patient_id`, `therapist_id`, `iip`; sessions : `patient_id`, `session`,
    `alliance`, `symptoms`, perhaps `date`, sorted by patient and session. files : by kind;
    names : the files' own names of the columns, by role; instruments : by role.
    """

    patients: pd.DataFrame
    sessions: pd.DataFrame
    files: Mapping[str, str]
    names: Mapping[str, str]
    instruments: Mapping[str, Instrument]

    @classmethod
    def of(
        cls,
        patients: pd.DataFrame,
        sessions: pd.DataFrame,
        files: Mapping[str, str],
        names: Mapping[str, str | None],
        instruments: Mapping[str, Instrument],
    ) -> "Evidence":
        """Sort the sessions; a column that has no name in the files goes by its role."""
        ordered = sessions.sort_values(["patient_id", "session"], ignore_index=True)
        own = {role: name for role, name in names.items() if name}
        short = {role: tool.short for role, tool in instruments.items()}
        return cls(patients, ordered, files, short | own, instruments)

    @cached_property
    def patient(self) -> NDArray[np.int64]:
        """The number of each session's patient, 0, 1, … in order of the sessions."""
        return pd.factorize(self.sessions["patient_id"])[0]

    @cached_property
    def ids(self) -> NDArray[np.object_]:
        """The pseudonym of each patient who has sessions, by that number."""
        return self.sessions["patient_id"].drop_duplicates().to_numpy(dtype=object)

    @cached_property
    def therapist(self) -> pd.Series:
        """The therapist of each patient, indexed by pseudonym; patients without one are absent."""
        known = self.patients.dropna(subset=["patient_id", "therapist_id"])
        return known.drop_duplicates("patient_id").set_index("patient_id")["therapist_id"]

    @cached_property
    def means(self) -> pd.DataFrame:
        """The mean `alliance` and `symptoms` of each patient, and `iip` and the first symptoms."""
        own = self.sessions.groupby("patient_id", sort=False)
        table = own[list(RATINGS)].mean()
        table["first_symptoms"] = own["symptoms"].first()
        baseline = self.patients.drop_duplicates("patient_id").set_index("patient_id")["iip"]
        return table.assign(iip=baseline.reindex(table.index))

    @cached_property
    def within(self) -> pd.DataFrame:
        """Each rating minus its patient's mean, `alliance` and `symptoms`."""
        own = self.sessions.groupby(self.patient)[list(RATINGS)]
        return self.sessions[list(RATINGS)] - own.transform("mean")

    def problem(
        self,
        role: str,
        message: str,
        remedy: str,
        why: str,
        *,
        severity: Severity = "warning",
        patients: Iterable[object] = (),
        therapists: Iterable[object] = (),
        session: str | None = None,
    ) -> Problem:
        """Return a problem of the column of `role`, or of a table where `role` is its kind."""
        kind = "patients" if role in ("patients", "iip", "therapist_id") else "sessions"
        found = Problem(severity, self.files[kind], message, remedy, why=why, session=session)
        who, whose = named(patients), named(therapists)
        return replace(
            found,
            column=self.names.get(role),
            patient_id=who or None,
            value=f"therapist {whose}" if whose else None,
        )


def named(names: Iterable[object]) -> str:
    """Return `P1, P2 and 3 more`."""
    every = [str(name) for name in dict.fromkeys(names)]
    shown = ", ".join(every[:MAX_NAMED])
    more = len(every) - MAX_NAMED
    return f"{shown} and {more} more" if more > 0 else shown


def robust_sd(deviations: NDArray[np.float64]) -> float:
    """Return a standard deviation that single outliers do not move; 0 without any value.

    Where more than half of the deviations are 0, the ordinary one.
    """
    if not len(deviations):
        return 0.0
    return TO_SD * float(np.median(np.abs(deviations))) or float(np.std(deviations))
