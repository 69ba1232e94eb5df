"""One M3 fit at the paper's size, side by side: `python benchmarks/fit_m3.py`.

From the table of sessions to a table of coefficients, one thread, processor time, the tolerances
that each program has by default. `fit_m3`: one start and standard errors on both sides, beside lme4
and statsmodels. `fit_m3_with_df`: Satterthwaite df as well on both sides, beside lmerTest.
`fit_m3_default`: what the workflow does, four starts, standard errors, df and certificate, beside
the one start of lmerTest. statsmodels cannot correlate patients' intercept and slope inside
therapists: there both sides fit independent terms.
"""

import os

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import tempfile
import time
import warnings
from pathlib import Path

import pandas as pd
import statsmodels.formula.api as smf
from engine_cohort import FORMULA, GROUPING, PATIENTS, cohort
from engine_timing import HERE, LME4, OURS, has_lme4, median_seconds, row, rscript
from rupture_repair.modelling.engine import MixedModel

# both sides take turns
ROUNDS, REPEATS = 3, 5
PEER_REPEATS = 2
EQUAL = 1e-6
STATSMODELS = "gtol 1e-5 (bfgs)"


def rows() -> list[dict]:
    """Return the benchmark's rows; raises `AssertionError` when likelihoods differ."""
    table = cohort()

    def fit(n_starts, terms="correlated"):
        model = MixedModel.from_formula(FORMULA, table, **GROUPING, patient_terms=terms)
        return model.fit(n_starts=n_starts)

    def by_default():
        found = fit(4)
        found.certificate().require()
        return found.df

    subjects = {
        "fit_m3": lambda: fit(1).bse,
        "fit_m3_with_df": lambda: fit(1).df,
        "fit_m3_default": by_default,
    }
    found = [_statsmodels(table, fit(4, "independent"), lambda: fit(1, "independent").bse)]
    if not has_lme4():
        return found
    taken: dict[str, list[float]] = {name: [] for name in (*subjects, "lme4", "lmerTest")}
    with tempfile.TemporaryDirectory() as folder:
        csv = Path(folder) / "cohort.csv"
        table.to_csv(csv, index=False)
        for _ in range(ROUNDS):
            for name, action in subjects.items():
                taken[name].append(median_seconds(action, REPEATS))
            printed = rscript(HERE / "engine_lme4.R", "fits", csv, PEER_REPEATS)
            for line in printed.splitlines():
                name, seconds, llf = line.split()
                taken[name].append(float(seconds))
                difference = fit(1).llf - float(llf)
                assert abs(difference) < EQUAL, f"log-likelihoods differ by {difference}"
    seconds = {name: pd.Series(values).median() for name, values in taken.items()}
    for name, peer, starts in (
        ("fit_m3", "lme4", (1, 1)),
        ("fit_m3_with_df", "lmerTest", (1, 1)),
        ("fit_m3_default", "lmerTest", (4, 1)),
    ):
        pair = seconds[name], seconds[peer]
        found.append(row(name, peer, PATIENTS, *pair, starts=starts, tolerance=(OURS, LME4)))
    return found


def _statsmodels(table, results, fit):
    subject = median_seconds(fit, REPEATS)
    components = {"patient": "0 + C(patient_id)", "slope": "0 + C(patient_id):time"}
    start = time.process_time()
    with warnings.catch_warnings(action="ignore"):
        model = smf.mixedlm(
            FORMULA, table, groups="therapist_id", re_formula="1", vc_formula=components
        )
        peer = model.fit(reml=True)
        peer.bse  # noqa: B018 (computed when asked for)
    elapsed = time.process_time() - start
    difference = results.llf - peer.llf
    # a peer that stops short is faster than one that does not: the comparison still stands
    assert difference > -EQUAL, f"statsmodels is {-difference} above"
    print(f"# statsmodels stops {difference:.1e} below in log-likelihood")
    search = {"starts": (1, 1), "tolerance": (OURS, STATSMODELS)}
    return row("fit_m3", "statsmodels", PATIENTS, subject, elapsed, **search)


if __name__ == "__main__":
    print(pd.DataFrame(rows()).to_csv(index=False))
