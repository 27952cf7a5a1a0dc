"""The key images beside the images: marked with the star, or chosen by who read the exam."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial

from nicegui import background_tasks, ui

from services.errors import PortalError
from services.exam import key_images
from services.exam.exams import Exam, SeriesEntry, Slice
from services.exam.key_images import KeyMark
from services.language import _
from services.pictures.workshop import Urgency
from ui.components.header import named_button
from ui.components.text import words
from ui.components.viewer.pictures import data_url
from ui.gate import Visit
from ui.problems import told

NOWHERE = (1 << 30, 0)


class KeyImages:
    """A list of small pictures; `go` shows an image, `on_change` is told when marks changed."""

    def __init__(
        self,
        visit: Visit,
        exam: Exam,
        go: Callable[[Slice], Awaitable[None]],
        on_change: Callable[[], None],
    ) -> None:
        self._visit = visit
        self._exam = exam
        self._go = go
        self._on_change = on_change
        self._marks: tuple[KeyMark, ...] = ()

    def build(self) -> None:
        """Make the list on the page."""
        with ui.element("section"):
            words("h2", _("Key images"))
            hint = _("Mark an image with the star to find it again. Only you see your marks.")
            ui.label(hint).classes("quiet")
            self._list = ui.element("div").classes("key-images").props("role=list")
            self._list.set_visibility(False)

    async def fill(self) -> None:
        """Show what is marked now."""
        with told():
            found = await self._visit.run(key_images.listed, self._visit.portal, self._exam.access)
            there = [(self._place(mark.where), mark) for mark in found]
            there = [(place, mark) for place, mark in there if place != NOWHERE]
            self._marks = tuple(mark for _place, mark in sorted(there, key=lambda pair: pair[0]))
            self._show()
            self._on_change()

    def marked(self, where: Slice | None) -> bool:
        """Whether the account itself marked this image."""
        return any(mark.own and mark.where == where for mark in self._marks)

    async def toggle(self, where: Slice | None) -> None:
        """Mark an image, or take the mark off."""
        with told():
            if where is None:
                ui.notify(_("Key images are images as they were taken: choose Planes, Acquired."))
                return
            if self._place(where) == NOWHERE:
                ui.notify(_("To mark an image of this other exam, open that exam by itself."))
                return
            change = key_images.unmark if self.marked(where) else key_images.mark
            await self._visit.run(change, self._visit.portal, self._exam.access, where)
            await self.fill()

    async def step(self, where: Slice | None, by: int) -> None:
        """Go to the next key image after this one (-1: the one before), around the end."""
        places = sorted({self._place(mark.where) for mark in self._marks})
        if not places:
            return
        here = self._place(where) if where else NOWHERE
        later = [place for place in places if place > here]
        earlier = [place for place in places if place < here]
        if by > 0:
            number, slice = (later or places)[0]
        else:
            number, slice = (earlier or places)[-1]
        await self._go(self._exam.series[number].slices[slice])

    def _place(self, where: Slice) -> tuple[int, int]:
        """The series and the slice an image is found at, counted from 0; else `NOWHERE`."""
        for number, series in enumerate(self._exam.series):
            if where in series.slices:
                return number, series.slices.index(where)
        return NOWHERE

    def _show(self) -> None:
        self._list.clear()
        self._list.set_visibility(bool(self._marks))
        images: dict[Slice, list[KeyMark]] = {}
        for mark in self._marks:
            images.setdefault(mark.where, []).append(mark)
        with self._list:
            for where, marks in images.items():
                self._tile(where, marks)

    def _tile(self, where: Slice, marks: list[KeyMark]) -> None:
        number, slice = self._place(where)
        series = self._exam.series[number]
        name = _("{series}, image {number}").format(series=series.description, number=slice + 1)
        with ui.element("div").classes("key-image").props("role=listitem"):
            jump = ui.element("button").classes("jump").props("type=button")
            jump.on("click", lambda: self._go(where))
            with jump:
                picture = ui.element("img").props('alt=""')
                words("span", name)
                for why in dict.fromkeys(mark.why for mark in marks if mark.why):
                    words("small", why)
            if any(mark.own for mark in marks):
                named_button(
                    "star", _("Take the star off: {image}").format(image=name),
                    partial(self.toggle, where),
                )  # fmt: skip
        background_tasks.create(self._draw(picture, series, where), name="key image")

    async def _draw(self, picture: ui.element, series: SeriesEntry, where: Slice) -> None:
        alone = replace(series, slices=(where,))
        try:
            drawn = await self._visit.draw(
                Urgency.THUMBNAIL, self._visit.viewer.thumbnail, self._exam.access, alone
            )
        except PortalError:
            return  # the page itself learns of it and closes
        if not picture.is_deleted:
            picture.props["src"] = data_url(drawn)
