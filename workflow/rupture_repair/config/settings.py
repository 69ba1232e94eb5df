"""The checked configuration: the project and its cohorts."""

from dataclasses import dataclass
from pathlib import Path

from rupture_repair.config.cohort_settings import CohortSettings
from rupture_repair.config.multiverse import Multiverse
from rupture_repair.config.project import Project


@dataclass(frozen=True)
class Settings:
    """The project and its cohorts."""

    project: Project
    multiverse: Multiverse
    cohorts: dict[str, CohortSettings]

    def raw_files(self, name: str) -> dict[str, str]:
        """Return a cohort's raw files by role: synthetic ones while the real ones are absent."""
        files = self.cohorts[name].raw_files
        if not self.cohorts[name].synthetic:
            return files
        return {role: f"{self.project.results}/{name}/synthetic/{role}.csv" for role in files}

    def own_texts(self, name: str) -> list[str]:
        """Return the files of an author's own texts for the paper of a cohort."""
        folder = Path(self.project.cohort_folder) / name
        return sorted(
            file.as_posix()
            for file in folder.glob("[!.]*")
            if file.is_file() and file.name[-1] != "~"
        )
