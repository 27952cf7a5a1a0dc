"""Where a person is signed in, and which browsers are remembered."""

from __future__ import annotations

from nicegui import ui

from services import dates
from services.language import N_, _
from services.persons import own_sessions
from services.persons.own_sessions import KnownBrowser, OwnSession
from ui.components.account.password_again import password_again
from ui.components.text import words
from ui.gate import Visit
from ui.problems import tell, told

WHY = N_("You are signing another browser out.")


class OwnBrowsers:
    """The list, kept true after each change."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._place = ui.element("div")

    async def fill(self) -> None:
        """Show what is so now."""
        visit = self._visit
        found = await visit.run(own_sessions.listed, visit.portal, visit.who)
        known = await visit.run(own_sessions.known, visit.portal, visit.who)
        self._place.clear()
        with self._place:
            for session in found:
                self._session(session)
            with ui.element("div").classes("row").style("margin-top: 12px"):
                if len(found) > 1:
                    ui.button(
                        _("Sign out all other browsers"),
                        on_click=lambda: self._end_all(but_this=True),
                        color=None,
                    ).props("flat").classes("secondary")
                ui.button(
                    _("Sign out everywhere"),
                    on_click=lambda: self._end_all(but_this=False),
                    color=None,
                ).props("flat").classes("danger")
            if known:
                ui.label(_("Remembered browsers")).style("font-weight: 700; margin-top: 16px")
                ui.label(_("They log in with the password alone.")).classes("quiet")
                for browser in known:
                    self._known(browser)

    def _session(self, session: OwnSession) -> None:
        zone = self._visit.portal.settings.zone
        seen = _("Signed in {since}, last used {seen}").format(
            since=dates.moment(session.signed_in_at, zone),
            seen=dates.moment(session.last_seen_at, zone),
        )
        with ui.element("div").classes("fact"):
            with ui.element("div"):
                words("b", session.device)
                words("small", seen)
            if session.is_this:
                words("span", _("This browser")).classes("here")
                return
            button = ui.button(
                _("Sign out"), on_click=lambda: self._end(session.number), color=None
            )
            button.props("flat").classes("secondary")
            button.props["aria-label"] = _("Sign out {device}").format(device=session.device)

    def _known(self, browser: KnownBrowser) -> None:
        zone = self._visit.portal.settings.zone
        with ui.element("div").classes("fact"):
            with ui.element("div"):
                words("b", browser.device)
                until = dates.moment(browser.until, zone)
                words("small", _("Remembered until {until}").format(until=until))
            button = ui.button(
                _("Forget"), on_click=lambda: self._forget(browser.number), color=None
            )
            button.props("flat").classes("secondary")
            button.props["aria-label"] = _("Forget {device}").format(device=browser.device)

    async def _end(self, number: int) -> None:
        with told():
            if not await password_again(self._visit, _(WHY)):
                return
            await self._visit.run(own_sessions.end, self._visit.portal, self._visit.who, number)
            tell(_("That browser is signed out."), good=True)
        await self.fill()

    async def _end_all(self, *, but_this: bool) -> None:
        visit = self._visit
        with told():
            if not await password_again(visit, _(WHY)):
                return
            await visit.run(own_sessions.end_all, visit.portal, visit.who, but_this=but_this)
        if not visit.over:
            tell(_("All other browsers are signed out."), good=True)
            await self.fill()

    async def _forget(self, number: int) -> None:
        with told():
            await self._visit.run(own_sessions.forget, self._visit.portal, self._visit.who, number)
        await self.fill()
