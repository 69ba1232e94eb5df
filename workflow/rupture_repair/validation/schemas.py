"""The four tidy tables as pandera models: validator and data dictionary come from here."""

from collections.abc import Mapping
from types import MappingProxyType

import pandas as pd
import pandera.pandas as pa

from rupture_repair.cohort.numbers import number_of
from rupture_repair.config.columns import OtherColumn
from rupture_repair.config.instruments import Instrument

Instruments = Mapping[str, Instrument]
# a longer text is a sign of a quotation mark that was never closed
MAX_TEXT_LENGTH = 200
SHORT = pa.Check(
    lambda texts: texts.str.len() <= MAX_TEXT_LENGTH, error=f"at most {MAX_TEXT_LENGTH} characters"
)
# with an invisible character two names look the same and are not
VISIBLE = pa.Check(
    lambda texts: texts.map(str.isprintable).astype(bool),
    error="one line without control characters or other invisible ones",
)
NUMBER = pa.Check(
    lambda texts: texts.map(lambda text: number_of(text) is not None).astype(bool),
    error="a number",
)
POSITIVE = pa.Check.gt(0, error="more than 0")
AT_LEAST_ONE = pa.Check.ge(1, error="1 or more")
AT_LEAST_NONE = pa.Check.ge(0, error="0 or more")


def patients_schema(
    instruments: Instruments, other: Mapping[str, OtherColumn] = MappingProxyType({})
) -> pa.DataFrameSchema:
    """`patients`: a row per patient; `other` columns stay as they are written."""
    return pa.DataFrameSchema(
        {
            "patient_id": _text("Pseudonym of the patient", unique=True),
            "therapist_id": _text("Pseudonym of the therapist", nullable=True, required=False),
            "iip": _score("Interpersonal problems at the start of therapy", instruments["iip"]),
            "age": pa.Column(
                float,
                pa.Check.in_range(0, 120, error="a number from 0 to 120"),
                nullable=True,
                required=False,
                description="Age in years",
            ),
            "gender": _text("Gender, as coded by the clinic", nullable=True, required=False),
            "diagnosis": _text("Main diagnosis", nullable=True, required=False),
            "orientation": _text("Theoretical orientation", nullable=True, required=False),
            **{name: _other(name, found) for name, found in other.items()},
            "treatment": pa.Column(
                "int64",
                AT_LEAST_ONE,
                required=False,
                description="Which treatment of the patient: 1, 2, …",
            ),
            "intake_symptoms": _score(
                "Symptom severity before the first session",
                instruments["symptoms"],
                required=False,
            ),
        },
        name="patients",
        strict=True,
    )


def sessions_schema(instruments: Instruments) -> pa.DataFrameSchema:
    """`sessions`: a row per session; ratings may be missing."""
    return pa.DataFrameSchema(
        {
            "patient_id": _text("Pseudonym of the patient"),
            "session": pa.Column(
                float,
                [
                    pa.Check(lambda s: s % 1 == 0, error="a whole number: 1, 2, …"),
                    pa.Check.ge(1, error="1 or more"),
                    pa.Check.le(2000, error="2000 or less"),
                ],
                description="Session number: 1, 2, …",
            ),
            "alliance": _score("Alliance rating of the session", instruments["alliance"]),
            "symptoms": _score("Symptom severity at the session", instruments["symptoms"]),
            "date": pa.Column(
                "datetime64[s]", nullable=True, required=False, description="Date of the session"
            ),
            "symptoms_days": pa.Column(
                float,
                nullable=True,
                required=False,
                description="Days from the session to its symptom rating, where dated apart",
            ),
        },
        unique=["patient_id", "session"],
        name="sessions",
        strict=True,
    )


def intake_schema(instruments: Instruments) -> pa.DataFrameSchema:
    """Ratings before the first session, with their label as `session`."""
    sessions = sessions_schema(instruments).columns
    columns = {name: sessions[name] for name in ("patient_id", "alliance", "symptoms")}
    return pa.DataFrameSchema(
        {**columns, "session": _text("Label")}, unique=["patient_id", "session"], name="intake"
    )


def symptoms_schema(tool: Instrument) -> pa.DataFrameSchema:
    """Symptom ratings with dates of their own."""
    return pa.DataFrameSchema(
        {
            "patient_id": _text("Pseudonym of the patient"),
            "date": pa.Column("datetime64[s]", description="Date of the rating"),
            "symptoms": _score("Symptom severity", tool),
        },
        name="symptoms",
    )


def events_schema() -> pa.DataFrameSchema:
    """`events`: a row per rupture."""
    return pa.DataFrameSchema(
        {
            "patient_id": _text("Pseudonym of the patient"),
            "session": pa.Column("int64", AT_LEAST_ONE, description="Session of the rupture"),
            "reference": pa.Column(float, description="What the rating was compared with"),
            "rating": pa.Column(float, description="Rating at the end of the decline"),
            "drop": pa.Column(float, POSITIVE, description="Reference minus rating"),
            "threshold": pa.Column(float, POSITIVE, description="Smallest drop that counts"),
            "n_drops": pa.Column("int64", AT_LEAST_ONE, description="Drops in the decline"),
            "last_session": pa.Column("int64", description="Last session of the decline"),
            "repair_level": pa.Column(float, description="Rating needed for a repair"),
            "repaired_at": pa.Column("Int64", nullable=True, description="Session of the repair"),
            "sessions_to_repair": pa.Column(
                "Int64", AT_LEAST_ONE, nullable=True, description="Sessions until the repair"
            ),
            "repair_observable": pa.Column(bool, description="Whether a later rating exists"),
        },
        name="events",
        strict=True,
    )


def patterns_schema() -> pa.DataFrameSchema:
    """`patterns`: a row per patient."""
    counts = {
        "n_rated": "Alliance ratings",
        "n_testable": "Ratings that had something to be compared with",
        "n_ruptures": "Ruptures",
        "n_repaired": "Repaired ruptures",
        "n_unobservable": "Ruptures in the last rated session",
    }
    allowed = ["none", "unrepaired", "repaired", "unclassifiable"]
    return pa.DataFrameSchema(
        {
            "patient_id": _text("Pseudonym of the patient", unique=True),
            "pattern": pa.Column(
                str,
                pa.Check.isin(allowed, error=", ".join(allowed)),
                description="Rupture pattern",
            ),
            **{
                name: pa.Column("int64", AT_LEAST_NONE, description=words)
                for name, words in counts.items()
            },
            "first_rupture": pa.Column("Int64", nullable=True, description="Its session"),
        },
        name="patterns",
        strict=True,
    )


def described(schema: pa.DataFrameSchema) -> pd.DataFrame:
    """Return the data dictionary of a table: `column, description, allowed, may_be_missing`."""
    return pd.DataFrame(
        [
            {
                "column": name,
                "description": column.description,
                "allowed": "; ".join(str(check.error) for check in column.checks if check.error),
                "may_be_missing": column.nullable,
            }
            for name, column in schema.columns.items()
        ]
    )


def _other(name: str, found: OtherColumn) -> pa.Column:
    column = _text(f"Covariate `{name}`", nullable=True, required=False)
    if found.number:
        column.checks.append(NUMBER)
    return column


def _text(
    description: str, *, unique: bool = False, nullable: bool = False, required: bool = True
) -> pa.Column:
    return pa.Column(
        str,
        [SHORT, VISIBLE],
        unique=unique,
        nullable=nullable,
        required=required,
        description=description,
    )


def _score(description: str, instrument: Instrument, *, required: bool = True) -> pa.Column:
    low, high = instrument.minimum, instrument.maximum
    allowed = f"{low:g} to {high:g} ({instrument.named_range})"
    return pa.Column(
        float,
        pa.Check.in_range(low - 1e-6, high + 1e-6, error=allowed),
        nullable=True,
        required=required,
        description=f"{description}, {instrument.short} points",
    )
