"""What was run: version, commit, configuration, inputs, packages."""

import hashlib
import json
import platform
import subprocess
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rupture_repair import __version__

NAME = "rupture-repair"
# what a result is made from: a stray file elsewhere does not change the sources
SOURCES = ("Snakefile", "workflow", "config", "reports", "data", "requirements.lock")
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


def source_state(folder: Path) -> dict[str, Any]:
    """Return `commit` and `clean_tree` of the repository whose top is `folder`; None without one.

    A copy of the sources inside another repository has no commit of its own.
    """

    def git(*words: str) -> str | None:
        command = ["git", "-C", str(folder), *words]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=True)
        except (OSError, subprocess.CalledProcessError):
            return None
        return done.stdout.strip()

    top = git("rev-parse", "--show-toplevel")
    if top is None or Path(top).resolve() != folder.resolve():
        return {"commit": None, "clean_tree": None}
    commit = git("rev-parse", "HEAD")
    changes = git("status", "--porcelain", "--", *SOURCES)
    return {"commit": commit, "clean_tree": None if changes is None else changes == ""}


def sha256(file: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal digits."""
    digest = hashlib.sha256()
    with file.open("rb") as handle:
        while block := handle.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def digest_of(settings: Mapping[str, Any]) -> str:
    """Return the SHA-256 of plain settings, independent of the order of keys."""
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()


def provenance_record(
    settings: Mapping[str, Any], source: Mapping[str, Any], inputs: Iterable[str]
) -> dict[str, Any]:
    """Return the record of a run of one cohort.

    settings : the configuration of the cohort, with `name`, `synthetic` and `seed`.
    source : see `source_state`.
    inputs : the raw and published files, whose checksums are recorded.
    """
    return {
        "name": NAME,
        "version": __version__,
        "commit": source["commit"],
        "clean_tree": source["clean_tree"],
        "cohort": settings["name"],
        "synthetic": settings["synthetic"],
        "seed": settings["seed"],
        "config_digest": digest_of(settings),
        "inputs": [{"file": file, "sha256": sha256(Path(file))} for file in sorted(inputs)],
        "packages": {name: version(name) for name in PACKAGES if _installed(name)},
        "python": platform.python_version(),
        "threads": {"blas": 1},
    }


def _installed(name: str) -> bool:
    try:
        version(name)
    except ImportError:
        return False
    return True
