"""A cohort that lacks something ends with a paper that says so, never with a traceback."""

import re

import pandas as pd
import pytest
from incomplete_clinics import CASES, deliver
from rupture_repair.manuscript.checks import docx_text

pytestmark = pytest.mark.long


def words_of(html):
    return " ".join(re.sub(r"<[^>]*>", "", html.read_text(encoding="utf-8")).split())


@pytest.mark.parametrize("change", CASES, ids=lambda change: change.__name__)
def test_the_paper_says_what_could_not_be_estimated(fresh, built, tmp_path, change):
    project = fresh.copy(tmp_path / "project")
    deliver(project.folder, change, built.results / "synthetic")
    done = project.snakemake("--quiet", "host", "reason", "rules")
    assert done.returncode == 0, done.stdout
    assert "Traceback" not in done.stdout
    assert "results/tiny/index.html" in done.stdout
    paper = project.results / "manuscript"
    text = words_of(paper / "manuscript.html")
    for message in CASES[change]:
        assert message in text, message
    assert (paper / "manuscript.pdf").read_bytes().startswith(b"%PDF-")
    word = " ".join(docx_text(paper / "manuscript.docx").split())
    for rendered in (text, word):
        assert not re.search(r"\b(nan|inf)\b", rendered)
    missing = pd.read_csv(project.results / "tables/not_estimated.csv")
    assert missing[["model", "what", "why"]].notna().all(axis=None)
    # what is listed as missing has no number: no coefficient of a model that was not estimated
    effects = pd.read_csv(project.results / "tables/fixed_effects.csv")
    whole = set(missing.loc[missing["what"] == "the whole model", "model"])
    assert not whole & set(effects["model"])
    listed = missing[missing["what"] == "coefficient"]
    both = listed.merge(effects, on=["model", "term"])
    assert both.empty
    assert effects.notna().all(axis=None)
    assert ("What could not be estimated" in text) == (len(missing) > 0)
    assert (f"tiny: {len(missing)} thing" in done.stdout) == (len(missing) > 0)
