"""Who of the patients in the raw files is analysed."""

from typing import Literal

from pydantic import Field

from rupture_repair.config.base import Sessions, Strict


class Inclusion(Strict):
    """Who is analysed."""

    min_sessions: Sessions = Field(
        3, description="Patients with fewer sessions are left out, and counted."
    )
    min_patients_per_therapist: int = Field(
        1,
        ge=1,
        description=(
            "Patients of therapists with fewer patients, by all other rules, are left out, and "
            "counted. Without effect where therapists were not recorded."
        ),
    )
    therapist_change: Literal["refuse", "first", "last", "most", "exclude"] = Field(
        "refuse",
        description=(
            "A therapist who changes within a treatment: `refuse` stops and names the patients; "
            "`first`, `last` or `most` (sessions) names the one who counts; `exclude` leaves the "
            "patients out, and counts them."
        ),
    )
