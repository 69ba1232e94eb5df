"""One cohort of the checked configuration, with what it names looked up."""

from dataclasses import dataclass

from rupture_repair.config.cohort import Cohort
from rupture_repair.config.criteria import Criterion, NamedCriterion, printed_name
from rupture_repair.config.instruments import Instrument, Instruments, NamedInstrument
from rupture_repair.config.steps.modelling import ModelCovariate


@dataclass(frozen=True)
class CheckedCohort:
    """One cohort with its instruments and its criterion looked up, and all named criteria.

    synthetic : the raw files are absent, and the workflow draws a cohort calibrated to the
    published figures. Delivered files without real patients are synthetic too, not calibrated.
    """

    name: str
    file: str
    cohort: Cohort
    instruments: dict[str, Instrument]
    criterion: Criterion
    criteria: dict[str, Criterion]
    synthetic: bool

    @property
    def raw_files(self) -> dict[str, str]:
        """The raw files that the cohort file names, by role."""
        return self.cohort.files.by_role

    @property
    def shows_synthetic(self) -> bool:
        """Whether no real patients are in the data, drawn here or delivered."""
        return self.synthetic or not self.cohort.real_patients

    @property
    def named_criterion(self) -> NamedCriterion:
        """The cohort's criterion with its name."""
        return NamedCriterion(name=self.cohort.criterion, **dict(self.criterion))

    @property
    def rule(self) -> Criterion:
        """The cohort's criterion without what is said about it."""
        return self.criterion.alone

    @property
    def rules(self) -> dict[str, Criterion]:
        """All named criteria, without what is said about them."""
        return {name: criterion.alone for name, criterion in self.criteria.items()}

    @property
    def printed_criteria(self) -> dict[str, str]:
        """What each criterion is called in print."""
        return {name: printed_name(name, one.label) for name, one in self.criteria.items()}

    @property
    def named_instruments(self) -> Instruments:
        """The cohort's questionnaires with their keys."""
        keys = self.cohort.instruments
        return Instruments(
            alliance=_named(keys.alliance, self.instruments["alliance"]),
            symptoms=_named(keys.symptoms, self.instruments["symptoms"]),
            iip=_named(keys.iip, self.instruments["iip"]),
        )

    @property
    def model_covariates(self) -> tuple[ModelCovariate, ...]:
        """The covariates of the models, each with whether it is a number."""
        numbers = {name for name, o in self.cohort.columns.patients.other.items() if o.number}
        return tuple(
            ModelCovariate(**dict(covariate), number=covariate.name in numbers | {"age"})
            for covariate in self.cohort.modelling.covariates
        )


def _named(key: str, tool: Instrument) -> NamedInstrument:
    return NamedInstrument(key=key, **dict(tool))
