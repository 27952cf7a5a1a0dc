"""The door for programs: DICOMweb addresses, answered before anything that pages need.

What the armour checks for pages is checked here too: the host's name, and that a changing request
was not sent by another site's page. Behind it every request has a `Caller`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import structlog
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.errors import PortalError
from services.pictures.frames import Images
from services.pictures.workshop import Workshop
from services.portal import Portal
from services.programs.callers import Callers
from services.programs.program_access import ProgramAccess
from services.trail.look_log import LookLog
from ui.armour import is_foreign, own_hosts, protective_headers, session_cookie
from ui.routes.answers import Answer, RawHeaders, nobody, problem, sentence
from ui.routes.caller import caller_of, presented
from ui.routes.cutting import CutOff
from ui.routes.picture_address import ROOT, target
from ui.routes.pictures import Pictures

log = structlog.get_logger()
FLUSH_EVERY = 60.0  # seconds between recording the counts of looks that are over
# nothing here is a page: whatever an answer is taken for, it may load and run nothing
POLICY = {"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox"}


@dataclass(frozen=True)
class Programs:
    """What every address for programs stands on."""

    portal: Portal
    images: Images
    workshop: Workshop
    callers: Callers
    accesses: ProgramAccess
    looks: LookLog


def programs(portal: Portal, images: Images, workshop: Workshop) -> Programs:
    """Put together; once a process, because callers and looks are remembered here."""
    return Programs(
        portal, images, workshop, Callers(portal), ProgramAccess(portal), LookLog(portal)
    )


class ProgramDoor:
    """Answers what is under /dicomweb, and passes everything else on to the pages.

    `rest` gets the addresses that name no picture, with the caller in `scope["state"]["caller"]`;
    the headers every answer carries are added here. A Starlette application wants
    `ui.routes.answers.told` as its handler of `PortalError`.
    """

    def __init__(self, pages: ASGIApp, parts: Programs, rest: ASGIApp | None = None) -> None:
        self._pages = pages
        self._parts = parts
        self._rest = rest
        settings = parts.portal.settings
        self._hosts = own_hosts(settings)
        self._host_names = frozenset(host.encode() for host in self._hosts)
        self._cookie = session_cookie(settings.secure).encode()
        protective = {**protective_headers(settings), **POLICY}
        self._protective: RawHeaders = tuple(
            (name.lower().encode(), value.encode()) for name, value in protective.items()
        )
        self._pictures = Pictures(
            parts.portal, parts.images, parts.workshop, parts.accesses, parts.looks
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or the life of the whole application."""
        if scope["type"] == "lifespan":
            await self._live(scope, receive, send)
        elif scope["type"] == "http" and scope["path"].startswith(f"{ROOT}/"):
            await self._program(scope, receive, send)
        else:
            await self._pages(scope, receive, send)

    async def _program(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers: Mapping[bytes, bytes] = dict(scope["headers"])
        answer: Answer | None
        begun = _Begun(send, self._protective)
        try:
            answer = await self._answer(scope, receive, begun, headers)
        except PortalError as error:
            answer = problem(error)
        except CutOff:
            return  # the server cuts the line, so that a part never looks whole
        except Exception:
            log.exception("a program's request failed")
            answer = sentence(500, "Something went wrong here. Please try again.")
        if answer is not None and not begun:
            await answer.send(send, self._protective, head=scope["method"] == "HEAD")

    async def _answer(
        self, scope: Scope, receive: Receive, protected: Send, headers: Mapping[bytes, bytes]
    ) -> Answer | None:
        """The answer; None when it was sent already."""
        if headers.get(b"host", b"").lower() not in self._host_names:
            return sentence(400, "This host is not known here.")
        looking = scope["method"] in ("GET", "HEAD")
        if not looking and is_foreign(scope, Headers(scope=scope), self._hosts):
            return sentence(403, "Another site's page may not change anything here.")
        callers = self._parts.callers
        shown = presented(headers, self._cookie)
        caller = await caller_of(callers, shown)
        if caller is None or shown is None:
            return nobody()
        picture = target(scope["path"])
        if picture is not None:
            if not looking:
                return sentence(405, "Pictures can only be read.", (b"allow", b"GET, HEAD"))
            query = scope["query_string"].decode("latin-1")
            answer = await self._pictures.answer(caller, picture, query, headers)
            # a picture takes a moment to make, and its caller may be gone by then
            here = callers.remembered(*shown) or await asyncio.to_thread(callers.found, *shown)
            return answer if here is not None else nobody()
        if self._rest is None:
            return sentence(404, "There is nothing at this address.")
        scope.setdefault("state", {})["caller"] = caller
        scope["state"]["stands"] = partial(callers.stands, *shown)
        await self._rest(scope, receive, protected)
        return None

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Counts of looks are recorded now and then, and the last of them at a clean stop."""
        counting = asyncio.create_task(self._count())
        try:
            await self._pages(scope, receive, send)
        finally:
            counting.cancel()
            await asyncio.to_thread(self._parts.looks.flush)

    async def _count(self) -> None:
        while True:
            await asyncio.sleep(FLUSH_EVERY)
            try:
                await asyncio.to_thread(self._parts.looks.flush_due)
            except Exception:  # it is tried again; what was counted is kept until then
                log.exception("looks could not be recorded")


class _Begun:
    """Sends another application's answer with the protective headers; true once it has begun."""

    def __init__(self, send: Send, protective: RawHeaders) -> None:
        self._send = send
        self._protective = protective
        self._begun = False

    def __bool__(self) -> bool:
        return self._begun

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._begun = True
            sent = list(message.get("headers", ()))
            names = {name.lower() for name, _ in sent}
            sent += [pair for pair in self._protective if pair[0] not in names]
            if b"cache-control" not in names:
                sent.append((b"cache-control", b"no-store"))
            message = {**message, "headers": sent}
        await self._send(message)
