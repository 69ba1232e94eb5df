"""What became of each cohort of a run, and how the finished ones are compared nonetheless."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rupture_repair.provenance.log import last_message, reason_in
from rupture_repair.provenance.snakemake_internals import Job, run_inside


@dataclass(frozen=True)
class Failure:
    """One job that failed: its rule, its log, and the last words in it."""

    rule: str
    log: str
    reason: str


@dataclass(frozen=True)
class Outcome:
    """The end of a run of several cohorts.

    failures : by cohort that did not finish; none where the run ended before it got there. The
        jobs of no cohort, those of the comparison, stand under the empty name.
    compared : the cohorts that were compared; none with fewer than two.
    """

    failures: Mapping[str, Sequence[Failure]]
    compared: Sequence[str]


def succeeded(cohorts: Sequence[str]) -> Outcome:
    """Return the outcome of a run in which no job failed."""
    return Outcome({}, cohorts if len(cohorts) > 1 else ())


def outcome_of(jobs: Iterable[Job], failed: Iterable[Sequence[Job]]) -> Outcome:
    """Return what became of the cohorts; nothing is compared yet.

    jobs : those that are not finished. failed : those that failed, each with what was submitted as
    one with it.
    """
    failures: dict[str, list[Failure]] = {job.cohort: [] for job in jobs}
    for job in (single for together in failed for single in _to_blame(together)):
        found = Failure(job.rule, job.log, reason_in(Path(job.log)))
        failures.setdefault(job.cohort, []).append(found)
    return Outcome(failures, ())


def compare_the_others(
    outcome: Outcome, cohorts: Sequence[str], config: Mapping[str, Any], words: Sequence[str]
) -> Outcome:
    """Run the same command once more with the cohorts that finished, if that can compare them.

    No rule can be told to wait for others whether or not they succeed. The finished cohorts are up
    to date, so that this second run makes the comparison alone; it names those left out.

    config : what the command line gave; words : the command line after the program.
    """
    stopped = {name: found for name, found in outcome.failures.items() if name in cohorts}
    finished = [name for name in cohorts if name not in stopped]
    # a run that was broken off has cohorts without a failure of their own
    ended = all(stopped.values()) and not outcome.failures.get("")
    if len(finished) < 2 or not stopped or not ended:
        return outcome
    reasons = {name: found[0].reason for name, found in stopped.items()}
    given = {**config, "cohorts": ",".join(finished), "left_out": reasons}
    compared = run_inside(words, given)
    return Outcome(outcome.failures, finished if compared else ())


def _to_blame(failed: Sequence[Job]) -> Sequence[Job]:
    """Return the jobs of a failed cluster job that said why; all of them if none did.

    One that stops takes those with it that were submitted as one with it.
    """
    return [job for job in failed if last_message(Path(job.log))] or failed
