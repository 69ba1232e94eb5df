"""What the rules share: inputs, outputs and params that follow from the settings."""

from functools import cache

from rupture_repair.config.catalogue import TABLES, full_file, made_by, shared_file
from rupture_repair.provenance.imports import (
    code_digest,
    module_files,
    package_files,
)
from rupture_repair.provenance.source import sha256

REPORTS = WORKFLOW.parent / "reports"
# what one document alone is made from
OWN = (
    "manuscript.qmd",
    "supplement.qmd",
    "_sections/",
    "words/",
    "comparison.qmd",
    "preview/",
    "pages/",
)
# of `make bayes`
PROBLEM = f"{COHORT}/data/posterior_problem.json"
POSTERIOR = f"{COHORT}/models/posterior.json"
BAYES_LOCK = os.path.relpath(WORKFLOW.parent / "requirements-bayes.lock")


def section(step):
    """Return a param function: the part of the configuration that a step depends on."""
    return lambda wildcards: SETTINGS.cohorts[wildcards.cohort].section(step)


def multiverse_of(wildcards):
    """Return what the specifications of a cohort follow from."""
    return SETTINGS.cohorts[wildcards.cohort].multiverse(SETTINGS.multiverse)


def captioned(name, file, folder=COHORT):
    """Return a table of the catalogue as an output, with its caption in Snakemake's report."""
    path, caption = f"{folder}/{file}", TABLES[name].report
    if not caption or file != shared_file(name):
        return path
    about = {"category": "Tables", "subcategory": "{cohort}"}
    return report(path, caption=f"../report/{caption}", **about)


def tables_of(step, folder=COHORT):
    """Return the tables of a step as its outputs, by name."""
    return {name: captioned(name, full_file(name), folder) for name in made_by(step)}


def columns_of(step):
    """Return a param: the columns of the tables of a step, by name."""
    return {name: list(TABLES[name].columns) for name in made_by(step)}


def code(script, *names):
    """Return a param: a digest of the package code that a script runs.

    names : modules that the script imports by name.
    """
    files = package_files(WORKFLOW / "scripts" / script)
    return code_digest({*files, *module_files(*names)})


def pictures(figures, ending):
    """Return a file of each figure."""
    return [f"{COHORT}/figures/{figure}.{ending}" for figure in figures]


def labels(language):
    """Return the file with the words on the figures."""
    return os.path.relpath(REPORTS / "words" / language / "figures.yaml")


def raw_files(wildcards):
    """Return the raw files by role: real ones as soon as they are in place."""
    return SETTINGS.raw_files(wildcards.cohort)


def made_raw_files(wildcards):
    """Return the raw files that a rule makes.

    Real ones are no inputs: Snakemake would go by their dates, and take braces in their names for
    wildcards. They are a parameter, with what is in them.
    """
    synthetic = SETTINGS.cohorts[wildcards.cohort].synthetic
    return raw_files(wildcards) if synthetic else {}


@cache
def raw_digests(cohort):
    """Return the SHA-256 of each real raw file by role; computed once in a run."""
    settings = SETTINGS.cohorts[cohort]
    files = {} if settings.synthetic else settings.raw_files
    return {role: sha256(Path(file)) for role, file in files.items()}


def digests(wildcards):
    """Return what is in the real raw files of a cohort."""
    return raw_digests(wildcards.cohort)


def report_sources(*own):
    """Return the report sources that all documents share, and a document's `own` ones."""
    files = {
        file.relative_to(REPORTS).as_posix(): os.path.relpath(file)
        for file in sorted(REPORTS.rglob("*"))
        if file.is_file()
    }
    return [
        path
        for name, path in files.items()
        if name.startswith(own) or not name.startswith(OWN)
    ]


def templates(*topics):
    """Return the templates of topics, or of folders of them, and the one that all share."""
    folder = REPORTS / "words/en"
    found = {path for topic in topics for path in folder.glob(f"{topic}.jinja")}
    return sorted(map(os.path.relpath, {folder / "shared.jinja", *found}))


def page(name):
    """Return the template of an HTML page."""
    return os.path.relpath(REPORTS / "pages" / f"{name}.html")


def posterior_of(wildcards):
    """Return the sampled posterior and its problem: asked for, or there from an earlier run.

    The rule that samples exists only where draws are asked for, so that nothing needs PyMC, and
    nothing removes a posterior, otherwise. One of other data is not shown (`compare_posterior`).
    """
    sampled = POSTERIOR.format(cohort=wildcards.cohort)
    if not SETTINGS.project.posterior_draws and not os.path.exists(sampled):
        return {}
    return {"sampled": sampled, "problem": PROBLEM.format(cohort=wildcards.cohort)}


def python_of_bayes():
    """Return the Python of `make bayes`; elsewhere that of the rule's conda environment."""
    own = WORKFLOW.parent / ".venv-bayes/bin/python"
    return os.path.relpath(own) if own.exists() else "python"


def sources():
    """Return what every run is made from: Snakefiles, scripts with their modules, texts, lock."""
    scripts = sorted(WORKFLOW.glob("scripts/*/*.py"))
    used = {file for script in scripts for file in package_files(script)}
    used |= set(module_files(*(f"figures/{figure}.py" for figure in FIGURES)))
    root = WORKFLOW.parent
    files = [root / "Snakefile", root / "requirements.lock", WORKFLOW / "Snakefile"]
    files += [
        root / "requirements-bayes.lock",
        *WORKFLOW.glob("rules/*.smk"),
        *root.glob("config/*.yaml"),
        *WORKFLOW.glob("scripts/*/*.R"),
        *scripts,
        *used,
    ]
    return [*sorted({os.path.relpath(file) for file in files}), *report_sources("")]
