"""The canvas: browser events go into a `ViewState`, the newest state's picture comes out.

Only the newest state is ever drawn: while a picture is under way, states in between are skipped.
While things move the picture is a JPEG of the whole slice; at rest a lossless one replaces it.
Zoom, pan, rotation and flip are a CSS transform of pictures that lie in image coordinates.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable
from typing import Any

from nicegui import background_tasks, ui
from nicegui.events import GenericEventArguments

from services.access import Access
from services.drawing_events import DrawEvent, Hover
from services.errors import PortalError
from services.exams import SeriesEntry
from services.view_events import Down, Event, Move, Pointer, Resize, Up, Wheel
from services.view_state import ViewState
from services.viewing import Picture
from ui.gate import Visit

REST_AFTER = 0.15  # seconds without change until the lossless picture is made
PACE = 1 / 60  # seconds between events of one kind
SLOW_LINK = 2.0  # seconds to wait for a picture's load event before sending the next anyway
POINTER = ["pointerId", "pointerType", "offsetX", "offsetY", "button", "buttons"]


class Canvas:
    """One viewport on the page."""

    def __init__(
        self,
        visit: Visit,
        access: Access,
        series: SeriesEntry,
        state: ViewState,
        *,
        reduce: Callable[[ViewState, Event | DrawEvent], ViewState],
        on_change: Callable[[], None],
        on_lost: Callable[[PortalError], None],
    ) -> None:
        self._visit = visit
        self._access = access
        self._reduce = reduce
        self._on_change = on_change
        self._on_lost = on_lost
        self.series = series
        self.state = state
        self._drawn: Any = None
        self._drawing = False
        self._loaded = asyncio.Event()
        self._rest: asyncio.TimerHandle | None = None
        self._texts: dict[str, str] = {}
        self.closed = False
        self.shown: tuple[int, str, int] | None = None  # series, plane, slice of the picture
        self._build()

    def _build(self) -> None:
        self.element = ui.element("div").classes("canvas")
        self.element.props["tabindex"] = "0"
        self.element.props["role"] = "img"
        with self.element:
            ui.element("q-resize-observer").on(
                "resize", lambda e: self.do(Resize(e.args["width"], e.args["height"]))
            )
            self._layers = ui.element("div").classes("layers")
            with self._layers:
                self._base = ui.interactive_image(sanitize=False, events=[]).classes("base")
                self._base.on("loaded", self._loaded.set, args=["width"])
            self._corners = {
                place: ui.label().classes(f"corner {place}") for place in ("tl", "tr", "bl", "br")
            }
            self._edges = [ui.label().classes(f"edge {side}") for side in "lrtb"]
            self._lossy = ui.label("lossy while moving").classes("lossy")
            self._over = ui.element("div").classes("over")
            self._over.set_visibility(False)
            with self._over, ui.element("div"):
                self._over_text = ui.label()
        on = self.element.on
        on("wheel.prevent", self._wheel, ["deltaY", "offsetX", "offsetY", "ctrlKey"], throttle=PACE)
        on("pointerdown", self._down, POINTER)
        on("pointermove", self._move, POINTER, throttle=PACE)
        for name in ("pointerup", "pointercancel", "pointerleave"):
            on(name, self._up, ["pointerId"])
        self._show()

    def set_corner(self, place: str, text: str) -> None:
        """Write into a corner (tl, tr, bl, br) if it changes."""
        if self._texts.get(place) != text:
            self._texts[place] = text
            self._corners[place].set_text(text)

    def do(self, event: Event | DrawEvent) -> None:
        """Take an event in and show what it makes."""
        if not self.closed:
            before, self.state = self.state, self._reduce(self.state, event)
            if before != self.state:
                self._show()

    def show(self, series: SeriesEntry, state: ViewState) -> None:
        """Put another series on."""
        self.series, self.state = series, state
        self._show()

    def renew(self, access: Access) -> None:
        """Go on under a new decision."""
        self._access = access
        self._drawn = None
        self._show()

    def close(self, sentence: str) -> None:
        """Take the picture away at once and say why."""
        self.closed = True
        self._cancel_rest()
        self._layers.clear()
        for place in self._corners:
            self.set_corner(place, "")
        for edge in self._edges:
            edge.set_text("")
        self._lossy.set_visibility(False)
        self._say(sentence)

    def _wheel(self, e: GenericEventArguments) -> None:
        args = e.args
        self.do(Wheel(args["deltaY"], args["offsetX"], args["offsetY"], bool(args["ctrlKey"])))

    def _down(self, e: GenericEventArguments) -> None:
        if e.args["button"] != 2:  # the right button opens the menu
            touch = e.args["pointerType"] == "touch"
            self.do(Down(_pointer(e.args), e.args["button"], touch))

    def _move(self, e: GenericEventArguments) -> None:
        if e.args["buttons"] == 0:
            self.do(Up(e.args["pointerId"]))
            self.do(Hover(e.args["offsetX"], e.args["offsetY"]))
        else:
            self.do(Move(_pointer(e.args)))

    def _up(self, e: GenericEventArguments) -> None:
        self.do(Up(e.args["pointerId"]))

    def _show(self) -> None:
        stack = self.state.stack
        matrix = ",".join(f"{number:.4f}" for number in self.state.transform)
        self._layers.style(
            f"width:{stack.columns}px;height:{stack.rows}px;transform:matrix({matrix})"
        )
        self._cancel_rest()
        if self.state.picture == self._drawn:
            self._write_texts()
            self._rest_soon()
        elif not self._drawing:
            self._drawing = True
            background_tasks.create(self._draw(), name="draw")
        self._on_change()

    async def _draw(self) -> None:
        """Draw until the newest state is drawn; pictures of states in between are skipped."""
        try:
            while not self.closed and self.state.picture != self._drawn:
                state, series, access = self.state, self.series, self._access
                picture = await self._visit.run(self._visit.viewer.moving, access, series, state)
                if self.closed or self._access is not access:
                    continue
                self._drawn = state.picture
                self._put(picture, state)
                self._write_texts()
                await self._arrived()
        except PortalError as error:
            self._on_lost(error)
        finally:
            self._drawing = False
        if not self.closed:
            self._rest_soon()

    def _put(self, picture: Picture, state: ViewState) -> None:
        self._drop_details()
        stack = state.stack
        self._loaded.clear()
        self._base.style(f"width:{stack.columns}px;height:{stack.rows}px")
        self._base.set_source(data_url(picture))
        self._lossy.set_visibility(picture.lossy)
        self._say(picture.note)
        self.shown = state.picture[:3]
        self._on_change()

    async def _arrived(self) -> None:
        """Wait for the browser to have loaded the picture: a slow link sets the pace."""
        if self._visit.client.has_socket_connection:
            try:
                await asyncio.wait_for(self._loaded.wait(), SLOW_LINK)
            except TimeoutError:
                return

    def _rest_soon(self) -> None:
        self._cancel_rest()
        loop = asyncio.get_running_loop()
        self._rest = loop.call_later(
            REST_AFTER, lambda: background_tasks.create(self._settle(self.state), name="settle")
        )

    def _cancel_rest(self) -> None:
        if self._rest is not None:
            self._rest.cancel()
            self._rest = None

    async def _settle(self, state: ViewState) -> None:
        """The lossless picture of a state that has come to rest."""
        access, series = self._access, self.series
        if state.width < 2 or self._drawing:
            return
        try:
            picture = await self._visit.run(self._visit.viewer.resting, access, series, state)
        except PortalError as error:
            self._on_lost(error)
            return
        if self.closed or self.state is not state or self._access is not access:
            return
        whole = picture.region == (0, 0, state.stack.columns, state.stack.rows)
        with self._layers:
            if whole:
                self._put(picture, state)
            else:
                self._put_detail(picture)
        self._lossy.set_visibility(picture.lossy)
        self._lossy.set_text("lossy image" if picture.lossy else "lossy while moving")
        self._announce(state)

    def _put_detail(self, picture: Picture) -> None:
        self._drop_details()
        left, top, width, height = picture.region
        detail = ui.element("img").classes("detail").props('alt="" draggable=false')
        detail.props["src"] = data_url(picture)
        detail.style(f"left:{left}px;top:{top}px;width:{width}px;height:{height}px")

    def _drop_details(self) -> None:
        for child in list(self._layers):
            if child is not self._base:
                child.delete()

    def _write_texts(self) -> None:
        viewer = self._visit.viewer
        try:
            texts = viewer.corner_texts(self._access, self.series, self.state)
            letters = viewer.orientation(self._access, self.series, self.state)
        except PortalError as error:
            self._on_lost(error)
            return
        self.set_corner("bl", "\n".join(texts["bottom_left"]))
        self.set_corner("br", "\n".join(texts["bottom_right"]))
        for edge, letter in zip(self._edges, letters, strict=True):
            if edge.text != letter:
                edge.set_text(letter)

    def _announce(self, state: ViewState) -> None:
        window = state.window
        shown = f", window {window.width:.0f} at {window.center:.0f}" if window else ""
        self.element.props["aria-label"] = (
            f"{self.series.description}, image {state.slice + 1} of {state.stack.slices}{shown}"
        )

    def _say(self, sentence: str) -> None:
        if self._over.visible != bool(sentence):
            self._over.set_visibility(bool(sentence))
        if self._over_text.text != sentence:
            self._over_text.set_text(sentence)


def data_url(picture: Picture) -> str:
    """The picture as a source that needs no further request."""
    return f"data:{picture.media_type};base64,{base64.b64encode(picture.data).decode()}"


def _pointer(args: dict[str, Any]) -> Pointer:
    return Pointer(args["pointerId"], args["offsetX"], args["offsetY"])
