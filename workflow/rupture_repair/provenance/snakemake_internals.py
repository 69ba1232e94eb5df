"""All that this workflow uses of Snakemake beside its documented interface, in one place.

Snakemake has no public way to ask which jobs failed, whether a Snakefile was imported as a module,
or when it made a file. What is read here holds from `MIN_VERSION` on, which the Snakefile asks for;
a later version may name things otherwise, and this file is where to follow.
"""

import base64
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MIN_VERSION = "9.27"  # the one that all tests run with
RECORDS = Path(".snakemake")
EVERYTHING_ANEW = {"-F", "--forceall"}


@dataclass(frozen=True)
class Job:
    """One job: its rule, the cohort or nothing, the log or nothing, and what it writes."""

    rule: str
    cohort: str
    log: str
    output: tuple[str, ...]


def own_config_files(workflow: Any) -> list[str] | None:  # noqa: ANN401
    """Return the configuration files of a workflow; None where it was imported as a module.

    Those are the files of the workflow that imports it.
    """
    return workflow.configfiles if workflow.modifier.is_main_snakefile() else None


def outputs_by_rule(rules: Any) -> dict[str, list[str]]:  # noqa: ANN401
    """Return rule → patterns of its outputs, in order, by the rules' own names also in a module."""
    return {name: list(rule.output) for name, rule in rules._rules.items()}


def jobs_to_run(workflow: Any) -> list[Job]:  # noqa: ANN401
    """Return the jobs of a run that are not finished: at its start, all."""
    return [_job(job) for job in workflow.dag.needrun_jobs()]


def failed_jobs(workflow: Any) -> list[list[Job]]:  # noqa: ANN401
    """Return the jobs that failed; those of one cluster job, which ends as a whole, together."""
    return [
        [_job(job) for job in getattr(failed, "jobs", [failed])]
        for failed in workflow.scheduler.failed
    ]


def given_config(workflow: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return the configuration that the command line gave."""
    return dict(workflow.config_settings.config)


def run_inside(words: Sequence[str], config: Mapping[str, Any]) -> bool:
    """Run Snakemake inside a run that is at its end; return whether it succeeded.

    The outer run holds the lock of the folder, so that the inner one takes none; hooks are the
    outer one's. words : of the outer command line, after the program; config : replaces its own.
    """
    command = [sys.executable, "-m", "snakemake"]
    command += [word for word in words if word not in EVERYTHING_ANEW]
    command += ["--nolock", "--no-hooks", "--config"]
    command += [f"{key}={json.dumps(value)}" for key, value in config.items()]
    return subprocess.run(command).returncode == 0


def remove_locks(folder: Path) -> None:
    """Remove the locks that a killed run has left; Snakemake's own `--unlock` reads the rules."""
    for lock in (folder / RECORDS / "locks").glob("*"):
        lock.unlink()


def made_files(folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each file of which Snakemake has a record in `folder`, with the record.

    `endtime` of a record is when the file was made, as its time of change. Records are named by
    the file's path in base64, long names in parts.
    """
    metadata = folder / RECORDS / "metadata"
    for found in metadata.rglob("*"):
        if not found.is_file():
            continue
        parts = found.relative_to(metadata).parts
        name = "".join(part.removeprefix("@") for part in parts)
        try:
            file = base64.b64decode(name + "=" * (-len(name) % 4), altchars=b"-_").decode()
            record = json.loads(found.read_text(encoding="utf-8"))
        except (ValueError, OSError):
            continue  # Snakemake makes again what it has no record of
        if isinstance(record, dict):
            yield file, record


def _job(job: Any) -> Job:  # noqa: ANN401
    cohort = str(getattr(job.wildcards, "cohort", ""))
    log = str(job.log[0]) if job.log else ""
    return Job(job.rule.name, cohort, log, tuple(map(str, job.output)))
