"""Tests of one mutant in a forked process: heavy libraries are imported once, by the parent."""

import compileall
import gc
import hashlib
import importlib
import json
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from py_compile import PycInvalidationMode
from types import FrameType
from typing import Any

import pytest

CPU_SECONDS = 60  # of one mutant; what takes longer hangs
WALL_SECONDS = 300
MEMORY = 6 * 2**30
PASSED, NO_TEST = 0, 5  # exit statuses of pytest


@dataclass
class Baseline:
    """What the tests of a room do with the true code.

    seconds : of each test. lines : of each test, by module: the lines it executes, those of the
    fixtures it uses included. libraries : modules of other packages that were imported.
    """

    seconds: dict[str, float]
    lines: dict[str, dict[str, list[int]]]
    libraries: list[str]


@dataclass(eq=False)  # pytest keeps plugins in sets
class Recorder:
    """A pytest plugin that records which lines of the package each test executes."""

    package: str
    seconds: dict[str, float] = field(default_factory=dict)
    lines: dict[str, set[tuple[str, int]]] = field(default_factory=dict)
    of_fixture: dict[Any, set[tuple[str, int]]] = field(default_factory=dict)
    now: set[tuple[str, int]] = field(default_factory=set)
    ours: dict[Any, bool] = field(default_factory=dict)

    def trace(self, frame: FrameType, event: str, argument: object) -> Callable | None:
        """Record lines of the package; leave all other code alone."""
        code = frame.f_code
        if code not in self.ours:
            self.ours[code] = code.co_filename.startswith(self.package)
        if not self.ours[code]:
            return None
        self.now.add((code.co_filename, frame.f_lineno))
        return self.trace

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Any:
        """Keep apart what a fixture executes: all its users depend on it."""
        outer, self.now = self.now, set()
        try:
            return (yield)
        finally:
            self.of_fixture.setdefault(fixturedef, set()).update(self.now)
            self.now = outer

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: Any) -> Any:
        """Give a test its lines, its fixtures' lines and its time."""
        self.now, begin = set(), time.process_time()
        try:
            return (yield)
        finally:
            self.seconds[item.nodeid] = time.process_time() - begin
            used = [f for defs in item._fixtureinfo.name2fixturedefs.values() for f in defs]
            self.lines[item.nodeid] = self.now.union(*(self.of_fixture.get(f, ()) for f in used))


class Chosen:
    """A pytest plugin that runs some tests, in a given order."""

    def __init__(self, tests: list[str]) -> None:
        self.rank = {test: place for place, test in enumerate(tests)}

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        """Leave out the others."""
        items[:] = sorted(
            (item for item in items if item.nodeid in self.rank),
            key=lambda item: self.rank[item.nodeid],
        )


class Copy:
    """A copy of the package in a temporary folder, in which one module at a time is changed."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = Path(tempfile.mkdtemp(prefix="mutation-"))
        self.package = self.folder / "rupture_repair"
        skip = shutil.ignore_patterns("__pycache__")
        shutil.copytree(root / "workflow/rupture_repair", self.package, ignore=skip)
        mode = PycInvalidationMode.CHECKED_HASH  # a change within the same second is seen
        compileall.compile_dir(self.package, quiet=2, invalidation_mode=mode)

    def __enter__(self) -> "Copy":
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def baseline(self, room: str) -> Baseline:
        """Run a room's tests on the true code; raise `RuntimeError` where they fail.

        What they did is kept in the system's temporary folder until code or tests change.
        """
        own = self.root / "tests/mutation"
        every = sorted(set((self.root / "tests").rglob("*.py")) - set(own.iterdir()))
        shared = [file for file in every if not file.name.startswith("test_")]
        code = _digest([*sorted(self.package.rglob("*.py")), *shared])
        found = Baseline({}, {}, [])
        for file in sorted((self.root / "tests" / room).rglob("test_*.py")):
            store = Path(tempfile.gettempdir()) / f"mutation-{code}-{_digest([file])}.json"
            if not store.exists():
                self._record(str(file.relative_to(self.root)), store)
            seconds, lines, libraries = json.loads(store.read_text())
            found.seconds.update(seconds)
            found.lines.update(lines)
            found.libraries.extend(libraries)
        return found

    def _record(self, tests: str, store: Path) -> None:
        def record() -> int:
            recorder = Recorder(str(self.package))
            sys.dont_write_bytecode = False  # pytest keeps its rewritten tests for the mutants
            sys.settrace(recorder.trace)
            status = _pytest([tests], [recorder], "short")
            sys.settrace(None)
            lines: dict[str, dict[str, list[int]]] = {}
            for test, places in recorder.lines.items():
                for file, line in sorted(places):
                    module = Path(file).relative_to(self.package).as_posix()
                    lines.setdefault(test, {}).setdefault(module, []).append(line)
            known = [name for name, module in list(sys.modules.items()) if _library(module)]
            if status in {PASSED, NO_TEST}:
                store.write_text(json.dumps([recorder.seconds, lines, known]))
            return status

        if self._in_child(record, 1800, 3600) not in {PASSED, NO_TEST}:
            message = (self.folder / "output.txt").read_text(encoding="utf-8")[-3000:]
            raise RuntimeError(f"{tests} fails on the true code:\n{message}")

    def judge(self, module: str, source: str, tests: list[str]) -> str:
        """Return `killed`, `survived` or `timed out`: what the tests say of a changed module."""
        if not tests:
            return "survived"
        file = self.package / module
        true = file.read_text(encoding="utf-8")
        file.write_text(source, encoding="utf-8")
        files = list(dict.fromkeys(test.split("::")[0] for test in tests))
        try:
            status = self._in_child(
                lambda: _pytest(files, [Chosen(tests)], "no"), CPU_SECONDS, WALL_SECONDS
            )
        finally:
            file.write_text(true, encoding="utf-8")
        if status is None:
            return "timed out"
        return "survived" if status in {PASSED, NO_TEST} else "killed"

    def _in_child(self, work: Callable[[], int], cpu: int, wall: int) -> int | None:
        """Return the exit status of work done in a forked process, None when it took too long."""
        child = os.fork()
        if child == 0:
            status = 99
            try:
                os.setpgid(0, 0)
                os.chdir(self.root)
                resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 5))
                resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
                quiet = os.open(self.folder / "output.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
                os.dup2(quiet, 1)
                os.dup2(quiet, 2)
                sys.path.insert(0, str(self.folder))
                sys.dont_write_bytecode = True
                status = work()
            finally:
                os._exit(status)
        end = time.monotonic() + wall
        while time.monotonic() < end:
            done, state = os.waitpid(child, os.WNOHANG)
            if done:
                _stop(child)
                status = os.waitstatus_to_exitcode(state)
                return None if status == -signal.SIGXCPU else status
            time.sleep(0.02)
        _stop(child)
        os.waitpid(child, 0)
        return None


def preload(libraries: list[str]) -> None:
    """Import other packages' modules, for all children to come."""
    for name in dict.fromkeys(libraries):
        with suppress(Exception):
            importlib.import_module(name)
    gc.freeze()  # children need not look through them


def _digest(files: list[Path]) -> str:
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]


def _stop(child: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)


def _library(module: object) -> bool:
    return "site-packages" in (getattr(module, "__file__", None) or "")


def _pytest(files: list[str], plugins: list[object], traceback: str) -> int:
    """Run tests with hypothesis made deterministic: same examples, no store, no clock."""
    from hypothesis import Phase, settings

    phases = (Phase.explicit, Phase.generate)
    settings.register_profile(
        "mutation", derandomize=True, database=None, deadline=None, phases=phases
    )
    settings.load_profile("mutation")
    arguments = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", f"--tb={traceback}"]
    return int(pytest.main([*arguments, *files], plugins))
