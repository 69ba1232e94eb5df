"""What was run: version, commit, configuration, inputs, packages; and what came of it."""

import hashlib
import json
import os
import platform
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import distributions
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rupture_repair import __version__
from rupture_repair.provenance.source import sha256

if TYPE_CHECKING:  # records of outputs do not depend on the configuration
    from rupture_repair.config.steps.provenance import RecordSettings

NAME = "rupture-repair"
# what can be shared of `results/<cohort>/`; a list of what may, not of what may not
SHAREABLE = (
    *("index.html", "manuscript", "figures", "tables"),
    *("verification.csv", "run.json", "provenance.json"),
)
# checksums of private results, beside these: a table of few counts can be guessed from its own
PRIVATE_RECORD = "ruptures/outputs.json"
CHOICES = ("outcome", "inclusion", "modelling", "sensitivity")
STAMP = ".snakemake_timestamp"  # in each folder that is a result, with the time of the run
# what results are computed and drawn with; the colophon prints these, the record holds all
PACKAGES = (
    "snakemake",
    "pandas",
    "pandera",
    "pydantic",
    "numpy",
    "scipy",
    "statsmodels",
    "matplotlib",
    "pypandoc_binary",
    "typst",
)


def digest_of(settings: Mapping[str, Any]) -> str:
    """Return the SHA-256 of plain settings, independent of the order of keys."""
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()


def run_record(
    settings: "RecordSettings",
    source: Mapping[str, Any],
    raw: Iterable[str],
    published: Iterable[str] = (),
) -> dict[str, Any]:
    """Return what is known before a run of one cohort: the colophon prints it.

    source : see `source_state`, and `address`, where the sources are published.
    raw, published : the input files, whose checksums are recorded.

    There is no date in it but that of the commit: the same run gives the same bytes.
    """
    installed = _installed()
    content, drawn = settings.model_dump(mode="json"), settings.calibrated
    seeds = {k: v for k, v in _seeds(content) if drawn or not k.startswith("cohort.synthetic.")}
    return {
        "name": NAME,
        "version": __version__,
        **source,
        "cohort": settings.name,
        "synthetic": settings.synthetic,
        "seed": seeds.get("cohort.synthetic.seed"),
        "seeds": seeds,
        "config_digest": digest_of(content),
        "choices": _choices(settings),
        "inputs": [
            *({**entry, "kind": "raw"} for entry in checksums(raw)),
            *({**entry, "kind": "published"} for entry in checksums(published)),
        ],
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "blas": _blas(),
        "threads": {"blas": int(os.environ.get("OMP_NUM_THREADS", "0")) or None},
        "packages": {name: installed[_key(name)] for name in PACKAGES if _key(name) in installed},
        "all_packages": installed,
    }


def _choices(settings: "RecordSettings") -> dict[str, Any]:
    """Return what a statistician would ask of the analysis, in the keys of the cohort file.

    Neither files nor names of columns: these may tell of a clinic.
    """
    cohort = settings.cohort.model_dump(mode="json", include=set(CHOICES))
    named = settings.criterion.model_dump(mode="json")
    tools = {role: tool.short for role, tool in settings.instruments}
    return {"instruments": tools, "criterion": named, **cohort}


def provenance_record(
    run: Mapping[str, Any],
    rendered_with: str,
    pandoc: str,
    outputs: Iterable[str],
    cohort: Iterable[str] = (),
    sources: Iterable[str] = (),
    bayes: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the whole record: `run`, what the paper was rendered with, and every output.

    cohort : the cohort file and the author's own texts; sources : what else the run was made from.
    bayes : Python and packages of the environment of the posterior; none where none is shown.
    """
    return {
        **run,
        **({"bayes": bayes} if bayes else {}),
        "configuration": checksums(cohort),
        "sources": checksums(sources),
        "rendering": {"engine": rendered_with, "pandoc": pandoc},
        "outputs": checksums(outputs),
    }


def write_records(
    record: Mapping[str, Any], outputs: Iterable[str], file: str, *, private: bool
) -> None:
    """Write the record of a run to `file`, and what it holds of private results beside these.

    record : as `provenance_record` returns it, without outputs. outputs : every file that was made.
    private : whether the record must not hold checksums of private results. It then holds that of
    `PRIVATE_RECORD`, which holds them, so that no change of a result goes unnoticed.
    """
    results = Path(file).parent
    made = [str(file) for output in outputs for file in _files(Path(output))]
    shared = [output for output in made if can_be_shared(output, results)]
    apart = str(results / PRIVATE_RECORD)
    write_record({"outputs": checksums(set(made) - set(shared))}, apart)
    listed = [*shared, apart] if private else [*made, apart]
    write_record({**record, "outputs": checksums(listed)}, file)


def can_be_shared(file: str | Path, results: str | Path) -> bool:
    """Return whether a result below the folder `results` of its cohort may leave the clinic."""
    return Path(file).relative_to(results).parts[0] in SHAREABLE


def comparison_record(
    records: Iterable[str], rendered_with: str, pandoc: str, outputs: Iterable[str]
) -> dict[str, Any]:
    """Return the record of a comparison of cohorts.

    records : the cohorts' own records, whose checksums say what was compared.
    """
    return {
        "name": NAME,
        "version": __version__,
        "cohorts": checksums(records),
        "rendering": {"engine": rendered_with, "pandoc": pandoc},
        "outputs": checksums(outputs),
    }


def _files(output: Path) -> list[Path]:
    """Return a result, or what is in it if it is a folder; Snakemake's own mark apart."""
    if not output.is_dir():
        return [output]
    return [file for file in sorted(output.rglob("*")) if file.is_file() and file.name != STAMP]


def checksums(files: Iterable[str | Path]) -> list[dict[str, str]]:
    """Return `file`, as it is shown, and `sha256` of each file, in the order of names."""
    found = {(shown(file), sha256(Path(file))) for file in files}
    return [{"file": file, "sha256": digest} for file, digest in sorted(found)]


def shown(file: str | Path, folder: Path = Path()) -> str:
    """Return a path as records show it: relative to the project, or else the name alone.

    What is above the project tells who works here.
    """
    inside = Path(os.path.relpath(file, folder))
    return inside.name if ".." in inside.parts else inside.as_posix()


def write_record(record: Mapping[str, Any], file: str) -> None:
    """Write a record as JSON."""
    text = json.dumps(record, indent=2, ensure_ascii=False) + "\n"
    Path(file).write_text(text, encoding="utf-8")


def _seeds(settings: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, int]]:
    for key, value in settings.items():
        if isinstance(value, Mapping):
            yield from _seeds(value, f"{above}{key}.")
        elif key == "seed" and value is not None:
            yield f"{above}{key}", value


def _blas() -> str:
    import numpy as np

    built = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    return f"{built['name']} {built['version']}"


def _installed() -> dict[str, str]:
    """Return the version of every package of the environment, by normalised name."""
    found = {_key(package.name): package.version for package in distributions() if package.name}
    return dict(sorted(found.items()))


def _key(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")
