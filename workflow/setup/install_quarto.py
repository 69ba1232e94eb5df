"""Try once to have real Quarto; the workflow renders with pandoc where that fails."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

VERSION = "1.9.38"
SECONDS = 90


def main() -> None:
    """Install the `quarto-cli` package, which downloads the program; say how it went."""
    found = os.environ.get("QUARTO") or shutil.which("quarto")
    if found:
        print(f"Quarto: using {found}.")
        return
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
    try:
        subprocess.run(
            [*command, f"quarto-cli=={VERSION}"], check=True, capture_output=True, timeout=SECONDS
        )
        program = Path(sys.executable).with_name("quarto")
        subprocess.run([program, "--version"], check=True, capture_output=True, timeout=SECONDS)
    except (OSError, subprocess.SubprocessError):
        print("Quarto could not be installed here; the paper will be rendered with pandoc.")
    else:
        print(f"Quarto {VERSION} is installed.")


if __name__ == "__main__":
    main()
