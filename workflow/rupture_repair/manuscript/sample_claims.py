"""Sentences on the sample and the frequency of patterns, in which no small count is given."""

import math

from rupture_repair.config.criteria import PATTERNS
from rupture_repair.config.inclusion import Inclusion
from rupture_repair.disclosure.suppression import FEW, told
from rupture_repair.manuscript import apa
from rupture_repair.manuscript.results import Results

FOUND = {
    "none": "no rupture was found in",
    "unrepaired": "an unrepaired pattern in",
    "repaired": "a repaired one in",
}
NAMED = {
    "none": "no rupture",
    "unrepaired": "an unrepaired pattern",
    "repaired": "a repaired pattern",
}

THERAPIST_CHANGED = {
    "refuse": "",  # there is no such patient
    "first": "; a patient whose therapist changed counts with the first one",
    "last": "; a patient whose therapist changed counts with the last one",
    "most": "; a patient whose therapist changed counts with the one who had most of the sessions",
    "exclude": "; patients whose therapist changed were left out",
}


def sample_claims(results: Results) -> dict[str, str]:
    """Return the sentences by name."""
    return {
        "inclusion": inclusion(results.settings.inclusion),
        "flow": _flow(results),
        "sessions": _sessions(results),
        "patterns": _patterns(results, counted=True),
        "shares": _patterns(results, counted=False),
    }


def inclusion(rules: Inclusion) -> str:
    """Say who was to be analysed, as the cohort file has it."""
    n, fewest = rules.min_sessions, rules.min_patients_per_therapist
    sentence = f"Patients with {apa.plural(n, 'session')} or more were analysed"
    if fewest > 1:
        sentence += f", if their therapist had at least {apa.count(fewest)} such patients"
    return f"{sentence}{THERAPIST_CHANGED[rules.therapist_change]}."


def _flow(results: Results) -> str:
    """Say how many patients were in the file, were left out, and entered the models."""
    n = results.tables["patient_flow"].set_index("step")["n"].astype(float)
    in_file, classified, modelled = n.iloc[0], n["classified"], n.iloc[-1]
    comparison = results.tables["model_comparison"]
    ratings = "no" if comparison.empty else apa.number(comparison["n_obs"].iloc[-1], 0)
    models = f"entered the models ({ratings} symptom ratings)"
    if math.isnan(modelled):
        left_out = in_file - classified
        entered = f"all but {FEW} of the {told(classified)} others {models}"
    else:
        left_out = in_file - modelled
        entered = f"{told(modelled)} {models}"
    rules = "By the rules of inclusion"
    if math.isnan(in_file):  # it is near the number classified
        if modelled < classified:
            entered = f"of the {told(classified)} others, {entered}"
        return f"{rules}, {FEW} patients of the file were left out; {entered}."
    who = told(left_out) if left_out else "none"
    return (
        f"The patient file held {told(in_file)} patients. {rules}, {who} of them were left out; "
        f"{entered}."
    )


def _sessions(results: Results) -> str:
    """Return the lengths of treatments, as read after `for`."""
    mean, sd, median, low, high = (
        results.described("sessions", name) for name in ("mean", "sd", "median", "min", "max")
    )
    spread = f"*M* = {apa.number(mean, 1)}, *SD* = {apa.number(sd)}"
    if math.isnan(low):
        return f"a median of {apa.count(median)} sessions ({spread})"
    return f"{low:.0f} to {high:.0f} sessions ({spread}, *Mdn* = {apa.count(median)})"


def _patterns(results: Results, *, counted: bool) -> str:
    """Say in how many patients each pattern was found; `counted`: with numbers of patients."""
    rows = results.tables["pattern_breakdown"].set_index("pattern")
    shown = [pattern for pattern in PATTERNS if pattern not in results.hidden]
    parts: list[str] = []
    for pattern in shown:
        share = f"{apa.number(rows.loc[pattern, 'percent'], 1)}%"
        unit = "" if parts else " patients" if counted else " of the patients"
        number = f"{told(rows.loc[pattern, 'n'])}{unit} ({share})" if counted else f"{share}{unit}"
        parts.append(f"{FOUND[pattern]} {number}")
    where = " (@fig-pattern-breakdown, @tbl-breakdown)" if counted else ""
    sentences = [f"{apa.joined(parts)}{'' if results.hidden else where}"] if parts else []
    if results.hidden:
        names = " or ".join(NAMED[pattern] for pattern in PATTERNS if pattern in results.hidden)
        what = "How many" if counted else "What share"
        sentences.append(
            f"{what} of them had {names} is not given, because one of these groups has {FEW} "
            f"patients{where}"
        )
    return " ".join(f"{sentence[0].upper()}{sentence[1:]}." for sentence in sentences)
