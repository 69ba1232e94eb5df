"""What the posterior is sampled from, without PyMC; its likelihood by the definition (long)."""

import json
import shutil
import subprocess

import numpy as np
import pandas as pd
import patsy
import pytest
from environments import python_apart
from rupture_repair.config.steps.modelling import PosteriorSettings
from rupture_repair.modelling import posterior_sampling
from rupture_repair.modelling.design import mean_log_length
from rupture_repair.modelling.fit import FORMULAS, fit_model, restored
from rupture_repair.modelling.headline import headline
from rupture_repair.modelling.inference import Reported
from rupture_repair.modelling.keys import FewPatients
from rupture_repair.modelling.posterior import (
    CONVERGED,
    SUMMARY,
    is_current,
    posterior_problem,
    posterior_tables,
    verdict_of,
)
from rupture_repair.modelling.posterior_sampling import Lines, input_digests, scales, summary
from scipy import stats

SETTINGS = PosteriorSettings(confidence=0.95, seed=3)
PARAMETERS = ("residual_sd", "patient_sd", "patient_slope_sd", "patient_correlation")
# prints, of three points, the log-likelihood given the therapists and what it is conditional on
LIKELIHOODS = """
import json, sys
import numpy as np
from rupture_repair.modelling.posterior_sampling import model
found = model(json.loads(sys.stdin.read()))
free = [v.name for v in found.free_RVs + found.deterministics if v.name not in {"rotated"}]
names = [n for n in free if n != "patients"]
values = found.replace_rvs_by_values([found[name] for name in names])
how = {"inputs": found.value_vars, "mode": "FAST_COMPILE", "on_unused_input": "ignore"}
seen = found.compile_fn(values, **how)
likelihood = found.compile_logp(vars=found.observed_RVs, mode="FAST_COMPILE")
rng, start = np.random.default_rng(5), found.initial_point()
for _ in range(3):
    point = {k: v + 0.3 * rng.standard_normal(np.shape(v)) for k, v in start.items()}
    told = {name: np.asarray(v).tolist() for name, v in zip(names, seen(point))}
    print(json.dumps(told | {"likelihood": float(likelihood(point))}))
"""


@pytest.fixture(scope="module")
def small(reference_table):
    """Every third patient, one of whom has a single rating: 50 patients."""
    ids = sorted(reference_table["patient_id"].unique())[::3]
    table = reference_table[reference_table["patient_id"].isin(ids)]
    alone = (table["patient_id"] == ids[0]) & table.duplicated("patient_id")
    return table[~alone].reset_index(drop=True)


def posed(table, model="M3", **how):
    """Return the problem, the fit and the headline of a table."""
    fit = fit_model(table, model, reml=True, **how)
    found = restored(fit, table)
    rows = headline_of(table, {model: Reported.of(found, table, model)})
    return posterior_problem(fit, found, table, rows, SETTINGS), fit, rows


def headline_of(table, reported, reasons=()):
    """Return the headline of these models at 5 and 20 sessions."""
    lengths = {n: np.log(n) - mean_log_length(table) for n in (5.0, 20.0)}
    return headline(reported, dict(reasons), table, lengths, SETTINGS.confidence)


@pytest.fixture(scope="module")
def problem(small):
    return posed(small)


def arrays(problem):
    names = ("outcome", "time", "level", "slope")
    return [np.asarray(problem[name]) for name in names] + [np.asarray(problem["patient"])]


def test_the_fixed_part_is_the_design_matrix_of_the_fit(problem, small):
    outcome, time, level, slope, patient = arrays(problem[0])
    expected = np.asarray(patsy.dmatrix(FORMULAS["M3"].partition("~")[2], small))
    np.testing.assert_allclose(level[patient] + slope[patient] * time[:, None], expected)
    np.testing.assert_array_equal(outcome, small["symptoms"])
    carers = np.asarray(problem[0]["therapist"])[patient]
    assert pd.Series(carers).groupby(small["therapist_id"]).nunique().eq(1).all()
    assert len(set(carers)) == small["therapist_id"].nunique()


def test_quantities_are_those_of_the_headline(problem):
    posed_, fit, rows = problem
    rows = rows[rows["role"].isin(["headline", "at length", "by length"])]
    assert [one["role"] for one in posed_["quantities"]] == rows["role"].tolist()
    found = [np.dot(one["weights"], fit.estimates) for one in posed_["quantities"]]
    np.testing.assert_allclose(found, rows["estimate"].astype(float), atol=1e-10)


@pytest.mark.parametrize(
    "how", [{"clustering": "patient"}, {"patient_terms": "intercept"}, {"model": "M2"}]
)
def test_the_random_part_and_the_model_follow_the_settings(small, how):
    equal = small.assign(length_c=0.0, length=9) if "model" in how else small
    found, _, _ = posed(equal, **how)
    assert (found["therapist"] is None) == ("clustering" in how)
    assert found["patient_terms"] == how.get("patient_terms", "correlated")
    assert found["model"] == how.get("model", "M3")
    if "model" in how:
        assert [one["role"] for one in found["quantities"]] == ["headline"]


def test_what_the_headline_does_not_estimate_is_not_sampled(small):
    repaired = small.loc[small["pattern"] == "repaired", "patient_id"].unique()
    few = small[~small["patient_id"].isin(repaired[4:])].reset_index(drop=True)
    assert posed(few)[0] == {"why": str(FewPatients("repaired", 4))}
    rows = headline_of(small, {}, {"M3": "no optimum"})
    found = posterior_problem(None, None, small, rows, SETTINGS)
    assert found == {"why": "no optimum"}


def test_lines_are_the_qr_decomposition_of_each_patient(problem):
    outcome, time, _, _, patient = arrays(problem[0])
    lines = Lines.of(outcome, time, patient)
    residual = 0.0
    for one in range(patient.max() + 1):
        y, z = outcome[patient == one], np.vander(time[patient == one], 2, increasing=True)
        q, r = np.linalg.qr(z)
        sign = np.where(np.diag(r) < 0, -1.0, 1.0)
        r, turned = sign[:, None] * r, sign * (q.T @ y)
        assert lines.first[one] == pytest.approx(turned[0])
        assert [lines.r11[one], lines.r12[one]] == pytest.approx(r[0])
        if len(y) > 1:
            assert [lines.r22[one], lines.second[one]] == pytest.approx([r[1, 1], turned[1]])
        assert lines.has_slope[one] == (len(y) > 1)
        residual += y @ y - turned @ turned
    assert (~lines.has_slope).sum() == 1
    assert lines.residual == pytest.approx(residual)
    assert lines.df == len(outcome) - 2 * len(lines.first) + 1


def test_priors_are_scaled_by_outcome_and_column():
    outcome = np.array([1.0, 2.0, 3.0, 6.0])
    columns = np.column_stack([np.ones(4), [0.0, 0.0, 2.0, 2.0]])
    mean, sd = scales(outcome, columns)
    own = outcome.std(ddof=1)
    np.testing.assert_allclose(mean, [3.0, 0.0])
    np.testing.assert_allclose(sd, [2.5 * own, 2.5 * own / columns[:, 1].std(ddof=1)])


def test_summary_of_known_draws():
    draws = np.arange(-200.0, 801.0).reshape(7, 143)
    found = summary(draws, 0.9)
    assert found["mean"] == found["median"] == 300
    assert (found["low"], found["high"]) == (-150, 750)
    assert found["below_zero"] == pytest.approx(200 / 1001)
    assert found["sd"] == pytest.approx(draws.std(ddof=1))


def sampled_of(problem, **checks):
    good = {"rhat": 1.001, "ess_bulk": 900.0, "ess_tail": 800.0} | checks
    sampling = {"chains": 4, "draws": 500, "seed": 3, "divergences": 0} | good
    rows = [
        {"role": one["role"], "length": one["length"]} | dict.fromkeys(SUMMARY, 0.5) | good
        for one in problem["quantities"]
    ]
    environment = {"python": "3", "packages": {"pymc": "5"}}
    return {"sampling": sampling, "posterior": rows, "environment": environment}


def test_tables_put_each_posterior_beside_its_estimate(problem):
    tables = posterior_tables(problem[2], sampled_of(problem[0]))
    table, beside = tables["posterior"], problem[2].set_index(["role", "length"])["estimate"]
    assert table["verdict"].eq(CONVERGED).all()
    assert len(table) == 4
    for row in table.itertuples():
        assert row.estimate == beside[row.role, row.length]
    assert table[SUMMARY].eq(0.5).all(axis=None)
    assert tables["posterior_sampling"]["sampler"].tolist() == ["PyMC 5"]


@pytest.mark.parametrize(
    "failed", [{"rhat": 1.011}, {"ess_bulk": 399.0}, {"ess_tail": 1.0}, {"rhat": float("nan")}]
)
def test_without_convergence_the_table_has_no_posterior(problem, failed):
    table = posterior_tables(problem[2], sampled_of(problem[0], **failed))["posterior"]
    assert table["verdict"].eq("did not converge").all()
    assert table[SUMMARY].isna().all(axis=None)
    assert table["estimate"].notna().all()
    good = sampled_of(problem[0])["sampling"]
    assert verdict_of(good) == CONVERGED
    assert verdict_of(good | {"divergences": 1}) != CONVERGED


def test_nothing_sampled_gives_tables_without_rows(problem):
    for sampled in (None, {"why": "no optimum"}):
        tables = posterior_tables(problem[2], sampled)
        assert [len(table) for table in tables.values()] == [0, 0]


@pytest.mark.parametrize("edited", ["problem", "lock", "model"])
def test_a_posterior_of_other_data_libraries_or_model_is_outdated(tmp_path, monkeypatch, edited):
    shutil.copy(posterior_sampling.__file__, tmp_path / "model")
    monkeypatch.setattr(posterior_sampling, "__file__", str(tmp_path / "model"))
    for name in ("problem", "lock"):
        (tmp_path / name).write_text(name)
    files = (str(tmp_path / "problem"), str(tmp_path / "lock"))
    sampled = {"made_from": input_digests(*files)}
    assert is_current(sampled, *files)
    (tmp_path / edited).write_text("edited")
    assert not is_current(sampled, *files)


@pytest.mark.long
@pytest.mark.parametrize("terms", ["correlated", "independent", "intercept"])
def test_likelihood_is_that_of_the_definition(small, root, terms):
    """Up to a constant, the multivariate normal density of the ratings given the therapists."""
    posed_ = posed(small, patient_terms=terms)[0]
    done = subprocess.run(
        [python_apart(root, "bayes"), "-W", "ignore", "-c", LIKELIHOODS],
        input=json.dumps(posed_), capture_output=True, text=True, cwd=root / "workflow",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    points = [json.loads(line) for line in done.stdout.splitlines()]
    constants = [point["likelihood"] - by_definition(posed_, point) for point in points]
    assert len(points) == 3
    assert np.ptp([point["likelihood"] for point in points]) > 1
    np.testing.assert_allclose(constants, constants[0], atol=1e-6)


def by_definition(problem, point):
    outcome, time, level, slope, patient = arrays(problem)
    sd = {name: point.get(name, 0.0) for name in PARAMETERS}
    covariance = sd["patient_correlation"] * sd["patient_sd"] * sd["patient_slope_sd"]
    spread = np.array([[sd["patient_sd"] ** 2, covariance], [0.0, sd["patient_slope_sd"] ** 2]])
    spread[1, 0] = covariance
    mean = (level[patient] + slope[patient] * time[:, None]) @ np.asarray(point["coefficients"])
    effects = point["therapist_sd"] * np.asarray(point["therapist"])
    mean = mean + effects[np.asarray(problem["therapist"])][patient]
    total = 0.0
    for one in range(patient.max() + 1):
        own = patient == one
        z = np.vander(time[own], 2, increasing=True)
        v = z @ spread @ z.T + sd["residual_sd"] ** 2 * np.eye(own.sum())
        total += stats.multivariate_normal(mean[own], v).logpdf(outcome[own])
    return total
