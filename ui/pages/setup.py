"""The account set-up prompts behind a mailed link: invitation, first login, new password."""

from __future__ import annotations

from nicegui import ui
from starlette.requests import Request

from services.errors import PortalError
from services.language import N_, _
from services.persons import accounts
from services.persons.accounts import Prompts
from services.shares import invitations
from ui.components.account.new_password import NewPassword
from ui.components.card import headed_card, text_field
from ui.components.header import bar
from ui.components.text import words
from ui.gate import PATIENCE, Visit, look_in
from ui.problems import Field, told

TERMS = (
    N_(
        "I use this account only for myself or, for a practice mailbox, for the people of my "
        "practice."
    ),
    N_("I look only at exams that concern me or that I was asked to look at."),
    N_("I keep my password and my one-time passwords to myself."),
    N_("Everything I look at is recorded, and the patient can see that I looked."),
)


@ui.page("/setup", response_timeout=PATIENCE)
async def setup_page(request: Request) -> None:
    """Opening the link uses nothing up; only the button at the end does."""
    visit = await look_in(request)
    token = request.query_params.get("link", "")
    ui.page_title(f"{_('Your account')} - {visit.portal.settings.portal_name}")
    with bar():
        pass
    with ui.element("div").classes("middle"):
        place = ui.element("div").style("width: min(520px, 100%)")
    with place:
        try:
            prompts = await visit.run(accounts.prompts, visit.portal, token)
        except PortalError as error:
            _dead_end(str(error))
            return
        if prompts.purpose == "reset":
            _new_password(visit, token, prompts, place)
        elif prompts.purpose == "invite":
            try:
                offered = await visit.run(invitations.preview, visit.portal, token)
            except PortalError as error:
                _dead_end(str(error))
                return
            _invitation(visit, token, prompts, offered, place)
        else:
            _prompts(visit, token, prompts, place)


def _dead_end(sentence: str) -> None:
    with headed_card(_("This link does not work any more"), size="medium"):
        ui.label(sentence)
        with ui.element("div").classes("row"):
            ui.link(_("Log in"), "/login").classes("button-like")
            ui.link(_("Help and support"), "/support")


def _invitation(
    visit: Visit,
    token: str,
    prompts: Prompts,
    offered: invitations.Offered,
    place: ui.element,
) -> None:
    def go_on() -> None:
        place.clear()
        with place:
            _prompts(visit, token, prompts, place)

    with headed_card(_("You are invited"), size="medium"):
        ui.label(offered.sentence).style("font-size: 18px; font-weight: 600")
        ui.label(_("It can be seen until {until}.").format(until=offered.until))
        ui.label(
            _(
                "To look, make a guest account for {email}. Your identity is not checked: "
                "the consent of the person who shares is enough."
            ).format(email=prompts.email)
        ).classes("quiet")
        ui.button(_("Create my guest account"), on_click=go_on, color="accent").classes(
            "primary full"
        )
        ui.label(
            _("Not you? Then please close this page: nothing happens, and the link stays unused.")
        ).classes("quiet")


def _prompts(visit: Visit, token: str, prompts: Prompts, place: ui.element) -> None:
    with headed_card(_("Set up your account"), size="medium"):
        ui.label(_("Email address: {email}").format(email=prompts.email)).classes("info")
        name = text_field(_("Your name"), autocomplete="name")
        name.value = prompts.name
        if not prompts.checked:
            ui.label(_("For a practice mailbox, enter the name of the practice.")).classes("quiet")
        mobile = text_field(_("Mobile number (optional)"), autocomplete="tel", kind="tel")
        mobile.value = prompts.mobile
        for field in (name, mobile):
            field.props["readonly"] = prompts.checked and bool(field.value)
        password = NewPassword(visit, lambda: (prompts.email, name.value or ""))
        ui.label(_("Terms of use")).style("font-weight: 700")
        with ui.element("ul").style("margin: 0; padding-left: 20px"):
            for term in TERMS:
                words("li", _(term))
        terms = ui.checkbox(_("I accept the terms of use"))

        async def finish() -> None:
            with told(Field("name", name), Field("mobile", mobile), *password.fields):
                await visit.run(
                    accounts.set_up,
                    visit.portal,
                    token,
                    name=name.value,
                    mobile=mobile.value,
                    password=password.value,
                    terms_accepted=terms.value,
                )
                _ready(place, _("Your account is ready"), prompts.email)

        ui.button(_("Finish"), on_click=finish, color="accent").classes("primary full")


def _new_password(visit: Visit, token: str, prompts: Prompts, place: ui.element) -> None:
    with headed_card(_("Choose a new password"), size="medium"):
        password = NewPassword(visit, lambda: (prompts.email, prompts.name))

        async def finish() -> None:
            with told(*password.fields):
                await visit.run(accounts.reset_password, visit.portal, token, password.value)
                _ready(place, _("Your password is changed"), "")

        ui.button(_("Change password"), on_click=finish, color="accent").classes("primary full")


def _ready(place: ui.element, title: str, email: str) -> None:
    place.clear()
    with place, headed_card(title, size="medium"):
        if email:
            ui.label(_("From now on, log in with {email} and your password.").format(email=email))
        else:
            ui.label(_("All other browsers were signed out. Please log in with the new password."))
        ui.link(_("Log in"), "/login").classes("button-like")
