"""What counts as a session and as a treatment, and when symptoms were rated."""

import math

from rupture_repair.manuscript import apa
from rupture_repair.manuscript.results import Results

AGAIN = {
    "first": "Of patients who came again, only the first treatment was analysed.",
    "all": "Further treatments of a patient who came again count as one treatment with the first.",
}
NUMBERS = {
    "from_first": "Sessions were numbered from each patient's first session in the file on.",
    "in_order": "Sessions were numbered in their order, without gaps.",
}


def treatments(results: Results) -> str:
    """Say which sessions are those of a treatment."""
    rules = results.settings.sessions
    pause = (
        " A further treatment begins after more than "
        f"{apa.plural(rules.pause_days, 'day')} without a session, or where session "
        "numbers start again."
    )
    sentences = []
    if rules.intake:
        sentences.append("Ratings before the first session are no sessions.")
    if rules.leave_out:
        sentences.append("Ratings outside of the sessions were left out.")
    if choice := rules.second_treatment:
        sentences.append((_each(results) if choice == "each" else AGAIN[choice]) + pause)
    else:
        sentences.append("All sessions of a patient count as one treatment.")
    if rules.numbers in NUMBERS:
        sentences.append(NUMBERS[rules.numbers])
    return " ".join(sentences)


def _each(results: Results) -> str:
    n = _value(results, "further_treatments", "n")
    many = "" if n is None else f" (further treatments: {results.in_words(n)})"
    return (
        f"Patients who came again count once for each treatment{many}, with the same "
        "interpersonal problems; the models take treatments of one patient as independent, so "
        "that their intervals may be a little too narrow."
    )


def symptoms_when(results: Results) -> str:
    """Say when symptoms were rated, and how far from the session where it was another day."""
    median = _value(results, "symptoms_days", "median")
    if median is None:
        return "rated by the patient at each session"
    window = results.settings.sessions.symptom_days
    most = _value(results, "symptoms_days", "max") or 0.0
    # of confidential patients the largest distance, that of a single one, is not given
    largest = "" if math.isnan(most) else f", largest {apa.count(most)}"
    return (
        "rated by the patient apart from the sessions: to each session belongs the nearest "
        f"rating, at most {apa.plural(window, 'day')} before or after it, and each rating to one "
        f"session (median distance {apa.count(median)}{largest})"
    )


def _value(results: Results, variable: str, statistic: str) -> float | None:
    """Return a value of Table 1 for all, None where the table has no such row."""
    table = results.tables["cohort"]
    rows = table[(table["variable"] == variable) & (table["statistic"] == statistic)]
    return None if rows.empty else float(rows["value"].iloc[0])
