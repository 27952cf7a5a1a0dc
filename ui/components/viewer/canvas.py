"""The canvas: browser events go into a `ViewState`, the newest state's picture comes out.

Pictures lie in image coordinates, each over the part of the image it shows; zoom, pan, rotation
and flip are a CSS transform of them all. Which picture is made, and when, is `Motion`'s affair.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nicegui import ui
from nicegui.events import GenericEventArguments

from services.access import Access
from services.errors import PortalError
from services.exam.exams import SeriesEntry, Slice
from services.language import _
from services.viewer.drawing_events import DrawEvent, Hover
from services.viewer.starting_windows import window_text
from services.viewer.view_events import Down, Event, Move, Pointer, Resize, Up, Wheel
from services.viewer.view_state import ViewState
from services.viewer.viewing import Picture
from ui.components.viewer.details import Details
from ui.components.viewer.direct import Direct
from ui.components.viewer.double_buffer import DoubleBuffer
from ui.components.viewer.loupe import Loupe
from ui.components.viewer.motion import Motion
from ui.components.viewer.pictures import data_url, is_whole
from ui.components.viewer.projector import Projector
from ui.components.viewer.scene import Scene
from ui.gate import Visit

PACE = 1 / 60  # seconds between events of one kind
DENSITY = "density-"  # begins the names of the animations that tell the screen's density
POINTER = ["pointerId", "pointerType", "offsetX", "offsetY", "button", "buttons", "timeStamp"]


class Canvas:
    """One viewport on the page."""

    def __init__(
        self,
        visit: Visit,
        access: Access,
        series: SeriesEntry,
        state: ViewState,
        *,
        send: Callable[[Event | DrawEvent], None],
        on_change: Callable[[], None],
        on_lost: Callable[[PortalError], None],
    ) -> None:
        self._visit = visit
        self._access = access
        self._send = send
        self._on_change = on_change
        self._on_lost = on_lost
        self.series = series
        self.state = state
        self._direct = Direct(visit.client)
        self._motion = Motion(visit, self, self)
        self._projector = Projector(self.do, self._motion)
        self._stale = 0  # how many details stay once the newest picture is loaded
        self._style = ""
        self._texts: dict[str, str] = {}
        self.closed = False
        self.shown: tuple[int, str, int] | None = None  # series, plane, slice of the picture
        self._build()

    def _build(self) -> None:
        self.element = ui.element("div").classes("canvas")
        self.element.props.update(tabindex="0", role="application")  # its keys go to it
        self.element.props["aria-label"] = self.series.description or _("Image")
        with self.element:
            ui.element("q-resize-observer").on("resize", self._resized, ["width", "height"])
            ui.element("i").classes("density").on(
                "animationstart", self._density, ["animationName"]
            )
            self._layers = ui.element("div").classes("layers")
            self._details = Details(self._layers, self._arrived)
            self._buffer = DoubleBuffer(
                self._direct, self._layers, self._arrived, self._motion.prepared
            )
            self._projector.put_heart()
            self._loupe = Loupe(self._visit, self._on_lost)
            self._marks = ui.html(sanitize=False).classes("marks")
            self._lines = ui.html(sanitize=False).classes("marks lines")
            self._corners = {
                place: ui.label().classes(f"corner {place}") for place in ("tl", "tr", "bl", "br")
            }
            self._edges = [ui.label().classes(f"edge {side}") for side in "lrtb"]
            self._lossy = ui.label(_("lossy while moving")).classes("lossy")
            self._over = ui.element("div").classes("over")
            self._over.set_visibility(False)
            with self._over, ui.element("div"):
                self._over_text = ui.label()
        on = self.element.on
        on("wheel.prevent", self._wheel, ["deltaY", "offsetX", "offsetY", "ctrlKey"], throttle=PACE)
        on("pointerdown", self._down, POINTER)
        on("pointermove", self._move, POINTER, throttle=PACE)
        on("pointerup", self._released, POINTER)
        for name in ("pointercancel", "pointerleave"):
            on(name, self._up, ["pointerId"])
        self._place()
        self._write_texts()

    @property
    def where(self) -> Slice | None:
        """The image on screen, if it can be drawn on."""
        return self.series.slices[self.state.slice] if self.series.cut is None else None

    async def draw_first(self) -> str:
        """Have the first picture on the page before the page goes out; its source, or none."""
        await self._motion.first(self._scene)
        return self._buffer.first

    def set_corner(self, place: str, text: str) -> None:
        """Write into a corner (tl, tr, bl, br) if it changes."""
        if self._texts.get(place) != text:
            self._texts[place] = text
            self._direct.set_text(self._corners[place], text)

    def follow(self, state: ViewState) -> None:
        """Show what an event has made of the view."""
        if not self.closed and state != self.state:
            self.state = state
            self._show()

    def show(self, access: Access, series: SeriesEntry, state: ViewState) -> None:
        """Put another series on, maybe of another exam."""
        self._access, self.series, self.state = access, series, state
        self._show()

    def lay_marks(self, content: str) -> None:
        """Lay drawings of this SVG over the picture."""
        if content != self._marks.content:
            self._marks.set_content(content)

    def lay_lines(self, content: str) -> None:
        """Lay reference lines of this SVG over the picture."""
        if content != self._lines.content:
            self._lines.set_content(content)

    def renew(self, access: Access) -> None:
        """Go on under a new decision."""
        self._access = access
        self._motion.forget()
        self._buffer.clear_back()
        self._show()

    def close(self, sentence: str) -> None:
        """Take the picture away at once and say why."""
        self.closed = True
        for moving in (self._motion, self._projector, self._loupe):
            moving.stop()
        self._buffer.close()
        self._layers.clear()
        self.lay_marks("")
        self.lay_lines("")
        for place in self._corners:
            self.set_corner(place, "")
        for edge in self._edges:
            edge.set_text("")
        self._lossy.set_visibility(False)
        self._say(sentence)

    def do(self, event: Event | DrawEvent) -> None:
        """Something happened here."""
        if not self.closed:
            self._send(event)

    def _resized(self, e: GenericEventArguments) -> None:
        width, height = e.args["width"], e.args["height"]
        if width >= 2:  # what is not on screen keeps the size it had
            self.do(Resize(width, height))

    def _wheel(self, e: GenericEventArguments) -> None:
        args = e.args
        self.do(Wheel(args["deltaY"], args["offsetX"], args["offsetY"], bool(args["ctrlKey"])))

    def _down(self, e: GenericEventArguments) -> None:
        if e.args["button"] != 2:  # the right button opens the menu
            touch = e.args["pointerType"] == "touch"
            self.do(Down(_pointer(e.args), e.args["button"], touch, e.args["timeStamp"]))

    def _move(self, e: GenericEventArguments) -> None:
        if e.args["buttons"] == 0:
            self.do(Up(e.args["pointerId"]))
            self.do(Hover(e.args["offsetX"], e.args["offsetY"]))
        else:
            self.do(Move(_pointer(e.args)))

    def _released(self, e: GenericEventArguments) -> None:
        self.do(Move(_pointer(e.args)))  # a throttled move may not have told where it ended
        self._up(e)

    def _up(self, e: GenericEventArguments) -> None:
        self.do(Up(e.args["pointerId"]))

    @property
    def _scene(self) -> Scene:
        return Scene(self._access, self.series, self.state)

    def _show(self) -> None:
        self._place()
        self._write_texts()
        for follower in (self._motion, self._loupe):
            follower.follow(self._scene)
        self._projector.follow(self.state)
        self._on_change()

    def _place(self) -> None:
        """Lay the picture where the state wants it; until the browser told its size, fitted."""
        stack = self.state.stack
        if self.state.width < 2:
            style = "width:100%;height:100%;transform:none"
        else:
            matrix = ",".join(f"{number:.4f}" for number in self.state.transform)
            style = f"width:{stack.columns}px;height:{stack.rows}px;transform:matrix({matrix})"
        if style != self._style:
            self._style = style
            self._layers.style(style)

    def put(self, picture: Picture, scene: Scene, *, resting: bool) -> bool:
        """Show a picture; False when it is the one on screen already."""
        if is_whole(picture, scene.state.stack):
            changed = self._buffer.show(data_url(picture))
            self._stale = 0
        else:
            changed = True
            self._details.lay(picture)
            self._stale = 1
        self._details.sweep(2 if self._stale else 1 if changed else 0)
        self._lossy.set_visibility(picture.lossy)
        self._lossy.set_text(_("lossy image") if resting else _("lossy while moving"))
        self._say(picture.note)
        if self.shown != (there := scene.state.picture[:3]):
            self.shown = there
            self._on_change()
        if resting:
            self._announce(scene.state)
        return changed

    def prepare(self, picture: Picture, scene: Scene) -> bool:
        """Load a picture of the whole image behind the one on screen."""
        wanted = is_whole(picture, scene.state.stack) and not self.closed
        return wanted and self._buffer.prepare(data_url(picture))

    def lost(self, error: PortalError) -> None:
        """The exam may no longer be seen."""
        self._on_lost(error)

    def _arrived(self, pictures: int = 1) -> None:
        self._details.sweep(self._stale)
        self._motion.arrived(pictures)

    def _density(self, e: GenericEventArguments) -> None:
        density = str(e.args["animationName"]).removeprefix(DENSITY)
        if density in ("2", "3"):
            for watched in (self._motion, self._loupe):
                watched.watched_with(float(density))

    def _write_texts(self) -> None:
        viewer = self._visit.viewer
        try:
            texts = viewer.corner_texts(self._access, self.series, self.state)
            letters = viewer.orientation(self._access, self.series, self.state)
        except PortalError as error:
            self._on_lost(error)
            return
        for place, corner in (("bl", "bottom_left"), ("br", "bottom_right")):
            self.set_corner(place, "\n".join(texts[corner]))
        for edge, letter in zip(self._edges, letters, strict=True):
            if edge.text != letter:
                edge.set_text(letter)

    def _announce(self, state: ViewState) -> None:
        window = state.window
        self.element.props["aria-label"] = _("{series}, image {number} of {count}").format(
            series=self.series.description, number=state.slice + 1, count=state.stack.slices
        )
        if window:
            self.element.props["aria-label"] += f", {window_text(window)}"

    def _say(self, sentence: str) -> None:
        if self._over.visible != bool(sentence):
            self._over.set_visibility(bool(sentence))
        if self._over_text.text != sentence:
            self._over_text.set_text(sentence)


def _pointer(args: dict[str, Any]) -> Pointer:
    return Pointer(args["pointerId"], args["offsetX"], args["offsetY"])
