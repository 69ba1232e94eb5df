"""The code on docs/for-spss-and-r.md, run: SPSS's syntax with GNU PSPP, R's lines with R."""

import re
import subprocess
from itertools import combinations

import numpy as np
import pandas as pd
import pyreadstat
import pytest
from r_packages import require_r, run_r
from rupture_repair.cohort.csv_tables import write_csv
from rupture_repair.modelling.design import COLUMNS
from rupture_repair.modelling.fit import fit_model
from rupture_repair.modelling.formulas import FORMULAS

TABLE = "results/igra2025/data/analysis.csv"


@pytest.fixture
def blocks(root):
    """The page's blocks of code by language."""
    page = (root / "docs/for-spss-and-r.md").read_text(encoding="utf-8")
    found = {}
    for language, text in re.findall(r"^```(\w+)\n(.*?)^```", page, re.MULTILINE | re.DOTALL):
        found.setdefault(language, []).append(text)
    return found


@pytest.fixture
def folder(reference_table, tmp_path):
    """A folder with the table of the analysis where the page's code seeks it."""
    file = tmp_path / TABLE
    file.parent.mkdir(parents=True)
    write_csv(reference_table[list(COLUMNS)], file)
    return tmp_path


def test_the_fixed_effects_of_mixed_are_those_of_the_headline_model(blocks):
    _, mixed = blocks["text"]
    outcome, factors = FORMULAS["M3"].split(" ~ ")
    factors = factors.split(" * ")
    wanted = {
        frozenset(term) for n in range(1, len(factors) + 1) for term in combinations(factors, n)
    }
    fixed = re.search(r"/FIXED=(.*?)\n  /METHOD", mixed, re.DOTALL)[1].split()
    written = [frozenset(term.replace("group", "pattern").split("*")) for term in fixed]
    assert len(written) == len(wanted) and set(written) == wanted
    assert mixed.startswith(f"MIXED {outcome} BY group WITH time iip_z length_c\n")


@pytest.mark.long
def test_spss_syntax_reads_the_table_of_the_analysis(blocks, folder, reference_table):
    reading, _ = blocks["text"]
    text = reading + "SAVE OUTFILE='read.sav'.\n"
    (folder / "page.sps").write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["pspp", "--batch", "page.sps"], cwd=folder, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0 and "error" not in done.stdout, done.stdout + done.stderr
    read, about = pyreadstat.read_sav(folder / "read.sav")
    names = about.variable_value_labels["group"]
    assert names == {1: "repaired", 2: "unrepaired", 3: "none"}  # the last is the reference
    assert list(read["group"].map(names)) == list(read["pattern"])
    table = reference_table.assign(pattern=reference_table["pattern"].astype(str))[list(COLUMNS)]
    pd.testing.assert_frame_equal(
        read.drop(columns="group"), table, check_dtype=False, rtol=1e-12, atol=1e-12
    )


@pytest.mark.long
def test_the_lines_for_r_fit_the_headline_model(blocks, folder, reference_table):
    require_r("lme4", "lmerTest")
    (lines,) = blocks["r"]
    script = folder / "page.R"
    show = 'cat(sprintf("%s %.10f\\n", names(fixef(m3)), fixef(m3)), sep = "")\n'
    script.write_text(lines + show, encoding="utf-8")
    printed = dict(line.split() for line in run_r(script, cwd=folder).splitlines() if line)
    fit = fit_model(reference_table, "M3", reml=True)
    errors = np.sqrt(np.diag(fit.covariance))
    for name, estimate, error in zip(fit.terms, fit.estimates, errors, strict=True):
        in_r = re.sub(r"pattern\[(\w+)\]", r"pattern\1", name).replace("Intercept", "(Intercept)")
        assert float(printed[in_r]) == pytest.approx(estimate, abs=1e-3 * error), name
