"""What memory is free, and files that need more of it."""

import contextlib
import sys
from pathlib import Path

import psutil

from rupture_repair.cohort.raw_file import RawFileError

GROUPS = Path("/sys/fs/cgroup")  # where Linux says what a job or a container may take
LESS = (
    "Export only the columns that the cohort file names, close other programs, or use a computer "
    "with more memory."
)


def free_memory() -> int:
    """Return how many bytes this process can still take without the system stopping it."""
    free = [psutil.virtual_memory().available]
    with contextlib.suppress(OSError, ValueError):  # there is no such group, or no limit in it
        most, used = (int((GROUPS / f"memory.{what}").read_text()) for what in ("max", "current"))
        free.append(most - used)
    if sys.platform != "win32":
        import resource

        most, _ = resource.getrlimit(resource.RLIMIT_AS)
        if most != resource.RLIM_INFINITY:
            free.append(most - psutil.Process().memory_info().vms)
    return max(min(free), 0)


def require_memory(file: str, needed: int, what: str = "the file") -> None:
    """Raise `RawFileError` where reading and checking takes more bytes than are free."""
    free = free_memory()
    if needed > free:
        message = (
            f"reading and checking {what} takes about {needed / 1e9:,.1f} GB of memory, and "
            f"{free / 1e9:,.1f} GB are free"
        )
        raise RawFileError(file, message, LESS)
