"""Under which licence each package of the environment is."""

import itertools
import re
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

import pandas as pd

NOT_STATED = "not stated"
MAX_NAME_LENGTH = 60  # characters; what is longer is the text of a licence
# programs that a package brings under another licence than its own code
BRINGS = {"pypandoc-binary": "brings pandoc, GPL-2.0-or-later"}
PAGE = """# Licences of what is installed

Written by `make licences` from what each package of `requirements.lock` says of itself. The
workflow's own licence is in [LICENSE](LICENSE).

| package | version | licence |
| --- | --- | --- |
"""


def licences(lock: Path) -> pd.DataFrame:
    """Return `package, version, licence` of the packages in `lock` that are installed here.

    The licence is the package's own expression (PEP 639), else its short name, else its
    classifiers.
    """
    names = re.findall(r"^([A-Za-z0-9_.-]+)==", lock.read_text(encoding="utf-8"), re.MULTILINE)
    rows = []
    for name in names:
        try:
            found = distribution(name)
        except PackageNotFoundError:
            continue  # of another system or version of Python
        licence = "; ".join(filter(None, [_licence(found), BRINGS.get(name.replace("_", "-"))]))
        rows.append((name, found.version, licence))
    return pd.DataFrame(rows, columns=["package", "version", "licence"])


def licences_page(lock: Path) -> str:
    """Return the page for readers."""
    table = licences(lock)
    return PAGE + "".join(f"| {' | '.join(row)} |\n" for row in table.itertuples(index=False))


def _licence(package: Distribution) -> str:
    about = package.metadata
    stated = [about.get_all(field) or [] for field in ("License-Expression", "License")]
    name = next(filter(None, itertools.chain(*stated)), "")
    if name and len(name) <= MAX_NAME_LENGTH and "\n" not in name:
        return name
    classified = [
        line.rsplit("::", 1)[1].strip()
        for line in about.get_all("Classifier") or []
        if line.startswith("License ::")
    ]
    return ", ".join(classified) or NOT_STATED
