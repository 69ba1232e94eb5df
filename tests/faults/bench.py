"""Where faults are tried: copies of the tiny project, their runs, and what is seen of them."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from rupture_repair.provenance.source import sha256
from tiny_project import Project

RUN = [sys.executable, "-m", "rupture_repair.one_run"]
RUN += ["--workflow-profile", "workflow/profiles/default", "--cores", "2"]
KINDS = {".csv", ".svg", ".png", ".html", ".json", ".txt", ".docx", ".pdf", ".parquet"}
MAX_SECONDS = 900


@dataclass(frozen=True)
class Seen:
    """What came of a fault, in words, and whether it should be so; None if it was not tried."""

    words: str
    right: bool | None


NOT_TRIED = Seen("not tried: no right to mount", None)


class NoMountError(Exception):
    """This user or system does not let folders have a file system of their own."""


@dataclass
class Bench:
    """Where the faults are tried."""

    root: Path
    fresh: Project
    scratch: Path
    kills: int
    seed: int
    number: int = field(default=0, init=False)

    def copy(self, of: Project | None = None) -> Project:
        """Return a copy of the fresh project, or of another one."""
        self.number += 1
        return (of or self.fresh).copy(self.scratch / f"fault-{self.number}" / "project")

    @cached_property
    def undisturbed(self) -> tuple[Project, float]:
        """The project after an undisturbed run, and the seconds that it took."""
        project, began = self.copy(), time.monotonic()
        status, output = run(project)
        assert status == 0, output
        return project, time.monotonic() - began

    @property
    def built(self) -> Project:
        """The project after an undisturbed run."""
        return self.undisturbed[0]

    def same_bytes(self, project: Project) -> Seen:
        """Run to the end and compare every result with that of the undisturbed run."""
        status, output = run(project)
        if status:
            return Seen(f"stops: {last_line(output)}", False)
        expected, found = checksums(self.built), checksums(project)
        differing = sorted(file for file in expected if found.get(file) != expected[file])
        differing += sorted(set(found) - set(expected))
        if differing:
            return Seen(f"other bytes: {', '.join(differing[:3])} …", False)
        return Seen(f"ends with the same bytes ({len(found)} files)", True)


def refusal(status: int, output: str, *words: str) -> Seen:
    """A run must stop with a line that holds `words`, and without a traceback."""
    lines = [line for line in output.splitlines() if all(word in line for word in words)]
    right = status != 0 and bool(lines) and "Traceback" not in output
    return Seen(f"says “{(lines or [last_line(output)])[0].strip()}”", right)


def environment() -> dict[str, str]:
    """Return the environment of a run: the project's own package."""
    kept = {name: value for name, value in os.environ.items() if name != "QUARTO"}
    return kept | {"PYTHONPATH": "workflow"}


def start(project: Project) -> subprocess.Popen[str]:
    """Start a run as `make reproduce` does, in a process group of its own."""
    return subprocess.Popen(
        RUN,
        cwd=project.folder,
        env=environment(),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def run(project: Project) -> tuple[int, str]:
    """Return exit status and output of a whole run."""
    process = start(project)
    output, _ = process.communicate(timeout=MAX_SECONDS)
    return process.returncode, output


def checksums(project: Project) -> dict[str, str]:
    """Return the checksum of each result; logs hold times and are left out."""
    return {
        str(file.relative_to(project.results)): sha256(file)
        for file in sorted(project.results.rglob("*"))
        if file.suffix in KINDS and "logs" not in file.parts
    }


def last_line(output: str) -> str:
    """Return the last line that says something."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return lines[-1] if lines else "nothing"
