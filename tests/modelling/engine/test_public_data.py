"""Real data sets that R's packages bring, fitted by lme4 there and then and by the engine.

`inner` are the engine's patients, `outer` its therapists: children in schools, plots in blocks.
"""

import os
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from r_packages import require_r, run_r
from rupture_repair.modelling.engine import MixedModel

pytestmark = pytest.mark.long
RANDOM = {
    "correlated": "(1 + {slope} | {group})",
    "independent": "(1 | {group}) + (0 + {slope} | {group})",
    "intercept": "(1 | {group})",
}


@dataclass(frozen=True)
class Case:
    """A data set, its groups and its model; factors : numbers that are names of levels."""

    name: str
    package: str
    fixed: str
    inner: str
    slope: str = ""
    inner_terms: str = "correlated"
    outer: str = ""
    outer_terms: str = "intercept"
    factors: tuple[str, ...] = ()

    @property
    def random(self):
        parts = [RANDOM[self.inner_terms].format(slope=self.slope, group="inner")]
        if self.outer:
            parts.append(RANDOM[self.outer_terms].format(slope=self.slope, group="outer"))
        return " + ".join(parts)


CASES = [
    Case("sleepstudy", "lme4", "Reaction ~ Days", "Subject", "Days"),
    Case(
        *("egsingle", "mlmRev", "math ~ year * female + year * black + lowinc", "childid", "year"),
        outer="schoolid",
        factors=("black",),
    ),
    Case("Exam", "mlmRev", "normexam ~ standLRT * sex + schavg", "school", "standLRT"),
    Case("Hsb82", "mlmRev", "mAch ~ cses * meanses + cses * sector", "school", "cses"),
    Case("Early", "mlmRev", "cog ~ age * trt", "id", "age"),
    Case("Oxboys", "nlme", "height ~ age", "Subject", "age"),
    Case("Orthodont", "nlme", "distance ~ age * Sex", "Subject", "age"),
    Case("Milk", "nlme", "protein ~ Time * Diet", "Cow", "Time"),
    Case("BodyWeight", "nlme", "weight ~ Time * Diet", "Rat", "Time", factors=("Diet",)),
    Case(
        "Pixel",
        "nlme",
        "pixel ~ day + I(day ** 2)",
        "Side",
        "day",
        "intercept",
        "Dog",
        "correlated",
    ),
    Case("Oats", "nlme", "yield ~ nitro * Variety", "Variety", "nitro", "intercept", "Block"),
    Case("Machines", "nlme", "score ~ Machine", "Machine", "", "intercept", "Worker"),
    Case(
        "RatPupWeight", "nlme", "weight ~ sex * Treatment + Lsize", "Litter", "Lsize", "intercept"
    ),
    Case("Chem97", "mlmRev", "score ~ gcsecnt * gender", "school", "gcsecnt", "intercept", "lea"),
    Case("Pastes", "lme4", "strength ~ cask", "sample", "", "intercept", "batch"),
]


@pytest.fixture(scope="module")
def theirs(tmp_path_factory):
    """Folder with the data sets, and lme4's fits of them."""
    require_r("lme4", "lmerTest", "nlme", "mlmRev")
    folder = tmp_path_factory.mktemp("public")
    models = [
        {"name": case.name, "package": case.package, "data": case.name, "inner": case.inner}
        | {"outer": case.outer, "fixed": case.fixed, "random": case.random}
        for case in CASES
    ]
    pd.DataFrame(models).to_csv(folder / "models.csv", index=False)
    script = Path(__file__).parents[2] / "reference/public_data.R"
    run_r(script, folder, env=os.environ | {"LC_ALL": "C.UTF-8"})
    fits = pd.read_csv(folder / "fits.csv")
    return folder, fits.assign(term=fits["term"].map(same_name))


def same_name(term):
    """Return one name for a coefficient as R (`sexM:I(day^2)`) and patsy (`sex[T.M]`) call it."""
    plain = re.sub(r"\[T\.(.*?)\]", r"\1", term).replace("(Intercept)", "Intercept")
    return plain.replace(" ** ", "^")


@pytest.mark.parametrize("method", ["REML", "ML"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_engine_finds_what_lme4_finds(theirs, case, method):
    folder, fits = theirs
    names = dict.fromkeys(("inner", "outer", *case.factors), str)
    table = pd.read_csv(folder / f"{case.name}.csv", dtype=names)
    slope = case.slope or "none"
    groups = ("outer", "inner") if case.outer else "inner"
    model = MixedModel.from_formula(
        case.fixed,
        table.assign(none=0.0),
        groups=groups,
        time=slope,
        patient_terms=case.inner_terms,
        therapist_terms=case.outer_terms if case.outer else "none",
    )
    ours = model.fit(reml=method == "REML")
    ours.certificate().require()
    own = fits[(fits["name"] == case.name) & (fits["method"] == method)].set_index("term")
    own = own.loc[[same_name(term) for term in ours.terms]]
    assert len(own) == len(ours.terms) > 0
    # never below lme4, and above only where lme4 stopped short
    assert ours.llf == pytest.approx(own["llf"].iloc[0], abs=1e-5)
    assert ours.llf > own["llf"].iloc[0] - 1e-6
    shift = (ours.params.to_numpy() - own["estimate"]) / own["se"]
    assert shift.abs().max() < 1e-4
    np.testing.assert_allclose(ours.bse, own["se"], rtol=1e-4)
    assert ours.scale == pytest.approx(own["residual"].iloc[0], rel=1e-4)
    if not own["singular"].iloc[0]:  # at a boundary lmerTest's derivatives are not defined
        np.testing.assert_allclose(ours.df, own["df"], rtol=0.01)
