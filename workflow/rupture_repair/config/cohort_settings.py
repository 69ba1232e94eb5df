"""The checked settings of one cohort, and the part of them that each step depends on."""

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from rupture_repair.config.analysis import Modelling
from rupture_repair.config.cohort import Cohort
from rupture_repair.config.criteria import Criterion, NamedCriterion
from rupture_repair.config.instruments import Instrument, Instruments, NamedInstrument
from rupture_repair.config.multiverse import Multiverse
from rupture_repair.config.steps.chance import ChanceSettings, CriteriaChanceSettings
from rupture_repair.config.steps.cohort import SimulationSettings
from rupture_repair.config.steps.comparison import ComparedCohort
from rupture_repair.config.steps.detection import (
    AuditSettings,
    CompatibilitySettings,
    CriteriaSettings,
    DetectionSettings,
)
from rupture_repair.config.steps.disclosure import SharingSettings
from rupture_repair.config.steps.figures import FigureSettings
from rupture_repair.config.steps.identity import Identity
from rupture_repair.config.steps.manuscript import ManuscriptSettings
from rupture_repair.config.steps.modelling import (
    FitSettings,
    ModelCovariate,
    PosteriorSettings,
    ReliableChangeSettings,
    RobustnessSettings,
    SensitivitySettings,
    SharedNoiseSettings,
    TimeSettings,
)
from rupture_repair.config.steps.multiverse import MultiverseSettings
from rupture_repair.config.steps.provenance import RecordSettings
from rupture_repair.config.steps.validation import ValidationSettings
from rupture_repair.config.steps.verification import VerificationSettings


@dataclass(frozen=True)
class CohortSettings:
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
    def named_instruments(self) -> Instruments:
        """The cohort's questionnaires with their keys."""
        keys = self.cohort.instruments
        return Instruments(
            alliance=_named(keys.alliance, self.instruments["alliance"]),
            symptoms=_named(keys.symptoms, self.instruments["symptoms"]),
            iip=_named(keys.iip, self.instruments["iip"]),
        )

    @property
    def simulation(self) -> SimulationSettings:
        """For drawing a synthetic cohort; raises `ValueError` where the file describes none."""
        if self.cohort.synthetic is None:
            raise ValueError(f"{self.file} has no `synthetic`")
        return SimulationSettings(
            synthetic=self.cohort.synthetic,
            columns=self.cohort.columns,
            instruments=self.instruments,
            criterion=self.criterion,
        )

    @property
    def validation(self) -> ValidationSettings:
        """For reading and checking the raw files."""
        return ValidationSettings(
            title=self.cohort.title,
            synthetic=self.shows_synthetic,
            columns=self.cohort.columns,
            reading=self.cohort.reading,
            labels=self.cohort.labels,
            missing_codes=self.cohort.missing_codes,
            sessions=self.cohort.sessions,
            instruments=self.instruments,
            inclusion=self.cohort.inclusion,
            covariates=tuple(covariate.name for covariate in self.cohort.modelling.covariates),
        )

    @property
    def detection(self) -> DetectionSettings:
        """For finding ruptures."""
        return DetectionSettings(criterion=self.criterion, alliance=self.instruments["alliance"])

    @property
    def audit(self) -> AuditSettings:
        """For the page of every patient with a rupture."""
        return AuditSettings(
            title=self.cohort.title,
            synthetic=self.shows_synthetic,
            criterion=self.named_criterion,
            alliance=self.instruments["alliance"],
            symptoms=self.instruments["symptoms"],
        )

    @property
    def chance(self) -> ChanceSettings:
        """For the breakdown expected by chance under the cohort's criterion."""
        return ChanceSettings(
            criterion=self.criterion,
            chance=self.cohort.chance,
            alliance=self.instruments["alliance"],
        )

    @property
    def verification(self) -> VerificationSettings:
        """For verdicts on published figures and planted effects."""
        drawn = self.cohort.synthetic if self.synthetic else None
        return VerificationSettings(
            calibrated=self.synthetic,
            planted=drawn.symptoms if drawn else None,
            time=self.cohort.modelling.time,
        )

    @property
    def compatibility(self) -> CompatibilitySettings:
        """For weighing rules by the published shares."""
        return CompatibilitySettings(
            title=self.cohort.title,
            criteria=self.criteria,
            criterion=self.named_criterion,
            alliance=self.instruments["alliance"],
            compatibility=self.cohort.compatibility,
            labels=tuple(study.label for study in self.cohort.other_studies),
        )

    @property
    def criteria_comparison(self) -> CriteriaSettings:
        """For the same patients under every named criterion."""
        return CriteriaSettings(criteria=self.criteria, alliance=self.instruments["alliance"])

    @property
    def criteria_chance(self) -> CriteriaChanceSettings:
        """For the breakdown expected by chance under every named criterion."""
        return CriteriaChanceSettings(
            criteria=self.criteria,
            chance=self.cohort.chance,
            alliance=self.instruments["alliance"],
        )

    @property
    def time(self) -> TimeSettings:
        """For the analysis table."""
        modelling = self.cohort.modelling
        return TimeSettings(time=modelling.time, covariates=self._covariates)

    @property
    def _covariates(self) -> tuple[ModelCovariate, ...]:
        numbers = {name for name, o in self.cohort.columns.patients.other.items() if o.number}
        return tuple(
            ModelCovariate(**dict(covariate), number=covariate.name in numbers | {"age"})
            for covariate in self.cohort.modelling.covariates
        )

    @property
    def fit(self) -> FitSettings:
        """For fits of the models."""
        modelling = self.cohort.modelling
        return FitSettings(
            patient_terms=modelling.patient_terms,
            clustering=modelling.clustering,
            covariates=self._covariates,
        )

    @property
    def modelling(self) -> Modelling:
        """For the tables of the models."""
        return self.cohort.modelling

    @property
    def reliable_change(self) -> ReliableChangeSettings:
        """For patients who changed reliably."""
        return ReliableChangeSettings(
            confidence=self.cohort.modelling.confidence,
            symptoms=self.instruments["symptoms"],
        )

    @property
    def robustness(self) -> RobustnessSettings:
        """For the headline terms by other ways to their uncertainty."""
        return RobustnessSettings(
            confidence=self.cohort.modelling.confidence,
            robustness=self.cohort.robustness,
        )

    @property
    def posterior(self) -> PosteriorSettings:
        """For the posterior of the headline, with the seed of what else is resampled of it."""
        return PosteriorSettings(
            confidence=self.cohort.modelling.confidence, seed=self.cohort.robustness.seed
        )

    @property
    def shared_noise(self) -> SharedNoiseSettings:
        """For what errors shared by both ratings of a session would give without ruptures."""
        return SharedNoiseSettings(
            criterion=self.criterion,
            alliance=self.instruments["alliance"],
            patient_terms=self.cohort.modelling.patient_terms,
            replicates=self.cohort.chance.coupled,
            seed=self.cohort.chance.seed,
        )

    @property
    def sensitivity(self) -> SensitivitySettings:
        """For the variants of the headline analysis."""
        modelling = self.cohort.modelling
        return SensitivitySettings(
            criterion=self.criterion,
            alliance=self.instruments["alliance"],
            time=modelling.time,
            patient_terms=modelling.patient_terms,
            clustering=modelling.clustering,
            covariates=self._covariates,
            confidence=modelling.confidence,
            effect_duration=modelling.effect_duration,
            sensitivity=self.cohort.sensitivity,
        )

    def multiverse(self, multiverse: Multiverse) -> MultiverseSettings:
        """For the specifications; `multiverse` is the project's."""
        return MultiverseSettings(
            criterion=self.criterion,
            alliance=self.instruments["alliance"],
            time=self.cohort.modelling.time,
            patient_terms=self.cohort.modelling.patient_terms,
            clustering=self.cohort.modelling.clustering,
            covariates=self._covariates,
            min_patients_per_therapist=self.cohort.inclusion.min_patients_per_therapist,
            min_sessions=self.cohort.inclusion.min_sessions,
            multiverse=multiverse,
        )

    @property
    def disclosure(self) -> SharingSettings:
        """For what can be shared."""
        return SharingSettings(
            synthetic=self.shows_synthetic, confidential=self.cohort.confidential
        )

    @property
    def figures(self) -> FigureSettings:
        """For every figure."""
        return FigureSettings(
            synthetic=self.shows_synthetic,
            calibrated=self.synthetic,
            confidential=self.cohort.confidential,
            instruments=self.named_instruments,
            criterion=self.cohort.criterion,
            modelling=self.cohort.modelling,
        )

    @property
    def manuscript(self) -> ManuscriptSettings:
        """For the paper."""
        return ManuscriptSettings(
            name=self.name,
            title=self.cohort.title,
            synthetic=self.shows_synthetic,
            confidential=self.cohort.confidential,
            instruments=self.named_instruments,
            criterion=self.named_criterion,
            criteria=self.criteria,
            modelling=self.cohort.modelling,
            inclusion=self.cohort.inclusion,
            sessions=self.cohort.sessions,
            chance=self.cohort.chance,
            robustness=self.cohort.robustness,
            sensitivity=self.cohort.sensitivity,
            parameters=self.cohort.synthetic if self.synthetic else None,
            second_language=self.cohort.manuscript.second_language,
        )

    @property
    def comparison(self) -> ComparedCohort:
        """For the comparison of cohorts."""
        return ComparedCohort(
            name=self.name,
            title=self.cohort.title,
            synthetic=self.shows_synthetic,
            time=self.cohort.modelling.time,
            instruments=self.named_instruments,
            criterion=self.cohort.criterion,
        )

    @property
    def identity(self) -> Identity:
        """For what is said of a cohort as a whole."""
        return Identity(
            name=self.name,
            title=self.cohort.title,
            synthetic=self.shows_synthetic,
            calibrated=self.synthetic,
        )

    def record(self, multiverse: Multiverse) -> RecordSettings:
        """For the record of a run; `multiverse` is the project's."""
        return RecordSettings(
            name=self.name,
            title=self.cohort.title,
            synthetic=self.shows_synthetic,
            calibrated=self.synthetic,
            cohort=self.cohort,
            instruments=self.named_instruments,
            criterion=self.named_criterion,
            multiverse=multiverse,
        )

    def section(self, step: str) -> dict[str, Any]:
        """Return the settings of a step as plain values: Snakemake drops other params silently."""
        found: BaseModel = getattr(self, step)
        return found.model_dump(mode="json")


def _named(key: str, tool: Instrument) -> NamedInstrument:
    return NamedInstrument(key=key, **dict(tool))
