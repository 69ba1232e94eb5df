"""Validators of other projects, each run in an environment of its own."""

import os
import subprocess
import sys


def outside_tool(packages, *command):
    """Run a command with packages that uv installs apart, so that they cannot disturb the lock."""
    wanted = [word for package in packages for word in ("--with", package)]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        [sys.executable, "-m", "uv", "run", "--no-project", *wanted, *map(str, command)],
        capture_output=True,
        text=True,
        env=environment,
        timeout=600,
    )
