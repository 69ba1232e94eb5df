"""Which package files a script depends on, found by reading its import statements.

Snakemake reruns a rule when its script changes, not when a module that the script imports does.
The rules therefore name the files found here as inputs.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]


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
    loaded = {
        companion
        for module in found
        for suffix in (".html", ".lua", ".css", ".js")
        if (companion := module.with_suffix(suffix)).is_file()
    }
    return sorted(str(path) for path in found | loaded)


@cache
def _imported(file: Path) -> tuple[Path, ...]:
    names: set[str] = set()
    for node in _that_run(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    files = {path for name in names for path in _files_of(name)}
    return tuple(sorted(files))


def _that_run(node: ast.AST) -> Iterator[ast.AST]:
    """Yield a module and its statements but those for a type checker alone (`if TYPE_CHECKING:`).

    Expressions hold no imports: they are not looked into.
    """
    waiting = [node]
    while waiting:
        here = waiting.pop()
        yield here
        if isinstance(here, ast.If) and ast.unparse(here.test) == "TYPE_CHECKING":
            continue
        for blocks in ("body", "orelse", "finalbody", "handlers", "cases"):
            waiting += getattr(here, blocks, ())


def _files_of(name: str) -> list[Path]:
    """Return the module's file and the `__init__` files of the packages above it, which run too."""
    parts = name.split(".")
    if parts[0] != PACKAGE.name:
        return []
    folders = [PACKAGE.joinpath(*parts[1:depth]) for depth in range(1, len(parts) + 1)]
    files = [folder / "__init__.py" for folder in folders]
    files.append(folders[-1].with_suffix(".py"))
    return [file for file in files if file.is_file()]
