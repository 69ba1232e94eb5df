"""Which package files a script depends on, found by reading its import statements.

Snakemake reruns a rule when its script changes, not when a module that the script imports does.
The rules therefore name the files found here as inputs.
"""

import re
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
# of this package; text is searched, which takes a tenth of the time of parsing all modules
STATEMENT = re.compile(
    rf"^[ \t]*(?:from[ \t]+({PACKAGE.name}[\w.]*)[ \t]+import[ \t]+(\([^)]*\)|[^\n]*)"
    r"|import[ \t]+([^\n]*))",
    re.MULTILINE,
)
NAME = re.compile(r"(\w[\w.]*)(?:[ \t]+as[ \t]+\w+)?")
COMMENT = re.compile(r"#[^\n]*")
# indented lines, or none, below the condition
FOR_TYPES = re.compile(r"^if TYPE_CHECKING:[^\n]*\n(?:[ \t]+[^\n]*\n|\n)*", re.MULTILINE)


def package_files(script: Path) -> list[str]:
    """Return the package's files that `script` imports, directly or through others, sorted.

    Templates and other files that a module loads by name sit beside it and count as part of it.
    """
    found: set[Path] = set()
    waiting = list(_imported(script))
    while waiting:
        module = waiting.pop()
        if module not in found:
            found.add(module)
            waiting += _imported(module)
    return sorted(str(path) for path in found.union(*map(_companions, found)))


@cache
def _imported(file: Path) -> tuple[Path, ...]:
    names = imported_names(file.read_text(encoding="utf-8"))
    return tuple(sorted({path for name in names for path in _files_of(name)}))


def imported_names(source: str) -> set[str]:
    """Return the modules of the package that `source` imports, and the names in them, dotted.

    What is imported for a type checker alone (`if TYPE_CHECKING:`) is left out.
    """
    names = set()
    text = FOR_TYPES.sub("", COMMENT.sub("", source).replace("\\\n", " "))
    for module, imported, plain in STATEMENT.findall(text):
        inside = NAME.findall(imported or plain)
        names |= {module, *(f"{module}.{name}" for name in inside)} if module else set(inside)
    return {name for name in names if name.split(".")[0] == PACKAGE.name}


@cache
def _companions(module: Path) -> tuple[Path, ...]:
    files = (module.with_suffix(suffix) for suffix in (".html", ".lua", ".css", ".js"))
    return tuple(file for file in files if file.is_file())


@cache
def _files_of(name: str) -> tuple[Path, ...]:
    """Return the module's file and the `__init__` files of the packages above it, which run too."""
    parts = name.split(".")
    folders = [PACKAGE.joinpath(*parts[1:depth]) for depth in range(1, len(parts) + 1)]
    files = [folder / "__init__.py" for folder in folders]
    files.append(folders[-1].with_suffix(".py"))
    return tuple(file for file in files if file.is_file())
