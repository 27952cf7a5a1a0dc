"""Scripts, styles and fonts, the same for everybody: read and compressed once."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PATH = "/_nicegui/"
MOST_BYTES = 16 << 20


class Assets:
    """Remembers whole answers below `PATH`, as compressed as they first went out.

    Only plain answers to plain questions: GET, 200, no range, no validator. The addresses hold the
    version, so what is remembered stays right as long as the process lives.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._answers: dict[tuple[str, bool], tuple[Message, bytes]] = {}
        self._bytes = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from memory, or pass on and remember."""
        if not _is_plain(scope):
            await self._app(scope, receive, send)
            return
        key = scope["path"], "gzip" in Headers(scope=scope).get("accept-encoding", "")
        if key not in self._answers:
            answer = await self._ask(scope, receive)
            if answer is None:
                await self._app(scope, receive, send)
                return
            if self._bytes + len(answer[1]) > MOST_BYTES:
                await _tell(answer, send)
                return
            self._answers[key] = answer
            self._bytes += len(answer[1])
        await _tell(self._answers[key], send)

    async def _ask(self, scope: Scope, receive: Receive) -> tuple[Message, bytes] | None:
        start: list[Message] = []
        body = bytearray()

        async def take(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.append(message)
            elif message["type"] == "http.response.body":
                body.extend(message.get("body", b""))

        await self._app(dict(scope), receive, take)
        if not start or start[0]["status"] != 200:
            return None
        return start[0], bytes(body)


def _is_plain(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["method"] != "GET" or scope["query_string"]:
        return False
    headers = Headers(scope=scope)
    asked = {"range", "if-none-match", "if-modified-since"} & set(headers.keys())
    path = str(scope["path"])
    return path.startswith(PATH) and "/dynamic_resources/" not in path and not asked


async def _tell(answer: tuple[Message, bytes], send: Send) -> None:
    start, body = answer
    # the headers are copied: whoever stands around may add to them
    await send({**start, "headers": list(start["headers"])})
    await send({"type": "http.response.body", "body": body})
