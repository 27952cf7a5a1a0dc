"""A pane: one of the places on the stage, with the canvas in it, or an invitation to fill it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from nicegui import ui

from imaging.grayscale import Window
from imaging.planes import Plane
from imaging.reformat import THIN, Slab
from services.exam.exams import SeriesEntry
from services.language import _
from services.pictures.volumes import Standing
from ui.components.viewer.canvas import Canvas

OVER = 0.3  # seconds between events while something is dragged over a pane


@dataclass(frozen=True, slots=True)
class Shown:
    """What a pane shows: which exam's series, as it was acquired, and the plane through it."""

    exam: int
    taken: SeriesEntry
    presets: tuple[Window, ...]
    standing: Standing
    plane: Plane | None = None
    slab: Slab = THIN


class Pane:
    """One place. `drop` is called when something is dropped here, `touch` when it is chosen."""

    def __init__(
        self,
        place: int,
        *,
        drop: Callable[[], object],
        touch: Callable[[], None],
        press: Callable[[], None],
    ) -> None:
        self.place = place
        self.canvas: Canvas | None = None
        self.shown: Shown | None = None
        self.wanted: object = None  # the newest request for a series here
        self._touch = touch
        self._empty: ui.element | None = None
        self._hint: ui.label | None = None
        self.element = ui.element("div").classes("pane").props("role=group")
        on = self.element.on
        on("dragover.prevent", self._over, args=[], throttle=OVER, trailing_events=False)
        on("dragleave", self._away, args=[])
        on("drop.prevent", self._away, args=[])
        on("drop", drop, args=[])
        on("focusin", touch, args=[])
        on("keydown.enter", press, args=[])

    def hold(self, canvas: Canvas) -> None:
        """The canvas made in this pane, instead of what was here before."""
        if self.canvas is not None:
            self.canvas.element.delete()
        self.canvas = canvas
        if self._empty is not None:
            self._empty.set_visibility(False)

    def hint(self, text: str) -> None:
        """Say what keys do here, beneath the image; empty: nothing particular."""
        if self._hint is not None and self._hint.text != text:
            self._hint.set_text(text)

    def place_on_stage(self, number: int, count: int, *, shown: bool, active: bool) -> None:
        """Be one of `count` viewports on screen, or none of them."""
        if shown and self._hint is None:
            self._furnish()
        state = {"shown": shown, "active": active}
        names = [name for name, holds in state.items() if holds]
        others = [name for name, holds in state.items() if not holds]
        self.element.classes(add=" ".join(names), remove=" ".join(others))
        name = _("Viewport {number} of {count}").format(number=number, count=count)
        if active:
            name = _("{viewport}, active").format(viewport=name)
        self.element.props["aria-label"] = name

    def _furnish(self) -> None:
        """What is in a pane besides its canvas, made when it is on screen first."""
        with self.element:
            if self.canvas is None:
                self._empty = ui.element("button").classes("pane-empty").props("type=button")
                self._empty.on("click", self._touch, args=[])
                with self._empty:
                    ui.icon("add_photo_alternate", size="32px")
                    ui.label(_("Drag a series here, or choose one while this viewport is active."))
            ui.label(str(self.place + 1)).classes("pane-number").props("aria-hidden=true")
            self._hint = ui.label().classes("keys-hint").props("role=status")

    def _over(self) -> None:
        self.element.classes(add="over-it")

    def _away(self) -> None:
        self.element.classes(remove="over-it")
