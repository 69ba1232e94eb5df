"""Quarto where it is found, pandoc with the same sources where it is not."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import pypandoc

from rupture_repair.config.errors import ExpectedError
from rupture_repair.manuscript.pandoc_engine import render_with_pandoc

FORMATS = {"html": "html", "typst": "pdf", "docx": "docx"}
SECONDS = 300


@dataclass(frozen=True)
class Engine:
    """A rendering engine that was found on this machine."""

    name: str
    version: str
    program: str

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


def find_engine(wanted: str) -> Engine:
    """Return the engine for `auto`, `quarto` or `pandoc`.

    Quarto is sought in $QUARTO, beside the running Python, and on PATH. Raises `ExpectedError`
    when Quarto is wanted and not found.
    """
    if wanted in {"auto", "quarto"}:
        beside = Path(sys.executable).with_name("quarto")
        for candidate in (os.environ.get("QUARTO"), str(beside), shutil.which("quarto")):
            version = _version(candidate) if candidate else None
            if candidate and version:
                return Engine("Quarto", version, candidate)
        if wanted == "quarto":
            raise ExpectedError(
                "manuscript.engine is quarto, but Quarto was not found in $QUARTO, in the "
                "environment or on PATH. Install it, or set manuscript.engine to auto or pandoc."
            )
    return Engine("pandoc", pypandoc.get_pandoc_version(), pypandoc.get_pandoc_path())


def render(
    engine: Engine, project: Path, documents: Iterable[str] = ("manuscript",), at_once: int = 1
) -> dict[str, dict[str, Path]]:
    """Render documents of a staged project, each `<name>.qmd`.

    at_once : files made at the same time by pandoc; Quarto makes one after the other.
    Returns document → its files by `html`, `pdf`, `docx`. Raises `ExpectedError` with the
    engine's own words when it fails or leaves out a format.
    """
    documents, environment = list(documents), {**os.environ, "SOURCE_DATE_EPOCH": "0"}
    if engine.name == "Quarto":
        for document, target in product(documents, FORMATS):
            command = [engine.program, "render", f"{document}.qmd", "--to", target]
            run(command, project, environment)
    else:
        render_with_pandoc(engine.program, project, environment, run, documents, at_once)
    made = {
        document: {ending: project / f"{document}.{ending}" for ending in FORMATS.values()}
        for document in documents
    }
    absent = [f.name for files in made.values() for f in files.values() if not f.is_file()]
    if absent:
        raise ExpectedError(f"{engine} did not write {', '.join(absent)}")
    return made


def run(command: list[str], folder: Path, environment: Mapping[str, str]) -> None:
    """Run one program in `folder`; its words go to the log."""
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=SECONDS
    )
    print(done.stdout, done.stderr, sep="\n")
    if done.returncode:
        last = "\n".join((done.stdout + done.stderr).strip().splitlines()[-12:])
        raise ExpectedError(f"{Path(command[0]).name} failed:\n{last}")


def _version(program: str) -> str | None:
    try:
        done = subprocess.run(
            [program, "--version"], capture_output=True, text=True, check=True, timeout=60
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip() or None
