"""A new account, made at the staff desk; its owner sets it up by a mailed link."""

from __future__ import annotations

from nicegui import ui
from starlette.requests import Request
from starlette.responses import Response

from services.desk import account_desk
from services.language import _
from services.persons.accounts import NewAccount
from services.persons.staff_roles import Task
from ui.components.card import text_field
from ui.components.desk.desk_change import changed_with, primary
from ui.components.desk.desk_parts import KINDS, ROLES, back
from ui.components.desk.staff_frame import enter_desk, staff_frame
from ui.gate import PATIENCE, Visit
from ui.problems import Field

LIST = "/staff/accounts"


@ui.page("/staff/new-account", response_timeout=PATIENCE)
async def new_account_page(request: Request) -> Response | None:
    """The form."""
    visit = await enter_desk(request, Task.CHANGE_ACCOUNTS)
    if visit is None or isinstance(visit, Response):
        return visit
    lead = _("Check the identity at the counter first. The person gets a mail to set it up.")
    with staff_frame(visit, _("New account"), path=LIST, lead=lead):
        back(LIST, _("Accounts"))
        NewAccountForm(visit).show()
    return None


class NewAccountForm:
    """What is told of a new account; fields that its kind does not have are hidden."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit

    def show(self) -> None:
        """The form with its button."""
        kinds = {kind: _(text) for kind, text in KINDS.items() if kind != "guest"}
        with (
            ui.element("section").classes("card medium"),
            ui.element("div").classes("card-body").style("padding: 0"),
        ):
            self._kind = ui.select(
                kinds, label=_("Kind"), value="patient", on_change=self._fit
            ).props("outlined behavior=menu")
            self._kind.props["aria-label"] = _("Kind")
            self._name = text_field(_("Name"))
            self._name.props["hint"] = _("Given name, then family name")
            self._email = text_field(_("Email address"), kind="email")
            self._mobile = text_field(_("Mobile number"), kind="tel")
            self._numbers = text_field(_("Patient ID"))
            self._numbers.props["hint"] = _(
                "ID, or ISSUER|ID; several with a comma in between. Can be linked later as well."
            )
            self._provider = text_field(_("Provider number"))
            roles = {role: _(text) for role, text in ROLES.items()}
            self._role = ui.select(roles, label=_("Role"), value="clinician")
            self._role.props("outlined behavior=menu").props["aria-label"] = _("Role")
            with ui.element("div").classes("row end"):
                primary(_("Make the account"), self._make)
        self._fit()

    def _fit(self) -> None:
        kind = self._kind.value
        self._numbers.set_visibility(kind == "patient")
        self._provider.set_visibility(kind == "breakglass")
        self._role.set_visibility(kind == "staff")

    async def _make(self) -> None:
        kind = str(self._kind.value)
        numbers = (self._numbers.value or "").split(",") if kind == "patient" else ()
        new = NewAccount(
            kind, self._email.value or "", self._name.value or "",
            mobile=self._mobile.value or "",
            role=str(self._role.value) if kind == "staff" else "",
            provider_number=(self._provider.value or "").strip() if kind == "breakglass" else "",
            patient_ids=tuple(number.strip() for number in numbers if number.strip()),
        )  # fmt: skip
        fields = (
            Field("email", self._email), Field("name", self._name), Field("mobile", self._mobile),
            Field("patient_id", self._numbers), Field("provider_number", self._provider),
        )  # fmt: skip
        done = _("The account is made. A mail to set it up is on its way to {address}.")
        if await changed_with(
            fields, self._visit, done.format(address=new.email), account_desk.create, new
        ):
            ui.navigate.to(LIST)
