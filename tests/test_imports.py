"""Who imports whom: contracts of pyproject.toml, circles, and what detection needs."""

import os
import re
import shutil
import subprocess
import sys
import tomllib

import grimp
import pytest
from scipy import sparse
from scipy.sparse.csgraph import connected_components

LINT = "from importlinter.cli import lint_imports_command as lint; lint()"
CONTRACTS = {
    "A room imports only rooms below it here, and config": (
        "detection/ruptures.py",
        "from rupture_repair.modelling import formulas",
    ),
    "The engine is used through its public face": (
        "modelling/fit.py",
        "from rupture_repair.modelling.engine import deviance",
    ),
    "No circles, of modules or of packages": (
        "modelling/design.py",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    "
        "from rupture_repair.modelling.fit import Fit",
    ),
}
# everything that the project needs but numpy, pandas, and pydantic, whose models criteria are
OTHERS = (
    *("jinja2", "matplotlib", "openpyxl", "pandera", "patsy", "PIL", "psutil", "pyarrow"),
    "pygments",
    *(
        "pypandoc",
        "pyreadstat",
        "rocrate",
        "scipy",
        "shiny",
        "snakemake",
        "statsmodels",
        "typst",
        "uvicorn",
        "yaml",
    ),
)


def checked(folder, package):
    """Return exit status and verdict by contract of the files in `package`."""
    done = subprocess.run(
        [sys.executable, "-c", LINT, "--no-cache"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(package)},
        capture_output=True,
        text=True,
    )
    lines = done.stdout.splitlines()
    verdicts = {
        name: line.removeprefix(name).split()[0]
        for name in CONTRACTS
        for line in lines
        if line.startswith(f"{name} ")
    }
    return done.returncode, verdicts


@pytest.mark.parametrize("edited", [False, True])
def test_contracts_are_kept_and_broken_by_a_wrong_import(root, tmp_path, edited):
    package = tmp_path / "workflow/rupture_repair"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(root / "workflow/rupture_repair", package, ignore=ignored)
    shutil.copy(root / "pyproject.toml", tmp_path)
    for file, line in CONTRACTS.values() if edited else ():
        path = package / file
        path.write_text(f"{path.read_text(encoding='utf-8')}\n{line}\n", encoding="utf-8")
    status, verdicts = checked(tmp_path, tmp_path / "workflow")
    assert verdicts == dict.fromkeys(CONTRACTS, "BROKEN" if edited else "KEPT")
    assert (status != 0) is edited


def test_no_module_imports_itself_through_others():
    """Packages' own `__init__` included, which the contract on siblings does not see."""
    graph = grimp.build_graph("rupture_repair", cache_dir=None)
    place = {name: n for n, name in enumerate(sorted(graph.modules))}
    pairs = [
        (place[name], place[other])
        for name in place
        for other in graph.find_modules_directly_imported_by(name)
    ]
    assert len(pairs) > len(place)
    rows, columns = zip(*pairs, strict=True)
    size = (len(place), len(place))
    imports = sparse.coo_array(([True] * len(pairs), (rows, columns)), size)
    assert connected_components(imports, connection="strong")[0] == len(place)


def test_detection_needs_no_library_but_numpy_pandas_and_pydantic():
    code = (
        f"import sys\nsys.modules |= dict.fromkeys({OTHERS!r})\n"
        "import pandas as pd\n"
        "from rupture_repair.detection import Criterion, detect\n"
        "rows = [('A', n, 5.0 - 2 * (n == 4), 10.0) for n in range(1, 9)]\n"
        "names = ['patient_id', 'session', 'alliance', 'symptoms']\n"
        "found = detect(pd.DataFrame(rows, columns=names), Criterion())\n"
        "print(*found.patterns['pattern'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stdout.split(), done.stderr) == (["repaired"], "")


def test_libraries_that_detection_does_without_are_the_projects_own(root):
    wanted = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    names = {
        re.split("[=_-]", entry)[0].replace("pyyaml", "yaml").replace("pillow", "PIL")
        for entry in wanted["project"]["dependencies"]
    }
    assert names - {"numpy", "pandas", "pydantic"} <= set(OTHERS)
