"""The explorer in a thread of the tests, as it runs in a process of its own."""

import socket
import threading
import time
from contextlib import contextmanager

import uvicorn
from rupture_repair.explorer.serve import HERE, guarded

TOKEN = "a-token-of-the-tests"


@contextmanager
def served(explored, *, shareable=False):
    """Yield the address of the page; the server has ended afterwards."""
    listening = socket.socket()
    listening.bind((HERE, 0))
    host = f"{HERE}:{listening.getsockname()[1]}"
    app = guarded(explored, shareable=shareable, token=TOKEN, hosts=(host,))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        while not server.started:
            time.sleep(0.02)
        yield f"http://{host}/{TOKEN}/"
    finally:
        server.should_exit = True
        thread.join(timeout=20)
        listening.close()
        assert not thread.is_alive()
