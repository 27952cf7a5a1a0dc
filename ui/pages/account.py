"""My account: who one is to the portal, how one-time passwords come, where one is signed in."""

from __future__ import annotations

from nicegui import ui
from starlette.requests import Request
from starlette.responses import Response

from services.language import N_, _, ngettext
from services.persons import own_account
from services.persons.own_account import OwnAccount
from services.signing_in import authenticator, recovery
from ui.components.account.app_dialog import AppDialog, show_recovery_codes
from ui.components.account.contact_dialog import change_contact
from ui.components.account.own_browsers import OwnBrowsers
from ui.components.account.password_again import password_again
from ui.components.header import bar
from ui.components.text import words
from ui.gate import PATIENCE, Visit, enter
from ui.problems import tell, told

COMES_BY = {
    "sms": N_("As a text message to your mobile number"),
    "mail": N_("By e-mail"),
    "app": N_("From your authenticator app"),
}
WHY_CODES = N_("You are changing how you log in.")


@ui.page("/account", response_timeout=PATIENCE)
async def account_page(request: Request) -> Response | None:
    """For everybody who is signed in."""
    visit = await enter(request)
    if isinstance(visit, Response):
        return visit
    ui.page_title(f"{_('My account')} - {visit.portal.settings.portal_name}")
    with bar(visit, title=_("My account")):
        pass
    with ui.element("main").classes("wide"), ui.element("div").classes("account"):
        page = AccountPage(visit)
        await page.fill()
        with _section(
            _("Where I am signed in"),
            _("The portal does not keep from where: no network address is stored."),
        ):
            browsers = OwnBrowsers(visit)
            await browsers.fill()
    return None


def _section(title: str, under: str = "") -> ui.element:
    section = ui.element("section").classes("card")
    with section:
        words("h2", title)
        if under:
            ui.label(under).classes("quiet")
    return section


class AccountPage:
    """The sections that change with the account."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._place = ui.element("div").style("display: contents")

    async def fill(self) -> None:
        """Show the account as it is now."""
        visit = self._visit
        mine = await visit.run(own_account.own_account, visit.portal, visit.who)
        self._place.clear()
        with self._place:
            self._person(mine)
            self._codes(mine)

    def _person(self, mine: OwnAccount) -> None:
        with _section(mine.name or _("My details")):
            _fact(_("Email address"), mine.email, _("Change"), self._change_email)
            mobile = mine.mobile or _("None")
            _fact(_("Mobile number"), mobile, _("Change"), self._change_mobile)
            _fact(_("Password"), "••••••••••••", _("Change"), lambda: ui.navigate.to("/password"))

    def _codes(self, mine: OwnAccount) -> None:
        with _section(_("One-time passwords"), _("The second step whenever you log in.")):
            _fact(_("They come"), _(COMES_BY[mine.code_by]))
            if mine.has_app:
                left = ngettext(
                    "{count} recovery code is left",
                    "{count} recovery codes are left",
                    mine.recovery_codes,
                ).format(count=mine.recovery_codes)
                _fact(_("Recovery codes"), left, _("Make new ones"), self._new_recovery_codes)
            with ui.element("div").classes("row").style("margin-top: 10px"):
                if mine.has_app:
                    ui.button(
                        _("Set up another phone"), on_click=self._set_up_app, color=None
                    ).props("flat").classes("secondary")
                    ui.button(_("Turn the app off"), on_click=self._turn_app_off, color=None).props(
                        "flat"
                    ).classes("danger")
                    return
                ui.button(_("Use an authenticator app"), on_click=self._set_up_app, color="accent")
                if len(mine.choices) > 1:
                    other = "mail" if mine.code_by == "sms" else "sms"
                    name = _("Send them by e-mail") if other == "mail" else _("Send them by SMS")
                    ui.button(name, on_click=lambda: self._choose(other), color=None).props(
                        "flat"
                    ).classes("secondary")

    async def _change_email(self) -> None:
        if await change_contact(self._visit, "email"):
            await self.fill()

    async def _change_mobile(self) -> None:
        if await change_contact(self._visit, "mobile"):
            await self.fill()

    async def _set_up_app(self) -> None:
        visit = self._visit
        if not await password_again(visit, _(WHY_CODES)):
            return
        with told():
            enrolment = await visit.run(authenticator.enrol, visit.portal, visit.who)
            if await AppDialog(visit, enrolment).answered():
                tell(_("From now on log in with the code of your app."), good=True)
                await self.fill()

    async def _turn_app_off(self) -> None:
        visit = self._visit
        if not await password_again(visit, _(WHY_CODES)):
            return
        with told():
            await visit.run(authenticator.turn_off, visit.portal, visit.who)
            tell(_("Your one-time passwords are sent to you again."), good=True)
        await self.fill()

    async def _new_recovery_codes(self) -> None:
        visit = self._visit
        if not await password_again(visit, _(WHY_CODES)):
            return
        with told():
            codes = await visit.run(recovery.renew, visit.portal, visit.who)
            await show_recovery_codes(visit, codes)
        await self.fill()

    async def _choose(self, by: str) -> None:
        visit = self._visit
        if not await password_again(visit, _(WHY_CODES)):
            return
        with told():
            await visit.run(own_account.choose_sending, visit.portal, visit.who, by)
        await self.fill()


def _fact(name: str, value: str, change: str = "", on_change: object = None) -> None:
    with ui.element("div").classes("fact"):
        with ui.element("div"):
            words("small", name)
            words("b", value)
        if change:
            button = ui.button(change, on_click=on_change, color=None).props("flat")  # type: ignore[arg-type]
            button.classes("secondary").props["aria-label"] = f"{change}: {name}"
