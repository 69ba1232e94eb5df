"""Each fit once more in statsmodels: the same model with independent patient terms."""

import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import patsy
from numpy.typing import NDArray

from rupture_repair.modelling.engine import (
    SAME_LIKELIHOOD,
    Agreement,
    MixedModel,
    MixedModelResults,
    compare_engines,
)

if TYPE_CHECKING:
    from statsmodels.regression.mixed_linear_model import MixedLMResults, VCSpec

# tried in this order until one reaches the maximum
OPTIMISERS = ("lbfgs", "bfgs", "cg", "powell")
# relative difference of log-likelihoods within which the maximum counts as reached: with very
# many sessions optimisers stop no closer
NEAR = 1e-9


class EngineDisagreement(Exception):
    """Two engines give the same model different likelihoods: neither can be believed."""


def cross_check(found: MixedModelResults, table: pd.DataFrame) -> dict[str, Any]:
    """Fit the model of `found`, with independent patient terms, in both engines and compare.

    MixedLM cannot correlate patient intercept and slope inside therapists; everything else
    (design, fixed effects, therapists, method) is the same. A model without patient slopes is
    compared as it is.

    Returns `llf` of the exact engine; `llf_same`, what statsmodels computes for the same
    estimates; `llf_statsmodels`, where its optimiser stopped, `optimiser`, and by how much that is
    lower, `shortfall`; `largest_shift`, the largest difference of a coefficient in SEs.

    Raises `EngineDisagreement` when the likelihoods differ by more than 1e-4, or when statsmodels
    found a better optimum.
    """
    model, reml = found.model, found.problem.reml
    formula, data = _without_aliased(found, _numbered(table, model.groups))
    slopes = model.structure.patient != "intercept"
    exact = MixedModel.from_formula(
        formula,
        data,
        groups=model.groups,
        time=model.time,
        patient_terms="independent" if slopes else "intercept",
    ).fit(reml=reml)
    best: tuple[Agreement, MixedLMResults, str] | None = None
    messages = []
    for optimiser, result in _attempts(formula, data, exact, reml):
        if isinstance(result, str):
            messages.append(f"{optimiser}: {result}")
            continue
        compared = compare_engines(exact, result)
        if best is None or compared.peer_llf > best[0].peer_llf:
            best = compared, result, optimiser
        if compared.shortfall <= max(SAME_LIKELIHOOD, NEAR * abs(compared.llf)):
            break
    if best is None:
        return {"llf": exact.llf, "agrees": None, "message": "; ".join(messages)}
    agreement, result, kept = best
    if not agreement.agrees:
        raise EngineDisagreement(
            f"two engines disagree on `{model.formula}` by {found.method}: log-likelihood "
            f"{agreement.llf:.6f} in ours; statsmodels gives {agreement.peer_at_ours:.6f} for the "
            f"same estimates and {agreement.peer_llf:.6f} for its own. No result of this model can "
            "be trusted: please report it, with versions from provenance.json"
        )
    shift = (exact.params - result.fe_params[exact.terms]).abs() / exact.bse
    return {
        "llf": exact.llf,
        "llf_same": agreement.peer_at_ours,
        "llf_statsmodels": agreement.peer_llf,
        "shortfall": agreement.shortfall,
        "largest_shift": float(shift.max()),
        "optimiser": kept,
        "agrees": True,
        "message": "; ".join(messages),
    }


def _numbered(table: pd.DataFrame, groups: str | tuple[str, str]) -> pd.DataFrame:
    """Return the table with numbers for names, in the order of the names.

    patsy, which MixedLM builds its variance components with, takes names such as `nan` or `None`
    for missing and leaves their rows out.
    """
    names = (groups,) if isinstance(groups, str) else groups
    return table.assign(**{name: pd.factorize(table[name], sort=True)[0] for name in names})


def _without_aliased(found: MixedModelResults, table: pd.DataFrame) -> tuple[str, pd.DataFrame]:
    """Return formula and data; where terms are aliased, a column for each of the others."""
    design = found.model.design
    if not design.aliased:
        return found.model.formula, table
    matrix = patsy.dmatrix(design.info, table, return_type="dataframe")[design.terms]
    matrix.columns = [f"column_{number}" for number in range(len(design.terms))]
    outcome = found.model.formula.partition("~")[0].strip()
    return f"{outcome} ~ 0 + {' + '.join(matrix.columns)}", pd.concat([table, matrix], axis=1)


def _attempts(
    formula: str, data: pd.DataFrame, exact: MixedModelResults, reml: bool
) -> Iterator[tuple[str, "MixedLMResults | str"]]:
    """Yield optimiser and result, or what went wrong; a fit with warnings is not a result."""
    from statsmodels.regression.mixed_linear_model import MixedLM  # a second to import

    model = exact.model
    nested = exact.problem.structure.therapist != "none"
    outcome, fixed = patsy.dmatrices(formula, data, return_type="dataframe")
    specification = MixedLM(
        outcome,
        fixed,
        groups=data[model.therapist if nested else model.patient],
        exog_re=np.ones((len(data), 1)),
        exog_vc=_components(data, exact, nested),
    )
    for optimiser in OPTIMISERS:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                result = specification.fit(reml=reml, method=[optimiser])
            except (np.linalg.LinAlgError, ValueError, FloatingPointError) as error:
                yield optimiser, str(error)
                continue
        finite = np.isfinite(result.llf)
        yield optimiser, result if finite else "the likelihood is not finite"


def _components(data: pd.DataFrame, exact: MixedModelResults, nested: bool) -> "VCSpec":
    """Return the variance components of patients, by group, as MixedLM takes them.

    Its formulas say the same, but are worked out again for each group: half of all the time.
    """
    from statsmodels.regression.mixed_linear_model import VCSpec

    model = exact.model
    groups = data.groupby(model.therapist if nested else model.patient)
    parts: dict[str, list[NDArray[np.float64]]] = {"patient": []} if nested else {}
    if model.structure.patient != "intercept":
        parts["patient_slope"] = []
    for _, own in groups:
        numbers = own[model.patient].to_numpy()
        here = (numbers[:, None] == np.unique(numbers)).astype(float)
        for name, matrices in parts.items():
            time = own[model.time].to_numpy()[:, None]
            matrices.append(here * time if name == "patient_slope" else here)
    columns = [[list(map(str, range(m.shape[1]))) for m in found] for found in parts.values()]
    return VCSpec(list(parts), columns, list(parts.values()))
