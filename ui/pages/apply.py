"""The application for a break-glass account, and the answer to a question about it."""

from __future__ import annotations

from nicegui import ui
from starlette.requests import Request

from services.downloads.application_paper import application_paper
from services.errors import PortalError
from services.glass import application_form, application_questions
from services.glass.application_form import Form
from services.language import N_, _
from ui.components.card import headed_card, text_area, text_field
from ui.components.header import bar
from ui.components.text import words
from ui.gate import PATIENCE, Visit, look_in
from ui.problems import Field, tell, told

STEPS = (
    N_("You fill in this form."),
    N_("We call you back and check your provider number. We may ask you something by e-mail."),
    N_("Once the account is set up, you get an e-mail with a link to choose your password."),
)
DECLARATION = N_("What I entered is true, and I treat patients under this provider number")


@ui.page("/apply", response_timeout=PATIENCE)
async def apply_page(request: Request) -> None:
    """Open to everybody; nothing here tells whether an address is known."""
    visit = await look_in(request)
    portal_name = visit.portal.settings.portal_name
    ui.page_title(f"{_('Emergency access')} - {portal_name}")
    address = request.client.host if request.client else ""
    with bar():
        pass
    with ui.element("div").classes("middle"):
        place = ui.element("div").style("width: min(640px, 100%)")
    with place:
        ApplicationForm(visit, place, address)


class ApplicationForm:
    """The form, and what is said once it was sent."""

    def __init__(self, visit: Visit, place: ui.element, address: str) -> None:
        self._visit, self._place, self._address = visit, place, address
        with headed_card(_("Apply for emergency access"), size="medium"):
            ui.label(
                _(
                    "For doctors and other providers outside the hospital who treat patients in "
                    "an emergency. The account opens no exams by itself: the glass is broken for "
                    "one patient at a time, and every use is reviewed."
                )
            )
            _steps()
            self._fields()
            with ui.element("div").classes("row between"):
                ui.button(_("Send the application"), on_click=self._send, color="accent").classes(
                    "primary"
                )
                ui.button(_("Print it"), on_click=self._print, color=None, icon="print").props(
                    "flat"
                ).classes("secondary")
            with ui.element("div").classes("row"):
                ui.link(_("Blank form to print (PDF)"), "/apply/form.pdf", new_tab=True)
                ui.link(_("Help and support"), "/support")

    def _fields(self) -> None:
        self._name = text_field(_("Your name"), autocomplete="name")
        self._email = text_field(_("Email address"), autocomplete="email", kind="email")
        self._mobile = text_field(_("Contact mobile number"), autocomplete="tel", kind="tel")
        self._mobile.props["hint"] = _("With country code, such as +61 491 570 006")
        self._number = text_field(_("Provider number"))
        self._number.props["hint"] = _("As your registration shows it")
        self._practice = text_field(_("Practice or hospital"), autocomplete="organization")
        self._reason = text_area(_("Why you need emergency access"))
        for control in (self._name, self._email, self._mobile, self._number, self._practice,
                        self._reason):  # fmt: skip
            control.props["aria-required"] = "true"
        self._declared = ui.checkbox(_(DECLARATION))

    def _typed(self) -> Form:
        return Form(
            self._name.value or "",
            self._email.value or "",
            self._mobile.value or "",
            self._number.value or "",
            self._practice.value or "",
            self._reason.value or "",
            bool(self._declared.value),
        )

    async def _send(self) -> None:
        fields = (
            Field("name", self._name),
            Field("email", self._email),
            Field("mobile", self._mobile),
            Field("provider_number", self._number),
            Field("practice", self._practice),
            Field("reason", self._reason),
        )
        with told(*fields):
            kept = await self._visit.run(
                application_form.submit, self._visit.portal, self._typed(), self._address
            )
            self._place.clear()
            with self._place:
                self._sent(kept)

    async def _print(self, form: Form | None = None) -> None:
        with told():
            paper = await self._visit.run(
                application_paper, self._visit.portal, form or self._typed()
            )
            ui.download.content(paper, "application.pdf", "application/pdf")

    def _sent(self, kept: Form) -> None:
        with headed_card(_("Your application is on its way"), size="medium"):
            ui.label(
                _(
                    "Thank you. We write to {email} once the account is set up, or if we need to "
                    "know more."
                ).format(email=kept.email)
            ).props("role=status")
            _steps(now=1)
            ui.button(
                _("Print what I sent"), on_click=lambda: self._print(kept), color=None, icon="print"
            ).props("flat").classes("secondary")
            ui.link(_("Back to the portal"), "/")


def _steps(now: int = 0) -> None:
    with ui.element("ol").classes("info steps-list"):
        for number, step in enumerate(STEPS):
            item = words("li", _(step))
            if number == now:
                item.props["aria-current"] = "step"


@ui.page("/apply/answer", response_timeout=PATIENCE)
async def answer_page(request: Request) -> None:
    """Opening the link uses nothing up; only the button does."""
    visit = await look_in(request)
    token = request.query_params.get("link", "")
    address = request.client.host if request.client else ""
    ui.page_title(f"{_('Your application')} - {visit.portal.settings.portal_name}")
    with bar():
        pass
    with ui.element("div").classes("middle"):
        place = ui.element("div").style("width: min(640px, 100%)")
    with place:
        try:
            asked = await visit.run(application_questions.asked, visit.portal, token)
        except PortalError as error:
            with headed_card(_("This link does not work any more"), size="medium"):
                ui.label(str(error))
                ui.link(_("Help and support"), "/support")
            return
        with headed_card(_("A question about your application"), size="medium"):
            words("p", asked.question).classes("info")
            text = text_area(_("Your answer"))

            async def send() -> None:
                with told(Field("answer", text)):
                    await visit.run(
                        application_questions.answer, visit.portal, token, text.value or "", address
                    )
                    place.clear()
                    with place, headed_card(_("Thank you"), size="medium"):
                        ui.label(
                            _("Your answer is with us. We write to you once we have decided.")
                        ).props("role=status")
                        ui.link(_("Back to the portal"), "/")
                    tell(_("Your answer was sent."), good=True)

            ui.button(_("Send the answer"), on_click=send, color="accent").classes("primary")
