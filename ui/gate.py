"""Who is here: from a request to a `Visit`, or to the log-in page."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from contextvars import copy_context
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import ParamSpec, TypeVar
from urllib.parse import quote

from nicegui import Client, context, ui
from starlette.requests import Request
from starlette.responses import RedirectResponse

from services import sessions
from services.downloads.counter import Downloads
from services.errors import Expired
from services.frames import Images
from services.language import N_, _, speak, spoken
from services.measurement_export import Exporter
from services.measuring import Measuring
from services.portal import Portal
from services.publisher import SessionEnded, Topic
from services.sessions import SignedIn
from services.viewing import Viewer
from services.workshop import Urgency, Workshop
from ui.armour import session_cookie
from ui.staying import Staying
from ui.tongue import dress, speak_to

P = ParamSpec("P")
T = TypeVar("T")
WAY_BACK = re.compile(
    r"/(study/[a-z0-9]+|studies|account|sharing|looks|password|break-glass(/renew)?"
    r"|staff(/[a-z0-9-]+)*)"
)
PATIENCE = 30.0  # seconds: a page on a busy machine comes late rather than as an error
SIGNED_OUT = N_("You are signed out. Please log in again.")


@dataclass(frozen=True)
class House:
    """What the pages of this process stand on."""

    portal: Portal
    images: Images
    viewer: Viewer
    measuring: Measuring
    exporter: Exporter
    workshop: Workshop
    downloads: Downloads


_house: list[House] = []


def install(portal: Portal) -> None:
    """Tell the pages which portal they show; called once, by the composition root."""
    images = Images(portal)
    measuring = Measuring(portal, images)
    exporter = Exporter(portal, images)
    viewer, downloads = Viewer(portal, images), Downloads(portal, images)
    _house[:] = [House(portal, images, viewer, measuring, exporter, Workshop(), downloads)]


def house() -> House:
    """The portal, its viewer, what measures for it, the workshop that draws its pictures."""
    return _house[0]


class Visit:
    """One open page of one person, or of nobody yet; ends with its session, at once."""

    def __init__(self, who: SignedIn | None, browser: str) -> None:
        self.portal = house().portal
        self.images = house().images
        self.viewer = house().viewer
        self.measuring = house().measuring
        self.exporter = house().exporter
        self.browser = browser
        self.client: Client = context.client
        self.language = spoken()
        dress(self.client)
        self._who = who
        self._ending = SessionEnded(who.session_id if who else 0)
        self._begun = self.portal.publisher.revision(self._ending)
        self._loop = asyncio.get_running_loop()
        self._touched = self.portal.clock()
        self._ended = False
        if who is not None:
            self.listen(SessionEnded(who.session_id), self.end)

    @property
    def who(self) -> SignedIn:
        """Who is signed in; only for pages behind the gate."""
        if self._who is None:
            raise Expired(_(SIGNED_OUT))
        return self._who

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a service in a thread; refused once the session is over."""
        await self._still_here()
        found = await asyncio.to_thread(function, *args, **kwargs)
        self._not_over()  # nor does what took a while reach a page whose session ended meanwhile
        return found

    async def draw(
        self, urgency: Urgency, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Have a picture made in the workshop; refused once the session is over."""
        await self._still_here()
        work = partial(copy_context().run, function, *args, **kwargs)  # in the page's language
        picture = await house().workshop.do(urgency, work)
        self._not_over()
        return picture

    @property
    def over(self) -> bool:
        """Whether the session ended, however little of that the page has heard yet."""
        return self.portal.publisher.revision(self._ending) != self._begun

    def _not_over(self) -> None:
        if self.over:
            raise Expired(_(SIGNED_OUT))

    async def _still_here(self) -> None:
        self._not_over()
        now = self.portal.clock()
        if self._who is not None and now - self._touched > sessions.TOUCH_EVERY:
            self._touched = now
            await asyncio.to_thread(sessions.touch, self.portal, self._who.session_id)

    def listen(self, topic: Topic, told: Callable[[], object]) -> None:
        """Call `told` in this page's event loop whenever the topic is published."""

        def hand_over() -> None:
            self._loop.call_soon_threadsafe(self._in_page, told)

        self.client.on_delete(self.portal.publisher.subscribe(topic, hand_over))

    def at(self, moment: datetime, told: Callable[[], object]) -> None:
        """Call `told` in this page at a moment, unless the page is gone by then."""
        seconds = (moment - self.portal.clock()).total_seconds()
        if seconds < 30 * 86400:
            timer = self._loop.call_later(max(seconds, 0) + 0.05, self._in_page, told)
            self.client.on_delete(timer.cancel)

    def _in_page(self, told: Callable[[], object]) -> None:
        if not self.client.is_deleted:
            speak(self.language)  # whoever published this may speak another
            with self.client.content:
                told()

    def blank(self) -> None:
        """Take everything off the page, dialogs included: they lie beside its content."""
        for dialog in [e for e in self.client.elements.values() if isinstance(e, ui.dialog)]:
            if not dialog.is_deleted:
                dialog.delete()
        self.client.content.clear()

    def end(self) -> None:
        """Show nothing any more but that the session is over, and the way back."""
        if self._ended:
            return
        self._ended = True
        self.blank()
        with (
            self.client.content,
            ui.element("div").classes("middle"),
            ui.element("section").classes("card narrow"),
        ):
            ui.label(_("You are signed out")).classes("card-title").props(
                "role=heading aria-level=1"
            )
            ui.label(_("This page was closed because its session ended."))
            back = self.client.request.url.path
            ui.link(_("Log in again"), login_address(back)).classes("button-like")


async def enter(request: Request) -> Visit | RedirectResponse:
    """The visit of whoever is signed in, or the way to the log-in page."""
    visit = await look_in(request)
    if visit._who is None:
        return RedirectResponse(login_address(request.url.path), status_code=303)
    Staying(visit)
    return visit


async def look_in(request: Request) -> Visit:
    """The visit of anybody: for pages that need no signing in."""
    portal = house().portal
    cookie = request.cookies.get(session_cookie(portal.settings.secure), "")
    who = await asyncio.to_thread(sessions.current, portal, cookie)
    state = request.scope["state"]
    speak_to(who, state)
    return Visit(who, state["browser"])


def login_address(back: str) -> str:
    """The log-in page, remembering where to go afterwards."""
    return f"/login?next={quote(back)}" if WAY_BACK.fullmatch(back) else "/login"


def way_back(asked: str) -> str:
    """Where to go after signing in: a page of this portal, never anywhere else."""
    return asked if WAY_BACK.fullmatch(asked) else "/"
