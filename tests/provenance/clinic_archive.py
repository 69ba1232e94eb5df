"""A repository with a clinic whose raw files were committed by mistake, after one run."""

import os
import shutil
import subprocess

import yaml
from rupture_repair.config.load import load_project
from rupture_repair.provenance.log import logged
from rupture_repair.provenance.record import (
    provenance_record,
    run_record,
    write_record,
    write_records,
)
from rupture_repair.provenance.source import source_state

RAW = "data/clinic/patients.csv"
PRIVATE = ("data", "ruptures", "validation", "models")
SHARED = {
    "index.html",
    "tables/cohort.csv",
    "figures/patient_flow.svg",
    "manuscript/manuscript.html",
    "verification.csv",
    "run.json",
    "provenance.json",
}


def git(folder, *words):
    who = ["-c", "user.name=test", "-c", "user.email=test@example.org"]
    subprocess.run(["git", "-C", str(folder), *who, *words], check=True, capture_output=True)


def make_repository(root, folder):
    """Write the sources, with cohort and raw files, and commit them; nothing has been run."""
    (folder / "data").mkdir(parents=True)
    for name in ("Snakefile", "README.md", "LICENSE", "CITATION.cff"):
        shutil.copy(root / name, folder / name)
    shutil.copytree(
        root / "config", folder / "config", ignore=lambda _, names: {"cohorts"} & set(names)
    )
    shutil.copytree(root / "data/published", folder / "data/published")
    content = yaml.safe_load((root / "config/cohorts/igra2025.yaml").read_text(encoding="utf-8"))
    del content["synthetic"]
    content["files"] = {kind: f"data/clinic/{kind}.csv" for kind in ("patients", "sessions")}
    cohorts = folder / "config/cohorts"
    cohorts.mkdir()
    (cohorts / "clinic.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    (folder / "config/config.yaml").write_text("cohorts: [clinic]\n", encoding="utf-8")
    for kind in ("clinic/patients", "clinic/sessions", "private/other"):
        file = folder / f"data/{kind}.csv"
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"secret of {kind}\n", encoding="utf-8")
    (folder / ".gitignore").write_text("results/\n", encoding="utf-8")
    git(folder, "init", "-q")
    git(folder, "add", "--force", ".")
    git(folder, "commit", "-qm", "first")


def make_results(folder):
    """Write what a run leaves, in the present folder."""
    results = folder / "results/clinic"
    for name in [*SHARED, *(f"{private}/secret.csv" for private in PRIVATE)]:
        (results / name).parent.mkdir(parents=True, exist_ok=True)
        (results / name).write_text(f"{name}\n", encoding="utf-8")
    (results / "logs").mkdir()
    with logged(str(results / "logs/fit_model.log")):
        pass
    (results / "provenance.json").unlink()
    project = load_project()
    settings = project.cohorts["clinic"].record(project.multiverse)
    raw = load_project().raw_files("clinic").values()
    run = run_record(settings, source_state(folder), raw, ["data/published/igra2025.csv"])
    write_record(run, results / "run.json")
    outputs = [
        str(file.relative_to(folder)) for file in results.rglob("*.*") if "logs" not in file.parts
    ]
    sources = ["Snakefile", "config/criteria.yaml"]
    cohort = [load_project().cohorts["clinic"].file]
    record = provenance_record(run, "pandoc 3", "3", [], cohort, sources)
    write_records(
        record, outputs, str((results / "provenance.json").relative_to(folder)), private=True
    )


def files_in(folder):
    return {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()}


def rewrite(file, content):
    """Change a file and put its date back."""
    before = file.stat()
    file.write_text(content, encoding="utf-8")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
