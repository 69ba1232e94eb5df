"""The server is there before its address is told, and another start finds its port taken."""

import socket
from urllib.parse import urlsplit

import pytest
import uvicorn
from rupture_repair.config.errors import ExpectedError
from rupture_repair.explorer.serve import HERE, serve


def test_the_address_can_be_opened_as_soon_as_it_is_announced(explored, monkeypatch):
    announced = []

    def opened(address):
        place = urlsplit(address)
        announced.append(place)
        socket.create_connection((place.hostname, place.port), timeout=5).close()
        with pytest.raises(ExpectedError, match="leave it out"):
            serve(explored, shareable=False, port=place.port, announce=announced.append)

    monkeypatch.setattr(uvicorn.Server, "run", lambda *given, **named: None)
    serve(explored, shareable=False, query="k=2", announce=opened)
    ((place),) = announced
    assert (place.hostname, place.query) == (HERE, "k=2")
    assert len(place.path.strip("/")) >= 32
