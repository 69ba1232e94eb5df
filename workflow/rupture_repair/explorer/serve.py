"""The explorer's server: on this machine alone, until Ctrl-C."""

import os
import secrets
import socket
import sys
from collections.abc import Callable

import uvicorn

from rupture_repair.config.errors import ExpectedError
from rupture_repair.explorer.app import explorer_app
from rupture_repair.explorer.choice import ChoiceError, from_query, to_query
from rupture_repair.explorer.data import Explored, validated
from rupture_repair.explorer.guard import App, Guard
from rupture_repair.explorer.page import content_policy, explorer_page
from rupture_repair.explorer.recompute import Results
from rupture_repair.explorer.sharing import Sharing

HERE = "127.0.0.1"
GRACE = 1  # seconds that windows have to close


def explore(name: str, *, port: int = 0, shareable: bool = False, link: str = "") -> str:
    """Show a cohort until Ctrl-C; return the last words.

    port : 0 takes a free one. link : an address of an earlier explorer, whose choices are restored.
    Raises `ExpectedError` without a run that matches its files, or where the port is taken.
    """
    explored = validated(name)
    query = _restored(link, explored)
    serve(explored, shareable=shareable, port=port, query=query, announce=_printed)
    return "The explorer has stopped."


def serve(
    explored: Explored,
    *,
    shareable: bool,
    port: int = 0,
    query: str = "",
    announce: Callable[[str], None],
) -> None:
    """Serve one cohort until the process is interrupted; `announce` is given the address."""
    token = secrets.token_urlsafe(24)
    listening = _socket(port)
    host = f"{HERE}:{listening.getsockname()[1]}"
    app = guarded(explored, shareable=shareable, token=token, hosts=(host,))
    announce(f"http://{host}/{token}/" + (f"?{query}" if query else ""))
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, timeout_graceful_shutdown=GRACE
    )
    try:
        uvicorn.Server(config).run(sockets=[listening])
    except KeyboardInterrupt:
        print()
    finally:
        listening.close()


def guarded(explored: Explored, *, shareable: bool, token: str, hosts: tuple[str, ...]) -> App:
    """Return the whole application behind its token."""
    sharing = Sharing(explored, shareable)
    app = explorer_app(Results(explored), sharing, explorer_page(sharing))
    assert not callable(app.ui)  # the document was rendered when the app was made
    return Guard(app, token, hosts, content_policy(app.ui["html"]))


def _restored(link: str, explored: Explored) -> str:
    if "?" not in link:
        return ""
    query = link.partition("?")[2].partition("#")[0]
    try:
        return to_query(from_query(query, explored.own, explored.multiverse))
    except ChoiceError as error:
        raise ExpectedError(f"The link cannot be restored: {error}") from None


def _socket(port: int) -> socket.socket:
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HERE, port))
        listening.listen()  # who opens the address at once waits, and is not refused
    except (OSError, OverflowError):
        raise ExpectedError(
            f"Port {port} cannot be had on this machine: leave it out, and a free one is taken."
        ) from None
    return listening


def _printed(address: str) -> None:
    print(
        f"The explorer is at\n\n  {address}\n\nfor this machine alone. Ctrl-C stops it.", flush=True
    )


def one_thread() -> None:
    """Start this process again with one BLAS thread: small models are many times faster.

    The libraries read the number when they are loaded, and by now they are.
    """
    if os.environ.get("OMP_NUM_THREADS") != "1":
        os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
        os.execv(sys.executable, [sys.executable, "-m", "rupture_repair", *sys.argv[1:]])
