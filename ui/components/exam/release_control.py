"""Whether the patient sees an exam or a report, and the buttons that change it."""

from __future__ import annotations

from datetime import datetime

from nicegui import ui

from services import dates
from services.desk import exam_desk
from services.desk.exam_desk import Release
from services.errors import Invalid
from services.language import _
from ui.components.card import dialog_card, text_field
from ui.components.desk.desk_change import changed, changed_with, primary, secondary
from ui.components.desk.desk_parts import tag
from ui.components.text import words
from ui.gate import Visit
from ui.problems import Field, told


def state(visit: Visit, release: Release) -> tuple[str, bool]:
    """In words whether it can be seen, and whether it cannot."""
    if release.withheld:
        return _("withheld"), True
    if release.waits(visit.portal.clock()) and release.opens_at is not None:
        moment = dates.moment(release.opens_at, visit.portal.settings.zone)
        return _("from {moment}").format(moment=moment), True
    return _("released"), False


class ReleaseControl:
    """One line: what it is, how it stands, and what can be done."""

    def __init__(
        self, visit: Visit, name: str, release: Release, study_id: int, report_id: int | None, *,
        changes: bool,
    ) -> None:  # fmt: skip
        self._visit, self._study, self._report = visit, study_id, report_id
        self._name = name
        text, waits = state(visit, release)
        with ui.element("div").classes("release"):
            with ui.element("div").classes("what"):
                words("b", name)
                tag(text, waiting=waits)
            if changes:
                if waits:
                    self._button(_("Release now"), "visibility", self._now)
                if not release.withheld:
                    self._button(_("Withhold"), "visibility_off", self._withhold)
                self._button(_("Release at …"), "schedule", self._ask)

    def _button(self, name: str, icon: str, on_click: object) -> None:
        button = secondary(name, icon, on_click)  # type: ignore[arg-type]
        button.props["aria-label"] = _("{action}: {what}").format(action=name, what=self._name)

    async def _now(self) -> None:
        done = _("The patient can see it now.")
        if await changed(self._visit, done, exam_desk.release, self._study, self._report):
            ui.navigate.reload()

    async def _withhold(self) -> None:
        done = _("The patient cannot see it any more.")
        if await changed(self._visit, done, exam_desk.withhold, self._study, self._report):
            ui.navigate.reload()

    async def _ask(self) -> None:
        with self._visit.client.content:
            dialog = ui.dialog()
        with dialog_card(_("Release at …"), dialog, size="narrow"):
            ui.label(self._name).style("font-weight: 600")
            field = text_field(_("Day and time"), kind="datetime-local").props("stack-label")

            async def choose() -> None:
                about = Field("moment", field)
                with told(about):
                    moment = self._moment(field.value or "")
                    done = _("The patient can see it from then on.")
                    if await changed_with(
                        (about,), self._visit, done, exam_desk.release_at, self._study, moment,
                        self._report,
                    ):  # fmt: skip
                        ui.navigate.reload()

            with ui.element("div").classes("row end"):
                secondary(_("Cancel"), "close", dialog.close)
                primary(_("Release then"), choose)
        dialog.open()

    def _moment(self, text: str) -> datetime:
        try:
            return datetime.fromisoformat(text).replace(tzinfo=self._visit.portal.settings.zone)
        except ValueError:
            raise Invalid(_("Please choose a day and a time."), "moment") from None
