"""The checked configuration, and the part of it that each room depends on."""

from dataclasses import dataclass
from typing import Any

from rupture_repair.config.cohort import Cohort
from rupture_repair.config.criteria import Criterion
from rupture_repair.config.instruments import Instrument
from rupture_repair.config.multiverse import Multiverse
from rupture_repair.config.project import Project


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

    def section(self, room: str) -> dict[str, Any]:
        """Return what `room` depends on as plain values, fit for a Snakemake param."""
        cohort = self.cohort.model_dump(mode="json")
        instruments = {
            role: {"key": getattr(self.cohort.instruments, role), **tool.model_dump(mode="json")}
            for role, tool in self.instruments.items()
        }
        criterion = {"name": self.cohort.criterion, **self.criterion.model_dump(mode="json")}
        identity = {
            "name": self.name,
            "title": cohort["title"],
            "synthetic": self.synthetic or not self.cohort.real_patients,
            "calibrated": self.synthetic,
        }
        sections: dict[str, dict[str, Any]] = {
            "identity": identity,
            "everything": {
                **identity,
                "cohort": cohort,
                "instruments": instruments,
                "criterion": criterion,
            },
            "synthetic": {
                "synthetic": cohort["synthetic"],
                "columns": cohort["columns"],
                "instruments": instruments,
                "criterion": criterion,
            },
            "validation": {
                **identity,
                "columns": cohort["columns"],
                "reading": cohort["reading"],
                "missing_codes": cohort["missing_codes"],
                "instruments": instruments,
                "inclusion": cohort["inclusion"],
            },
            "detection": {"criterion": criterion},
            "audit": {
                **identity,
                "criterion": criterion,
                "instruments": {role: instruments[role] for role in ("alliance", "symptoms")},
            },
            # what the fits depend on: levels and lengths to be shown must not fit anew
            "fit": {name: cohort["modelling"][name] for name in ("time", "patient_terms")},
            "time": {"time": cohort["modelling"]["time"]},
            "multiverse": {
                "criterion": criterion,
                "modelling": cohort["modelling"],
                "min_sessions": cohort["inclusion"]["min_sessions"],
            },
            "robustness": {
                **{name: cohort["modelling"][name] for name in ("time", "patient_terms")},
                "confidence": cohort["modelling"]["confidence"],
                **cohort["robustness"],
            },
            "sensitivity": {
                "criterion": criterion,
                **{
                    name: cohort["modelling"][name]
                    for name in ("time", "patient_terms", "confidence", "effect_duration")
                },
                **cohort["sensitivity"],
            },
            "reliable_change": {
                "time": cohort["modelling"]["time"],
                "confidence": cohort["modelling"]["confidence"],
                "instrument": instruments["symptoms"],
            },
            "chance": {
                "criterion": criterion,
                "replicates": cohort["chance"]["replicates"],
                "seed": cohort["chance"]["seed"],
                "alliance": instruments["alliance"],
            },
            "criteria": {
                name: rule.model_dump(mode="json") for name, rule in self.criteria.items()
            },
            "modelling": cohort["modelling"],
            "disclosure": {
                "synthetic": identity["synthetic"],
                "confidential": cohort["confidential"],
            },
            "figures": {
                **identity,
                "instruments": instruments,
                "criterion": criterion,
                "modelling": cohort["modelling"],
                "confidential": cohort["confidential"],
            },
        }
        sections["chance_by_criterion"] = {
            "criteria": sections["criteria"],
            "replicates": cohort["chance"]["replicates"],
            "seed": cohort["chance"]["seed"],
            "alliance": instruments["alliance"],
        }
        sections["manuscript"] = {
            **sections["figures"],
            "inclusion": cohort["inclusion"],
            "chance": cohort["chance"],
            "criteria": sections["criteria"],
            "robustness": cohort["robustness"],
            "sensitivity": cohort["sensitivity"],
            "seed": cohort["synthetic"]["seed"] if self.synthetic else None,
            "parameters": cohort["synthetic"] if self.synthetic else None,
        }
        sections["comparison"] = {
            **identity,
            "time": cohort["modelling"]["time"],
            "instruments": instruments,
            "criterion": criterion,
        }
        return sections[room]


@dataclass(frozen=True)
class Settings:
    """The project and its cohorts."""

    project: Project
    multiverse: Multiverse
    cohorts: dict[str, CohortSettings]
