"""Tables of the supplement: engines, comparison with the publication, planted values, colophon."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from rupture_repair.config.synthetic import Source, parameter_descriptions
from rupture_repair.manuscript.markdown import escape_markdown
from rupture_repair.manuscript.printed import TABLE, cell, printed
from rupture_repair.manuscript.results import Results
from rupture_repair.words import apa
from rupture_repair.words.templates import Claim


@dataclass(frozen=True)
class Certificates(Claim, at="tables/certificates", blocks=TABLE):
    """Certificates of the fits."""


@dataclass(frozen=True)
class Agreeing(Claim, at="tables/certificates/agreeing"):
    """How many of the starting values reached the best likelihood."""

    agreeing: int
    starts: int


@dataclass(frozen=True)
class Engines(Claim, at="tables/engines", blocks=TABLE):
    """Two engines for each fit."""


@dataclass(frozen=True)
class Verification(Claim, at="tables/verification", blocks=TABLE):
    """Published and recomputed figures; some may be derived, and some calibrated to."""

    derived: bool
    calibrated: bool


@dataclass(frozen=True)
class Published(Claim, at="tables/verification/published"):
    """A published figure, and whether it follows from printed ones."""

    figure: str
    derived: bool


@dataclass(frozen=True)
class Planted(Claim, at="tables/planted", blocks=TABLE):
    """Parameters of the synthetic cohort."""


@dataclass(frozen=True)
class Colophon(Claim, at="tables/colophon", blocks=TABLE):
    """Inputs and software of the run."""


def certificates(results: Results) -> str:
    """Return the table `certificates`."""
    rows = [
        [
            row.model,
            row.method,
            Agreeing(int(row.agreeing), int(row.starts)).words,
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
    return printed(Certificates(), rows, left=2, empty="nothing")


def _or_none(words: object) -> str:
    return str(words) if isinstance(words, str) and words else cell("nothing").lower()


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
            cell("agree" if row.agrees is True else "differ"),
        ]
        for row in results.tables["engines"].itertuples()
    ]
    return printed(Engines(), rows, left=2, empty="nothing")


def verification(results: Results) -> str:
    """Return the table `verification`."""
    items = results.tables["verification"]
    signs = items[items["kind"] == "direction"].set_index("item")["published"]
    rows = []
    for row in items.itertuples():
        value = f"{row.recomputed:.0f}" if float(row.recomputed).is_integer() else None
        shown = value or apa.number(row.recomputed, 2)
        published = escape_markdown(str(row.published))
        if row.kind == "direction":
            shown = "–" if math.isnan(row.recomputed) else f"*b* = {shown}"
            published = _direction(results, str(row.item), signs.to_dict())
        figure = Published(published, row.source == "derived").words
        rows.append([escape_markdown(str(row.description)), figure, shown, row.kind, row.verdict])
    derived = bool((items["source"] == "derived").any())
    return printed(Verification(derived, results.calibrated), rows)


def _direction(results: Results, item: str, signs: Mapping[str, str]) -> str:
    """Return in words what the sign of a published direction says."""
    worse = results.settings.instruments.symptoms.higher_is == "worse"
    more = (signs[item] == "negative") == worse
    change = cell("more_improvement" if more else "less_improvement")
    if item != "moderation_length" or "moderation_iip" not in signs:
        return change
    return cell("stronger" if signs[item] == signs["moderation_iip"] else "weaker")


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
            for description, number in _shares(words, item):
                rows.append(
                    [part if name else "cohort", escape_markdown(description), source, number]
                )
    rows.sort(key=lambda row: row[0] != "cohort")
    return printed(Planted(), rows, left=3)


def _source(given: Source | None) -> str:
    if given is None:
        return cell("assumed")
    cited = given.citation or ""
    where = f"<https://doi.org/{cited[4:]}>" if cited.startswith("doi:") else f"@{cited}"
    remarks = [part for part in (escape_markdown(given.note), where if cited else "") if part]
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
    rows += [[f"{cell('seed')} `{name}`", f"`{seed}`"] for name, seed in record["seeds"].items()]
    rows += [[cell("system"), record["system"]], [cell("blas"), record["blas"]]]
    rows += [[name, version] for name, version in record["packages"].items()]
    return printed(Colophon(), rows, left=2)
