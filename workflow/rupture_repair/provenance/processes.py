"""How the processes of jobs are set up, so that the same inputs give the same bytes."""

import io
import os
import shlex
import sys
from pathlib import Path

THREADS = ("OMP", "OPENBLAS", "MKL", "VECLIB_MAXIMUM", "NUMEXPR")


def prepare_jobs(workflow: Path) -> None:
    """Let scripts find the package in `workflow`, whatever else is installed; one BLAS thread.

    Scripts run as processes of their own and inherit this environment. With one thread the same
    inputs give the same digits on any number of cores. Text is UTF-8, whatever the locale says.
    """
    paths = [str(workflow), *filter(None, [os.environ.get("PYTHONPATH")])]
    os.environ["PYTHONPATH"] = os.pathsep.join(dict.fromkeys(paths))
    os.environ["PYTHONHASHSEED"] = "0"
    for library in THREADS:
        os.environ[f"{library}_NUM_THREADS"] = "1"
    os.environ["PYTHONUTF8"] = "1"
    print_in_any_locale()
    name_interpreter_safely()


def print_in_any_locale() -> None:
    """Let this process print `?` for a letter that the locale lacks, instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def name_interpreter_safely() -> None:
    """Make a Python whose path holds blanks, quotes or the like the first `python` on PATH.

    Snakemake writes `sys.executable` into the shell commands of jobs without quotation marks.
    """
    if shlex.quote(sys.executable) == sys.executable:
        return
    program = Path(sys.executable)
    os.environ["PATH"] = os.pathsep.join([str(program.parent), os.environ.get("PATH", os.defpath)])
    sys.executable = program.name
