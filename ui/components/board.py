"""The board: what is drawn on the exam's images, on screen, measured and saved.

It stands between the canvas and its view: every event goes through the sheet of annotations first.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator

from nicegui import background_tasks, ui

from services import measurements
from services.access import Access
from services.annotation import Annotation, Shape
from services.drawing import KINDS, Grip, Sheet, Sketch
from services.drawing_events import Discard, DrawEvent, Keep, Select
from services.errors import Expired, PortalError
from services.exams import Slice
from services.history import History
from services.language import N_, _
from services.measuring import Reading
from services.view_events import Down, Event
from services.view_state import ViewState
from services.workshop import Urgency
from ui.components.annotation_layer import Mark, svg
from ui.components.canvas import Canvas
from ui.components.text_prompt import TextPrompt
from ui.gate import Visit
from ui.problems import tell

NOTHING = Reading(())
MOST_READINGS = 4000
NOT_HERE = N_("Measurements are made on the images as they were taken: choose Planes, Acquired.")


class Board:
    """One sheet over one canvas. `on_change` is told when annotations or their readings change."""

    def __init__(
        self,
        visit: Visit,
        access: Access,
        *,
        on_change: Callable[[], None],
        on_lost: Callable[[PortalError], None],
    ) -> None:
        self._visit = visit
        self._access = access
        self._on_change = on_change
        self._on_lost = on_lost
        self.sheet = Sheet()
        self._saved: tuple[Annotation, ...] = ()
        self._readings: dict[Shape, Reading] = {}
        self._newest: dict[str, Reading] = {}  # by key, until a moved shape is measured again
        self._busy: set[str] = set()
        self._canvas: Canvas | None = None

    def attach(self, canvas: Canvas) -> None:
        """Draw over this canvas."""
        self._canvas = canvas
        with canvas.element:
            self._layer = ui.html(sanitize=False).classes("marks")
            self._prompt = TextPrompt(self._named)

    async def load(self) -> None:
        """Show what was kept earlier."""
        try:
            kept = await self._visit.run(measurements.listed, self._visit.portal, self._access)
        except PortalError as error:
            self._on_lost(error)
            return
        self._saved = kept
        self.sheet = Sheet(History(kept))
        self._follow()

    def renew(self, access: Access) -> None:
        """Go on under a new decision."""
        self._access = access
        self._readings.clear()
        self._follow()

    def reduce(self, view: ViewState, event: Event | DrawEvent) -> ViewState:
        """The view after an event that may be the sheet's."""
        where = self._where(view)
        if where is None and isinstance(event, Down) and view.tool in KINDS:
            tell(_(NOT_HERE))
        before = self.sheet
        self.sheet, after = self.sheet.after(event, view, where)
        if self.sheet != before:
            self._take()
            self._follow(after)
        return after

    def reading(self, key: str, shape: Shape) -> Reading:
        """What an annotation says; while it is measured anew, what it said before."""
        return self._readings.get(shape, self._newest.get(key, NOTHING))

    def draw(self, view: ViewState) -> None:
        """Lay the marks of the image on screen over it; none while another picture is there."""
        if self._canvas is None or self._canvas.closed:
            return
        there = self._canvas.shown == view.picture[:3] and view.width >= 2
        content = svg(self._marks(self._where(view)), view) if there else ""
        if content != self._layer.content:
            self._layer.set_content(content)

    def _where(self, view: ViewState) -> Slice | None:
        if self._canvas is None or self._canvas.series.cut is not None:
            return None
        return self._canvas.series.slices[view.slice]

    def _marks(self, where: Slice | None) -> Iterator[Mark]:
        if where is None:
            return
        sheet = self.sheet
        for annotation in sheet.on(where):
            key, shape = annotation.key, annotation.shape
            yield Mark(shape, self.reading(key, shape), selected=key == sheet.selected)
        if isinstance(sheet.under_way, Sketch) and sheet.under_way.shape.where == where:
            shape = sheet.under_way.shape
            yield Mark(shape, self.reading("", shape), under_way=True)

    def _take(self) -> None:
        """Keep what is complete, once it has its words."""
        sketch = self.sheet.under_way
        if not (isinstance(sketch, Sketch) and sketch.complete):
            return
        if sketch.shape.kind.worded:
            self._prompt.ask(sketch.shape.kind)
        else:
            self._named("")

    def _named(self, text: str | None) -> None:
        key = measurements.new_key(self._visit.portal)
        self._do(Discard() if text is None else Keep(key, text))

    def _do(self, event: DrawEvent) -> None:
        if self._canvas is not None:
            self.sheet, _ = self.sheet.after(event, self._canvas.state, None)
            self._follow()

    def select(self, annotation: Annotation) -> None:
        """Mark an annotation as the chosen one."""
        self._do(Select(annotation.key))

    def _follow(self, view: ViewState | None = None) -> None:
        """Make everything else true to the sheet."""
        if self._canvas is None:
            return
        self.draw(view or self._canvas.state)
        self._once("measure", self._measure)
        self._once("save", self._save)
        self._on_change()

    def _once(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Have work done beside the page, unless it is being done: it ends with what is newest."""
        if name not in self._busy:
            self._busy.add(name)
            background_tasks.create(self._guarded(name, work), name=name)

    async def _guarded(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except PortalError as error:
            self._on_lost(error)
        finally:
            self._busy.discard(name)

    async def _measure(self) -> None:
        while (wanted := self._unread()) is not None:
            key, shape = wanted
            access, here = self._access, self._canvas and self._where(self._canvas.state)
            urgency = Urgency.NOW if shape.where == here else Urgency.THUMBNAIL
            reading = await self._visit.draw(urgency, self._visit.measuring.read, access, shape)
            if access is not self._access:
                continue
            if len(self._readings) > MOST_READINGS:
                self._readings.clear()
            self._readings[shape] = self._newest[key] = reading
            if self._canvas is not None:
                self.draw(self._canvas.state)
            self._on_change()

    def _unread(self) -> tuple[str, Shape] | None:
        """What is to be measured next: first of all what is being drawn."""
        shapes = [(annotation.key, annotation.shape) for annotation in self.sheet.kept]
        match self.sheet.under_way:
            case Sketch(shape):
                shapes.insert(0, ("", shape))
            case Grip(annotation):
                shapes.insert(0, (annotation.key, annotation.shape))
        return next((s for s in shapes if s[1] not in self._readings), None)

    async def _save(self) -> None:
        while self._saved != (now := self.sheet.kept):
            try:
                await self._visit.run(
                    measurements.save, self._visit.portal, self._access, self._saved, now
                )
                self._saved = now
            except Expired:
                raise
            except PortalError as error:
                if self._canvas is not None:
                    with self._canvas.element:
                        tell(str(error))
                await self.load()
                return
