"""Tables of validation and detection."""

from rupture_repair.config.catalogue.table import (
    KAPPA,
    MASKED_BEFORE,
    PATIENTS,
    SHARE,
    By,
    Column,
    Private,
    Table,
    Withheld,
    interval,
)

PATTERN = Column("Rupture pattern: `none`, `unrepaired`, `repaired`, where named `unclassifiable`")
LENGTH = Column("Band of treatment length, or `all`", "sessions")
CRITERION = Column("Criterion of `config/criteria.yaml`")
NULL = Column("Kind of null: ratings in random order (`permuted`) or a no-rupture model")
PERCENT = "% of classified patients"
EXPECTED = {
    "n_patients": Column("Patients in the band, classified or not", PATIENTS),
    "expected_percent": Column("Mean over the replicates", PERCENT),
    "low": Column("2.5 % quantile over the replicates", PERCENT),
    "high": Column("97.5 % quantile over the replicates", PERCENT),
    "observed_percent": Column("Observed share", PERCENT),
    "excess": Column("Observed minus expected share", "percentage points"),
    **interval("excess", "the excess", "percentage points"),
}
HAZARD = "first ruptures per session at risk"

VALIDATION = {
    "problems": Table(
        step="validate_cohort",
        folder="validation",
        rows="problem in the raw files",
        columns={
            "severity": Column("`blocking`, `warning` or `note`"),
            "file": Column("Raw file"),
            "message": Column("What is wrong"),
            "remedy": Column("How to mend it"),
            "line": Column("Line of the file"),
            "patient_id": Column("Patient"),
            "session": Column("Session"),
            "column": Column("Column of the file"),
            "value": Column("What stands there"),
            "allowed": Column("What is allowed"),
            "why": Column("Why it matters"),
        },
        masking=Private("it names patients"),
    ),
    "admission": Table(
        step="admit_patients",
        folder="validation",
        rows="step of admission",
        columns={
            "step": Column("Step"),
            "n": Column("Patients left after it", PATIENTS),
            "excluded": Column("Patients left out by it", PATIENTS),
            "reason": Column("Why they were left out"),
        },
        masking=Private("it has all counts; `patient_flow` is what is shared of it"),
    ),
}

DETECTION = {
    "pattern_breakdown": Table(
        step="detect_ruptures",
        rows="pattern",
        columns={
            "pattern": PATTERN,
            "n": Column("Patients with this pattern", PATIENTS),
            "percent": Column("Their share", PERCENT),
            "published_percent": Column("Published share, where there is one", PERCENT),
        },
        masking=By("cohort_tables.shared_breakdown"),
        place="main",
        report="breakdown.rst",
    ),
    "detection": Table(
        step="detect_ruptures",
        rows="quantity",
        columns={
            "quantity": Column("Counts of ruptures (`n_…`), sizes of drops, sessions to repair"),
            "value": Column("Its value", "events, alliance points or sessions, by the quantity"),
        },
        masking=By("cohort_tables.shared_detection"),
        place="main",
    ),
    "chance": Table(
        step="expect_by_chance",
        rows="kind of null, band of treatment length and pattern",
        columns={"kind": NULL, "length": LENGTH, "pattern": PATTERN, **EXPECTED},
        masking=By("detection_tables.shared_chance"),
        place="main",
    ),
    "chance_by_criterion": Table(
        step="expect_by_chance",
        rows="kind of null, criterion and pattern, in the whole cohort",
        columns={"kind": NULL, "criterion": CRITERION, "pattern": PATTERN, **EXPECTED},
        masking=By("detection_tables.shared_chance_by_criterion"),
        place="supplement",
    ),
    "criteria_breakdown": Table(
        step="compare_criteria",
        rows="criterion and pattern",
        columns={
            "criterion": CRITERION,
            "pattern": PATTERN,
            "n": Column("Patients with this pattern under the criterion", PATIENTS),
            "percent": Column("Their share", "% of patients that the criterion can classify"),
        },
        masking=By("detection_tables.shared_criteria_breakdown"),
        place="supplement",
    ),
    "criteria_agreement": Table(
        step="compare_criteria",
        rows="pair of criteria",
        columns={
            "first": CRITERION,
            "second": CRITERION,
            "n_patients": Column("Patients that both can classify", PATIENTS),
            "n_agree": Column("Patients with the same pattern under both", PATIENTS),
            "percent_agree": Column("Their share", "%"),
            "kappa": Column("Cohen's, unweighted, of the three patterns", KAPPA),
            **interval("ci", "kappa, 95 % asymptotic", KAPPA),
            "kappa_rupture": Column("Cohen's, of any rupture against none", KAPPA),
        },
        masking=By("detection_tables.shared_criteria_agreement"),
        place="supplement",
    ),
    "criteria_moves": Table(
        step="compare_criteria",
        rows="ordered pair of criteria and pair of patterns that somebody has",
        columns={
            "from_criterion": CRITERION,
            "to_criterion": CRITERION,
            "from_pattern": Column("Pattern under the first criterion"),
            "to_pattern": Column("Pattern under the second criterion"),
            "n_patients": Column("Patients with both", PATIENTS),
        },
        masking=Withheld("small cells of so many cross tables follow from their margins"),
    ),
    "criteria_consistency": Table(
        step="compare_criteria",
        rows="quantity, of the patients whom every criterion can classify",
        columns={
            "quantity": Column("What is counted"),
            "value": Column("Its value", "patients; `n_criteria`: criteria"),
        },
        masking=By("detection_tables.shared_criteria_consistency"),
        place="supplement",
    ),
    "rupture_hazard": Table(
        step="follow_exposure",
        rows="band of treatment length and session",
        columns={
            "length": LENGTH,
            "session": Column("Session"),
            "n_in_treatment": Column("Patients in treatment without a rupture before", PATIENTS),
            "n_at_risk": Column("Those with a rating that could be compared", PATIENTS),
            "n_first_ruptures": Column("Patients with their first rupture here", PATIENTS),
            "n_ended": Column("Patients without rupture whose last session it is", PATIENTS),
            "hazard": Column("First ruptures by patients at risk", HAZARD),
            **interval("hazard", "the hazard (Wilson)", HAZARD),
            "incidence": Column("Patients with a rupture so far (Aalen–Johansen)", SHARE),
            **interval("incidence", "the incidence (Wilson)", SHARE),
            "if_continued": Column("1 − product-limit estimate, ends as censoring", SHARE),
            **interval("if_continued", "that (Greenwood, log(−log))", SHARE),
        },
        masking=By("detection_tables.shared_hazard"),
        place="supplement",
    ),
    "rupture_exposure": Table(
        step="follow_exposure",
        rows="band of treatment length",
        columns={
            "length": LENGTH,
            "n_patients": Column("Classified patients", PATIENTS),
            "n_ruptured": Column("Those with a rupture", PATIENTS),
            "n_at_risk": Column("Sessions at risk of a first rupture", "sessions"),
            "n_comparisons": Column("Ratings that could be compared", "ratings"),
            "n_ruptures": Column("Ruptures", "events"),
            "share_ruptured": Column("Patients with a rupture", SHARE),
            **interval("share_ruptured", "the share (Wilson)", SHARE),
            "hazard": Column("First ruptures by sessions at risk", HAZARD),
            **interval("hazard", "the hazard (Wilson)", HAZARD),
        },
        masking=By("detection_tables.shared_exposure"),
        place="supplement",
    ),
}

PROVENANCE = {
    "verification": Table(
        step="verify_published",
        folder="",
        rows="published figure",
        columns={
            "item": Column("Its key in `data/published`"),
            "description": Column("What it is"),
            "published": Column("As printed"),
            "recomputed": Column("From these data", "that of the figure"),
            "tolerance": Column("Half a unit of the last printed decimal", "that of the figure"),
            "kind": Column("`calibrated` (true by construction), `emergent` or `direction`"),
            "verdict": Column("`reproduced`, `met by construction`, or how it differs"),
            "note": Column("Remark"),
            "source": Column("`published`, or `derived` from published figures"),
        },
        masking=MASKED_BEFORE,
        place="supplement",
    ),
    "planted_effects": Table(
        step="verify_published",
        rows="planted effect of the synthetic cohort",
        columns={
            "term": Column("Term of M3"),
            "parameter": Column("Parameter of `synthetic.symptoms`"),
            "planted": Column("Planted", "points per log(session)"),
            "recovered": Column("Estimate of M3, REML", "points per log(session)"),
            **interval("ci", "the estimate", "points per log(session)"),
            "inside": Column("1 where the interval holds the planted value, else 0"),
        },
        masking=MASKED_BEFORE,
        place="supplement",
        caption="Planted and recovered effects",
        omit_empty=True,
    ),
}
