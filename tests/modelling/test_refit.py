"""`models/refit.R` fits a run's models again with lme4: one call, both results side by side."""

import re

import pytest
from r_packages import require_r, run_r
from rupture_repair.cohort.csv_tables import write_csv
from rupture_repair.cohort.therapists import NOT_RECORDED
from rupture_repair.modelling import fit as fit_module
from rupture_repair.modelling.compare import model_comparison, variance_components
from rupture_repair.modelling.effects import fixed_effects
from rupture_repair.modelling.fit import fit_model

SCRIPT = "workflow/scripts/modelling/refit.R"
DIFFERENCES = re.compile(
    r"Largest differences of (M\d): estimates (\S+) SE, SEs (\S+) of their size, "
    r"df (\S+) of their size, log-likelihood (\S+)"
)
# of estimates in SEs, SEs and df in shares of their size, log-likelihoods
TOLERANCES = (1e-4, 1e-4, 1e-2, 1e-5)


@pytest.fixture(autouse=True)
def no_third_engine(monkeypatch):
    """Leave out statsmodels, which takes most of a fit's time: lme4 is the second engine here."""
    monkeypatch.setattr(fit_module, "cross_check", lambda found, table: {})


def run_folder(folder, table, models, patient_terms, root):
    """Write what the script reads, as a run does; return the script."""
    fits = {
        reml: [fit_model(table, name, reml=reml, patient_terms=patient_terms) for name in models]
        for reml in (False, True)
    }
    counts = folder / "ruptures/counts"
    for made in (counts, folder / "data", folder / "models"):
        made.mkdir(parents=True)
    write_csv(table, folder / "data/analysis.csv")
    write_csv(model_comparison(fits[False], fits[True]), counts / "model_comparison.csv")
    write_csv(fixed_effects(fits[True], 0.95), counts / "fixed_effects.csv")
    write_csv(variance_components(fits[True]), counts / "variance_components.csv")
    script = folder / "models/refit.R"
    script.write_bytes((root / SCRIPT).read_bytes())
    return script


def no_therapists(table):
    return table.assign(therapist_id=NOT_RECORDED)


def odd_names(table):
    """Patients and therapists whom R or a spreadsheet could take for something else."""
    names = ["NA", "1e5", "001", "=1+1", 'ö, "x"', "TRUE"]
    renamed = {}
    for column in ("patient_id", "therapist_id"):
        known = sorted(table[column].unique())
        new = dict(zip(known, names, strict=False))
        renamed[column] = table[column].map(lambda name, new=new: new.get(name, name))
    return table.assign(**renamed)


@pytest.mark.long
@pytest.mark.parametrize(
    ("change", "models", "patient_terms", "random"),
    [
        (odd_names, ("M0", "M1", "M2", "M3"), "correlated", "(1 + time | patient_id) + (1 | th"),
        (odd_names, ("M1",), "independent", "(1 | patient_id) + (0 + time | patient_id) + (1 | th"),
        (no_therapists, ("M2",), "intercept", "+ (1 | patient_id)\n"),
    ],
)
def test_lme4_finds_what_the_run_found(
    reference_table, tmp_path, root, change, models, patient_terms, random
):
    require_r("lme4", "lmerTest")
    folder = tmp_path / "a run with ü"
    script = run_folder(folder, change(reference_table), models, patient_terms, root)
    printed = run_r(script, cwd=root)
    assert random in printed
    differences = DIFFERENCES.findall(printed)
    assert [name for name, *_ in differences] == list(models)
    for name, *values in differences:
        for value, tolerance in zip(values, TOLERANCES, strict=True):
            assert float(value) < tolerance, (name, values)


@pytest.mark.long
def test_a_result_that_is_not_lme4s_is_seen(reference_table, tmp_path, root):
    require_r("lme4", "lmerTest")
    script = run_folder(tmp_path / "run", reference_table, ("M1",), "correlated", root)
    file = tmp_path / "run/ruptures/counts/fixed_effects.csv"
    lines = file.read_text(encoding="utf-8").splitlines()
    cells = lines[3].split(",")
    cells[2] = str(float(cells[2]) + float(cells[3]))  # one standard error off
    file.write_text("\n".join([*lines[:3], ",".join(cells), *lines[4:], ""]), encoding="utf-8")
    ((_, estimates, *_),) = DIFFERENCES.findall(run_r(script))
    assert float(estimates) == pytest.approx(1, rel=0.01)
