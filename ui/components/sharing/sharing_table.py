"""The table of "Manage existing sharing": who can see what, until when, and the trash icon."""

from __future__ import annotations

from nicegui import ui

from services import dates
from services.access import Access
from services.language import N_, _
from services.publisher import SharingChanged
from services.shares import invitations, manage_sharing, sharing
from services.shares.manage_sharing import Share
from ui.components.card import dialog_card
from ui.components.sharing.letter_news import LetterNews, only_news
from ui.components.text import words
from ui.gate import Visit
from ui.problems import tell, told

COLUMNS = (N_("Shared on"), N_("Expiration"), N_("Shared with"), "")


class SharingTable:
    """Living shares, each followed by those made from it."""

    def __init__(self, visit: Visit, about: Access | None = None) -> None:
        self._visit = visit
        self._about = about
        self._place = ui.element("div")
        self._question = ui.dialog()
        self._shares: list[Share] = []
        self._news: dict[int, LetterNews] = {}

    async def fill(self) -> None:
        """Show the shares as they are now."""
        with told():
            shares = await self._visit.run(
                manage_sharing.shares,
                self._visit.portal,
                self._visit.who.account_id,
                self._about,
            )
            before, self._shares = self._shares, shares
            if before and only_news(before, shares):
                for share in shares:
                    self._news[share.grant_id].tell(share)
                return
            self._news.clear()
            self._place.clear()
            with self._place:
                self._table(shares)

    def follow(self, patient_id: int) -> None:
        """Refresh whenever somebody shares on or ends a share of this patient's exams."""
        self._visit.listen(SharingChanged(patient_id), self._refresh)

    def _refresh(self) -> None:
        ui.timer(0, self.fill, once=True)

    def _table(self, shares: list[Share]) -> None:
        if not shares:
            ui.label(_("Nothing is shared at the moment.")).classes("quiet")
            return
        with ui.element("table").classes("plain"):
            with ui.element("thead"), ui.element("tr"):
                for column in COLUMNS:
                    words("th", _(column)).props("scope=col")
            with ui.element("tbody"):
                for share in shares:
                    self._row(share)

    def _row(self, share: Share) -> None:
        zone = self._visit.portal.settings.zone
        with ui.element("tr"):
            shared_on = dates.day(share.shared_on.astimezone(zone))
            expires_at = dates.moment(share.expires_at, zone)
            for label, when in ((_("Shared on"), shared_on), (_("Expiration"), expires_at)):
                cell = ui.element("td").classes("when")
                cell.props["data-label"] = label
                with cell:
                    words("span", when)
            cell = ui.element("td").style(f"padding-left: {8 + 22 * share.depth}px")
            cell.props["data-label"] = _("Shared with")
            with cell:
                words("b", ("↳\N{NO-BREAK SPACE}" if share.depth else "") + share.shared_with)
                if share.shared_by:
                    ui.label(
                        _("shared on by {shared_by}").format(shared_by=share.shared_by)
                    ).classes("quiet")
                ui.label(share.exam).classes("quiet")
                for tag in _tags(share):
                    words("span", tag).classes("tag").style("margin-right: 6px")
                self._news[share.grant_id] = LetterNews(
                    self._visit.portal.settings, share, self._send_again
                )
            with ui.element("td").style("text-align: right"):
                trash = ui.button(
                    icon="delete_outline", on_click=lambda: self._ask(share), color=None
                )
                trash.props("flat round").classes("danger")
                trash.props["aria-label"] = _("End access of {shared_with}").format(
                    shared_with=share.shared_with
                )
                with trash:
                    ui.tooltip(_("End this access"))

    async def _send_again(self, share: Share) -> None:
        with told():
            address = await self._visit.run(
                invitations.send_again,
                self._visit.portal,
                self._visit.who.account_id,
                share.grant_id,
            )
            sentence = _("The e-mail to {address} is sent again. Is the address right?")
            tell(sentence.format(address=address), good=True)
        await self.fill()

    def _ask(self, share: Share) -> None:
        self._question.clear()
        with dialog_card(_("End this access?"), self._question, size="narrow"):
            ui.label(
                _(
                    "{shared_with} will no longer see {exam}, at once. "
                    "Everything they shared on ends as well."
                ).format(shared_with=share.shared_with, exam=share.exam)
            )
            with ui.element("div").classes("row end"):
                ui.button(_("Keep it"), on_click=self._question.close, color=None).props(
                    "flat"
                ).classes("secondary")
                ui.button(
                    _("End access"), on_click=lambda: self._end(share), color="accent"
                ).classes("primary")
        self._question.open()

    async def _end(self, share: Share) -> None:
        self._question.close()
        with told():
            opened = await self._visit.run(
                sharing.end, self._visit.portal, self._visit.who.account_id, share.grant_id
            )
            ended = _("{shared_with} can no longer see it.").format(shared_with=share.shared_with)
            tell(f"{ended} {opened}", good=True)
        await self.fill()


def _tags(share: Share) -> list[str]:
    tags = [_("may share on")] if share.may_share else []
    tags += [_("details hidden")] if share.hidden else []
    tags += [] if share.may_download else [_("no download")]
    return tags if share.opened else [*tags, _("has not set up an account yet")]
