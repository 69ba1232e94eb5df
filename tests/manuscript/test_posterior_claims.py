"""The posterior beside REML: told where it was sampled and its chains converged, else not."""

import model_check_tables
import model_tables
import pytest
from matplotlib.figure import Figure
from rupture_repair.manuscript.checks import SECTIONS, check_output
from rupture_repair.manuscript.engines import find_engine, render
from rupture_repair.manuscript.posterior_claims import posterior, posterior_table, priors
from rupture_repair.manuscript.stage import stage
from rupture_repair.modelling.posterior import posterior_tables


@pytest.fixture
def with_posterior(changed):
    """A function that returns results with a posterior; `sampled` has the arguments."""

    def made(**how):
        sampled = model_check_tables.sampled(**how)
        return changed(**posterior_tables(model_tables.headline(), sampled))

    return made


def test_numbers_of_a_converged_posterior(with_posterior):
    words = posterior(with_posterior(shift=0.02, wider=1.04))
    assert "4 chains of 1,000 draws each converged" in words
    assert "largest R-hat 1.002, smallest effective sample size 1,200, 0 divergent steps" in words
    # b = −0.80 ± 0.98 by REML: 0.02 more, 1.04 times as wide
    assert "was −0.78 (95% interval [−1.80, 0.24], probability below zero .94)" in words
    assert "beside −0.80 by REML (model's own 95% CI [−1.78, 0.18])" in words
    assert "within 0.04 posterior *SD*s of REML" in words
    assert "1.04 to 1.04 times as wide" in words


@pytest.mark.parametrize(
    "how", [{"rhat": 1.02}, {"rhat": float("nan")}, {"ess": 399.0}, {"divergences": 1}]
)
def test_chains_that_did_not_converge_give_no_number(with_posterior, how):
    results = with_posterior(**how)
    words, table = posterior(results), posterior_table(results)
    assert "did not converge" in words
    assert "posterior mean" not in words
    assert "probability" not in words
    assert "The chains did not converge" in table
    cells = [line.split("|")[5:10] for line in table.splitlines() if line.startswith("| At ")]
    assert len(cells) == 4
    assert {cell.strip() for row in cells for cell in row} == {"–"}


def test_the_table_has_a_row_for_each_row_of_the_headline(with_posterior):
    lines = posterior_table(with_posterior()).splitlines()
    rows = [line.split("|")[1].strip() for line in lines if line.startswith("| ")][2:]
    assert rows == [
        "At average log length",
        *(f"At {length} sessions" for length in model_tables.LENGTHS),
        "Change per unit of log length",
    ]


def test_without_a_posterior_there_is_no_table(results):
    found = results()
    assert posterior(found) == "The posterior was not sampled."
    assert posterior_table(found) == ""


@pytest.mark.parametrize(
    ("terms", "correlation", "slopes"),
    [("correlated", True, True), ("independent", False, True), ("intercept", False, False)],
)
def test_priors_are_those_of_the_random_part(changed, terms, correlation, slopes):
    found = changed()
    modelling = found.settings.modelling.model_copy(update={"patient_terms": terms})
    words = priors(changed(settings={"modelling": modelling}))
    assert ("LKJ(2)" in words) == correlation
    assert ("slopes" in words) == slopes
    assert "2.5 *SD*s of the outcome" in words
    assert "therapists" in words


@pytest.mark.parametrize("run", [False, True])
def test_the_section_is_shown_where_it_was_sampled(with_posterior, results, root, tmp_path, run):
    figures = tmp_path / "figures"
    figures.mkdir()
    found = with_posterior() if run else results()
    for name in found.captions:
        for ending in ("svg", "png"):
            (figures / f"{name}.{ending}").write_text("")
    stage(found, root / "reports", figures, tmp_path / "project", "none")
    assert f"has-posterior: {str(run).lower()}" in (tmp_path / "project/_metadata.yml").read_text()
    assert bool((tmp_path / "project/_generated/_table-posterior.md").read_text()) == run


@pytest.mark.long
@pytest.mark.parametrize("how", [{}, {"rhat": 1.02}])
def test_a_paper_with_a_posterior_is_set_in_all_formats(with_posterior, root, tmp_path, how):
    figures = tmp_path / "figures"
    figures.mkdir()
    found = with_posterior(**how)
    drawing = Figure()
    for name in found.captions:
        for ending in ("svg", "png"):
            drawing.savefig(figures / f"{name}.{ending}", dpi=10)
    shown = stage(found, root / "reports", figures, tmp_path / "project", "none")
    files = render(find_engine("pandoc"), tmp_path / "project", ["supplement"])["supplement"]
    check_output(files, shown["supplement"], SECTIONS["supplement"])
    text = " ".join(files["html"].read_text(encoding="utf-8").split())
    assert "Bayesian check" in text
    assert ("did not converge" in text) == bool(how)
