"""To whom the findings may extend: nobody, where there are no patients."""

import math
from dataclasses import dataclass

from rupture_repair.manuscript.results import Results
from rupture_repair.words.templates import Claim


@dataclass(frozen=True)
class Generality(Claim, at="discussion/generality"):
    """On whom and on what the results rest, and what they leave open.

    therapists : none where they were not recorded. in_file, left_out : patients, none where the
    number may not be told.
    """

    synthetic: bool
    therapists: int
    in_file: int | None
    left_out: int | None
    alliance: str
    symptoms: str
    problems: str


def generality(results: Results) -> str:
    """Say on whom and on what the results rest, and what they leave open."""
    flow = results.tables["patient_flow"]["n"]
    left_out = float(flow.iloc[0] - flow.iloc[-1])
    hidden = math.isnan(left_out) or results.masks(left_out)
    tools = results.settings.instruments
    return Generality(
        synthetic=results.synthetic,
        therapists=int(results.described("therapists", "n")),
        in_file=None if hidden else int(flow.iloc[0]),
        left_out=None if hidden else int(left_out),
        alliance=tools.alliance.short,
        symptoms=tools.symptoms.short,
        problems=tools.iip.short,
    ).words
