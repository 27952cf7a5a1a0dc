"""An open page and the session it was given out to, through the session's changes of id.

A page lives on a socket, and no socket can set or read a cookie. So the page has a form that lies
hidden, and a hidden frame that its answer goes to, without the page being left: it brings a new id
to the browser, and shows afterwards by which id the browser goes now. Until it has, a page of a
session with a new id gets nothing: whoever opened it with a stolen id has no other to show
(docs/decisions/0017).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from nicegui import Client, ui

from services.errors import Expired
from services.language import N_, _
from services.portal import Portal
from services.publisher import SessionRenewed
from services.signing_in import sessions
from services.signing_in.sessions import SignedIn

PATH = "/session/again"
SHOWING = 15.0  # seconds that a page has to show the new id
SIGNED_OUT = N_("You are signed out. Please log in again.")
UNCHANGED = N_("That could not be completed. Please try again.")
_doorsteps: dict[str, Doorstep] = {}  # by the number that stands in the page's form
_of_clients: dict[str, Doorstep] = {}


class Doorstep:
    """Who is before the page, by which id; and the way a new id takes."""

    def __init__(
        self, portal: Portal, client: Client, browser: str, who: SignedIn,
        turned_away: Callable[[], None],
    ) -> None:  # fmt: skip
        self.who = who
        self.turned_away = turned_away  # to be called when the page showed an id that is over
        self._portal, self._client, self._browser = portal, client, browser
        self._number = portal.secrets.token()
        self._renewed = SessionRenewed(who.session_id)
        self._revision = portal.publisher.revision(self._renewed)
        self._to_come = ""  # the new id, until the browser has fetched it
        self._came = asyncio.Event()
        self._form: ui.element | None = None
        self._waits_for_frame = False
        _doorsteps[self._number] = _of_clients[client.id] = self
        client.on_delete(self._forget)

    @property
    def known(self) -> bool:
        """Whether the session still has the id that this page has shown last."""
        return self._portal.publisher.revision(self._renewed) == self._revision

    async def wait(self) -> None:
        """Until the page is known; Expired when it cannot show the session's new id."""
        try:
            async with asyncio.timeout(SHOWING):
                while not self.known:
                    self._came.clear()
                    await self._came.wait()
        except TimeoutError:
            raise Expired(_(SIGNED_OUT)) from None

    async def bring(self, cookie: str) -> None:
        """Give the browser its session's new id; Expired where it did not take it."""
        before, self._to_come = self._revision, cookie
        self._knock()
        try:
            async with asyncio.timeout(SHOWING):
                while self._revision == before:
                    self._came.clear()
                    await self._came.wait()
        except TimeoutError:
            raise Expired(_(UNCHANGED)) from None
        finally:
            self._to_come = ""

    def ask(self) -> None:
        """The session has a new id: have the page show it, unless it is just bringing it."""
        if not self.known and not self._to_come:
            self._knock()

    def fetch(self, shown: str) -> str:
        """The new id for the browser that shows the old one; empty when there is none to fetch."""
        right = shown and shown == self._client.request.scope["state"]["session"]
        cookie, self._to_come = (self._to_come, "") if right else ("", self._to_come)
        return cookie

    def recognise(self, who: SignedIn, cookie: str) -> None:
        """The page's browser showed the session's id, which it goes by from now on."""
        self.who = who
        self._client.request.scope["state"]["session"] = cookie
        self._revision = self._portal.publisher.revision(self._renewed)
        self._came.set()

    def is_of(self, browser: str) -> bool:
        """Whether the page was given out to this browser."""
        return browser == self._browser

    def _knock(self) -> None:
        """Send the form; the first time once its frame is there, for Firefox loads that anew."""
        if self._form is not None and not self._form.is_deleted:
            self._form.run_method("submit")
            return
        with self._client.content, ui.element("div").style("display: none"):
            self._form = form = ui.element("form").props(f'method="post" action="{PATH}"')
            form.props["target"] = name = f"again-{self._client.id}"
            with form:
                page = ui.element("input").props('type="hidden" name="page"')
                page.props["value"] = self._number
            frame = ui.element("iframe").on("load", self._framed, args=[])
            frame.props["name"] = name
        self._waits_for_frame = True

    def _framed(self) -> None:
        if self._waits_for_frame and self._form is not None:
            self._waits_for_frame = False
            self._form.run_method("submit")

    def _forget(self) -> None:
        _doorsteps.pop(self._number, None)
        _of_clients.pop(self._client.id, None)


def at(number: str, browser: str) -> Doorstep | None:
    """The page with this number in its form, if this browser has it open."""
    found = _doorsteps.get(number)
    return found if found is not None and found.is_of(browser) else None


async def comes_back(portal: Portal, client: Client, cookie: str) -> bool:
    """Whether a page that lost its line comes back by the new id of its session."""
    found = _of_clients.get(client.id)
    if found is None or not cookie:
        return False
    who = await asyncio.to_thread(sessions.current, portal, cookie)
    if who is None or who.session_id != found.who.session_id:
        return False
    found.recognise(who, cookie)
    return True
