"""Room by room: every module, parts of the configuration, lock and bibliography.

What each script really loads is seen by running its imports; what follows from each rule is read
from Snakemake's graph. Neither uses the code that names the modules to Snakemake.
"""

import ast
import json
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from rupture_repair.config.catalogue import TABLES, TIDY
from rupture_repair.figures import catalogue
from rupture_repair.figures.catalogue import FIGURES
from rupture_repair.provenance.imports import module_files, package_files
from tiny_project import with_twin

pytestmark = pytest.mark.long

PACKAGE = "workflow/rupture_repair"
COHORT = "config/cohorts/tiny.yaml"
TRACE = """
import json, sys
sys.path.insert(0, "workflow")
exec(sys.argv[1])
files = [m.__file__ for name, m in sys.modules.items() if name.split(".")[0] == "rupture_repair"]
print(json.dumps(files))
"""
# what a single cohort has no jobs of
COMPARISON = {"pool_cohorts", "draw_forest_plot", "render_comparison", "record_comparison"}
# run for `make bayes` and `make submission` alone
ON_DEMAND = {"pose_posterior", "draw_for_submission", "draw_second_language"}
CODE = re.compile(r"^rule (\w+):(?:(?!^rule ).)*?^        code=(.+?),$", re.MULTILINE | re.DOTALL)
# an edit → the rules that depend on it themselves; all that follows from them is stale too
EDITS = {
    "chance.replicates": (
        *(COHORT, "replicates: 60", "replicates: 70"),
        {"expect_by_chance"},
    ),
    "inclusion.min_sessions": (COHORT, "min_sessions: 3", "min_sessions: 4", {"validate_cohort"}),
    "modelling.time": (
        COHORT,
        "time: log",
        "time: linear",
        {"build_analysis_table", "run_multiverse", "resample_multiverse", "strip_thresholds"},
    ),
    "confidential": (COHORT, "confidential: true", "confidential: false", {"share_counts"}),
    "criterion": (
        COHORT,
        "criterion: igra2025_style",
        "criterion: pooled_1sd",
        {"simulate_cohort"},
    ),
    "synthetic.missing_share": (
        *(COHORT, "missing_share: 0.12", "missing_share: 0.11"),
        {"simulate_cohort"},
    ),
    "lock": ("requirements.lock", None, "# edited\n", set()),
    "bibliography": ("reports/references.bib", None, "\n", {"render_manuscript"}),
}


def scripts_of_rules(root):
    """Return rule → script, read from the rule files."""
    rule = re.compile(
        r'^rule (\w+):(?:(?!^rule ).)*?script:\s+"\.\./(.+?)"', re.MULTILINE | re.DOTALL
    )
    texts = [f.read_text(encoding="utf-8") for f in (root / "workflow/rules").glob("*.smk")]
    found = dict(pair for text in texts for pair in rule.findall(text))
    scripts = {name: root / "workflow" / script for name, script in found.items()}
    return {name: script for name, script in scripts.items() if name not in ON_DEMAND}


def loaded_by(root, script):
    """Return the package's files, relative to it, that the imports of `script` really load."""
    tree = ast.parse(script.read_text(encoding="utf-8"))
    imports = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    command = [sys.executable, "-c", TRACE, "\n".join(map(ast.unparse, imports))]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    package = f"{root / PACKAGE}/"
    return {file.removeprefix(package) for file in json.loads(done.stdout.splitlines()[-1])}


@pytest.fixture(scope="module")
def users(root):
    """Module → the rules whose script loads it."""
    rules = scripts_of_rules(root)
    assert len(rules) > 10
    found = {str(f.relative_to(root / PACKAGE)): set() for f in (root / PACKAGE).rglob("*.py")}
    for rule, script in rules.items():
        for file in loaded_by(root, script):
            found[file].add(rule)
    for file in [file for file in found if is_figure(root, file)]:  # loaded by the figure's name
        for used in {file} | loaded_by(root, root / PACKAGE / file):
            found[used].add(drawn_by(file))
    return found


def drawn_by(figure):
    """The rule that draws a figure: the one of models as soon as one of its tables needs them."""
    before = re.compile(r"validate|admit|detect|expect|weigh_rules|compare|follow|describe|build")
    tables = FIGURES[Path(figure).stem]
    steps = [TABLES[name].step for name in tables if name not in TIDY]
    return "draw_ratings" if all(map(before.match, steps)) else "draw_models"


def is_figure(root, file):
    text = (root / PACKAGE / file).read_text(encoding="utf-8")
    return file.startswith("figures/") and "\ndef draw(" in text


@pytest.fixture(scope="module")
def pair(built, tmp_path_factory):
    """The project with two cohorts, so that every rule has a job, and how to ask for both."""
    project = built.copy(tmp_path_factory.mktemp("pair") / "project")
    with_twin(project)
    return project, ("--config", "cohorts=tiny,twin")


@pytest.fixture(scope="module")
def follows(pair):
    """Rule → the rules that follow from it, itself included, by Snakemake's graph."""
    project, cohorts = pair
    done = project.snakemake("--rulegraph", "--forceall", "--quiet", "all", *cohorts)
    labels = dict(re.findall(r'(\d+)\[label = "(\w+)"', done.stdout))
    edges = re.findall(r"^\s*(\d+) -> (\d+)", done.stdout, re.MULTILINE)
    assert edges, done.stdout
    found = {rule: {rule} for rule in labels.values()}
    for _ in labels:
        for before, after in edges:
            found[labels[before]] |= found[labels[after]]
    return {rule: rules - {"all"} for rule, rules in found.items()}


@pytest.fixture(scope="module")
def named(root):
    """Module → the rules whose digest of code it is in, as the rule files write it."""
    known = {kind: getattr(catalogue, kind) for kind in ("OF_RATINGS", "OF_MODELS")}
    known["code"] = lambda script, *names: {
        *package_files(root / "workflow/scripts" / script),
        *module_files(*names),
    }
    found = {}
    for file in (root / "workflow/rules").glob("*.smk"):
        for rule, expression in CODE.findall(file.read_text(encoding="utf-8")):
            if rule not in ON_DEMAND:
                for used in eval(expression, known):
                    found.setdefault(used.removeprefix(f"{root / PACKAGE}/"), set()).add(rule)
    return found


@pytest.fixture(scope="module")
def plans(built, tmp_path_factory):
    """Edit of the configuration, the lock or the bibliography → the rules that a run would do."""

    def planned(name):
        project = built.copy(tmp_path_factory.mktemp("matrix") / name.replace(".", "-"))
        project.edit(*EDITS[name][:3])
        jobs = set(project.plan())
        shutil.rmtree(project.folder)
        return jobs

    with ThreadPoolExecutor(max_workers=2) as pool:
        return dict(zip(EDITS, pool.map(planned, EDITS), strict=True))


def test_each_rule_names_just_the_modules_that_its_script_loads(users, named):
    differing = {file: sorted(rules ^ named.get(file, set())) for file, rules in users.items()}
    assert {file: rules for file, rules in differing.items() if rules} == {}


def test_each_rule_names_the_code_of_its_own_script(root):
    for rule, script in scripts_of_rules(root).items():
        texts = [f.read_text(encoding="utf-8") for f in (root / "workflow/rules").glob("*.smk")]
        found = dict(pair for text in texts for pair in CODE.findall(text))
        assert found[rule].startswith(f'code("{script.relative_to(root / "workflow/scripts")}"')


def test_the_matrix_of_modules_and_rules(users, follows):
    """Printed with `pytest -s`: ● uses the module, · follows from a rule that does."""
    rules = sorted(follows.keys() - {"all"})
    rows = {}
    for file, using in sorted(users.items()):
        stale = set().union(*(follows[rule] for rule in using))
        marks = ["●" if rule in using else "·" if rule in stale else " " for rule in rules]
        rows[file] = "  ".join(marks)
        assert not using or stale & {"record_provenance", "record_comparison"}, file
    print("\n" + "\n".join(f"{number:2} {rule}" for number, rule in enumerate(rules)))
    print(f"{'':40} " + " ".join(f"{number:<2}" for number in range(len(rules))))
    print("\n".join(f"{file:40} {row}" for file, row in rows.items()))


@pytest.mark.parametrize("edit", EDITS)
def test_each_part_of_the_configuration(plans, follows, edit):
    """The record of the run holds configuration and lock: it and the paper follow from both."""
    expected = set().union(*(follows[rule] - COMPARISON for rule in EDITS[edit][3]))
    if EDITS[edit][0] in {COHORT, "requirements.lock"}:
        expected |= follows["record_run"] - COMPARISON
    assert plans[edit] == expected
