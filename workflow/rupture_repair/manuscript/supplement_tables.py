"""Tables of the supplement: engines, comparison with the publication, planted values, colophon."""

from rupture_repair.manuscript import apa
from rupture_repair.manuscript.markdown import table
from rupture_repair.manuscript.results import Results


def optimisers(results: Results) -> str:
    """Return the table `optimisers`."""
    rows = [
        [
            row.model,
            row.method,
            row.optimiser + (" (kept)" if row.optimiser == row.kept else ""),
            apa.number(row.llf, 4),
            apa.number(row.shortfall, 4),
            "yes" if row.converged else "no",
        ]
        for row in results.tables["optimisers"].itertuples()
    ]
    heading = ["Model", "Method", "Optimiser", "log *L*", "Below the best", "Converged"]
    note = "Each fit was started with every optimiser; the highest likelihood was kept."
    return table("tbl-optimisers", "What the optimisers reached", heading, rows, note, left=3)


def engines(results: Results) -> str:
    """Return the table `engines`."""
    rows = [
        [
            row.model,
            row.method,
            apa.number(row.llf_statsmodels, 4),
            apa.number(row.llf_second, 4),
            apa.number(row.shortfall, 4),
            apa.number(row.largest_shift, 4),
            "yes" if row.agrees else "no",
        ]
        for row in results.tables["engines"].itertuples()
    ]
    heading = ["Model", "Method", "MixedLM", "Second engine", "Below", "Shift", "Agree"]
    note = (
        "Log-likelihoods of the same model (independent patient terms) in statsmodels MixedLM and "
        "in this project's profiled-deviance engine. Below: by how much MixedLM stopped below the "
        "second engine's maximum. Shift: largest difference of a coefficient in *SE*s."
    )
    return table("tbl-engines", "Two engines for each fit", heading, rows, note, left=2)


def verification(results: Results) -> str:
    """Return the table `verification`."""
    rows = []
    for row in results.tables["verification"].itertuples():
        value = f"{row.recomputed:.0f}" if float(row.recomputed).is_integer() else None
        shown = value or apa.number(row.recomputed, 2)
        if row.item.removeprefix("n_").removeprefix("percent_") in results.hidden:
            shown = "–"
        rows.append([row.description, str(row.published), shown, row.kind, row.verdict])
    heading = ["Item", "Published", "Recomputed", "Kind", "Verdict"]
    note = (
        "A number is reproduced when it rounds to the published one; a direction, when the "
        "coefficient has the published sign with *p* < .05. "
    )
    if results.calibrated:
        note += (
            "Calibrated rows are true by construction of the synthetic cohort; the directions were "
            "planted in it, so they are recovered, not discovered."
        )
    return table("tbl-verification", "Published and recomputed", heading, rows, note)


def planted(results: Results) -> str:
    """Return the table `planted`."""
    parameters = results.settings["parameters"]
    if parameters is None:
        return ""
    rows = []
    for part, value in parameters.items():
        if isinstance(value, dict):
            rows += [[part, name.replace("_", " "), f"{item:g}"] for name, item in value.items()]
        else:
            rows.append(
                ["cohort", part.replace("_", " "), f"{value:g}" if part != "seed" else str(value)]
            )
    note = (
        "Assumptions of this project, in the instruments' points; slopes per unit of log(session). "
        "None of them is a published value unless the cohort file says so."
    )
    caption = "Parameters planted in the synthetic cohort"
    return table("tbl-planted", caption, ["Part", "Parameter", "Value"], rows, note, left=2)


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
