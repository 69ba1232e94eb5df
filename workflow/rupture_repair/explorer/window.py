"""One window: what follows from the last choice is sent as it is known; the rest is given up."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pandas as pd

from rupture_repair.explorer import messages
from rupture_repair.explorer.choice import ChoiceError, from_query
from rupture_repair.explorer.recompute import OutOfDate, Results, rank_in_curve
from rupture_repair.explorer.sharing import Sharing
from rupture_repair.multiverse.fits import table_of
from rupture_repair.multiverse.specifications import Specification

Send = Callable[[str, dict[str, Any]], Awaitable[None]]
Found = TypeVar("Found")


# no repr: it would print patients into logs, and takes seconds
@dataclass(repr=False)
class Shown:
    """What a window shows: the choice, and its tables as they may be shown."""

    choice: Specification
    row: pd.DataFrame
    hazard: pd.DataFrame | None = None
    chance: pd.DataFrame | None = None


@dataclass(repr=False)
class Window:
    """Follows the choices of one window.

    quick, slow : where breakdowns and all else are computed, one at a time, so that a breakdown
    never waits for a model. send : takes the kind and the content of a message.
    """

    results: Results
    sharing: Sharing
    quick: Executor
    slow: Executor
    send: Send
    shown: Shown | None = None
    _task: "asyncio.Task[None] | None" = None
    _wanted: threading.Event = field(default_factory=threading.Event)

    def follow(self, version: int, query: str) -> None:
        """Turn to another choice; what is still computed for the last one is given up."""
        self.stop()
        self._wanted = threading.Event()
        self._wanted.set()
        self._task = asyncio.create_task(self._follow(version, query, self._wanted))

    def stop(self) -> None:
        """Give up what is being computed."""
        self._wanted.clear()
        if self._task:
            self._task.cancel()

    async def _follow(self, version: int, query: str, wanted: threading.Event) -> None:
        try:
            await self._all(version, query, wanted)
        except ChoiceError as error:
            await self._tell("refused", version, {"why": str(error)})
        except OutOfDate:
            return
        except Exception as error:  # a window that waits for ever would say less
            await self._tell("refused", version, {"why": f"That failed: {type(error).__name__}."})
            raise

    async def _all(self, version: int, query: str, wanted: threading.Event) -> None:
        explored, results, sharing = self.results.explored, self.results, self.sharing
        choice = from_query(query, explored.own, explored.multiverse)
        sharing.require_allowed(choice)

        def counted() -> tuple[pd.DataFrame, pd.DataFrame | None, dict[str, float]]:
            own = results.breakdown(explored.own)
            row = table_of([{"id": choice.id, **results.breakdown(choice)}])
            classes = None if sharing.masked else results.classes(choice)
            return sharing.row(choice, row, own), classes, own

        row, classes, own = await self._in(self.quick, wanted, counted)
        moves = None if classes is None else results.moves(classes)
        self.shown = Shown(choice, row)
        await self._tell("choice", version, messages.choice_message(choice, explored))
        await self._tell("breakdown", version, messages.breakdown_message(row, moves))

        fitted = await self._in(self.slow, wanted, results.moderation, choice)
        fitted = sharing.row(choice, fitted, own)
        estimate = fitted["estimate"].iloc[0]
        where = None if pd.isna(estimate) else rank_in_curve(explored.curve, float(estimate))
        self.shown.row = fitted
        await self._tell("moderation", version, messages.moderation_message(fitted, where))

        hazard = await self._in(self.slow, wanted, results.hazard, choice)
        self.shown.hazard = sharing.hazard(choice, hazard, own)
        await self._tell("hazard", version, messages.hazard_message(self.shown.hazard))

        if classes is not None and not sharing.shareable:
            found = await self._in(self.slow, wanted, results.detection, choice)
            await self._tell("patients", version, messages.patients_message(classes, found))

        chance = await self._in(self.slow, wanted, results.chance, choice, wanted.is_set)
        self.shown.chance = sharing.chance(chance, row)
        _, series = results.stages(choice).sample(choice)
        replicates = results.replicates(series)
        await self._tell("chance", version, messages.chance_message(chance, replicates))

    async def _in(
        self, where: Executor, wanted: threading.Event, work: Callable[..., Found], *given: object
    ) -> Found:
        """Compute elsewhere; what has not begun when another choice is made never does."""

        def if_wanted() -> Found:
            if not wanted.is_set():
                raise OutOfDate
            return work(*given)

        return await asyncio.get_running_loop().run_in_executor(where, if_wanted)

    async def _tell(self, kind: str, version: int, content: dict[str, Any]) -> None:
        await self.send(kind, {"version": version, **content})
