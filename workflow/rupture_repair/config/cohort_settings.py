"""The checked settings of one cohort, and the part of them that each step depends on."""

from typing import Any

from pydantic import BaseModel

from rupture_repair.config.criteria import NamedCriterion
from rupture_repair.config.model_sections import ModelSections
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
from rupture_repair.config.steps.front_page import FrontPageSettings
from rupture_repair.config.steps.identity import Identity
from rupture_repair.config.steps.manuscript import ManuscriptSettings
from rupture_repair.config.steps.provenance import RecordSettings
from rupture_repair.config.steps.validation import ReportSettings, ValidationSettings
from rupture_repair.config.steps.verification import VerificationSettings


class CohortSettings(ModelSections):
    """A cohort with the section of its settings that each step depends on, by name."""

    @property
    def simulation(self) -> SimulationSettings:
        """For drawing a synthetic cohort; raises `ValueError` where the file describes none."""
        if self.cohort.synthetic is None:
            raise ValueError(f"{self.file} has no `synthetic`")
        return SimulationSettings(
            synthetic=self.cohort.synthetic,
            columns=self.cohort.columns,
            instruments=self.instruments,
            criterion=self.rule,
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
    def report(self) -> ReportSettings:
        """For the validation report."""
        return ReportSettings(title=self.cohort.title, synthetic=self.shows_synthetic)

    @property
    def detection(self) -> DetectionSettings:
        """For finding ruptures."""
        return DetectionSettings(criterion=self.rule, alliance=self.instruments["alliance"])

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
            criterion=self.rule,
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
            criteria=self.rules,
            criterion=NamedCriterion(name=self.cohort.criterion, **dict(self.rule)),
            alliance=self.instruments["alliance"],
            compatibility=self.cohort.compatibility,
            labels=tuple(study.label for study in self.cohort.other_studies),
        )

    @property
    def criteria_comparison(self) -> CriteriaSettings:
        """For the same patients under every named criterion."""
        return CriteriaSettings(criteria=self.rules, alliance=self.instruments["alliance"])

    @property
    def criteria_chance(self) -> CriteriaChanceSettings:
        """For the breakdown expected by chance under every named criterion."""
        return CriteriaChanceSettings(
            criteria=self.rules,
            chance=self.cohort.chance,
            alliance=self.instruments["alliance"],
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
            criteria=self.printed_criteria,
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
    def front_page(self) -> FrontPageSettings:
        """For the front page of a run."""
        return FrontPageSettings(
            name=self.name,
            title=self.cohort.title,
            synthetic=self.shows_synthetic,
            calibrated=self.synthetic,
            confidential=self.cohort.confidential,
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
            printed_criterion=self.named_criterion.printed,
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
