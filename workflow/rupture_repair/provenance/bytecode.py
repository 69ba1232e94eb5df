"""Bytecode that Python keeps of the package, and that must be of the sources that are there."""

import hashlib
from pathlib import Path

MARKER = "__pycache__/sources.sha256"  # of the sources whose bytecode may lie in the folder


def forget_other_bytecode(workflow: Path) -> None:
    """Delete the bytecode below `workflow` unless it was made from the sources that are there.

    Python knows bytecode by the date and the size of its source. An edit after which both are as
    before would be recorded, and the old source run.
    """
    digest = hashlib.sha256()
    for file in sorted(workflow.rglob("*.py")):
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    marker = workflow / MARKER
    try:
        if marker.is_file() and marker.read_text(encoding="utf-8") == digest.hexdigest():
            return
        for file in workflow.rglob("__pycache__/*.pyc"):
            file.unlink(missing_ok=True)
        marker.parent.mkdir(exist_ok=True)
        marker.write_text(digest.hexdigest(), encoding="utf-8")
    except OSError:  # the folder cannot be written to, so that no run has left bytecode in it
        return
