"""Real, confidential patients: a whole run, and all that it offers for sharing searched."""

import os
import re
import shutil
import subprocess
import sys
import zipfile

import pandas as pd
import pytest
import yaml
from attack_equations import on_everything

PLANTED = "Q7PLANTED"  # nothing else says so
SOURCE = ("manuscript/source", "manuscript/source/_generated", "manuscript/source/_sections")
FOLDERS = ("tables", "figures", "manuscript", *SOURCE, "logs", ".")
READ_AS_TEXT = {".csv", ".json", ".txt", ".html", ".svg", ".log", ".md", ".qmd", ".yml"}
SHIPPED = {".css", ".lua", ".typ", ".bib", ".csl"}  # the same for every cohort


def test_private_data_are_ignored_by_git(root):
    rules = (root / ".gitignore").read_text(encoding="utf-8").split()
    assert {"data/private/", "results/"} <= set(rules)
    if (root / ".git").exists():
        listing = subprocess.run(
            [
                "git",
                "-C",
                str(root),
                "check-ignore",
                "data/private/a/b.csv",
                "results/x/ruptures/y",
            ],
            capture_output=True,
            text=True,
        )
        assert len(listing.stdout.split()) == 2
        listed = ["git", "-C", str(root), "ls-files", "data/private", "results"]
        assert subprocess.run(listed, capture_output=True, text=True).stdout == ""


def a_repository(folder, root):
    """Make a repository of the project, as its user would have it."""
    for file in (".gitignore", "CITATION.cff", "README.md", "LICENSE"):
        shutil.copy2(root / file, folder / file)
    git = ["git", "-C", str(folder), "-c", "user.name=A", "-c", "user.email=a@example.org"]
    for words in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "-m", "Clinic"]):
        subprocess.run([*git, *words], check=True, capture_output=True)


@pytest.fixture(scope="module")
def crate(shared, root, tmp_path_factory):
    """The archive of the run, unpacked."""
    folder = shared.parents[1]
    a_repository(folder, root)
    command = [sys.executable, "-m", "rupture_repair", "archive", "--cohorts", "tiny"]
    environment = os.environ | {"PYTHONPATH": "workflow"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (packed,) = folder.glob("*.crate.zip")
    unpacked = tmp_path_factory.mktemp("crate")
    with zipfile.ZipFile(packed) as archive:
        archive.extractall(unpacked)
    return unpacked


@pytest.fixture(scope="module")
def shared(fresh, built, tmp_path_factory):
    """Results of a clinic with 3 repaired patterns, 2 unclassifiable and 2 short treatments.

    Its raw files are named by absolute paths.
    """
    project = fresh.copy(tmp_path_factory.mktemp("confidential") / "project")
    raw = {k: pd.read_csv(built.results / f"synthetic/{k}.csv") for k in ("patients", "sessions")}
    patterns = pd.read_parquet(built.results / "ruptures/patterns.parquet")
    of = patterns.groupby("pattern")["patient_id"].apply(list)
    leave, silent, short = of["repaired"][3:], of["none"][:2], of["none"][2:4]
    folder = tmp_path_factory.mktemp(f"home-of-{PLANTED}")  # a path that names its user
    sessions = raw["sessions"]
    sessions.loc[sessions["PatientID"].isin(silent), "SAI"] = None
    sessions = sessions[~sessions["PatientID"].isin(short) | (sessions["Session"] < 3)]
    for kind, table in {**raw, "sessions": sessions}.items():
        own = table[~table["PatientID"].isin(leave)].copy()
        own["PatientID"] = PLANTED + own["PatientID"].astype(str)
        own.to_csv(folder / f"{kind}.csv", index=False)
    settings = project.folder / "config/cohorts/tiny.yaml"
    content = yaml.safe_load(settings.read_text(encoding="utf-8"))
    content |= {"confidential": True, "published": None, "synthetic": None}
    content["files"] = {kind: str(folder / f"{kind}.csv") for kind in raw}
    settings.write_text(yaml.safe_dump(content), encoding="utf-8")
    done = project.snakemake("--quiet", "host", "reason", "rules")
    assert done.returncode == 0, done.stdout
    (project.results / "logs/terminal.log").write_text(done.stdout, encoding="utf-8")
    return project.results


def files_of(results):
    files = [file for folder in FOLDERS for file in (results / folder).glob("[!.]*")]
    return [file for file in files if file.is_file()]


def text_of(file, scratch):
    if file.suffix in READ_AS_TEXT | SHIPPED:
        return file.read_text(encoding="utf-8")
    if file.suffix == ".docx":
        with zipfile.ZipFile(file) as archive:
            names = [name for name in archive.namelist() if name.endswith((".xml", ".svg"))]
            return "".join(archive.read(name).decode("utf-8") for name in names)
    if file.suffix == ".pdf":
        subprocess.run(["pdftotext", "-layout", str(file), str(scratch / "text")], check=True)
        return (scratch / "text").read_text(encoding="utf-8")
    assert file.suffix == ".png", file
    return ""


@pytest.mark.long
def test_the_private_folder_has_all_counts(shared):
    counts = pd.read_csv(shared / "ruptures/counts/pattern_breakdown.csv")
    counts = counts.set_index("pattern")["n"]
    assert counts[["repaired", "unclassifiable"]].tolist() == [3, 2]
    flow = pd.read_csv(shared / "ruptures/counts/patient_flow.csv")
    assert 2 in flow["excluded"].tolist()
    assert PLANTED in (shared / "ruptures/audit.html").read_text(encoding="utf-8")


@pytest.mark.long
def test_no_patient_is_named(shared, tmp_path):
    files = files_of(shared)
    assert {file.suffix for file in files} >= READ_AS_TEXT | {".docx", ".pdf", ".png"}
    assert not [file.name for file in files if PLANTED in text_of(file, tmp_path)]


@pytest.mark.long
def test_the_archive_names_no_patient_and_holds_no_private_table(crate, shared, tmp_path):
    files = [file for file in crate.rglob("*") if file.is_file()]
    results = [file for file in files if file.is_relative_to(crate / "archived/tiny")]
    archived = [str(file.relative_to(crate / "archived/tiny")) for file in results]
    assert len(archived) > 80
    assert not [name for name in archived if name.startswith(("ruptures", "data", "validation"))]
    assert not list((crate / "data").glob("private/*"))
    named = [file.name for file in files if PLANTED.encode() in file.read_bytes()]
    read = [file for file in results if file.suffix in {".docx", ".pdf"}]
    named += [file.name for file in read if PLANTED in text_of(file, tmp_path)]
    assert not named
    searched = {file.read_bytes() for file in shared.glob("tables/*.csv")}
    assert {file.read_bytes() for file in crate.glob("archived/tiny/tables/*.csv")} <= searched


@pytest.mark.long
def test_no_table_counts_few_patients(shared):
    for file in [*shared.glob("tables/*.csv"), *shared.glob("*.csv")]:
        table = pd.read_csv(file)
        counted = {"n", "excluded", "n_patients", "n_none", "n_unrepaired", "n_repaired"}
        for column in counted & set(table):
            values = table[column].astype(float)
            assert not values.between(1, 4).any(), (file.name, column)
    cohort = pd.read_csv(shared / "tables/cohort.csv").query("statistic == 'n'")
    assert not cohort.query("variable != 'therapists'")["value"].between(1, 4).any()
    detection = pd.read_csv(shared / "tables/detection.csv")
    counted = detection[detection["quantity"].str.startswith("n_")]
    assert not counted["value"].between(1, 4).any()
    assert counted["value"].isna().any()


@pytest.mark.long
def test_no_text_counts_few_patients(shared, tmp_path):
    """Neither the 3 repaired patterns and what goes with them, nor the 2 left out."""
    few = re.compile(
        r"n = [1-4]\b(?!\.)|\b[1-4] (un)?repaired|\(?\b[1-4] patients|too few to classify:? [1-4]\b"
        r"|sessions:? [1-4]\b;|\b[1-4] left out|\b[1-4] of them were left out"
    )
    texts = [*shared.glob("figures/*.txt"), *shared.glob("manuscript/*.*")]
    texts += shared.glob("manuscript/source/**/*.md")
    assert len(texts) > 10
    for file in texts:
        text = re.sub(r"data:[^\"')]*|<[^>]*>", " ", text_of(file, tmp_path))
        text = " ".join(text.split())
        assert not few.search(text), (file.name, few.search(text))
        assert not re.search(r"\bnan\b|<NA>", text), file.name
    lengths = (shared / "figures/chance_by_length.alt.txt").read_text(encoding="utf-8")
    assert "Unrepaired: all: masked" in lengths  # beside the others it would tell the repaired
    bars = (shared / "figures/pattern_breakdown.alt.txt").read_text(encoding="utf-8")
    assert "unrepaired masked; repaired masked" in bars


@pytest.mark.long
def test_no_small_count_can_be_worked_out_of_the_shared_tables(shared):
    """Those of the run itself; its criterion with two of the others at a time."""
    tables = {file.stem: pd.read_csv(file) for file in shared.glob("tables/*.csv")}
    own, *others = tables["criteria_breakdown"]["criterion"].unique()
    assert len(others) > 5
    for pair in zip(others[::2], others[1::2], strict=False):
        attack = on_everything(of_criteria(tables, [own, *pair]), 0.1, multiples={})
        assert len(attack.rows) > 200
        assert attack.recovered() == {}, pair


def of_criteria(tables, names):
    """Return the tables with what they tell of some criteria alone."""
    known = {
        "criteria_breakdown": ["criterion"],
        "criteria_moves": ["from_criterion", "to_criterion"],
        "criteria_agreement": ["first", "second"],
    }
    kept = {
        name: tables[name][tables[name][columns].isin(names).all(axis=1)]
        for name, columns in known.items()
    }
    kept["criteria_consistency"] = tables["criteria_consistency"].assign(value=float("nan"))
    return {**tables, **kept}
