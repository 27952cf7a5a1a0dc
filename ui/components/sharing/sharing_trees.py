"""Who sees what because of whom: a small tree for each exam, or for each person."""

from __future__ import annotations

from collections.abc import Sequence

from nicegui import ui

from services import dates
from services.language import _, ngettext
from services.publisher import AccessChanged, SharingChanged
from services.shares import invitations, manage_sharing, share_trees, sharing
from services.shares.manage_sharing import Share
from services.shares.share_trees import Tree
from ui.components.card import dialog_card
from ui.components.header import named_button
from ui.components.sharing.change_share import ChangeShare
from ui.components.sharing.letter_news import LetterNews, only_news
from ui.components.sharing.whose import Whose
from ui.components.text import words
from ui.gate import Visit
from ui.problems import tell, told


class SharingTrees:
    """The living shares of one person's exams, and those a person gave of exams of others."""

    def __init__(self, visit: Visit, whose: Whose) -> None:
        self._visit, self._whose = visit, whose
        self._shares: list[Share] = []
        self._news: dict[int, LetterNews] = {}
        self._followed: set[int] = set()
        with ui.element("div").classes("row between"):
            self._order = ui.toggle(
                {"exam": _("By exam"), "person": _("By person")}, value="exam", on_change=self._draw
            ).props("no-caps unelevated toggle-color=primary")
            self._count = ui.label().classes("quiet")
        self._place = ui.element("div").classes("list trees")
        self._question = ui.dialog()
        self._change = ChangeShare(visit, self.fill)
        visit.listen(AccessChanged(visit.who.account_id), self._refresh)

    async def fill(self) -> None:
        """Show the shares as they are now."""
        with told():
            found = await self._visit.run(
                manage_sharing.shares, self._visit.portal, self._visit.who.account_id
            )
            before = self._shares
            self._shares = [share for share in found if self._belongs(share)]
            self._follow()
            if before and only_news(before, self._shares):
                for share in self._shares:
                    self._news[share.grant_id].tell(share)
            else:
                self._draw()

    def _belongs(self, share: Share) -> bool:
        if self._whose.patient_id is not None:
            return share.patient_id == self._whose.patient_id
        return share.patient_id not in {person.patient_id for person in self._whose.people}

    def _follow(self) -> None:
        for patient_id in {share.patient_id for share in self._shares} - self._followed:
            self._visit.listen(SharingChanged(patient_id), self._refresh)
            self._followed.add(patient_id)

    def _refresh(self) -> None:
        ui.timer(0, self.fill, once=True)

    def _draw(self) -> None:
        self._place.clear()
        self._news.clear()
        several = bool(self._shares)
        self._order.set_visibility(several)
        people = len({share.grantee_id for share in self._shares})
        counted = ngettext("{count} person can see exams", "{count} people can see exams", people)
        self._count.set_text(counted.format(count=people) if several else "")
        group = share_trees.by_exam if self._order.value == "exam" else share_trees.by_person
        with self._place:
            if not several:
                self._nothing()
            for tree in group(self._shares):
                self._tree(tree)

    def _nothing(self) -> None:
        with ui.element("section").classes("card"), ui.element("div").classes("empty"):
            ui.icon("diversity_1")
            words("b", _("Nothing is shared at the moment"))
            ui.label(
                _(
                    "Only you and the hospital see these exams. To show one to a doctor or to your "
                    "family, open it on a computer or tablet and press the share icon at the top "
                    "right: you choose for how long, and can end it here at any time."
                )
            ).classes("quiet")

    def _tree(self, tree: Tree) -> None:
        with ui.element("section").classes("card tree") as card:
            card.props["aria-label"] = tree.title
            with ui.element("div").classes("tree-head"):
                ui.icon(
                    "person" if tree.person else "folder_shared" if tree.portfolio else "image"
                ).props("aria-hidden=true")
                with ui.element("div"):
                    words("h2", tree.title)
                    if tree.portfolio:
                        ui.label(_future()).classes("quiet")
            with ui.element("ul"):
                for share in tree.shares:
                    self._row(tree, share)

    def _row(self, tree: Tree, share: Share) -> None:
        zone = self._visit.portal.settings.zone
        with ui.element("li").style(f"--depth: {share.depth}") as row:
            row.classes("onward" if share.depth else "")
            with ui.element("div").classes("who"):
                words("b", share.shared_with)
                if share.email != share.shared_with:
                    words("span", share.email).classes("quiet")
                for line in _origin(tree, share):
                    ui.label(line).classes("quiet")
                with ui.element("div").classes("tags"):
                    for right in share_trees.rights(share):
                        words("span", right).classes("tag")
            with ui.element("div").classes("left"):
                now = self._visit.portal.clock()
                words("b", dates.time_left(share.expires_at, now, zone))
                until = dates.moment(share.expires_at, zone)
                words("span", _("until {until}").format(until=until)).classes("quiet")
                self._news[share.grant_id] = LetterNews(
                    self._visit.portal.settings, share, self._send_again
                )
            with ui.element("div").classes("acts"):
                named_button(
                    "edit_calendar",
                    _("Change the share with {name}").format(name=share.shared_with),
                    lambda: self._change.open(share),
                ).classes("desk-only")  # a phone ends shares, and changes none
                named_button(
                    "delete_outline",
                    _("End access of {name}").format(name=share.shared_with),
                    lambda: self._ask(share),
                ).classes("danger")

    async def _send_again(self, share: Share) -> None:
        with told():
            portal, who = self._visit.portal, self._visit.who.account_id
            to = await self._visit.run(invitations.send_again, portal, who, share.grant_id)
            sentence = _("The e-mail to {address} is sent again. Is the address right?")
            tell(sentence.format(address=to), good=True)
        await self.fill()

    def _ask(self, share: Share) -> None:
        loss = share_trees.loss(self._shares, share)
        self._question.clear()
        with dialog_card(_("End this access?"), self._question, size="narrow"):
            ui.label(share.exam).style("font-weight: 700")
            if loss.lose:
                ui.label(_("At once, these people can no longer see it:"))
                _names(loss.lose)
            if loss.keep:
                ui.label(_("These can still see it, through another share:"))
                _names(loss.keep)
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
            ended = _("This access has ended: {name}.").format(name=share.shared_with)
            tell(f"{ended} {opened}", good=True)
        await self.fill()


def _names(names: Sequence[str]) -> None:
    with ui.element("ul").classes("names"):
        for name in names:
            words("li", name)


def _origin(tree: Tree, share: Share) -> list[str]:
    lines = []
    if share.depth:
        lines.append(_("shared on by {name}").format(name=share.shared_by or _("you")))
    elif share.by_carer:
        who = share.shared_by or _("you")
        lines.append(_("shared by {name}, as carer").format(name=who))
    elif share.shared_by:
        lines.append(_("shared by {name}").format(name=share.shared_by))
    if tree.person or share.exam != tree.title:
        lines.append(share.exam)
    return lines


def _future() -> str:
    return _(
        "Every exam there is now, and future exams: each one that arrives while the share lasts "
        "can be seen as soon as it is here. After its last day nothing can."
    )
