"""The table that answers what most readers ask."""

from collections.abc import Mapping

from rupture_repair.config.catalogue.table import (
    MASKED_BEFORE,
    PATIENTS,
    Column,
    Table,
    interval,
)

# the tables that the answers are taken from
ANSWERED = (
    "pattern_breakdown",
    "reliable_change",
    "model_comparison",
    "fixed_effects",
    "variance_components",
    "contrasts",
    "moderation",
    "robustness",
    "effect_sizes",
    "not_estimated",
)

ANSWERS: Mapping[str, Table] = {
    "answers": Table(
        step="answer_questions",
        rows="question that most readers have, with its answer",
        columns={
            "question": Column("What is asked"),
            "estimate": Column("The answer", "see `unit`"),
            "unit": Column("Unit of the answer and of its interval"),
            **interval("ci", "the answer", "see `unit`"),
            "p": Column("Two-sided *p*, where something is tested"),
            "n": Column("Patients whom a share counts; of an estimate, those analysed", PATIENTS),
            "of": Column("Patients among whom a share counts them", PATIENTS),
            "model": Column("Model, M0 to M3, or empty"),
            "method": Column("Where interval, *p* and degrees of freedom come from"),
            "df": Column("Degrees of freedom"),
            "table": Column("Table in which more of it stands"),
            "note": Column("Why there is no answer, or what it rests on"),
        },
        masking=MASKED_BEFORE,
    ),
}
