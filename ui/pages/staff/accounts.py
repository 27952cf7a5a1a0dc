"""Accounts at the staff desk: the list, a new one, and one with everything about it."""

from __future__ import annotations

from functools import partial

from nicegui import ui
from starlette.requests import Request
from starlette.responses import Response

from services import dates
from services.desk import account_desk, link_desk
from services.desk.account_desk import AccountDetails, AccountRow, Linked
from services.errors import NotFound
from services.glass import glass_right
from services.language import _
from services.persons import staff_roles
from services.persons.staff_roles import Task
from ui.addresses import sealed, unsealed
from ui.components.desk.desk_change import changed, secondary, sure
from ui.components.desk.desk_parts import (
    KINDS,
    ROLES,
    STATES,
    back,
    cell,
    facts,
    part,
    short_table,
    tag,
)
from ui.components.desk.link_form import LinkForm
from ui.components.desk.paged_table import Choice, Column, PagedTable, link_column, text_column
from ui.components.desk.staff_frame import enter_desk, staff_frame
from ui.components.text import words
from ui.gate import PATIENCE, Visit
from ui.pages.not_found import not_found

LIST = "/staff/accounts"


@ui.page(LIST, response_timeout=PATIENCE)
async def accounts_page(request: Request) -> Response | None:
    """Every account."""
    visit = await enter_desk(request, Task.SEE_ACCOUNTS)
    if visit is None or isinstance(visit, Response):
        return visit
    zone = visit.portal.settings.zone
    columns: list[Column[AccountRow]] = [
        link_column(_("Name"), lambda row: row.name or row.email, partial(_address, visit), "name",
                    under=lambda row: row.email if row.name else ""),
        text_column(_("Kind"), _kind),
        Column(_("State"), lambda row: tag(_(STATES[row.status]),
                                           waiting=row.status != "active")),
        text_column(_("Made on"), lambda row: dates.day(row.created_at.astimezone(zone)),
                    "created", tight=True),
    ]  # fmt: skip
    with staff_frame(visit, _("Accounts"), path=LIST) as actions:
        if _may(visit, Task.CHANGE_ACCOUNTS):
            with (
                actions,
                ui.element("a").classes("button-like").props('href="/staff/new-account"'),
            ):
                words("span", _("New account"))
        await PagedTable(
            visit, _("Accounts"), columns,
            partial(account_desk.listed, visit.portal, visit.who.account_id),
            search=_("Name or email address"), icon="group",
            choices=(
                Choice("kind", _("Kind"), {"": _("Every kind"), **_spoken(KINDS)}),
                Choice("status", _("State"), {"": _("Every state"), **_spoken(STATES)}),
            ),
        ).show(request)  # fmt: skip
    return None


@ui.page("/staff/accounts/{address}", response_timeout=PATIENCE)
async def account_page(request: Request, address: str) -> Response | None:
    """One account."""
    visit = await enter_desk(request, Task.SEE_ACCOUNTS)
    if visit is None or isinstance(visit, Response):
        return visit
    portal, who = visit.portal, visit.who.account_id
    try:
        number = unsealed(portal, who, "account", address)
        found = await visit.run(account_desk.details, portal, who, number)
    except NotFound:
        not_found(visit, _(account_desk.NO_ACCOUNT), _("This page is not available"))
        return None
    with staff_frame(visit, found.row.name or found.row.email, path=LIST) as actions:
        OneAccount(visit, found, actions).show()
    return None


class OneAccount:
    """An account with what can be changed about it."""

    def __init__(self, visit: Visit, found: AccountDetails, actions: ui.element) -> None:
        self._visit, self._found, self._actions = visit, found, actions
        self._changes = _may(visit, Task.CHANGE_ACCOUNTS)
        self._mine = found.row.account_id == visit.who.account_id

    def show(self) -> None:
        """The whole page below its heading."""
        back(LIST, _("Accounts"))
        if self._changes:
            with self._actions:
                self._buttons()
        self._about()
        if self._found.row.kind in ("patient", "guest"):
            self._records()

    def _buttons(self) -> None:
        row = self._found.row
        if row.status == "invited":
            secondary(_("Send the set-up again"), "forward_to_inbox", self._send_again)
        if self._found.sessions:
            secondary(_("Sign out everywhere"), "logout", self._sign_out)
        if (
            row.kind == "breakglass" and row.status == "active" and self._found.glass.due
            and _may(self._visit, Task.DECIDE_APPLICATIONS)
        ):  # fmt: skip
            secondary(_("Renew for a year"), "event_repeat", self._renew)
        if row.status == "disabled":
            secondary(_("Enable"), "lock_open", self._enable)
        elif not self._mine:
            secondary(_("Disable"), "block", self._disable).classes("danger")

    def _about(self) -> None:
        found, row, zone = self._found, self._found.row, self._visit.portal.settings.zone
        until = found.glass.until.astimezone(zone) if found.glass.until else None
        seen = dates.moment(found.last_seen_at, zone) if found.last_seen_at else _("never")
        with part(_("About")):
            facts(
                (
                    (_("Email"), row.email),
                    (_("Mobile"), found.mobile),
                    (_("Kind"), _kind(row)),
                    (_("Provider number"), found.provider_number),
                    (_("Emergency access until"), dates.day(until) if until else ""),
                    (_("State"), _(STATES[row.status])),
                    (_("Made on"), dates.moment(row.created_at, zone)),
                    (_("Last seen"), seen),
                    (_("Signed in now"), str(found.sessions)),
                )
            )
            if row.kind == "staff" and self._changes and not self._mine:
                with ui.element("div").classes("row").style("margin-top: 16px"):
                    role = ui.select(_spoken(ROLES), label=_("Role"), value=row.role)
                    role.props("outlined dense options-dense behavior=menu").style("width: 260px")
                    role.props["aria-label"] = _("Role")
                    secondary(_("Change role"), "badge", lambda: self._role(str(role.value)))

    def _records(self) -> None:
        with part(_("Patient records")):
            if not self._found.linked:
                sentence = _("No record is linked: this account sees what others share with it.")
                ui.label(sentence).classes("quiet")
            else:
                titles = (_("Patient"), _("Patient ID"), _("As"), "")
                with short_table(_("Patient records"), titles):
                    for linked in self._found.linked:
                        self._record(linked)
            if _may(self._visit, Task.LINK_PEOPLE):
                LinkForm(self._visit, self._found.row.account_id).show()

    def _record(self, linked: Linked) -> None:
        zone = self._visit.portal.settings.zone
        with ui.element("tr"):
            with cell(_("Patient")):
                words("b", linked.name)
            with cell(_("Patient ID")):
                words("span", linked.number)
            with cell(_("As")):
                last = dates.last_day(linked.until, zone) if linked.until else ""
                text = _("carer") if linked.carer else _("the patient")
                words("span", _("{what} until {day}").format(what=text, day=last) if last else text)
            with cell():
                if _may(self._visit, Task.LINK_PEOPLE):
                    button = secondary(_("Unlink"), "link_off", lambda: self._unlink(linked))
                    button.props["aria-label"] = _("Unlink {name}").format(name=linked.name)

    async def _unlink(self, linked: Linked) -> None:
        sentence = _(
            "{who} no longer sees the exams of {patient}. Everything shared because of it ends as "
            "well."
        )
        row = self._found.row
        told = sentence.format(who=row.name or row.email, patient=linked.name)
        if await sure(self._visit, _("Unlink this record?"), told, _("Unlink")) and await changed(
            self._visit, _("The record is unlinked."), link_desk.unlink, row.account_id,
            linked.patient_id,
        ):  # fmt: skip
            ui.navigate.reload()

    async def _send_again(self) -> None:
        done = _("A new set-up link is on its way to {address}.")
        if await changed(
            self._visit, done.format(address=self._found.row.email),
            account_desk.send_set_up_again, self._found.row.account_id,
        ):  # fmt: skip
            ui.navigate.reload()

    async def _sign_out(self) -> None:
        if await changed(
            self._visit, _("Signed out everywhere."), account_desk.end_sessions,
            self._found.row.account_id,
        ):  # fmt: skip
            ui.navigate.reload()

    async def _renew(self) -> None:
        if await changed(
            self._visit, _("The emergency access goes on. The owner gets an e-mail."),
            glass_right.renew, self._found.row.account_id,
        ):  # fmt: skip
            ui.navigate.reload()

    async def _enable(self) -> None:
        if await changed(
            self._visit, _("The account is enabled."), account_desk.enable,
            self._found.row.account_id,
        ):  # fmt: skip
            ui.navigate.reload()

    async def _disable(self) -> None:
        sentence = _("It cannot sign in any more, and its open pages close at once.")
        if await sure(
            self._visit, _("Disable this account?"), sentence, _("Disable")
        ) and await changed(
            self._visit, _("The account is disabled."), account_desk.disable,
            self._found.row.account_id,
        ):  # fmt: skip
            ui.navigate.reload()

    async def _role(self, role: str) -> None:
        if await changed(
            self._visit, _("The role is changed."), account_desk.change_role,
            self._found.row.account_id, role,
        ):  # fmt: skip
            ui.navigate.reload()


def _may(visit: Visit, task: Task) -> bool:
    return staff_roles.may(visit.who.kind, visit.who.role, task)


def _spoken(table: dict[str, str]) -> dict[str, str]:
    return {key: _(text) for key, text in table.items()}


def _kind(row: AccountRow) -> str:
    if row.role and row.kind == "staff":
        return _(ROLES[row.role])
    return _(KINDS[row.kind])


def _address(visit: Visit, row: AccountRow) -> str:
    return f"{LIST}/{sealed(visit.portal, visit.who.account_id, 'account', row.account_id)}"
