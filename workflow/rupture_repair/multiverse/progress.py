"""How far a long piece of work has come, for the log."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")
TIMES = 10


def with_progress(items: Iterable[Item], total: int, what: str) -> Iterator[Item]:
    """Yield the items and print about ten times how many of `total` are done."""
    every = max(1, total // TIMES)
    for n, item in enumerate(items, start=1):
        yield item
        if n % every == 0 or n == total:
            print(f"{n} of {total} {what}", flush=True)
