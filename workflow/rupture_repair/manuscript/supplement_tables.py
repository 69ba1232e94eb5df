"""Tables of the supplement: engines, comparison with the publication, planted values, colophon."""

import math
from collections.abc import Mapping

from rupture_repair.config.reporting import ALPHA
from rupture_repair.config.synthetic import Source, parameter_descriptions
from rupture_repair.manuscript.markdown import plain, table
from rupture_repair.manuscript.results import Results
from rupture_repair.words import apa


def certificates(results: Results) -> str:
    """Return the table `certificates`."""
    rows = [
        [
            row.model,
            row.method,
            f"{row.agreeing} of {row.starts}",
            apa.power(row.scaled_gradient),
            apa.number(row.smallest_eigenvalue, 4),
            _or_none(row.boundary),
            f"{row.rank}",
            _or_none(row.aliased),
            row.second_engine,
            row.verdict,
        ]
        for row in results.tables["certificates"].itertuples()
    ]
    heading = ["Model", "Method", "Starts", "Gradient", "Curvature", "Boundary", "Rank"]
    heading += ["Aliased", "2nd engine", "Verdict"]
    note = (
        "Starts: how many of the starting values reached the best likelihood. Gradient: length of "
        "the last Newton step in standard errors. Curvature: smallest eigenvalue of the deviance's "
        "Hessian off the boundary, relative to that of the residual *SD*. Boundary: variances that "
        "are zero, perfect correlations. Rank: independent columns of the fixed part; aliased: "
        "the others."
    )
    rows = rows or [["None", *["–"] * (len(heading) - 1)]]
    return table("tbl-certificates", "Certificate of each fit", heading, rows, note, left=2)


def _or_none(words: object) -> str:
    return str(words) if isinstance(words, str) and words else "none"


def engines(results: Results) -> str:
    """Return the table `engines`."""
    rows = [
        [
            row.model,
            row.method,
            apa.number(row.llf, 4),
            apa.number(row.llf_same, 4),
            apa.number(row.llf_statsmodels, 4),
            apa.size(row.largest_shift, 4),
            "yes" if row.agrees is True else "no",
        ]
        for row in results.tables["engines"].itertuples()
    ]
    heading = ["Model", "Method", "This engine", "MixedLM, same", "MixedLM, own", "Shift", "Agree"]
    note = (
        "Log-likelihoods of the same model without correlation of the patient terms, which "
        "statsmodels MixedLM can express: this project's engine at its optimum, MixedLM for the "
        "same estimates and at its own optimum. Shift: largest difference of a coefficient in "
        "*SE*s."
    )
    rows = rows or [["None", *["–"] * (len(heading) - 1)]]
    return table("tbl-engines", "Two engines for each fit", heading, rows, note, left=2)


def verification(results: Results) -> str:
    """Return the table `verification`."""
    items = results.tables["verification"]
    signs = items[items["kind"] == "direction"].set_index("item")["published"]
    rows = []
    for row in items.itertuples():
        value = f"{row.recomputed:.0f}" if float(row.recomputed).is_integer() else None
        shown = value or apa.number(row.recomputed, 2)
        published = plain(str(row.published))
        if row.kind == "direction":
            shown = "–" if math.isnan(row.recomputed) else f"*b* = {shown}"
            published = _direction(results, str(row.item), signs.to_dict())
        if row.source == "derived":
            published += " (derived)"
        rows.append([plain(str(row.description)), published, shown, row.kind, row.verdict])
    heading = ["Item", "Published", "Recomputed", "Kind", "Verdict"]
    note = (
        "A number agrees when it rounds to the published one; a direction, when the "
        f"coefficient *b* has its sign with *p* < {apa.proportion(ALPHA)}, else it is not shown. "
    )
    if (items["source"] == "derived").any():
        note += "Derived: not printed in the source, but following from its figures. "
    if results.calibrated:
        note += (
            "Rows met by construction could not have failed; the directions were planted in the "
            "synthetic cohort, so they are recovered, not discovered. "
        )
    note = note.strip()
    return table("tbl-verification", "Published and recomputed", heading, rows, note)


def _direction(results: Results, item: str, signs: Mapping[str, str]) -> str:
    """Return in words what the sign of a published direction says."""
    worse = results.settings.instruments.symptoms.higher_is == "worse"
    change = f"{'more' if (signs[item] == 'negative') == worse else 'less'} improvement"
    if item != "moderation_length" or "moderation_iip" not in signs:
        return change
    return "stronger" if signs[item] == signs["moderation_iip"] else "weaker"


def planted(results: Results) -> str:
    """Return the table `planted`."""
    parameters = results.settings.parameters
    if parameters is None:
        return ""
    sources, meaning = parameters.sources, parameter_descriptions()
    rows: list[list[str]] = []
    for part, value in parameters.model_dump(mode="json", exclude={"sources"}).items():
        inner = value if isinstance(value, dict) else {"": value}
        for name, item in inner.items():
            key = f"{part}.{name}" if name else part
            source = "–" if key == "seed" else _source(sources.get(key) or sources.get(part))
            words = meaning[key].rstrip(".")
            for told, number in _shares(words, item):
                rows.append([part if name else "cohort", plain(told), source, number])
    note = (
        "In the instruments' points; slopes per unit of log(session). Derived: from published "
        "figures. Assumed: by this project. Age, gender, diagnosis and orientation are unrelated "
        "to anything else. @tbl-verification has the published figures that the cohort was made "
        "to meet."
    )
    rows.sort(key=lambda row: row[0] != "cohort")
    caption = "Parameters of the synthetic cohort"
    heading = ["Part", "Parameter", "Source", "Value"]
    return table("tbl-planted", caption, heading, rows, note, left=3)


def _source(given: Source | None) -> str:
    if given is None:
        return "assumed"
    cited = given.citation or ""
    where = f"<https://doi.org/{cited[4:]}>" if cited.startswith("doi:") else f"@{cited}"
    remarks = [part for part in (plain(given.note), where if cited else "") if part]
    return f"{given.kind} ({'; '.join(remarks)})" if remarks else given.kind


def _shares(words: str, value: object) -> list[tuple[str, str]]:
    """Return words and number of a parameter: one row, or one for each level that it has."""
    if isinstance(value, dict):
        return [(f"{words}: {level}", f"{share:g}") for level, share in value.items()]
    if isinstance(value, list):
        return [(f"{words}: {level}", f"{1 / len(value):.3g}") for level in value]
    return [(words, str(value) if isinstance(value, int) else f"{value:g}")]


def colophon(results: Results) -> str:
    """Return the table `colophon`."""
    record = results.provenance
    rows = [[f"`{entry['file']}`", f"`{entry['sha256'][:16]}…`"] for entry in record["inputs"]]
    rows += [[f"seed `{name}`", f"`{seed}`"] for name, seed in record["seeds"].items()]
    rows += [["system", record["system"]], ["BLAS", record["blas"]]]
    rows += [[name, version] for name, version in record["packages"].items()]
    note = (
        "Files: the first digits of the SHA-256. All of it, every installed package and the "
        "checksum of each output: provenance.json."
    )
    caption = "Inputs and software of this run"
    return table("tbl-colophon", caption, ["What", "Checksum or version"], rows, note, left=2)
