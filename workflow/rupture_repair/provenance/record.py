"""What was run: version, commit, configuration, inputs, packages; and what came of it."""

import hashlib
import json
import os
import platform
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

import numpy as np

from rupture_repair import __version__
from rupture_repair.provenance.source import sha256

NAME = "rupture-repair"
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
    settings: Mapping[str, Any],
    source: Mapping[str, Any],
    raw: Iterable[str],
    published: Iterable[str] = (),
) -> dict[str, Any]:
    """Return what is known before a run of one cohort: the colophon prints it.

    settings : the whole configuration of the cohort, with `name`, `synthetic` (no real
        patients) and `calibrated` (drawn by the workflow).
    source : see `source_state`, and `address`, where the sources are published.
    raw, published : the input files, whose checksums are recorded.

    There is no date in it but that of the commit: the same run gives the same bytes.
    """
    installed = _installed()
    drawn = settings["calibrated"]
    seeds = {k: v for k, v in _seeds(settings) if drawn or not k.startswith("cohort.synthetic.")}
    return {
        "name": NAME,
        "version": __version__,
        **source,
        "cohort": settings["name"],
        "synthetic": settings["synthetic"],
        "seed": seeds.get("cohort.synthetic.seed"),
        "seeds": seeds,
        "config_digest": digest_of(settings),
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


def provenance_record(
    run: Mapping[str, Any], rendered_with: str, pandoc: str, outputs: Iterable[str]
) -> dict[str, Any]:
    """Return the whole record: `run`, what the paper was rendered with, and every output."""
    rendering = {"engine": rendered_with, "pandoc": pandoc}
    return {**run, "rendering": rendering, "outputs": checksums(outputs)}


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


def checksums(files: Iterable[str]) -> list[dict[str, str]]:
    """Return `file` and `sha256` of each file, in the order of names."""
    return [{"file": file, "sha256": sha256(Path(file))} for file in sorted(set(files))]


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
    built = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    return f"{built['name']} {built['version']}"


def _installed() -> dict[str, str]:
    """Return the version of every package of the environment, by normalised name."""
    found = {_key(package.name): package.version for package in distributions() if package.name}
    return dict(sorted(found.items()))


def _key(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")
