"""Cases run in a process of their own: a crash, a hang or too much memory is a verdict too."""

import multiprocessing
import resource
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

SECONDS = 60.0  # far from what any case takes, on a machine that does other things too
MEMORY = 3 * 1024**3  # address space: libraries map about a third of it before they read anything


@dataclass(frozen=True)
class Case:
    """`content` in the place of `file`, in the project or clinic of `target`."""

    target: str
    file: str
    seed: int
    content: bytes


@dataclass(frozen=True)
class Verdict:
    """`valid`, `refused`, or what must never be: `raised`, `wrong`, `crashed`, `hung`."""

    case: Case
    outcome: str
    words: str
    seconds: float

    @property
    def bad(self) -> bool:
        return self.outcome not in {"valid", "refused"}

    def __str__(self) -> str:
        case = self.case
        return f"{case.target} {case.file} seed {case.seed}: {self.outcome}: {self.words}"


Judge = Callable[[Case], tuple[str, str]]


def verdicts(cases: list[Case], judge: Judge, seconds: float = SECONDS) -> Iterator[Verdict]:
    """Yield the verdict of each case, in order."""
    waiting = list(cases)
    context = multiprocessing.get_context("fork")
    while waiting:
        mine, theirs = context.Pipe()
        worker = context.Process(target=_work, args=(waiting, judge, theirs))
        worker.start()
        theirs.close()
        done = 0
        while done < len(waiting):
            began = time.monotonic()
            try:
                if not mine.poll(seconds):
                    worker.kill()
                    yield Verdict(waiting[done], "hung", f"no answer in {seconds:g} s", seconds)
                    done += 1
                    break
                outcome, words = mine.recv()
            except EOFError:
                worker.join()
                words = f"the process ended with {worker.exitcode}"
                yield Verdict(waiting[done], "crashed", words, time.monotonic() - began)
                done += 1
                break
            yield Verdict(waiting[done], outcome, words, time.monotonic() - began)
            done += 1
        worker.join()
        mine.close()
        waiting = waiting[done:]


def _work(cases: list[Case], judge: Judge, pipe: Connection) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for case in cases:
        try:
            answer = judge(case)
        except BaseException as error:
            last = traceback.extract_tb(error.__traceback__)[-3:]
            where = " < ".join(f"{Path(f.filename).name}:{f.lineno}" for f in reversed(last))
            answer = ("raised", f"{type(error).__name__}: {str(error)[:150]} ({where})")
        pipe.send(answer)
    pipe.close()


def table_of(found: list[Verdict]) -> str:
    """Return counts by target, file and verdict as a Markdown table."""
    groups: dict[tuple[str, str], list[Verdict]] = {}
    for verdict in found:
        groups.setdefault((verdict.case.target, verdict.case.file), []).append(verdict)
    lines = [
        "| what | file | cases | valid | refused | bad | slowest |",
        "|---|---|---:|---:|---:|---:|---:|",
    ]
    for (target, file), group in [*sorted(groups.items()), (("**all**", ""), found)]:
        tally = Counter(verdict.outcome for verdict in group)
        bad = len(group) - tally["valid"] - tally["refused"]
        slowest = max((verdict.seconds for verdict in group), default=0.0)
        cells = [target, file, len(group), tally["valid"], tally["refused"], bad]
        lines.append(f"| {' | '.join(map(str, cells))} | {slowest:.1f} s |")
    return "\n".join(lines)
