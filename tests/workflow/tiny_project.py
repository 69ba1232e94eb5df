"""A copy of the project with a small synthetic cohort."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import yaml

SOURCES = (
    "Snakefile",
    "workflow",
    "config",
    "data",
    "reports",
    "requirements.lock",
    "requirements-bayes.lock",
    "environment.yml",
    "environment-bayes.yml",
)
PUBLISHED = {
    "n_patients": 60,
    "n_therapists": 8,
    "sessions_min": 3,
    "sessions_max": 30,
    "sessions_mean": 9.8,
    "sessions_sd": 6.5,
    "percent_none": 50.0,
    "percent_unrepaired": 30.0,
    "percent_repaired": 20.0,
    "n_none": 30,
    "n_unrepaired": 18,
    "n_repaired": 12,
}

# what is simulated and resampled, as little as the configuration allows
FEWEST = {
    "chance": {"replicates": 60, "coupled": 20},
    "compatibility": {"processes": 16},
    "robustness": {"replicates": 50},
}


@dataclass(frozen=True)
class Project:
    """A copy of the project folder."""

    folder: Path

    def snakemake(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run Snakemake as a user would; output and errors together."""
        command = [sys.executable, "-m", "snakemake", "--cores", "2", *words]
        drop = {"PYTHONPATH", "QUARTO"}
        environment = {name: value for name, value in os.environ.items() if name not in drop}
        return subprocess.run(
            command,
            cwd=self.folder,
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=900,
        )

    def plan(self, *words: str) -> dict[str, int]:
        """Return the number of jobs per rule that a run would do now."""
        done = self.snakemake("--dry-run", "--quiet", "host", "reason", *words)
        assert done.returncode == 0, done.stdout
        if "Nothing to be done" in done.stdout:
            return {}
        table = done.stdout.split("Job stats:")[1].split("total")[0]
        jobs = {name: int(n) for name, n in re.findall(r"^(\w+) +(\d+)$", table, re.MULTILINE)}
        return {name: n for name, n in jobs.items() if name != "all"}

    def edit(self, file: str, old: str | None = None, new: str | None = None) -> None:
        """Replace `old` in a file, or append to the file: to Python a statement, else a comment."""
        path = self.folder / file
        if new is None:
            new = "\nEDITED = True\n" if path.suffix == ".py" else "\n# edited\n"
        text = path.read_text(encoding="utf-8")
        assert old is None or text.count(old) == 1, f"{old} in {file}"
        path.write_text(text + new if old is None else text.replace(old, new), encoding="utf-8")

    def copy(self, to: Path) -> "Project":
        """Return a copy with times and Snakemake's records kept."""
        return Project(Path(shutil.copytree(self.folder, to, symlinks=True)))

    @property
    def results(self) -> Path:
        """The results of the cohort."""
        return self.folder / "results/tiny"


def write_tiny_cohort(folder: Path) -> None:
    """Make the cohort `tiny` the one that is run."""
    content = yaml.safe_load((folder / "config/cohorts/igra2025.yaml").read_text(encoding="utf-8"))
    content |= {
        "title": "Tiny clinic",
        "published": "data/published/tiny.csv",
        "files": {kind: f"data/private/tiny/{kind}.csv" for kind in ("patients", "sessions")},
    }
    for section, fewest in FEWEST.items():
        content[section] |= fewest
    text = yaml.safe_dump(content, sort_keys=False)
    (folder / "config/cohorts/tiny.yaml").write_text(text, encoding="utf-8")
    table = pd.read_csv(folder / "data/published/igra2025.csv", dtype=str).set_index("item")
    table.loc[list(PUBLISHED), "published"] = [str(value) for value in PUBLISHED.values()]
    table.to_csv(folder / "data/published/tiny.csv")
    choices = folder / "config/multiverse.yaml"
    shipped = yaml.safe_load(choices.read_text(encoding="utf-8"))
    choices.write_text(
        yaml.safe_dump(shipped | {"specifications": 24, "chunks": 1}), encoding="utf-8"
    )
    project = {"cohorts": ["tiny"], "resampling": 2, "manuscript": {"engine": "pandoc"}}
    (folder / "config/config.yaml").write_text(yaml.safe_dump(project), encoding="utf-8")


def make_tiny_project(root: Path, folder: Path) -> Project:
    """Copy what a run needs to `folder`, with the cohort `tiny`; nothing has been run."""
    copy_sources(root, folder)
    write_tiny_cohort(folder)
    return Project(folder)


def copy_sources(root: Path, folder: Path) -> None:
    """Copy what a run needs to `folder`, without results and private data."""
    folder.mkdir(parents=True)
    for name in SOURCES:
        source = root / name
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__", "private")
            shutil.copytree(source, folder / name, ignore=ignored)
        else:
            shutil.copy2(source, folder / name)


def with_twin(project: Project) -> None:
    """Give the project a finished cohort `twin`: the results of `tiny` under another name."""
    text = (project.folder / "config/cohorts/tiny.yaml").read_text(encoding="utf-8")
    (project.folder / "config/cohorts/twin.yaml").write_text(text, encoding="utf-8")
    shutil.copytree(project.results, project.folder / "results/twin")
