"""Tables on rules that could have given published shares."""

from rupture_repair.config.catalogue.detection import PATTERN, PERCENT
from rupture_repair.config.catalogue.table import Column, Open, Table, interval
from rupture_repair.config.criteria import PATTERNS

FAMILY = Column("Processes: `noise` alone, or with `ruptures`")
SIMULATED = Open("it holds simulated cohorts and published figures, no patients of this cohort")

COMPATIBILITY = {
    "published_studies": Table(
        step="weigh_rules",
        rows="study and pattern",
        columns={
            "study": Column("Study; the first is the one that the cohort is compared with"),
            "pattern": PATTERN,
            "n": Column("Published count", "patients of that study"),
            "percent": Column("Published share", "% of patients"),
        },
        masking=Open("the figures are published"),
        place="main",
    ),
    "rule_compatibility": Table(
        step="weigh_rules",
        rows="rupture rule, family of processes and study",
        columns={
            "criterion": Column("Named criterion; empty for a rule of the grid"),
            "family": FAMILY,
            "study": Column("Study whose published counts are judged"),
            "scale": Column("Unit of a drop"),
            "k": Column("Multiple of the unit"),
            "reference": Column("What a rating is compared with"),
            "max_gap": Column("Largest gap between the two ratings", "sessions"),
            "repair_window": Column("Sessions in which a repair counts; empty: until the end"),
            "repair_tolerance": Column("Share of the drop that may remain"),
            "aggregate": Column("Which of several ruptures must be repaired"),
            **{
                f"percent_{pattern}": Column(f"Mean share of `{pattern}`", PERCENT)
                for pattern in PATTERNS
            },
            "log_likelihood": Column("Log probability of the published counts, over processes"),
            "share_fitting": Column("Processes that do not differ from the counts (G², p > .05)"),
        },
        masking=SIMULATED,
        place="supplement",
    ),
    "rule_processes": Table(
        step="weigh_rules",
        rows="family of processes and parameter",
        columns={
            "family": FAMILY,
            "parameter": Column("Parameter of the alliance process"),
            "mean": Column("Mean of the processes, weighted by the likelihood"),
            **interval("weighted", "the weighted processes (95%)", ""),
            "smallest": Column("Smallest value tried"),
            "largest": Column("Largest value tried"),
            "n_effective": Column("Effective number, 1 / Σ weights²", "processes"),
        },
        masking=SIMULATED,
        place="supplement",
        caption="Processes under which the criterion gives the published shares",
        omit_empty=True,
    ),
    "rule_ranges": Table(
        step="weigh_rules",
        rows="family of processes, parameter and half of its range",
        columns={
            "family": FAMILY,
            "parameter": Column("Parameter of the alliance process"),
            "half": Column("Half of its range from which all processes come"),
            "scale": Column("Unit of the most probable rule with the criterion's repair"),
            "k": Column("Its multiple of the unit"),
            "share_fitting": Column("Processes that do not differ from the counts (G², p > .05)"),
        },
        masking=SIMULATED,
        place="supplement",
        caption="The most probable rule by assumed range",
        omit_empty=True,
    ),
    "rule_recovery": Table(
        step="weigh_rules",
        rows="family of processes",
        columns={
            "family": FAMILY,
            "n_studies": Column("Simulated studies of a known rule", "studies"),
            "covered": Column("Their share whose rule is in the 90% set"),
            "share_in_set": Column("Mean share of all rules in that set"),
            "not_ruled_out": Column("Share of studies whose rule fits under some process"),
            "share_ruled_out": Column("Mean share of all rules that fit under none"),
            "same_scale": Column("Share whose most probable rule has the true scale"),
            "same_k": Column("Share whose most probable rule has the true multiple"),
        },
        masking=SIMULATED,
        place="supplement",
        caption="Recovery of a known rule",
        omit_empty=True,
    ),
}
