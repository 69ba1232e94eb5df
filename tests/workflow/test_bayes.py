"""The posterior: not part of a run unless asked for, then kept while it fits, else not shown."""

import json

import numpy as np
import pandas as pd
import pytest
from environments import python_apart

# with half of them, whether the chains of so small a cohort agree to 1.01 is a matter of luck
DRAWS = 1500
ASKED = ("--config", f"posterior_draws={DRAWS}")
SECTION = "Bayesian check"


def paper(project):
    html = project.results / "manuscript/supplement.html"
    return " ".join(html.read_text(encoding="utf-8").split())


@pytest.mark.long
def test_a_run_samples_nothing_unless_it_is_asked_to(built):
    assert SECTION not in paper(built)
    assert pd.read_csv(built.results / "tables/posterior.csv").empty
    assert not (built.results / "models/posterior.json").exists()
    assert "bayes" not in json.loads((built.results / "provenance.json").read_text("utf-8"))
    plan = built.plan(*ASKED)
    assert plan == {
        **dict.fromkeys(["pose_posterior", "sample_posterior", "compare_posterior"], 1),
        **dict.fromkeys(["share_counts", "render_manuscript", "record_provenance"], 1),
        "write_front_page": 1,
        **{name: n for name, n in plan.items() if name in {"answer_questions", "draw_models"}},
        **{name: n for name, n in plan.items() if name in {"verify_published", "draw_ratings"}},
    }


@pytest.fixture(scope="module")
def sampled(built, root, tmp_path_factory):
    """The project after `make bayes`."""
    python_apart(root, "bayes")
    project = built.copy(tmp_path_factory.mktemp("bayes") / "project")
    (project.folder / ".venv-bayes").symlink_to(root / ".venv-bayes")
    done = project.snakemake("--quiet", "host", "reason", "rules", *ASKED)
    assert done.returncode == 0, done.stdout
    return project


@pytest.mark.long
def test_the_posterior_is_close_to_the_models_own_inference(sampled):
    table = pd.read_csv(sampled.results / "tables/posterior.csv")
    headline = pd.read_csv(sampled.results / "tables/headline.csv")
    assert table["verdict"].eq("converged").all()
    assert table["role"].tolist() == ["headline", *["at length"] * 3, "by length"]
    own = headline[headline["role"] != "averaged"].reset_index(drop=True)
    np.testing.assert_array_equal(table["estimate"], own["estimate"])
    assert ((table["mean"] - own["estimate"]).abs() / own["model_se"]).max() < 0.1
    wide = (table["high"] - table["low"]) / (own["model_ci_high"] - own["model_ci_low"])
    assert wide.between(0.85, 1.15).all(), wide
    assert table["low"].lt(table["median"]).all()
    assert table["median"].lt(table["high"]).all()


@pytest.mark.long
def test_paper_and_record_show_it_and_a_later_run_keeps_it(sampled):
    assert SECTION in paper(sampled)
    assert f"4 chains of {DRAWS:,} draws each converged" in paper(sampled)
    record = json.loads((sampled.results / "provenance.json").read_text(encoding="utf-8"))
    assert {"pymc", "arviz", "pytensor", "numpy"} <= set(record["bayes"]["packages"])
    outputs = {entry["file"].removeprefix("results/tiny/") for entry in record["outputs"]}
    assert {"models/posterior.json", "data/posterior_problem.json"} <= outputs
    assert sampled.plan() == {}
    assert sampled.plan(*ASKED) == {}
    assert "sample_posterior" in sampled.plan("--config", "posterior_draws=300")


@pytest.mark.long
def test_a_posterior_of_other_libraries_is_not_shown(sampled, tmp_path):
    project = sampled.copy(tmp_path / "project")
    project.edit("requirements-bayes.lock")
    done = project.snakemake("--quiet", "host", "reason", "rules")
    assert done.returncode == 0, done.stdout
    assert (project.results / "models/posterior.json").exists()
    assert pd.read_csv(project.results / "tables/posterior.csv").empty
    assert SECTION not in paper(project)
    assert "bayes" not in json.loads((project.results / "provenance.json").read_text("utf-8"))
    assert "sample_posterior" in project.plan(*ASKED)


@pytest.mark.long
def test_a_posterior_of_another_problem_is_not_shown(sampled, tmp_path):
    project = sampled.copy(tmp_path / "project")
    old = "robustness:\n  replicates: 50\n  seed: "
    project.edit("config/cohorts/tiny.yaml", old, f"{old}1")
    table = "results/tiny/ruptures/counts/posterior.csv"
    done = project.snakemake("--quiet", "host", "reason", "rules", "--", table)
    assert done.returncode == 0, done.stdout
    assert pd.read_csv(project.folder / table).empty
    log = (project.results / "logs/compare_posterior.log").read_text(encoding="utf-8")
    assert "`make bayes` makes it again" in log
