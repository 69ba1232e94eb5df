"""Validators of other projects, each run in an environment of its own."""

import os
import subprocess
import sys


def outside_tool(package, *command):
    """Run a command of a package that uv installs apart, so that it cannot disturb the lock."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        [sys.executable, "-m", "uv", "tool", "run", "--from", package, *map(str, command)],
        capture_output=True,
        text=True,
        env=environment,
        timeout=600,
    )
