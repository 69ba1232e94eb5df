"""What a job prints goes to its log; what a user must know goes to the terminal."""

import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from datetime import UTC, datetime
from pathlib import Path

from rupture_repair.config.errors import ExpectedError

TIMED = "began {began}, took {seconds:.3f} s"
STOPPED = "Stopped: "


@contextmanager
def logged(log: str) -> Iterator[None]:
    """Send output and tracebacks of a block to `log`; end the process with 1 if it fails.

    The last line of the log says when the block began and how long it took: times belong into logs,
    never into results, which have the same bytes in every run. The terminal gets the message alone,
    and for unexpected errors the place of the log.
    """
    terminal = sys.stderr
    began, clock = datetime.now(UTC), time.monotonic()
    with (
        Path(log).open("w", encoding="utf-8") as handle,
        redirect_stdout(handle),
        redirect_stderr(handle),
    ):
        try:
            yield
            print(TIMED.format(began=began.isoformat(), seconds=time.monotonic() - clock))
            return
        except ExpectedError as error:
            message = str(error)
            handle.write(f"{STOPPED}{message}\n")
        except Exception as error:
            traceback.print_exc(file=handle)
            message = f"{type(error).__name__}: {error}"
            handle.write(f"{STOPPED}{message}\n")
            message += f" (details in {log})"
    print(message, file=terminal)
    sys.exit(1)


def reason_in(log: Path) -> str:
    """Return why the job of a log stopped, on one line: its own last words, if it had any."""
    return last_words(log) or (
        "it ended without a word (out of memory or time, or ended from outside)"
    )


def last_words(log: Path) -> str:
    """Return what a job that stopped by itself said last, on one line; nothing of any other."""
    if not log.is_file():
        return ""
    _, found, reason = log.read_text(encoding="utf-8").rpartition(STOPPED)
    return " ".join(reason.split()) if found else ""
