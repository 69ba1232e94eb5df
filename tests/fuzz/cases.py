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
    """Return counts by target, file and verdict as lines of text."""
    counts: dict[tuple[str, str], Counter] = {}
    slowest: dict[tuple[str, str], float] = {}
    for verdict in found:
        key = (verdict.case.target, verdict.case.file)
        counts.setdefault(key, Counter())[verdict.outcome] += 1
        slowest[key] = max(slowest.get(key, 0.0), verdict.seconds)
    lines = [
        f"{'what':<12} {'file':<40} {'cases':>6} {'valid':>6} {'refused':>8} {'bad':>4} slowest"
    ]
    for (target, file), tally in sorted(counts.items()):
        n, bad = tally.total(), tally.total() - tally["valid"] - tally["refused"]
        lines.append(
            f"{target:<12} {file:<40} {n:>6} {tally['valid']:>6} {tally['refused']:>8} {bad:>4} "
            f"{slowest[target, file]:.1f} s"
        )
    everything = sum(counts.values(), Counter())
    lines.append(
        f"{everything.total()} cases: "
        + ", ".join(f"{n} {k}" for k, n in sorted(everything.items()))
    )
    return "\n".join(lines)
