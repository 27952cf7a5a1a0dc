"""Drawing on images: what there is, what is being drawn, and how pointers change both.

Two points are drawn by a drag, or by a press at each; an angle takes three. What is complete waits
in `under_way` until it is kept under a key. Only the points of the selected annotation can be
dragged. A second finger ends a drawing: it then is a pinch, and the view's affair. Without a mouse
or a finger, keys move a cross (`services/viewer/cross`) and click there.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from itertools import pairwise

from imaging.measure import Point
from services.exam.exams import Slice
from services.viewer.annotation import Annotation, Kind, Shape, outline
from services.viewer.cross import Cross
from services.viewer.drawing_events import (
    Discard,
    DrawEvent,
    Erase,
    Hover,
    Keep,
    Nudge,
    Press,
    Redo,
    Select,
    Undo,
)
from services.viewer.history import History
from services.viewer.view_events import Choose, Down, Event, Move, Pointer, Tool, Up
from services.viewer.view_state import ViewState

KINDS = {
    Tool.LENGTH: Kind.LENGTH,
    Tool.ANGLE: Kind.ANGLE,
    Tool.ELLIPSE: Kind.ELLIPSE,
    Tool.RECTANGLE: Kind.RECTANGLE,
    Tool.PROBE: Kind.PROBE,
    Tool.ARROW: Kind.ARROW,
    Tool.TEXT: Kind.TEXT,
}
MOUSE_REACH, FINGER_REACH = 8.0, 22.0  # CSS pixels within which a point or line is hit
SHORTEST = 3.0  # CSS pixels between two points that are meant to be two


@dataclass(frozen=True, slots=True)
class Sketch:
    """A new shape under way; unless it is complete, its last point follows the pointer."""

    shape: Shape
    complete: bool = False


@dataclass(frozen=True, slots=True)
class Grip:
    """A point of an annotation that is being dragged, and the shape it makes."""

    annotation: Annotation
    point: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything drawn on the images of an exam."""

    history: History[tuple[Annotation, ...]] = field(default_factory=lambda: History(()))
    selected: str = ""  # a key; empty: none
    under_way: Sketch | Grip | None = None
    held: Pointer | None = None  # the pointer that draws
    cross: Cross | None = None  # while keys draw

    @property
    def kept(self) -> tuple[Annotation, ...]:
        """The annotations that are to last."""
        return self.history.now

    def on(self, where: Slice) -> tuple[Annotation, ...]:
        """The annotations of an image as they are to be seen, one of them maybe being dragged."""
        grip = self.under_way.annotation if isinstance(self.under_way, Grip) else None
        return tuple(
            grip if grip is not None and grip.key == annotation.key else annotation
            for annotation in self.kept
            if annotation.shape.where == where
        )

    def cross_on(self, where: Slice | None) -> Cross | None:
        """The cross, if it is on this image."""
        return self.cross if self.cross is not None and self.cross.where == where else None

    def after(
        self, event: Event | DrawEvent, view: ViewState, where: Slice | None
    ) -> tuple[Sheet, ViewState]:
        """The sheet and the view after an event; `where` None: nothing can be drawn here."""
        match event:
            case Undo():
                return self._with(self.history.undone()), view
            case Redo():
                return self._with(self.history.redone()), view
            case Erase():
                rest = tuple(a for a in self.kept if a.key != (event.key or self.selected))
                return self._with(self.history.then(rest)), view
            case Select(key):
                return replace(self, selected=key, cross=None)._dropped(), view
            case Keep(key, text):
                return self._taken(key, text), view
            case Discard():
                left = self.cross if self.under_way else None
                return replace(self._dropped(), cross=left), view
            case Press():
                return self._clicked(view, where), view
            case Nudge():
                return self._nudged(event, view, where), view
            case Hover() if self.cross_on(where):  # a mouse that lies there disturbs nothing
                return self, view
            case Hover(x, y):
                return self._followed(view.inside(x, y), where), view
            case Choose(tool):
                left = self.cross if tool in KINDS else None
                return replace(self, cross=left)._dropped(), view.after(event)
            case Down() if self.held is not None:
                both = view.after(Down(self.held, 0, event.touch)).after(event)
                return self._dropped(), both
            case Down(button=0) if where is not None and not view.pointers:
                return replace(self, cross=None)._pressed(event, view, where)
            case Move(pointer) if self.held and self.held.pointer_id == pointer.pointer_id:
                held = replace(self, held=pointer)
                return held._moved(view.inside(pointer.x, pointer.y)), view
            case Up(pointer_id) if self.held and self.held.pointer_id == pointer_id:
                return self._released(view), view
            case _:
                return self, view.after(event)

    def _with(self, history: History[tuple[Annotation, ...]]) -> Sheet:
        """Another moment of the history; what is no longer there is no longer selected."""
        there = any(annotation.key == self.selected for annotation in history.now)
        return replace(self, history=history, selected=self.selected if there else "")._dropped()

    def _dropped(self) -> Sheet:
        return replace(self, under_way=None, held=None)

    def _taken(self, key: str, text: str) -> Sheet:
        if not (isinstance(self.under_way, Sketch) and self.under_way.complete):
            return self
        annotation = Annotation(key, replace(self.under_way.shape, text=text))
        taken = replace(self, history=self.history.then((*self.kept, annotation)), selected=key)
        return taken._dropped()

    def _clicked(self, view: ViewState, where: Slice | None) -> Sheet:
        """What the key for a click does: with no cross yet, it brings one if it is of use."""
        if where is None or self.held is not None:
            return self
        cross = self.cross_on(where)
        if cross is None:
            chosen = next((a for a in self.on(where) if a.key == self.selected), None)
            if chosen is not None:
                return replace(self, cross=Cross(where, chosen.shape.points[-1]))
            useful = view.tool in KINDS or self.on(where)
            return replace(self, cross=Cross.in_the_middle(where, view)) if useful else self
        if isinstance(self.under_way, Grip):
            return self._released(view)
        pressed, _ = self._pressed(cross.press(view), view, where)
        taken_up = isinstance(pressed.under_way, Grip)
        return replace(pressed, held=None) if taken_up else pressed._released(view)

    def _nudged(self, event: Nudge, view: ViewState, where: Slice | None) -> Sheet:
        cross = self.cross_on(where)
        if cross is None:
            return self
        moved = replace(self, cross=cross.moved(event, view))
        return moved._followed_cross() if self.held is None else moved

    def _pressed(self, event: Down, view: ViewState, where: Slice) -> tuple[Sheet, ViewState]:
        at = event.pointer.x, event.pointer.y
        reach = FINGER_REACH if event.touch else MOUSE_REACH
        grip = self._grip(at, view, where, reach)
        if grip is not None:
            return replace(self, under_way=grip, held=event.pointer), view
        kind = KINDS.get(view.tool)
        if kind is None:
            hit = self._hit(at, view, where, reach)
            return replace(self, selected=hit)._dropped(), view.after(event)
        drawn = replace(self, selected="", held=event.pointer)
        point = view.inside(*at)
        sketch = self.under_way
        if isinstance(sketch, Sketch) and not sketch.complete and sketch.shape.where == where:
            return drawn._moved(point), view
        shape = Shape(kind, where, (point,) * min(kind.points, 2))
        return replace(drawn, under_way=Sketch(shape)), view

    def _followed(self, point: Point, where: Slice | None) -> Sheet:
        sketch = self.under_way
        if not isinstance(sketch, Sketch) or sketch.complete or sketch.shape.where != where:
            return self
        return self._moved(point)

    def _followed_cross(self) -> Sheet:
        """What is under way on the image of the cross ends there."""
        match self.cross, self.under_way:
            case Cross(where, at), Sketch(shape, complete=False) if shape.where == where:
                return self._moved(at)
            case Cross(where, at), Grip(annotation) if annotation.shape.where == where:
                return self._moved(at)
        return self

    def _moved(self, point: Point) -> Sheet:
        match self.under_way:
            case Sketch(shape):
                points = (*shape.points[:-1], point)
                return replace(self, under_way=Sketch(replace(shape, points=points)))
            case Grip(annotation, number):
                shape = annotation.shape
                points = (*shape.points[:number], point, *shape.points[number + 1 :])
                moved = replace(annotation, shape=replace(shape, points=points))
                return replace(self, under_way=Grip(moved, number))
            case None:
                return self

    def _released(self, view: ViewState) -> Sheet:
        free = replace(self, held=None)
        match self.under_way:
            case Grip(annotation):
                now = tuple(annotation if a.key == annotation.key else a for a in self.kept)
                return free._with(self.history.then(now))
            case Sketch(shape):
                return replace(free, under_way=_further(shape, view))
            case None:
                return free

    def _grip(self, at: Point, view: ViewState, where: Slice, reach: float) -> Grip | None:
        for annotation in self.on(where):
            if annotation.key == self.selected:
                points = [view.on_screen(*point) for point in annotation.shape.points]
                nearest = min(range(len(points)), key=lambda n: math.dist(points[n], at))
                if math.dist(points[nearest], at) <= reach:
                    return Grip(annotation, nearest)
        return None

    def _hit(self, at: Point, view: ViewState, where: Slice, reach: float) -> str:
        """The key of the annotation whose line is nearest, if it is within reach."""
        distances = {a.key: _distance(at, a.shape, view) for a in self.on(where)}
        nearest = min(distances, key=distances.__getitem__, default="")
        return nearest if nearest and distances[nearest] <= reach else ""


def _further(shape: Shape, view: ViewState) -> Sketch:
    """The sketch once a pointer is released: complete, a point further, or still at that point."""
    if shape.kind.points == 1:
        return Sketch(shape, complete=True)
    last, end = (view.on_screen(*point) for point in shape.points[-2:])
    if math.dist(last, end) < SHORTEST:
        return Sketch(shape)
    if len(shape.points) == shape.kind.points:
        return Sketch(shape, complete=True)
    return Sketch(replace(shape, points=(*shape.points, shape.points[-1])))


def _distance(at: Point, shape: Shape, view: ViewState) -> float:
    """CSS pixels from a point of the viewport to the line of a shape."""
    corners = [view.on_screen(*point) for point in outline(shape)]
    return min(_to_line(at, a, b) for a, b in pairwise((corners[0], *corners)))


def _to_line(at: Point, a: Point, b: Point) -> float:
    dx, dy = b[0] - a[0], b[1] - a[1]
    square = dx * dx + dy * dy
    along = ((at[0] - a[0]) * dx + (at[1] - a[1]) * dy) / square if square else 0.0
    along = min(max(along, 0.0), 1.0)
    return math.dist(at, (a[0] + along * dx, a[1] + along * dy))
