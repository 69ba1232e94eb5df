"""The engine as a stranger uses it: by its documentation, without the workflow."""

import re
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from engine_data import tiny_cohort
from rupture_repair.modelling import engine
from rupture_repair.modelling.engine import MixedModel


@pytest.fixture(scope="module")
def page(root):
    return (root / "docs/engine.md").read_text(encoding="utf-8")


def test_the_example_of_the_documentation_runs_and_finds_what_is_planted(page, capsys):
    [example] = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    names = {}
    exec(compile(example, "docs/engine.md", "exec"), names)
    assert "Linear mixed model by REML" in capsys.readouterr().out
    found = names["slope_repaired"].iloc[0]
    assert found["ci_low"] < -2 < found["ci_high"]


def test_the_page_explains_every_public_name(page):
    constants_and_classes_of_results = {
        *("SAME_LIKELIHOOD", "Agreement", "Certificate", "CertificateError"),
        *("ClusterRobust", "MixedModelResults", "Resamples", "degrees_of_freedom"),
    }
    for name in set(engine.__all__) - constants_and_classes_of_results:
        assert f"`{name}" in page, name


def test_every_name_of_the_table_is_one_of_the_engine(page):
    rows = re.findall(r"^\| (`[^|]*) \|", page.split("## Names")[1].split("## Notation")[0], re.M)
    named = {name for row in rows for name in re.findall(r"[`.](\w+)(?:\(|`)", row)}
    results = MixedModel.from_formula(
        "y ~ time", tiny_cohort(), groups=("therapist_id", "patient_id"), time="time"
    ).fit(n_starts=1)
    arguments = {"groups", "time", "patient_terms", "therapist_terms", "from_formula", "fit", "at"}
    assert arguments < named
    for name in named - arguments:
        assert hasattr(results, name), name


def test_results_have_the_names_and_forms_of_statsmodels():
    table = tiny_cohort(seed=2)
    ours = MixedModel.from_formula("y ~ time * z", table, groups="patient_id", time="time").fit()
    for name in ("params", "bse", "tvalues", "pvalues", "df"):
        assert getattr(ours, name).index.tolist() == ["Intercept", "time", "z", "time:z"]
    for name in ("llf", "scale", "aic", "bic"):
        assert np.isfinite(getattr(ours, name))
    assert ours.conf_int().columns.tolist() == [0, 1]
    pd.testing.assert_series_equal(
        pd.Series(np.diag(ours.cov_params()) ** 0.5, ours.terms), ours.bse
    )
    np.testing.assert_allclose(ours.fittedvalues + ours.resid, table["y"])


def test_one_grouping_and_two_say_which_column_is_which():
    table = tiny_cohort()
    one = MixedModel.from_formula("y ~ time", table, groups="patient_id", time="time")
    two = MixedModel.from_formula(
        "y ~ time", table, groups=("therapist_id", "patient_id"), time="time"
    )
    assert (one.groups, one.therapist) == ("patient_id", None)
    assert (two.groups, two.patient) == (("therapist_id", "patient_id"), "patient_id")
    assert one.design.sessions.n_patients == two.design.sessions.n_patients


def test_other_columns_of_the_same_sessions_are_the_model_of_their_formula():
    """Statistics of the sessions are shared; the fit is that of a model made anew."""
    table = tiny_cohort(seed=6).assign(twin=lambda t: 2 * t["z"])
    groups = {"groups": ("therapist_id", "patient_id"), "time": "time"}
    terms = {"patient_terms": "independent", "therapist_terms": "intercept"}
    largest = MixedModel.from_formula("y ~ time * z + twin", table, **groups)
    people = table.drop_duplicates("patient_id").set_index("patient_id")
    z = people.loc[largest.design.rows.patient_ids, "z"].to_numpy()
    smaller = largest.with_columns(
        "named",
        ["Intercept", "time", "z", "twin"],
        np.stack([np.ones(len(z)), z, 2 * z]),
        np.array([0, 1, 0, 0]),
        np.array([0, 0, 1, 2]),
        **terms,
    )
    anew = MixedModel.from_formula("y ~ time + z", table, **groups, **terms).fit()
    found = smaller.fit()
    assert (found.model.formula, found.terms) == ("named", anew.terms)
    assert found.model.design.aliased == ["twin"]
    assert found.llf == pytest.approx(anew.llf, abs=1e-8)
    np.testing.assert_allclose(found.params, anew.params, rtol=1e-6)
    np.testing.assert_allclose(found.predict(table), anew.predict(table), rtol=1e-6)


def test_importing_the_engine_loads_nothing_else_of_the_package_and_no_second_engine():
    loaded = (
        "import sys, rupture_repair.modelling.engine\n"
        "print(*sorted(m for m in sys.modules if m.split('.')[0] in "
        "('rupture_repair', 'statsmodels', 'matplotlib', 'pydantic')))"
    )
    found = subprocess.run(
        [sys.executable, "-c", loaded], capture_output=True, text=True, check=True
    ).stdout.split()
    package = [name for name in found if not name.startswith("rupture_repair.modelling.engine.")]
    names = ["rupture_repair", "rupture_repair.modelling", "rupture_repair.modelling.engine"]
    assert package == names
