"""What each step of models and multiverse depends on."""

from rupture_repair.config.analysis import Modelling
from rupture_repair.config.checked_cohort import CheckedCohort
from rupture_repair.config.multiverse import Multiverse
from rupture_repair.config.steps.modelling import (
    FitSettings,
    PosteriorSettings,
    ReliableChangeSettings,
    RobustnessSettings,
    SensitivitySettings,
    SharedNoiseSettings,
    TimeSettings,
)
from rupture_repair.config.steps.multiverse import MultiverseSettings


class ModelSections(CheckedCohort):
    """The sections of a cohort's settings from the analysis table to the multiverse."""

    @property
    def time(self) -> TimeSettings:
        """For the analysis table."""
        modelling = self.cohort.modelling
        return TimeSettings(time=modelling.time, covariates=self.model_covariates)

    @property
    def fit(self) -> FitSettings:
        """For fits of the models."""
        modelling = self.cohort.modelling
        return FitSettings(
            patient_terms=modelling.patient_terms,
            clustering=modelling.clustering,
            covariates=self.model_covariates,
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
            criterion=self.rule,
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
            criterion=self.rule,
            alliance=self.instruments["alliance"],
            time=modelling.time,
            patient_terms=modelling.patient_terms,
            clustering=modelling.clustering,
            covariates=self.model_covariates,
            confidence=modelling.confidence,
            effect_duration=modelling.effect_duration,
            sensitivity=self.cohort.sensitivity,
        )

    def multiverse(self, multiverse: Multiverse) -> MultiverseSettings:
        """For the specifications; `multiverse` is the project's."""
        return MultiverseSettings(
            criterion=self.rule,
            alliance=self.instruments["alliance"],
            time=self.cohort.modelling.time,
            patient_terms=self.cohort.modelling.patient_terms,
            clustering=self.cohort.modelling.clustering,
            covariates=self.model_covariates,
            min_patients_per_therapist=self.cohort.inclusion.min_patients_per_therapist,
            min_sessions=self.cohort.inclusion.min_sessions,
            multiverse=multiverse,
        )
