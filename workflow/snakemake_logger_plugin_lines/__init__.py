"""A run in one line a step: what is being made, and of how many steps it is which.

A logger plugin of Snakemake (`--logger lines`), found by its name. What a step prints itself, and
what a run ends with, goes to the terminal as before; the whole log of Snakemake stays in
`.snakemake/log`. A dry run, and one with `--verbose`, is printed as Snakemake does.
"""

import logging
import sys

from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent

# of a step that failed: it has printed its own words, and the end of the run names its log
STEP_FAILED = "CalledProcessError in file"
RUN_FAILED = (
    "Exiting because a job execution failed",
    "WorkflowError:\nAt least one job did not complete successfully.",
)


class LogHandler(LogHandlerBase):
    """Prints a line a step, and every warning and error that is not about a step."""

    writes_to_stream = True
    writes_to_file = False
    needs_rulegraph = False

    def __post_init__(self) -> None:
        """Begin to count."""
        self.begun = self.total = 0
        self.in_lines = not (self.common_settings.dryrun or self.common_settings.verbose)

    @property
    def has_filter(self) -> bool:
        """Whether this handler chooses itself what is printed."""
        return self.in_lines

    @property
    def has_formatter(self) -> bool:
        """Whether it lays it out itself."""
        return self.in_lines

    def emit(self, record: logging.LogRecord) -> None:
        """Print what `record` says, if anything."""
        if line := self.line(record) if self.in_lines else self.format(record):
            print(line, file=sys.stderr, flush=True)

    def line(self, record: logging.LogRecord) -> str:
        """Return the line of a record; empty where nothing is to be printed."""
        event, words = getattr(record, "event", None), record.getMessage()
        match event:
            case LogEvent.RUN_INFO:
                self.total = record.__dict__["stats"]["total"]
                return ""
            case LogEvent.JOB_INFO:
                self.begun += 1
                place = f"[{self.begun:>{len(str(self.total))}}/{self.total}]"
                return f"{place} {record.__dict__['rule_msg'] or record.__dict__['rule_name']}"
            case LogEvent.JOB_ERROR | LogEvent.GROUP_ERROR:
                return ""
            case LogEvent.ERROR if STEP_FAILED in words:
                return ""
        if record.levelno >= logging.WARNING:
            return "" if words.startswith(RUN_FAILED) else words
        return words if words.startswith("Nothing to be done") else ""
