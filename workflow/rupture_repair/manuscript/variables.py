"""Every number of the prose, rounded, by key: the content of `_variables.yml`."""

import math
from typing import Any, assert_never

from rupture_repair.config.analysis import PatientTerms
from rupture_repair.config.criteria import OWN_SCALES, PATTERNS
from rupture_repair.config.instruments import Instrument
from rupture_repair.config.reporting import ALPHA
from rupture_repair.disclosure.suppression import FEW, told
from rupture_repair.manuscript import apa, inference_words
from rupture_repair.manuscript.claims import claims
from rupture_repair.manuscript.criterion_words import criterion_keys
from rupture_repair.manuscript.results import Results
from rupture_repair.manuscript.sample_claims import sample_claims
from rupture_repair.manuscript.summary_claims import summary_claims


def variables(results: Results, engine: str) -> dict[str, Any]:
    """Return the nested keys; each value is text ready for print.

    engine : name and version of the rendering engine, for the colophon.
    """
    settings = results.settings
    return {
        "cohort": {"title": settings.title, "name": settings.name},
        "n": _counts(results),
        "sessions": {
            name: apa.number(results.described("sessions", name), places)
            for name, places in (("mean", 1), ("sd", 2))
        },
        "missing": {
            kind: apa.number(results.described(f"missing_{kind}", "percent"), 1)
            for kind in ("ratings", "symptoms")
        },
        "published": _published(results),
        "iip": _spread(results, "iip"),
        "symptoms": _spread(results, "first_symptoms"),
        "alliance": _spread(results, "first_alliance"),
        "instrument": {role: _instrument(tool) for role, tool in settings.instruments},
        "criterion": criterion_keys(settings.criterion),
        "sample": sample_claims(results),
        "rupture": _ruptures(results),
        "chance": _chance(results),
        "model": _models(results),
        "sensitivity": {"landmark": str(settings.sensitivity.landmark)},
        "robustness": {
            "replicates": told(settings.robustness.replicates),
            "units": _resampled(results),
        },
        "claim": claims(results) | summary_claims(results),
        "run": _run(results, engine),
    }


def _instrument(tool: Instrument) -> dict[str, str]:
    return {
        "title": tool.title,
        "named": f"[{tool.short}\\; @{tool.citation}]"
        if tool.citation
        else f"({tool.short}; {tool.source})",
        "minimum": f"{tool.minimum:g}",
        "maximum": f"{tool.maximum:g}",
        "direction": f"higher is {tool.higher_is}",
    }


def _counts(results: Results) -> dict[str, str]:
    return {"patients": told(_patients(results)), **_therapists(results)}


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
    own = results.settings.criterion.scale in OWN_SCALES
    which = "median threshold of the ruptures" if own else "threshold"
    return f"{words}, the {which} {apa.number(points)} points"


def _unclassifiable(results: Results) -> str:
    n = results.quantity("n_unclassifiable")
    if not n:
        return "No patient was unclassifiable."
    return f"Of all patients, {results.in_words(n)} could not be classified."


def _found(results: Results) -> str:
    """Return sentences on number, size, repair and place of the ruptures."""
    quantity = results.quantity
    ruptures = quantity("n_ruptures")
    if not ruptures:
        return "There were no ruptures."
    masked = math.isnan(ruptures)
    if results.masks(ruptures) or (masked and math.isnan(quantity("mean_drop"))):
        return f"There were {FEW} ruptures."
    # their number is masked where it would tell of few patients with several
    there_were = "The ruptures had" if masked else f"There were {told(ruptures)} ruptures with"
    last, several = quantity("n_unobservable_ruptures"), quantity("n_patients_several_ruptures")
    unseen = "was none" if not last else f"were {results.in_words(last)}; they count as unrepaired"
    in_several = f"In {results.in_words(several)} patients there were several."
    return (
        f"{there_were} a mean drop of "
        f"{apa.number(quantity('mean_drop'))} points (*SD* = {apa.number(quantity('sd_drop'))}); "
        f"{_repaired(results)} In the last rated session, where no repair could be seen, there "
        f"{unseen}. {in_several if several else 'No patient had several.'} "
        "The first rupture occurred at the median in session "
        f"{apa.count(quantity('median_first_rupture'))}."
    )


def _repaired(results: Results) -> str:
    repaired = results.quantity("n_repaired_ruptures")
    if not repaired:
        return "none was repaired."
    if math.isnan(repaired) or results.masks(repaired):  # few were repaired, or few were not
        return f"either {FEW} or all but {FEW} of them were repaired."
    after = apa.count(results.quantity("median_sessions_to_repair"))
    return f"{told(repaired)} were repaired, at the median after {after} sessions."


def _chance(results: Results) -> dict[str, str]:
    return {"replicates": told(results.settings.chance.replicates)}


def _models(results: Results) -> dict[str, Any]:
    settings = results.settings.modelling
    return {
        "random": f"{_random_part(results)}{_adjusted_for(results)}",
        "time": "log(session)" if settings.time == "log" else "session − 1",
        "tests": (
            f"Tests are two-sided, *α* = {apa.proportion(ALPHA)}. "
            f"{inference_words.primary(results)} The others are not adjusted for their number."
        ),
        "inference": inference_words.inference(results),
        "confidence": f"{100 * settings.confidence:g}",
        "lengths": apa.joined([f"{length:g}" for length in settings.lengths]),
        "iip_levels": apa.joined([apa.number(level, 0) for level in settings.iip_levels]),
        "course": _course(results),
        "explained": _explained(results),
    }


def _course(results: Results) -> str:
    """Return sentences on the course of symptoms and on how alike ratings are, from M0."""
    slope = results.effect("M0", "time")
    if slope is None:
        return "The course of symptoms could not be estimated."
    unit = "unit of log(session)" if results.settings.modelling.time == "log" else "session"
    shares = results.tables["variance_components"].set_index(["model", "component"])
    shares = shares["share_at_start"]["M0"]
    words = (
        f"Over all patients, symptoms changed by {apa.number(slope['estimate'])} points per "
        f"{unit}, {results.interval_name} {apa.interval(slope['ci_low'], slope['ci_high'])}."
    )
    if shares[["patient", "residual"]].isna().any():
        return f"{words} The data do not tell how alike ratings of one patient are."
    words = (
        f"{words} At the first session, the intraclass correlation was "
        f"{apa.proportion(shares['patient'])} for patients"
    )
    if "therapist" in shares:
        return f"{words} and {apa.proportion(shares['therapist'])} for therapists."
    return f"{words}; that of therapists could not be estimated."


def _explained(results: Results) -> str:
    model = results.headline_model
    fixed, both = (results.component(model, f"r2_{part}") for part in ("marginal", "conditional"))
    if math.isnan(fixed):
        return f"Model {model} could not be estimated."
    if math.isnan(both):
        return f"For {model}, marginal *R*² was {apa.proportion(fixed)} (fixed part)."
    return (
        f"For {model}, marginal *R*² was {apa.proportion(fixed)} (fixed part), conditional *R*² "
        f"{apa.proportion(both)} (fixed and random part)."
    )


def _random_part(results: Results) -> str:
    """Return a sentence on the random terms that the models have."""
    patients = _patient_terms(results.settings.modelling.patient_terms)
    if "therapist" in set(results.tables["variance_components"]["component"]):
        return f"The random part has an intercept for therapists, and for patients {patients}."
    none = f"The random part has, for patients, {patients}; it has no term for therapists"
    chosen = results.settings.modelling.clustering == "patient"
    return f"{none}: patients were the unit of clustering." if chosen else f"{none}."


def _adjusted_for(results: Results) -> str:
    """Return a sentence on the covariates of all models; nothing where there are none."""
    covariates = results.settings.modelling.covariates
    if not covariates:
        return ""
    parts = [
        f"{one.name}{' and its product with time' if one.with_time else ''}" for one in covariates
    ]
    return (
        f" All models adjust for {'; '.join(parts)} (numbers centred; groups treatment coded and "
        "centred, the most frequent one as the reference)."
    )


def _patient_terms(terms: PatientTerms) -> str:
    match terms:
        case "correlated":
            return "an intercept and a slope on time, correlated"
        case "independent":
            return "an intercept and a slope on time, independent of each other"
        case "intercept":
            return "an intercept"
        case unknown:
            assert_never(unknown)


def _resampled(results: Results) -> str:
    """Return whom the bootstrap draws: therapists, or patients where there is no term for them."""
    units = sorted(set(results.tables["robustness"]["unit"].dropna()))
    return " or ".join(f"{unit}s" for unit in units) or "therapists"


def _run(results: Results, engine: str) -> dict[str, str]:
    record = results.provenance
    address = record["address"]
    tree = {True: "unchanged", False: "changed after the commit"}
    unread = "in a repository that git could not read"
    unknown = unread if record.get("repository") else "not under version control"
    return {
        "version": record["version"],
        "commit": record["commit"] or "unknown",
        "where": f"available at <{address}>, at" if address else "identified by",
        "tree": tree.get(record["clean_tree"], unknown),
        "config": record["config_digest"][:16],
        "seed": "none" if record["seed"] is None else str(record["seed"]),
        "python": record["python"],
        "engine": engine,
    }
