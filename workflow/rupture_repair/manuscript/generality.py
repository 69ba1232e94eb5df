"""To whom the findings may extend: nobody, where there are no patients."""

import math

from rupture_repair.manuscript import apa
from rupture_repair.manuscript.results import Results


def generality(results: Results) -> str:
    """Say on whom and on what the results rest, and what they leave open."""
    if results.synthetic:
        return (
            "Nothing here extends to patients. What holds in synthetic ratings holds by the way in "
            "which they were drawn; what carries over to other data is the analysis, not its "
            "results."
        )
    return " ".join([_sample(results), _left_out(results), _measures(results), OPEN])


OPEN = (
    "Whether the associations are found with other patients, therapists, treatments and measures "
    "is open until they are looked for there."
)


def _sample(results: Results) -> str:
    n = int(results.described("therapists", "n"))
    if not n:
        return (
            "The results rest on one sample, and who the therapists were is not recorded. Nothing "
            "in the data says that patients or treatments were drawn at random from a population."
        )
    if n == 1:
        return (
            "The results rest on the patients of one therapist; what is this therapist's own "
            "cannot be told from the rest. Nothing in the data says that the patients were drawn "
            "at random from a population."
        )
    return (
        f"The results rest on one sample of patients and {n} therapists. Nothing in the data says "
        "that patients, therapists or treatments were drawn at random from a population."
    )


def _left_out(results: Results) -> str:
    """Speak of patients who are in the file and not in the models, and of those who never were."""
    flow = results.tables["patient_flow"]["n"]
    left_out = float(flow.iloc[0] - flow.iloc[-1])
    never = "who never came to be in the file is not known"
    if left_out == 0:
        return f"Nobody in the file was left out; {never}."
    if math.isnan(left_out) or results.masks(left_out):
        return (
            "Patients of the file were left out (@fig-patient-flow) and may have had other "
            f"courses; {never}."
        )
    return (
        f"Of {apa.plural(int(flow.iloc[0]), 'patient')} in the file {left_out:.0f} did not enter "
        f"the models (@fig-patient-flow) and may have had other courses; {never}."
    )


def _measures(results: Results) -> str:
    tools = results.settings.instruments
    named = apa.joined([tool.short for tool in (tools.alliance, tools.symptoms, tools.iip)])
    return (
        f"All measures ({named}) are ratings by the patients themselves: observers, therapists or "
        "other questionnaires may find ruptures in other sessions, and other change."
    )
