"""Which package files a script depends on, and what in them can change a result.

Snakemake reruns a rule when its script changes, not when a module that the script imports does.
The rules therefore have a digest of the modules found here as a parameter.
"""

import ast
import hashlib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
# it decides what a step prints and how its log ends, and nothing of what it writes
WITHOUT_RESULTS = {PACKAGE / "provenance/log.py"}
DOCUMENTED = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")


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
        for companion in module.parent.glob(f"{module.stem}.*")
        if companion.suffix in {".html", ".lua", ".css", ".js"}
    }
    return sorted(str(path) for path in found | loaded)


def module_files(*names: str) -> list[str]:
    """Return modules of the package, named by their files in it, with what they import."""
    files = [PACKAGE / name for name in names]
    return sorted({*map(str, files), *(used for file in files for used in package_files(file))})


def code_digest(files: Iterable[str]) -> str:
    """Return the SHA-256 of what `files` of the package do.

    Of Python that is its syntax tree, as this version of Python has it, without docstrings:
    comments, layout and docstrings change no result. Of other files it is their bytes. What only
    prints is left out.
    """
    digest = hashlib.sha256()
    for file in sorted({Path(file) for file in files} - WITHOUT_RESULTS):
        digest.update(f"{file.relative_to(PACKAGE).as_posix()} {_digest(file)}\n".encode())
    return digest.hexdigest()


@cache
def _digest(file: Path) -> str:
    return _read(file)[1] if file.suffix == ".py" else _sha256(file.read_bytes())


def _imported(file: Path) -> tuple[Path, ...]:
    return _read(file)[0]


@cache
def _read(file: Path) -> tuple[tuple[Path, ...], str]:
    """Return what a module imports, and its digest; its tree, which is large, is not kept."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    names: set[str] = set()
    for node in _statements(tree, for_types=False):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    for node in _statements(tree):
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:]
    imported = {path for name in names for path in _files_of(name)}
    return tuple(sorted(imported)), _sha256(ast.dump(tree).encode())


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _statements(node: ast.AST, *, for_types: bool = True) -> Iterator[ast.AST]:
    """Yield a module and its statements; expressions are not looked into.

    for_types : also those for a type checker alone (`if TYPE_CHECKING:`).
    """
    waiting = [node]
    while waiting:
        here = waiting.pop()
        yield here
        if not for_types and isinstance(here, ast.If) and ast.unparse(here.test) == "TYPE_CHECKING":
            continue
        for blocks in BLOCKS:
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
