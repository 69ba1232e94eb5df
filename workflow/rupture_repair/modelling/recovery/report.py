"""Recovery and power in words and readable tables."""

import numpy as np
import pandas as pd

from rupture_repair.config.planted import PLANTED, REPAIRED
from rupture_repair.modelling.recovery.power import Plan, Power
from rupture_repair.modelling.recovery.scenarios import SCENARIOS
from rupture_repair.modelling.recovery.study import JOINT


def recovery_text(summary: pd.DataFrame) -> str:
    """Return the summary as two tables: recovery of planted terms, and false findings."""
    wide = summary.pivot_table(
        index=["scenario", "model", "term"],
        columns="measure",
        values=["value", "mc_se"],
        sort=False,
    )
    blocks = []
    for name, scenario in SCENARIOS.items():
        if name not in wide.index.get_level_values("scenario"):
            continue
        part = wide.loc[name]
        lines = [f"{name}: {scenario.words}"]
        lines += _false_findings(part) if scenario.noise else _recovered(part)
        blocks.append("\n".join(lines))
    n = int(summary["replicates"].max())
    certified = summary.loc[summary["measure"] == "certified", "value"].min()
    foot = (
        f"{n} studies per scenario; ± is one Monte Carlo standard error. REML, Satterthwaite df; "
        "points per log(session);\nrejected: p < .05; tests of both patterns together are "
        f"likelihood-ratio tests (ML). Certified fits: at least {certified:.0%} of each kind."
    )
    return "\n\n".join([*blocks, foot])


def _recovered(part: pd.DataFrame) -> list[str]:
    head = f"  {'model':<6}{'term':<44}{'truth':>7}{'bias':>16}{'coverage %':>15}{'rejected %':>15}"
    lines = [head]
    for (model, term), row in part.iterrows():
        if term in PLANTED and not term.startswith("time:pattern") and term != "time":
            continue
        value, error = row["value"], row["mc_se"]
        rejected = _percent(value["rejected"], error["rejected"])
        if np.isnan(value.get("bias", np.nan)):
            middle = f"{'':>7}{'':>16}{'':>15}"
        else:
            bias = f"{value['bias']:.3f} ± {error['bias']:.3f}"
            coverage = _percent(value["coverage"], error["coverage"])
            middle = f"{value['truth']:>7.2f}{bias:>16}{coverage:>15}"
        lines.append(f"  {model:<6}{_plain(str(term)):<44}{middle}{rejected:>15}")
    return lines


def _false_findings(part: pd.DataFrame) -> list[str]:
    lines = [f"  {'falsely found, %':<46}{'unadjusted':>15}{'with length':>15}"]
    for model, terms in (
        ("M1", {"repaired against none": f"time:{REPAIRED}"}),
        (
            "M2",
            {
                "moderation, repaired against none": f"time:{REPAIRED}:iip_z",
                "moderation, both patterns together": JOINT["M2"][0],
            },
        ),
    ):
        for words, term in terms.items():
            cells = []
            for name in (model, f"{model}_length"):
                row = part.loc[(name, term)]
                cells.append(_percent(row[("value", "rejected")], row[("mc_se", "rejected")]))
            lines.append(f"  {words:<46}" + "".join(f"{cell:>15}" for cell in cells))
    return lines


def power_text(plan: Plan, first: Power) -> str:
    """Return power at the planned size, with all that is assumed."""
    spec, targets = plan.setting.spec, plan.setting.targets
    symptoms = plan.setting.instruments["symptoms"]
    shares = {name: n / targets.n_patients for name, n in targets.patterns.items()}
    lines = [
        f"Power of the moderation test with {_size(first)}: {_power(first)}.",
        "",
        "The test: does an SD of interpersonal problems change the slope of symptoms more in "
        "patients with repaired\nruptures than in those without rupture? (M2, REML, t test with "
        "Satterthwaite df, two-sided, α = .05.)",
        "",
        "Assumed:",
        f"  effect: {plan.effect:g} {symptoms.short} points per log(session) and SD, "
        f"{plan.effect * np.log(10):.1f} points by session 10",
        f"  patterns: {shares['none']:.1%} none, {shares['unrepaired']:.1%} unrepaired, "
        f"{shares['repaired']:.1%} repaired",
        f"  lengths: {targets.sessions_min} to {targets.sessions_max} sessions, log-normal above "
        f"{spec.length.shift:g} (median about {spec.length.shift + np.exp(spec.length.mu):.0f})",
        f"  symptoms: SD {spec.symptoms.sd:g} at the start, {spec.symptoms.residual_sd:g} about a "
        f"patient's own line, {spec.symptoms.slope_sd:g} of slopes; therapists' share "
        f"{spec.symptoms.therapist_share:.0%}",
        f"  {spec.missing_share:.0%} of sessions without ratings; everything else as in the "
        "cohort file's `synthetic`",
        "  each patient's pattern is detected as it was planted: noise taken for ruptures lowers "
        "the power further",
    ]
    if first.unidentified:
        lines.append(f"In {first.unidentified} studies too few patients had a repaired rupture.")
    return "\n".join(lines)


def search_text(target: float, seen: list[Power], reached: bool) -> str:
    """Return what the search for a target power found."""
    best = seen[-1]
    if reached:
        answer = f"For a power of {target:.0%} plan {_size(best)}: {_power(best)}."
    else:
        answer = (
            f"A power of {target:.0%} was not met; the nearest of {len(seen)} sizes is "
            f"{_size(best)}: {_power(best)}."
        )
    table = [f"  {one.patients:>8}{one.therapists:>12}   {_power(one)}" for one in seen]
    head = f"  {'patients':>8}{'therapists':>12}   power"
    return "\n".join([answer, "", head, *sorted(table)])


def _size(one: Power) -> str:
    return f"{one.patients} patients of {one.therapists} therapists"


def _power(one: Power) -> str:
    return f"{_percent(one.power, one.mc_se)} % ({one.replicates} studies)"


def _percent(value: float, error: float) -> str:
    return f"{100 * value:.1f} ± {100 * error:.1f}"


def _plain(term: str) -> str:
    return term.replace("pattern[T.", "").replace("]", "").replace(":", " × ")
