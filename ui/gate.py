"""Who is here: from a request to a `Visit`, or to the log-in page."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from contextvars import copy_context
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import ParamSpec, TypeVar
from urllib.parse import quote

from nicegui import Client, context, ui
from starlette.requests import Request
from starlette.responses import RedirectResponse

from services.downloads.counter import Downloads
from services.errors import Expired
from services.language import _, speak, spoken
from services.pictures.frames import Images
from services.pictures.workshop import Urgency, Workshop
from services.portal import Portal
from services.publisher import SessionEnded, SessionRenewed, Topic
from services.signing_in import sessions
from services.signing_in.sessions import SignedIn
from services.viewer.measurement_export import Exporter
from services.viewer.measuring import Measuring
from services.viewer.viewing import Viewer
from ui.armour import session_cookie
from ui.doorstep import SHOWING, SIGNED_OUT, Doorstep
from ui.staying import Staying
from ui.tongue import dress, speak_to

P = ParamSpec("P")
T = TypeVar("T")
WAY_BACK = re.compile(
    r"/(study/[a-z0-9]+|studies|account|sharing|looks|password|break-glass(/renew)?"
    r"|staff(/[a-z0-9-]+)*)"
)
PATIENCE = 30.0  # seconds: a page on a busy machine comes late rather than as an error


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
    papers: dict[tuple[str, str], bytes] = field(default_factory=dict)  # by name and language


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
        self._doorstep: Doorstep | None = None
        self._ending = SessionEnded(who.session_id if who else 0)
        self._begun = self.portal.publisher.revision(self._ending)
        self._loop = asyncio.get_running_loop()
        self._touched = self.portal.clock()
        self._ended = False
        if who is not None:
            strange = partial(self._in_page, self._known_or_ended)
            self._doorstep = Doorstep(self.portal, self.client, browser, who, strange)
            self.listen(SessionEnded(who.session_id), self.end)
            self.listen(SessionRenewed(who.session_id), self._renewed)

    @property
    def who(self) -> SignedIn:
        """Who is signed in; only for pages behind the gate."""
        return self.doorstep.who

    @property
    def doorstep(self) -> Doorstep:
        """By which id of the session this page goes; only for pages behind the gate."""
        if self._doorstep is None:
            raise Expired(_(SIGNED_OUT))
        return self._doorstep

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a service in a thread; refused once the session is over."""
        await self._still_here()
        found = await asyncio.to_thread(function, *args, **kwargs)
        await self._still_known()  # nor does what took a while reach a page that is over by then
        return found

    async def draw(
        self, urgency: Urgency, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Have a picture made in the workshop; refused once the session is over."""
        await self._still_here()
        work = partial(copy_context().run, function, *args, **kwargs)  # in the page's language
        picture = await house().workshop.do(urgency, work)
        await self._still_known()
        return picture

    async def goes_on(self) -> None:
        """Refuse, as `draw` does, once the session is over: for a picture that is made already."""
        await self._still_here()
        await self._still_known()

    @property
    def over(self) -> bool:
        """Whether the session ended, however little of that the page has heard yet."""
        return self._ended or self.portal.publisher.revision(self._ending) != self._begun

    def _not_over(self) -> None:
        if self.over:
            raise Expired(_(SIGNED_OUT))

    async def _still_known(self) -> None:
        """Wait for a page whose session has a new id to show it; without it, it is refused."""
        self._not_over()
        if self._doorstep is not None and not self._doorstep.known:
            await self._doorstep.wait()
            self._not_over()

    def _renewed(self) -> None:
        """The session has a new id: the page shows that its browser has it, or it ends."""
        self.doorstep.ask()
        self.at(self.portal.clock() + timedelta(seconds=SHOWING), self._known_or_ended)

    def _known_or_ended(self) -> None:
        if not self.doorstep.known:
            self.end()
            ui.navigate.reload()  # a browser that was asleep has the new id to come back with

    async def _still_here(self) -> None:
        await self._still_known()
        now = self.portal.clock()
        if self._doorstep is not None and now - self._touched > sessions.TOUCH_EVERY:
            self._touched = now
            await asyncio.to_thread(sessions.touch, self.portal, self.who.session_id)

    async def sign_out(self) -> None:
        """End the session, and this page with it."""
        if self.doorstep.known:
            await asyncio.to_thread(sessions.sign_out, self.portal, self.who.session_id)

    async def stay(self) -> None:
        """Somebody is there: the session idles no longer."""
        if self.doorstep.known:
            await asyncio.to_thread(sessions.touch, self.portal, self.who.session_id)

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
    if visit._doorstep is None:
        return RedirectResponse(login_address(request.url.path), status_code=303)
    Staying(visit)
    return visit


async def look_in(request: Request) -> Visit:
    """The visit of anybody: for pages that need no signing in."""
    portal = house().portal
    cookie = request.cookies.get(session_cookie(portal.settings.secure), "")
    told = portal.publisher.published
    who = await asyncio.to_thread(sessions.current, portal, cookie)
    state = request.scope["state"]
    speak_to(who, state)
    visit = Visit(who, state["browser"])
    if who and portal.publisher.published != told:  # maybe that the session has another id by now
        again = await asyncio.to_thread(sessions.current, portal, cookie)
        if again is None or again.session_id != who.session_id:
            return Visit(None, state["browser"])
    return visit


def login_address(back: str) -> str:
    """The log-in page, remembering where to go afterwards."""
    return f"/login?next={quote(back)}" if WAY_BACK.fullmatch(back) else "/login"


def way_back(asked: str) -> str:
    """Where to go after signing in: a page of this portal, never anywhere else."""
    return asked if WAY_BACK.fullmatch(asked) else "/"
