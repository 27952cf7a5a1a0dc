"""Asking how a share is to change: longer or shorter, with more rights or fewer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from nicegui import ui

from services import dates
from services.language import _, ngettext
from services.shares import share_changes
from services.shares.manage_sharing import Share
from services.shares.share_changes import Changeable
from services.shares.sharing import Options
from ui.components.card import dialog_card
from ui.components.text import words
from ui.gate import Visit
from ui.problems import Field, tell, told

QUICK = (7, 30, 90, 365)


class ChangeShare:
    """A dialog; `on_done` is called once the share has changed."""

    def __init__(self, visit: Visit, on_done: Callable[[], Awaitable[None]]) -> None:
        self._visit = visit
        self._on_done = on_done
        self._dialog = ui.dialog()

    async def open(self, share: Share) -> None:
        """Show the share as it is, and what it may become."""
        with told():
            found = await self._visit.run(
                share_changes.changeable,
                self._visit.portal,
                self._visit.who.account_id,
                share.grant_id,
            )
            self._dialog.clear()
            with dialog_card(_("Change this share"), self._dialog):
                self._form(share, found)
            self._dialog.open()

    def _form(self, share: Share, found: Changeable) -> None:
        settings = self._visit.portal.settings
        with ui.element("div"):
            ui.label(share.shared_with).style("font-weight: 700")
            ui.label(share.exam).classes("quiet")
        if not found.mine:
            ui.label(
                _("{name} gave this share. You can make it shorter and take rights away.").format(
                    name=share.shared_by
                )
            ).classes("info")
        limit = settings.share_days_limit
        if found.widest.latest is not None:
            left = (found.widest.latest - self._visit.portal.clock()).days + 1
            limit = max(1, min(limit, left))
        with ui.element("div").classes("row"):
            ui.label(_("Allow access for the next"))
            days = ui.number(value=min(found.now.days, limit), min=1, max=limit, step=1)
            days.props("outlined dense").style("width: 96px")
            days.props["aria-label"] = _("Allow access for the next [n] days")
            ui.label(_("days, from today on"))
        with ui.element("div").classes("chips"):
            for count in QUICK:
                if count <= limit:
                    chip = words(
                        "button", ngettext("{count} day", "{count} days", count).format(count=count)
                    )
                    chip.props("type=button").on("click", partial(days.set_value, count))
        if found.widest.latest is not None:
            end = dates.moment(found.widest.latest, settings.zone)
            ui.label(_("It cannot last longer than until {end}.").format(end=end)).classes("quiet")
        onward = _box(_("Allow user to share exam with additional users"), found.now.may_share,
                      can=found.widest.may_share)  # fmt: skip
        hide = _box(_("Hide patient details"), found.now.hide_details,
                    can=not found.widest.must_hide)  # fmt: skip
        load = _box(_("Allow download and print"), found.now.may_download,
                    can=found.widest.may_download)  # fmt: skip

        async def save() -> None:
            with told(Field("days", days)):
                wanted = int(days.value or 0)
                options = Options(
                    wanted, found.now.portfolio, bool(onward.value), bool(hide.value),
                    bool(load.value), found.now.until if wanted == found.now.days else None,
                )  # fmt: skip
                until = await self._visit.run(
                    share_changes.change,
                    self._visit.portal,
                    self._visit.who.account_id,
                    share.grant_id,
                    options,
                )
                self._dialog.close()
                end = dates.moment(until, settings.zone)
                sentence = _("{name} can see it until {end}.")
                tell(sentence.format(name=share.shared_with, end=end), good=True)
                await self._on_done()

        with ui.element("div").classes("row end"):
            ui.button(_("Cancel"), on_click=self._dialog.close, color=None).props("flat").classes(
                "secondary"
            )
            ui.button(_("Save"), on_click=save, color="accent").classes("primary")


def _box(name: str, ticked: bool, *, can: bool) -> ui.checkbox:
    box = ui.checkbox(name, value=ticked).classes("full")
    box.set_enabled(can)
    return box
