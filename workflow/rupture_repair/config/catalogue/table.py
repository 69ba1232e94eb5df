"""What the catalogue says of a table, and how the counts of patients in it are masked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

PATIENTS = "patients"  # the unit of a column that counts patients
POINTS = "symptom points"
SLOPE = "symptom points per unit of time"
SHARE = "share of patients"
KAPPA = "kappa"
Z = "cohort SDs"


@dataclass(frozen=True)
class Column:
    """What stands in a column; `unit` is empty for words and pure numbers.

    worded : whether its step writes keys, for which the shared table has words of `reports/words`.
    """

    meaning: str
    unit: str = ""
    worded: bool = False


WHY = Column("Why there is no estimate", worded=True)
CERTIFICATE = Column("`passed`, or what failed", worded=True)


@dataclass(frozen=True)
class Open:
    """Nothing in the table has to be masked."""

    because: str


@dataclass(frozen=True)
class Private:
    """The table never leaves the private folders of the results."""

    because: str


@dataclass(frozen=True)
class Parts:
    """Parts of a total that is shown elsewhere.

    A small `count` is masked together with the smallest other ones, until none can be worked out
    from the total; so are counts of patterns that are hidden in the whole cohort.
    also : columns that would tell the count, such as its percentage. within : columns that name the
    total, such as the criterion; empty when all rows add up to one total.
    """

    count: str
    also: tuple[str, ...] = ()
    within: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rows:
    """Counts of which no sum is shown: a small `count` is masked, and what stands in `also`."""

    count: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Withheld:
    """Of a confidential cohort only the heading is shared: too much could be worked out."""

    because: str


@dataclass(frozen=True)
class By:
    """A function of the package `disclosure`, as `module.function`; see `disclosure.sharing`."""

    function: str


Masking = Open | Private | Parts | Rows | Withheld | By
NO_COUNTS = Open("it holds no counts of patients")
MASKED_BEFORE = Open("it is made of tables that are masked already")


@dataclass(frozen=True)
class Table:
    """One CSV table of the results.

    step : the rule that writes it. rows : what a row is. columns : in their order.
    masking : without one the workflow refuses to start.
    place : `main` or `supplement`, where the paper speaks of it; `none` where only figures, other
        steps or readers of the file do.
    caption : a table of the supplement with a caption is printed there as it is, without a line of
        its own in the sources of the paper.
    omit_empty : a table with a caption is not printed when it has no rows.
    report : its caption in Snakemake's report, a file of `workflow/report`.
    folder : where it lies when not in `tables`, relative to the results of the cohort.
    """

    step: str
    rows: str
    columns: Mapping[str, Column]
    masking: Masking | None = None
    place: Literal["main", "supplement", "none"] = "none"
    caption: str = ""
    report: str = ""
    omit_empty: bool = False
    folder: str = "tables"

    @property
    def worded(self) -> list[str]:
        """The columns in which words stand for keys when it is shared."""
        return [name for name, column in self.columns.items() if column.worded]

    @property
    def masked(self) -> bool:
        """Whether it has counts to be masked."""
        return isinstance(self.masking, Parts | Rows | Withheld | By)

    @property
    def counted(self) -> bool:
        """Whether it is masked or rounded for sharing: its step writes it to the private folder."""
        return (
            self.masking is not None
            and not isinstance(self.masking, Private)
            and (self.masking != MASKED_BEFORE)
        )

    @property
    def full_folder(self) -> str:
        """Where its step writes it, with all counts."""
        return "ruptures/counts" if self.counted else self.folder


def model_column(models: str = "M0 to M3") -> Column:
    """Return the column `model`."""
    return Column(f"Model, {models}")


def tested(unit: str = SLOPE) -> dict[str, Column]:
    """Return the columns of a tested estimate in `unit`."""
    return {
        "estimate": Column("Estimate", unit),
        "se": Column("Standard error", unit),
        "df": Column("Satterthwaite degrees of freedom"),
        "statistic": Column("*t*"),
        "p": Column("Two-sided *p*"),
        **interval("ci", "estimate", unit),
    }


def interval(name: str, of: str, unit: str) -> dict[str, Column]:
    """Return the columns `<name>_low` and `<name>_high` of the interval of something."""
    return {
        f"{name}_low": Column(f"Lower limit of the interval of {of}", unit),
        f"{name}_high": Column(f"Upper limit of the interval of {of}", unit),
    }


def reported(unit: str = SLOPE) -> dict[str, Column]:
    """Return the columns of an estimate with the inference that is reported (docs/inference.md)."""
    return {
        **tested(unit),
        "clusters": Column("Clusters of the robust inference: `therapist` or `patient`"),
        "model_se": Column("Standard error by the model itself", unit),
        "model_df": Column("Its Satterthwaite degrees of freedom"),
        "model_p": Column("*p* by these"),
        "model_ci_low": Column("Lower end of the model's own interval", unit),
        "model_ci_high": Column("Upper end of that", unit),
        "reason": WHY,
    }
