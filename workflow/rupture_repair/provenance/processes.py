"""How the processes of jobs are set up, so that the same inputs give the same bytes."""

import os
from pathlib import Path

THREADS = ("OMP", "OPENBLAS", "MKL", "VECLIB_MAXIMUM", "NUMEXPR")


def prepare_jobs(workflow: Path) -> None:
    """Let scripts find the package in `workflow`, whatever else is installed; one BLAS thread.

    Scripts run as processes of their own and inherit this environment. With one thread the same
    inputs give the same digits on any number of cores.
    """
    paths = [str(workflow), *filter(None, [os.environ.get("PYTHONPATH")])]
    os.environ["PYTHONPATH"] = os.pathsep.join(dict.fromkeys(paths))
    os.environ["PYTHONHASHSEED"] = "0"
    for library in THREADS:
        os.environ[f"{library}_NUM_THREADS"] = "1"
