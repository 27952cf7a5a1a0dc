"""The yearly form of a break-glass account: its owner confirms the details, and it goes on."""

from __future__ import annotations

from nicegui import ui
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services import dates
from services.glass import glass_right
from services.glass.glass_right import Right
from services.language import _
from ui.components.account.glass_right import right_over
from ui.components.account.padlock import padlock
from ui.components.account.password_again import password_again
from ui.components.card import headed_card, text_field
from ui.components.header import bar
from ui.components.text import words
from ui.gate import PATIENCE, Visit, enter
from ui.pages.apply import DECLARATION
from ui.problems import Field, told


@ui.page("/break-glass/renew", response_timeout=PATIENCE)
async def renew_page(request: Request) -> Response | None:
    """Only for break-glass accounts; others are sent home."""
    visit = await enter(request)
    if isinstance(visit, Response):
        return visit
    if visit.who.kind != "breakglass":
        return RedirectResponse("/", status_code=303)
    ui.page_title(f"{_('Emergency access')} - {visit.portal.settings.portal_name}")
    right = await visit.run(glass_right.right, visit.portal, visit.who.account_id)
    with bar(visit, title=_("Emergency access")):
        padlock(visit)
    with ui.element("div").classes("middle"):
        place = ui.element("div").style("width: min(640px, 100%)")
    with place:
        if right.over or right.until is None:
            right_over(visit, right)
        elif right.renewable:
            _form(visit, place, right)
        else:
            _told(visit, _("Your emergency access goes on"), right)
    return None


def _form(visit: Visit, place: ui.element, right: Right) -> None:
    with headed_card(_("Confirm your details"), size="medium"):
        words("p", _until(visit, right))
        words("p", _("If everything below is still right, it goes on for a year.")).classes("quiet")
        mobile = text_field(_("Contact mobile number"), autocomplete="tel", kind="tel")
        number = text_field(_("Provider number"))
        practice = text_field(_("Practice or hospital"), autocomplete="organization")
        mobile.value, number.value = right.mobile, right.provider_number
        practice.value = right.practice
        declared = ui.checkbox(_(DECLARATION))

        async def confirm() -> None:
            fields = Field("mobile", mobile), Field("provider_number", number)
            with told(*fields, Field("practice", practice)):
                if not await password_again(visit):
                    return
                await visit.run(
                    glass_right.confirm, visit.portal, visit.who, mobile=mobile.value or "",
                    number=number.value or "", practice=practice.value or "",
                    declared=bool(declared.value),
                )  # fmt: skip
                newer = await visit.run(glass_right.right, visit.portal, visit.who.account_id)
                place.clear()
                with place:
                    _told(visit, _("Thank you: your emergency access goes on"), newer)

        ui.button(_("Confirm and go on for a year"), on_click=confirm, color="accent").classes(
            "primary"
        )
        ui.link(_("Something has changed: apply again"), "/apply")


def _told(visit: Visit, title: str, right: Right) -> None:
    with headed_card(title, size="medium"):
        words("p", _until(visit, right)).props("role=status")
        ui.link(_("Back to the portal"), "/")


def _until(visit: Visit, right: Right) -> str:
    if right.until is None:
        return ""
    day = dates.day(right.until.astimezone(visit.portal.settings.zone).date())
    return _("You may break the glass until {day}.").format(day=day)
