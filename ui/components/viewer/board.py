"""The board: what is drawn on an exam's images, on screen, measured and saved.

It follows the exam's sheet of annotations and makes everything else true to it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator

from nicegui import background_tasks

from services.access import Access
from services.errors import Expired, PortalError
from services.exam.exams import Slice
from services.pictures.workshop import Urgency
from services.viewer import measurements
from services.viewer.annotation import Annotation, Shape
from services.viewer.drawing import Grip, Sheet, Sketch
from services.viewer.drawing_events import Discard, DrawEvent, Keep, Select
from services.viewer.measuring import Reading
from ui.components.viewer.annotation_layer import Mark, svg
from ui.components.viewer.canvas import Canvas
from ui.components.viewer.text_prompt import TextPrompt
from ui.gate import Visit
from ui.problems import tell

NOTHING = Reading(())
MOST_READINGS = 4000


class Board:
    """The drawings of one exam, over whichever canvases show it.

    `draw` is told what happens to them, `opened` what was kept earlier, `on_change` when they or
    their readings changed.
    """

    def __init__(
        self,
        visit: Visit,
        access: Access,
        *,
        canvases: Callable[[], Iterable[Canvas]],
        draw: Callable[[DrawEvent], None],
        opened: Callable[[tuple[Annotation, ...]], None],
        on_change: Callable[[], None],
        on_lost: Callable[[PortalError], None],
    ) -> None:
        self._visit = visit
        self._access = access
        self._canvases = canvases
        self._draw = draw
        self._opened = opened
        self._on_change = on_change
        self._on_lost = on_lost
        self.sheet = Sheet()
        self._saved: tuple[Annotation, ...] = ()
        self._readings: dict[Shape, Reading] = {}
        self._newest: dict[str, Reading] = {}  # by key, until a moved shape is measured again
        self._busy: set[str] = set()
        self._prompt = TextPrompt(self._named)

    async def load(self) -> None:
        """Show what was kept earlier."""
        try:
            kept = await self._visit.run(measurements.listed, self._visit.portal, self._access)
        except PortalError as error:
            self._on_lost(error)
            return
        self._saved = kept
        self._opened(kept)
        self._on_change()

    def renew(self, access: Access) -> None:
        """Go on under a new decision."""
        self._access = access
        self._readings.clear()
        self._follow()

    def follow(self, sheet: Sheet) -> None:
        """The sheet is this now."""
        if sheet != self.sheet:
            self.sheet = sheet
            self._take()
            self._follow()

    def reading(self, key: str, shape: Shape) -> Reading:
        """What an annotation says; while it is measured anew, what it said before."""
        return self._readings.get(shape, self._newest.get(key, NOTHING))

    def lay(self, canvas: Canvas) -> None:
        """Lay the marks of the image on screen over it; none while another picture is there."""
        if not canvas.closed:
            view = canvas.state
            there = canvas.shown == view.picture[:3] and view.width >= 2
            cross = self.sheet.cross_on(canvas.where)
            at = cross.at if cross is not None else None
            canvas.lay_marks(svg(self._marks(canvas.where), view, at) if there else "")

    def select(self, annotation: Annotation) -> None:
        """Mark an annotation as the chosen one."""
        self._draw(Select(annotation.key))

    def _lay_all(self) -> None:
        for canvas in self._canvases():
            self.lay(canvas)

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
        self._draw(Discard() if text is None else Keep(key, text))

    def _follow(self) -> None:
        """Make everything else true to the sheet."""
        self._lay_all()
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
            access = self._access
            here = any(shape.where == canvas.where for canvas in self._canvases())
            urgency = Urgency.NOW if here else Urgency.THUMBNAIL
            reading = await self._visit.draw(urgency, self._visit.measuring.read, access, shape)
            if access is not self._access:
                continue
            if len(self._readings) > MOST_READINGS:
                self._readings.clear()
            self._readings[shape] = self._newest[key] = reading
            self._lay_all()
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
                with self._visit.client.content:
                    tell(str(error))
                await self.load()
                return
