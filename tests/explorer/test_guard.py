"""The token, the host and the origin are asked for by everything that the server has."""

import asyncio

import pytest
from rupture_repair.explorer.guard import Guard

HOST, TOKEN = "127.0.0.1:4711", "s3cret-token"


def asked(path, host=HOST, origin=None, kind="http", query=b""):
    """Return what the application saw, and what the guard sent itself or on its behalf."""
    seen, sent = [], []

    async def app(scope, receive, send):
        seen.append(scope["path"])
        if kind == "http":
            await send({"type": "http.response.start", "status": 200, "headers": []})

    async def receive():
        return {"type": f"{kind}.connect"}

    async def send(message):
        sent.append(message)

    headers = [(b"host", host.encode())] + ([(b"origin", origin.encode())] if origin else [])
    scope = {"type": kind, "path": path, "query_string": query, "headers": headers}
    asyncio.run(Guard(app, TOKEN, (HOST,), "default-src 'none'")(scope, receive, send))
    return seen, sent


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize("rest", ["", "websocket/", "lib/shiny-1.8.0/shiny.js", "session/x/y/z"])
def test_with_the_token_the_application_sees_the_rest(kind, rest):
    seen, _ = asked(f"/{TOKEN}/{rest}", kind=kind, origin=f"http://{HOST}")
    assert seen == [f"/{rest}"]


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize(
    "path",
    ["/", "", "//", "/websocket/", "/lib/shiny.js", f"/{TOKEN}x/", f"/{TOKEN[:-1]}/",
     f"/{TOKEN.upper()}/", f"//{TOKEN}/", "/é/", f"/x/../{TOKEN}/"],
)  # fmt: skip
def test_without_the_token_nothing_is_seen(kind, path):
    seen, sent = asked(path, kind=kind)
    assert seen == []
    assert sent[0].get("status", sent[0].get("code")) == {"http": 403, "websocket": 1008}[kind]
    assert TOKEN not in str(sent)


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("evil.example", None),
        ("evil.example:4711", None),
        ("127.0.0.1", None),
        ("", None),
        (HOST, "http://evil.example"),
        (HOST, "null"),
        (HOST, f"https://{HOST}"),
        ("localhost:4711", "http://localhost:4711"),
    ],
)
def test_other_hosts_and_origins_are_refused_even_with_the_token(kind, host, origin):
    seen, _ = asked(f"/{TOKEN}/", host=host, origin=origin, kind=kind)
    assert seen == []


def test_without_the_last_slash_the_address_is_mended():
    seen, sent = asked(f"/{TOKEN}", query=b"k=2")
    assert seen == []
    assert (sent[0]["status"], dict(sent[0]["headers"])[b"location"]) == (
        307,
        f"/{TOKEN}/?k=2".encode(),
    )


def test_every_answer_forbids_what_a_private_page_must_not_do():
    for path in (f"/{TOKEN}/", "/"):
        headers = dict(asked(path)[1][0]["headers"])
        assert headers[b"referrer-policy"] == b"no-referrer"
        assert headers[b"cache-control"] == b"no-store"
        assert headers[b"content-security-policy"].startswith(b"default-src 'none'")
        assert headers[b"x-frame-options"] == b"DENY"
