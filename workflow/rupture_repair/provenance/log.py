"""What a job prints goes to its log; what a user must know goes to the terminal."""

import os
import resource
import sys
import time
import traceback
from collections.abc import Generator, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from rupture_repair.config.errors import ExpectedError, disk_remedy

TIMED = (
    "began {began}, took {seconds:.3f} s, {processor:.3f} s of processors "
    "after {start:.3f} s to start, {megabytes:.0f} MB at most"
)
STOPPED = "Stopped: "


@contextmanager
def logged(log: str) -> Iterator[None]:
    """Send output and tracebacks of a block to `log`; end the process with 1 if it fails.

    The last line of the log says when the block began, how long it took, with how many seconds of
    processors, how many the process had taken until then (to start, and to import), and how much
    memory it held at most: these belong into logs, never into results, which have the same bytes
    in every run. The terminal gets the message alone, and of
    unexpected errors, whose words may hold data, the kind and the place of the log.
    """
    terminal = sys.stderr
    try:
        with (
            Path(log).open("w", encoding="utf-8") as handle,
            redirect_stdout(handle),
            redirect_stderr(handle),
        ):
            message = yield from _run_block(handle, log)
    except OSError as error:  # the log itself cannot be written
        message = f"{log}: {disk_remedy(error) or error.strerror}"
    if message:
        print(message, file=terminal)
        sys.exit(1)


def _run_block(handle: TextIO, log: str) -> Generator[None, None, str | None]:
    """Run the block; return what the terminal is to say, nothing if all went well."""
    began, clock, start = datetime.now(UTC), time.monotonic(), processor_seconds()
    try:
        yield
        used = {
            "seconds": time.monotonic() - clock,
            "processor": processor_seconds() - start,
            "start": start,
            "megabytes": peak_memory(),
        }
        print(TIMED.format(began=began.isoformat(), **used))
        return None
    except ExpectedError as error:
        message = str(error)
    except Exception as error:
        if remedy := disk_remedy(error):
            message = f"{getattr(error, 'filename', None) or Path(log).parent}: {remedy}"
        else:
            traceback.print_exc(file=handle)
            # its words may hold a patient's data, and those of a run are read by others
            message = f"{type(error).__name__}, an error of the program (details in {log})"
    handle.write(f"{STOPPED}{message}\n")
    return message


def processor_seconds() -> float:
    """Return seconds of processors that this process has used, ended children included."""
    return sum(os.times()[:4])


def peak_memory() -> float:
    """Return the most memory that this process has held, in megabytes (10⁶ bytes)."""
    status = Path("/proc/self/status")
    if status.is_file():  # Linux counts in the other figure what the process was started from
        _, _, held = status.read_text("utf-8").partition("VmHWM:")
        return int(held.split()[0]) * 1024 / 1e6
    unit = 1 if sys.platform == "darwin" else 1024  # macOS counts bytes
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def reason_in(log: Path) -> str:
    """Return why the job of a log stopped, on one line: its own last words, if it had any."""
    return last_message(log) or (
        "it ended without a word (out of memory or time, or ended from outside)"
    )


def last_message(log: Path) -> str:
    """Return what a job that stopped by itself said last, on one line; nothing of any other."""
    if not log.is_file():
        return ""
    _, found, reason = log.read_text(encoding="utf-8").rpartition(STOPPED)
    return " ".join(reason.split()) if found else ""
