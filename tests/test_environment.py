"""One set of versions for conda and pip, and one version of the product."""

import ast
import json
import re
import tomllib
from importlib.metadata import packages_distributions

import pytest
import yaml
from rupture_repair.provenance.licences import licences

CONDA_NAMES = {"matplotlib-base": "matplotlib", "snakemake-minimal": "snakemake"}
# run as programs, or needed by Snakemake's report
NOT_IMPORTED = {"pygments", "snakemake", "snakemake-executor-plugin-slurm"}
# imported where `make bayes` installed them; and what pydantic itself ties to one version
IMPORTED_APART = {"arviz", "pymc", "pytensor", "pydantic-core"}


def canonical(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned(requirement):
    """Return name and version of `name==1.2`; anything looser is refused."""
    match = re.fullmatch(r"([A-Za-z0-9._-]+)==([0-9][0-9A-Za-z.]*)", requirement)
    assert match, f"{requirement} is not pinned to one version"
    return canonical(match[1]), match[2]


@pytest.fixture(scope="module")
def project(root):
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def direct(project):
    """The direct versions of pyproject.toml: what a run and its tests need."""
    wanted = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    return dict(map(pinned, wanted))


@pytest.fixture(scope="module")
def bayes(project):
    """The direct versions of the environment of `make bayes`."""
    return dict(map(pinned, project["dependency-groups"]["bayes"]))


@pytest.fixture(
    scope="module",
    params=["requirements.lock", "requirements-bayes.lock", "requirements-docs.lock"],
)
def lock(root, request):
    return (root / request.param).read_text(encoding="utf-8")


def locked(text):
    """Return requirement line → number of hashes of a lock file."""
    entries = {}
    for line in text.splitlines():
        if line and not line[0].isspace() and not line.startswith("#"):
            entry = line.removesuffix(" \\")
            entries[entry] = 0
        entries[entry] += line.count("--hash=sha256:")
    return entries


def versions_in(root, name):
    """Return the versions of each package in a lock file; some differ by Python."""
    versions = {}
    for entry in locked((root / name).read_text(encoding="utf-8")):
        package, version = pinned(entry.split(" ;")[0].strip())
        versions.setdefault(package, set()).add(version)
    return versions


def conda(root, name):
    """Return the versions of a conda file by pip's names, Python left out."""
    content = yaml.safe_load((root / name).read_text(encoding="utf-8"))
    found = {}
    for entry in content["dependencies"]:
        if isinstance(entry, dict):
            found |= dict(map(pinned, entry["pip"]))
        elif entry != "pip":
            package, version = entry.split("=")
            found[canonical(CONDA_NAMES.get(package, package))] = version
    del found["python"]
    return found


def test_what_the_workflow_imports_is_declared_and_nothing_else(root, project):
    declared = {pinned(wanted)[0] for wanted in project["project"]["dependencies"]}
    imported = set()
    for file in (root / "workflow").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            match node:
                case ast.Import(names=names):
                    imported |= {name.name.partition(".")[0] for name in names}
                case ast.ImportFrom(module=str(module), level=0):
                    imported.add(module.partition(".")[0])
    known = packages_distributions()
    used = {canonical(name) for module in imported for name in known.get(module, [])}
    assert used - IMPORTED_APART - {"rupture-repair"} <= declared, "imported and not declared"
    assert declared - used == NOT_IMPORTED, "declared and not imported"


def test_conda_has_the_direct_versions_of_pip_and_quarto(root, direct, bayes):
    versions = conda(root, "environment.yml")
    assert {name: version for name, version in versions.items() if name != "quarto"} == direct
    assert conda(root, "environment-bayes.yml") == bayes


def test_quarto_is_the_same_for_conda_and_set_up(root):
    script = ast.parse((root / "workflow/setup/install_quarto.py").read_text(encoding="utf-8"))
    constants = {
        node.targets[0].id: node.value.value
        for node in script.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
    }
    content = yaml.safe_load((root / "environment.yml").read_text(encoding="utf-8"))
    assert f"quarto={constants['VERSION']}" in content["dependencies"]


def test_lock_holds_the_direct_and_the_build_versions(root, direct, project):
    versions = versions_in(root, "requirements.lock")
    build = dict(map(pinned, project["dependency-groups"]["build"]))
    for name, version in (direct | build).items():
        assert versions.get(name) == {version}, name


def test_the_lock_of_the_bayesian_check_holds_its_direct_versions(root, bayes):
    versions = versions_in(root, "requirements-bayes.lock")
    for name, version in bayes.items():
        assert versions.get(name) == {version}, name
    # a run without `make bayes` installs none of it
    assert "pymc" not in versions_in(root, "requirements.lock")


def test_the_lock_of_the_documentation_holds_its_direct_versions(root, project):
    versions = versions_in(root, "requirements-docs.lock")
    for name, version in map(pinned, project["dependency-groups"]["docs"]):
        assert versions.get(name) == {version}, name
    # neither a run nor its tests need them
    assert "sphinx" not in versions_in(root, "requirements.lock")


def test_every_locked_package_has_hashes(lock):
    entries = locked(lock)
    assert entries
    assert [entry for entry, hashes in entries.items() if hashes == 0] == []


def test_lock_names_no_address(lock):
    assert "://" not in lock
    assert "index" not in lock
    assert "find-links" not in lock


def test_python_of_conda_is_supported(project, root):
    lowest = project["project"]["requires-python"].removeprefix(">=")
    for name in ("environment.yml", "environment-bayes.yml"):
        content = yaml.safe_load((root / name).read_text(encoding="utf-8"))
        (python,) = [e for e in content["dependencies"] if str(e).startswith("python=")]
        version = tuple(map(int, python.removeprefix("python=").split(".")))
        assert tuple(map(int, lowest.split("."))) <= version <= (3, 13)


def test_one_version_everywhere(root, project):
    package = (root / "workflow/rupture_repair/__init__.py").read_text(encoding="utf-8")
    version = re.search(r'__version__ = "(.+)"', package)[1]
    citation = yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))
    newest = re.search(
        r"^## \[?(\d[\w.]*)", (root / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE
    )[1]
    assert project["project"]["dynamic"] == ["version"]
    codemeta = json.loads((root / "codemeta.json").read_text(encoding="utf-8"))
    assert {str(citation["version"]), codemeta["version"], newest} == {version}


def test_codemeta_says_what_the_citation_file_says(root):
    citation = yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))
    codemeta = json.loads((root / "codemeta.json").read_text(encoding="utf-8"))
    assert codemeta["name"] == citation["title"].split(":")[0]
    assert codemeta["license"] == f"https://spdx.org/licenses/{citation['license']}"
    assert codemeta["keywords"] == citation["keywords"]
    authors = [author["name"] for author in citation["authors"]]
    assert [author["name"] for author in codemeta["author"]] == authors
    articles = [f"https://doi.org/{article['doi']}" for article in citation["references"]]
    assert [article["@id"] for article in codemeta["referencePublication"]] == articles


def test_the_licence_of_every_installed_package_is_listed(root):
    page = (root / "LICENCES.md").read_text(encoding="utf-8")
    table = licences(root / "requirements.lock")
    assert len(table) > 90
    for row in table.itertuples(index=False):
        assert f"| {' | '.join(row)} |" in page
    named = table.set_index("package")["licence"]
    assert named["numpy"].startswith("BSD-3-Clause")
    assert "GPL" in named["pypandoc-binary"]
    assert named["scipy"] == "BSD License"
