"""The page as a Shiny app: it hands choices on, and sends what follows from them."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from shiny import App, Inputs, Outputs, Session, reactive, ui

from rupture_repair.detection.courses import course_record
from rupture_repair.explorer.choice import ChoiceError, criterion_yaml, from_query, row_yaml
from rupture_repair.explorer.cohort_file import write_criterion
from rupture_repair.explorer.downloads import file_of
from rupture_repair.explorer.recompute import Results
from rupture_repair.explorer.sharing import Sharing
from rupture_repair.explorer.window import Window
from rupture_repair.multiverse.specifications import Specification

THREADS = ("quick", "slow")


def explorer_app(results: Results, sharing: Sharing, page: str) -> App:
    """Return the app of one cohort; all windows share `results`. page : the document."""
    quick, slow = (ThreadPoolExecutor(1, thread_name_prefix=name) for name in THREADS)

    def close() -> None:
        for pool in (quick, slow):
            pool.shutdown(wait=False, cancel_futures=True)

    def server(given: Inputs, output: Outputs, session: Session) -> None:
        window = Window(results, sharing, quick, slow, session.send_custom_message)
        session.on_ended(window.stop)

        @reactive.effect
        @reactive.event(given.choice)
        def _() -> None:
            asked = given.choice()
            window.follow(int(asked["version"]), str(asked["query"]))

        def answers(kind: str, answer: Callable[[dict[str, Any], Window], Any]) -> None:
            @reactive.effect
            @reactive.event(given[kind])
            async def _() -> None:
                found = await asyncio.to_thread(answer, given[kind](), window)
                await session.send_custom_message(kind, found)

        answers("yaml", yaml_of)
        answers("file", file_asked_for)
        if not sharing.shareable:
            answers("patient", course_of)
            answers("write", written)

    app = App(ui.page_html(page), server)
    app.on_shutdown(close)
    return app


def yaml_of(asked: dict[str, Any], window: Window) -> dict[str, str]:
    """Return the choice `query` as a criterion called `name` and as a row of the multiverse.

    In the place of what cannot be stands the reason, as a comment.
    """
    explored = window.sharing.explored
    made: dict[str, Callable[[Specification], str]] = {
        "criterion": lambda choice: criterion_yaml(choice, str(asked["name"])),
        "row": lambda choice: row_yaml(choice, explored.own, explored.multiverse),
    }
    found = {}
    for kind, text in made.items():
        try:
            found[kind] = text(_choice(asked, window))
        except ChoiceError as error:
            found[kind] = f"# {error}\n"
    return found


def file_asked_for(asked: dict[str, Any], window: Window) -> dict[str, str]:
    """Return the content of the file `name` on what the window shows; empty before it shows any."""
    name = str(asked["name"])
    text = file_of(name, window.shown, window.results, window.sharing) if window.shown else ""
    return {"name": name, "text": text}


def course_of(asked: dict[str, Any], window: Window) -> dict[str, Any]:
    """Return the course of the patient `id` under the choice that the window shows."""
    patient = str(asked["id"])
    if window.shown is None:
        return {}
    choice = window.shown.choice
    found = window.results.detection(choice)
    course, events, patterns = (
        table[table["patient_id"].astype(str) == patient]
        for table in (window.results.explored.sessions, found.events, found.patterns)
    )
    if patterns.empty:
        return {}
    record = course_record(patient, course, events, patterns["pattern"].iloc[0])
    return {"window": choice.repair_window, "patient": record}


def written(asked: dict[str, Any], window: Window) -> dict[str, str]:
    """Write the choice `query` into the cohort file as `name`; say what was done, or why not."""
    settings = window.sharing.explored.settings
    try:
        choice, known = _choice(asked, window), set(settings.criteria)
        file, name = Path(settings.file), str(asked["name"])
        words = write_criterion(file, choice, name, known, use=asked["use"] is True)
    except ChoiceError as error:
        words = str(error)
    return {"message": words}


def _choice(asked: dict[str, Any], window: Window) -> Specification:
    explored = window.sharing.explored
    return from_query(str(asked["query"]), explored.own, explored.multiverse)
