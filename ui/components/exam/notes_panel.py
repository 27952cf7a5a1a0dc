"""Sticky notes beside an exam: read by all who see it, written by staff."""

from __future__ import annotations

from nicegui import ui

from services.access import Access
from services.exam import notes
from services.exam.notes import NoteEntry
from services.language import _
from ui.components.header import named_button
from ui.components.text import words
from ui.gate import Visit
from ui.problems import Field, told


class NotesPanel:
    """The notes as they are now, and for staff a field for another one."""

    def __init__(self, visit: Visit, access: Access) -> None:
        self._visit = visit
        self._access = access
        with ui.element("section").classes("notes"):
            words("h2", _("Notes"))
            self._place = ui.element("div").classes("list")
            if access.may_write_notes:
                self._writing()

    async def fill(self) -> None:
        """Show the notes as they are now."""
        with told():
            found = await self._visit.run(notes.listed, self._visit.portal, self._access)
            self._place.clear()
            with self._place:
                if not found:
                    ui.label(_("There are no notes.")).classes("quiet")
                for note in found:
                    self._note(note)

    def _note(self, note: NoteEntry) -> None:
        with ui.element("article").classes("sticky"):
            for line in note.text.splitlines():
                words("p", line)
            with ui.element("div").classes("row between"):
                ui.label(f"{note.author}, {note.written}").classes("quiet")
                if self._access.may_write_notes:
                    self._choices(note)

    def _choices(self, note: NoteEntry) -> None:
        async def release() -> None:
            with told():
                await self._visit.run(notes.release, self._visit.portal, self._access, note.note_id)
            await self.fill()

        async def withdraw() -> None:
            with told():
                await self._visit.run(
                    notes.withdraw, self._visit.portal, self._access, note.note_id
                )
            await self.fill()

        with ui.element("div").classes("row"):
            if not note.released:
                words("span", _("staff only")).classes("tag")
                named_button("visibility", _("Let the patient read this note"), release)
            named_button("delete_outline", _("Take this note off"), withdraw).classes("danger")

    def _writing(self) -> None:
        text = ui.textarea(_("New note")).props("outlined autogrow").classes("full")
        shown = ui.checkbox(_("The patient may read it"))

        async def write() -> None:
            with told(Field("text", text)):
                await self._visit.run(
                    notes.write,
                    self._visit.portal,
                    self._access,
                    text.value or "",
                    release=bool(shown.value),
                )
                text.value, shown.value = "", False
                await self.fill()

        ui.button(_("Add note"), on_click=write, color="accent").classes("primary")
