"""Every number of the prose, rounded, by key: the content of `_variables.yml`."""

import math
from collections.abc import Mapping
from typing import Any

from rupture_repair.config.criteria import OWN_SCALES, PATTERNS
from rupture_repair.config.reporting import ALPHA
from rupture_repair.disclosure.suppression import told
from rupture_repair.manuscript import apa
from rupture_repair.manuscript.claims import claims
from rupture_repair.manuscript.criterion_words import criterion_keys
from rupture_repair.manuscript.results import Results
from rupture_repair.manuscript.summary_claims import summary_claims

PATIENT_TERMS = {
    "correlated": "an intercept and a slope on time, correlated",
    "independent": "an intercept and a slope on time, independent of each other",
    "intercept": "an intercept",
}


def variables(results: Results, engine: str) -> dict[str, Any]:
    """Return the nested keys; each value is text ready for print.

    engine : name and version of the rendering engine, for the colophon.
    """
    settings = results.settings
    return {
        "cohort": {"title": settings["title"], "name": settings["name"]},
        "n": _counts(results),
        "sessions": {
            **{
                name: apa.number(results.described("sessions", name), places)
                for name, places in (("mean", 1), ("sd", 2), ("min", 0), ("max", 0))
            },
            "median": apa.count(results.described("sessions", "median")),
        },
        "missing": {
            kind: apa.number(results.described(f"missing_{kind}", "percent"), 1)
            for kind in ("ratings", "symptoms")
        },
        "percent": {p: apa.number(_share(results, p), 1) for p in PATTERNS},
        "published": _published(results),
        "iip": _spread(results, "iip"),
        "symptoms": _spread(results, "first_symptoms"),
        "alliance": _spread(results, "first_alliance"),
        "instrument": {role: _instrument(tool) for role, tool in settings["instruments"].items()},
        "criterion": criterion_keys(settings["criterion"]),
        "rupture": _ruptures(results),
        "chance": _chance(results),
        "model": _models(results),
        "sensitivity": {"landmark": str(settings["sensitivity"]["landmark"])},
        "robustness": {
            "replicates": str(settings["robustness"]["replicates"]),
            "units": _resampled(results),
        },
        "claim": claims(results) | summary_claims(results),
        "run": _run(results, engine),
    }


def _instrument(tool: Mapping[str, Any]) -> dict[str, str]:
    return {
        "title": tool["title"],
        "named": f"[{tool['short']}\\; @{tool['citation']}]"
        if tool["citation"]
        else f"({tool['short']}; {tool['source']})",
        "minimum": f"{tool['minimum']:g}",
        "maximum": f"{tool['maximum']:g}",
        "direction": f"higher is {tool['higher_is']}",
    }


def _counts(results: Results) -> dict[str, str]:
    flow = results.tables["patient_flow"].set_index("step")
    breakdown = results.tables["pattern_breakdown"].set_index("pattern")["n"]
    comparison = results.tables["model_comparison"]
    left_out = flow["n"].iloc[0] - flow["n"].iloc[-1]
    return {
        "patients": told(_patients(results)),
        "in_file": told(flow["n"].iloc[0]),
        "modelled": told(flow["n"].iloc[-1]),
        "left_out": told(left_out) if left_out != 0 else "none",
        "observations": "no" if comparison.empty else apa.number(comparison["n_obs"].iloc[-1], 0),
        **_therapists(results),
        **{p: told(breakdown[p]) for p in PATTERNS},
    }


def _patients(results: Results) -> float:
    """Where the number admitted would give a small count away, that of the classified is told."""
    admitted = results.described("patients", "n")
    flow = results.tables["patient_flow"].set_index("step")["n"]
    return float(flow["classified"]) if math.isnan(admitted) else admitted


def _therapists(results: Results) -> dict[str, str]:
    """Return who treated the patients, as read after `patients` and after `treated by`."""
    n = int(results.described("therapists", "n"))
    if not n:
        return {
            "of_therapists": "(therapists not recorded)",
            "by_therapists": "therapists who were not recorded",
        }
    many = apa.plural(n, "therapist")
    each = apa.number(_patients(results) / n, 1)
    return {
        "of_therapists": f"of {many}",
        "by_therapists": many if n == 1 else f"{many} (on average {each} patients each)",
    }


def _share(results: Results, pattern: str) -> float:
    return float(results.tables["pattern_breakdown"].set_index("pattern")["percent"][pattern])


def _published(results: Results) -> dict[str, str]:
    """Return published figures as printed in their source; an en dash where there are none."""
    items = results.tables["verification"].set_index("item")["published"]
    names = (
        "n_patients",
        "n_therapists",
        "sessions_min",
        "sessions_max",
        "sessions_mean",
        "sessions_sd",
        *(f"percent_{pattern}" for pattern in PATTERNS),
    )
    return {name: str(items.get(name, "–")) for name in names}


def _spread(results: Results, variable: str) -> dict[str, str]:
    return {name: apa.number(results.described(variable, name)) for name in ("mean", "sd")}


def _ruptures(results: Results) -> dict[str, str]:
    return {
        "unclassifiable": _unclassifiable(results),
        "sizes": _sizes(results),
        "found": _found(results),
    }


def _sizes(results: Results) -> str:
    """Return the SD within patients and the threshold: the median where each has their own."""
    points = results.quantity("median_threshold")
    within = apa.number(results.quantity("pooled_within_sd"))
    words = f"the pooled within-patient standard deviation was {within} points"
    if math.isnan(points):
        return words
    own = results.settings["criterion"]["scale"] in OWN_SCALES
    which = "median threshold of the ruptures" if own else "threshold"
    return f"{words}, the {which} {apa.number(points)} points"


def _unclassifiable(results: Results) -> str:
    n = results.quantity("n_unclassifiable")
    if not n:
        return "No patient was unclassifiable."
    return f"Of all patients, {results.shown(n)} could not be classified."


def _found(results: Results) -> str:
    """Return sentences on number, size, repair and place of the ruptures."""
    quantity = results.quantity
    if not quantity("n_ruptures"):
        return "There were no ruptures."
    repaired = "none was repaired."
    if quantity("n_repaired_ruptures"):
        after = apa.count(quantity("median_sessions_to_repair"))
        many = results.shown(quantity("n_repaired_ruptures"))
        repaired = f"{many} were repaired, at the median after {after} sessions."
    return (
        f"There were {results.shown(quantity('n_ruptures'))} ruptures with a mean drop of "
        f"{apa.number(quantity('mean_drop'))} points (*SD* = {apa.number(quantity('sd_drop'))}); "
        f"{repaired} In the last rated session, where no repair could be seen, there were "
        f"{results.shown(quantity('n_unobservable_ruptures'))}; they count as unrepaired. "
        f"In {results.shown(quantity('n_patients_several_ruptures'))} patients there were several. "
        "The first rupture occurred at the median in session "
        f"{apa.count(quantity('median_first_rupture'))}."
    )


def _chance(results: Results) -> dict[str, str]:
    return {"replicates": str(results.settings["chance"]["replicates"])}


def _models(results: Results) -> dict[str, Any]:
    settings = results.settings["modelling"]
    return {
        "random": _random_part(results),
        "time": "log(session)" if settings["time"] == "log" else "session − 1",
        "tests": (
            f"Tests are two-sided, *α* = {apa.proportion(ALPHA)}. The primary test is that of the "
            "product of time, repaired pattern and interpersonal problems in M2, the secondary one "
            "that of its product with treatment length in M3; the others are not adjusted for "
            "their number."
        ),
        "confidence": f"{100 * settings['confidence']:g}",
        "lengths": apa.joined([f"{length:g}" for length in settings["lengths"]]),
        "iip_levels": apa.joined([apa.number(level, 0) for level in settings["iip_levels"]]),
        "course": _course(results),
        "explained": _explained(results),
    }


def _course(results: Results) -> str:
    """Return sentences on the course of symptoms and on how alike ratings are, from M0."""
    slope = results.effect("M0", "time")
    if slope is None:
        return "The course of symptoms could not be estimated."
    unit = "unit of log(session)" if results.settings["modelling"]["time"] == "log" else "session"
    shares = results.tables["variance_components"].set_index(["model", "component"])
    shares = shares["share_at_start"]["M0"]
    words = (
        f"Over all patients, symptoms changed by {apa.number(slope['estimate'])} points per "
        f"{unit}, {results.interval_name} {apa.interval(slope['ci_low'], slope['ci_high'])}. "
        "At the first session, the intraclass correlation was "
        f"{apa.proportion(shares['patient'])} for patients"
    )
    if "therapist" in shares:
        return f"{words} and {apa.proportion(shares['therapist'])} for therapists."
    return f"{words}; that of therapists could not be estimated."


def _explained(results: Results) -> str:
    fixed, both = (results.component("M2", f"r2_{part}") for part in ("marginal", "conditional"))
    if math.isnan(fixed):
        return "Model M2 could not be estimated."
    return (
        f"For M2, marginal *R*² was {apa.proportion(fixed)} (fixed part), conditional *R*² "
        f"{apa.proportion(both)} (fixed and random part)."
    )


def _random_part(results: Results) -> str:
    """Return a sentence on the random terms that the models have."""
    patients = PATIENT_TERMS[results.settings["modelling"]["patient_terms"]]
    if "therapist" in set(results.tables["variance_components"]["component"]):
        return f"The random part has an intercept for therapists, and for patients {patients}."
    return f"The random part has, for patients, {patients}; it has no term for therapists."


def _resampled(results: Results) -> str:
    """Return whom the bootstrap draws: therapists, or patients where there is no term for them."""
    units = sorted(set(results.tables["robustness"]["unit"].dropna()))
    return " or ".join(f"{unit}s" for unit in units) or "therapists"


def _run(results: Results, engine: str) -> dict[str, str]:
    record = results.provenance
    address = record["address"]
    tree = {True: "unchanged", False: "changed after the commit", None: "not under version control"}
    return {
        "version": record["version"],
        "commit": record["commit"] or "unknown",
        "where": f"available at <{address}>, at" if address else "identified by",
        "tree": tree[record["clean_tree"]],
        "config": record["config_digest"][:16],
        "seed": "none" if record["seed"] is None else str(record["seed"]),
        "python": record["python"],
        "engine": engine,
    }
