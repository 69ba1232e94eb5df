"""Who may talk to the explorer: this machine's browser with the token in the address."""

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from secrets import compare_digest
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

HEADERS = {
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
REFUSED = (
    "This address is not the explorer's. Use the whole address that `make explore` printed; "
    "it is another one after each start.\n"
)
POLICY_VIOLATION = 1008


class Guard:
    """Lets requests through whose path begins with the token, and answers all others with 403.

    The token stands in the path, so that page, scripts, websocket and downloads all carry it. Host
    must be this machine: a page elsewhere whose name is pointed here (DNS rebinding) has another
    one. A request from a page of another origin is refused even with the token.
    """

    def __init__(self, app: App, token: str, hosts: Iterable[str], policy: str) -> None:
        """Take the app to guard, its token, the values of Host, the content security policy."""
        self.app, self.token, self.hosts = app, token, frozenset(hosts)
        headers = HEADERS | {"content-security-policy": policy}
        self.headers = [(name.encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or hand it on without the token in its path."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        first, *rest = scope["path"].removeprefix("/").split("/")
        known = compare_digest(first.encode(), self.token.encode())
        if not (known and self._from_here(scope)):
            await self._refuse(scope, receive, send)
            return
        if not rest:  # addresses on the page are relative to the folder
            await self._redirect(scope, send)
            return
        path = "/" + "/".join(rest)

        async def with_headers(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", []), *self.headers]}
            await send(message)

        inner = {**scope, "path": path, "raw_path": path.encode()}
        await self.app(inner, receive, with_headers)

    def _from_here(self, scope: Scope) -> bool:
        given = dict(scope["headers"])
        host = given.get(b"host", b"").decode("latin-1")
        origin = given.get(b"origin", b"").decode("latin-1")
        return host in self.hosts and origin in {"", f"http://{host}"}

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": POLICY_VIOLATION})
            return
        await self._answer(send, 403, REFUSED)

    async def _redirect(self, scope: Scope, send: Send) -> None:
        query = scope["query_string"].decode("latin-1")
        place = f"/{self.token}/" + (f"?{query}" if query else "")
        await self._answer(send, 307, "", [(b"location", place.encode("latin-1"))])

    async def _answer(
        self, send: Send, status: int, text: str, more: Iterable[tuple[bytes, bytes]] = ()
    ) -> None:
        headers = [(b"content-type", b"text/plain; charset=utf-8"), *self.headers, *more]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": text.encode()})
