"""Messages at the staff desk: what left, what waits, what failed; sent again or taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from nicegui import ui
from starlette.requests import Request
from starlette.responses import Response

from services import dates
from services.desk import message_desk
from services.desk.message_desk import Entry
from services.language import N_, _
from services.messaging import letters
from services.persons.staff_roles import Task
from ui.components.account.password_again import password_again
from ui.components.desk.paged_table import Choice, Column, PagedTable
from ui.components.desk.staff_frame import enter_desk, staff_frame
from ui.components.text import words
from ui.gate import PATIENCE, Visit
from ui.problems import tell, told

PATH = "/staff/messages"
STATES = {
    "waiting": N_("waiting"), "held": N_("kept in reserve"), "sent": N_("sent"),
    "failed": N_("failed"), "cancelled": N_("taken back"),
}  # fmt: skip
CHANNELS = {"mail": N_("E-mail"), "sms": N_("Text message")}
KINDS = {
    letters.ONE_TIME_PASSWORD: N_("one-time password"), letters.SET_UP: N_("account set-up"),
    letters.INVITATION: N_("invitation"), letters.NOTICE: N_("notice of a share"),
}  # fmt: skip


@ui.page(PATH, response_timeout=PATIENCE)
async def messages_page(request: Request) -> Response | None:
    """The outbox."""
    visit = await enter_desk(request, Task.SEE_MESSAGES)
    if visit is None or isinstance(visit, Response):
        return visit
    lead = _("E-mails and text messages, newest first. Their texts are not shown.")
    with staff_frame(visit, _("Messages"), path=PATH, lead=lead):
        await _Outbox(visit).table.show(request)
    return None


class _Outbox:
    """The table and what its buttons do."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self.table: PagedTable[Entry] = PagedTable(
            visit, _("Messages"),
            [
                Column(_("Posted"), self._posted, "posted", tight=True),
                Column(_("To"), self._recipient, "recipient"),
                Column(_("State"), self._state),
                Column(_("What to do"), self._deeds, tight=True),
            ],
            partial(message_desk.page, visit.portal, visit.who.account_id),
            search=_("Search"), search_hint=_("Address or number of the recipient"),
            choices=(
                Choice("state", _("State"), _options(STATES)),
                Choice("channel", _("Sent by"), _options(CHANNELS)),
            ),
            nothing=_("No message was posted yet."), icon="outgoing_mail",
        )  # fmt: skip

    def _when(self, moment: datetime) -> str:
        return dates.moment(moment, self._visit.portal.settings.zone)

    def _posted(self, entry: Entry) -> None:
        words("span", self._when(entry.posted_at))
        words("small", _(CHANNELS[entry.channel]))

    def _recipient(self, entry: Entry) -> None:
        words("span", entry.recipient).style("font-weight: 600")
        kind = KINDS.get(entry.kind)
        words("small", _(kind) if kind else entry.subject)

    def _state(self, entry: Entry) -> None:
        look = {"failed": "danger", "waiting": "waiting", "cancelled": "over"}.get(entry.state, "")
        words("span", _(STATES[entry.state])).classes(f"tag {look}")
        if entry.state == "sent" and entry.sent_at:
            words("small", self._when(entry.sent_at))
        if entry.reason:
            words("small", entry.reason)
        if entry.attempts and entry.next_try_at:
            tried = _("tried {count}×, next try {when}")
            words("small", tried.format(count=entry.attempts, when=self._when(entry.next_try_at)))

    def _deeds(self, entry: Entry) -> None:
        with ui.element("div").classes("row"):
            if entry.state == "waiting":
                self._button(_("Try now"), entry, message_desk.resend, _("It is being sent now."))
            elif entry.state in ("sent", "failed") and entry.kind != letters.ONE_TIME_PASSWORD:
                sentence = _("It is being sent again.")
                self._button(_("Send again"), entry, message_desk.resend, sentence)
            if entry.state in ("waiting", "held"):
                self._button(_("Take back"), entry, message_desk.cancel, _("It will not be sent."))

    def _button(self, title: str, entry: Entry, deed: Callable[..., None], sentence: str) -> None:
        async def act() -> None:
            with told():
                if not await password_again(self._visit):
                    return
                visit = self._visit
                await visit.run(deed, visit.portal, visit.who, entry.number)
                tell(sentence, good=True)
            await self.table.again()

        button = ui.button(title, on_click=act, color=None).props("flat dense").classes("secondary")
        button.props["aria-label"] = f"{title}: {entry.recipient}"


def _options(names: dict[str, str]) -> dict[str, str]:
    return {"": _("all")} | {key: _(name) for key, name in names.items()}
