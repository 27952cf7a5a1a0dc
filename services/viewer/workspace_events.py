"""What can happen to the stage as a whole, beside what happens within a viewport."""

from __future__ import annotations

from dataclasses import dataclass

from services.viewer.annotation import Annotation
from services.viewer.drawing_events import DrawEvent
from services.viewer.positions import Lie
from services.viewer.view_events import Event
from services.viewer.view_state import Stack
from services.viewer.viewports import Layout, Viewport


@dataclass(frozen=True, slots=True)
class Arrange:
    """Show the viewports in this layout."""

    layout: Layout


@dataclass(frozen=True, slots=True)
class NextLayout:
    """Show the viewports in the layout after this one."""


@dataclass(frozen=True, slots=True)
class Narrow:
    """The screen has room for one viewport only, or for all of them again."""

    narrow: bool


@dataclass(frozen=True, slots=True)
class Activate:
    """Work in this viewport, counted from 0."""

    place: int


@dataclass(frozen=True, slots=True)
class ActivateNext:
    """Work in the next viewport on screen."""


@dataclass(frozen=True, slots=True)
class Link:
    """Scroll the viewports together, or each alone; None: whichever they do not."""

    together: bool | None = None


@dataclass(frozen=True, slots=True)
class ShowLines:
    """Show where the images of other viewports cross, or not; None: whichever is not so."""

    shown: bool | None = None


@dataclass(frozen=True, slots=True)
class Put:
    """Show a series in a place, and work there."""

    place: int
    viewport: Viewport


@dataclass(frozen=True, slots=True)
class Lay:
    """It has become known where the series in a place lies in the patient."""

    place: int
    stack: Stack
    lie: Lie


@dataclass(frozen=True, slots=True)
class Meet:
    """The other viewports show their images through the middle of this one's."""

    place: int


@dataclass(frozen=True, slots=True)
class Leave:
    """An exam may no longer be seen: nothing of it stays."""

    exam: int


@dataclass(frozen=True, slots=True)
class Open:
    """These annotations of an exam were kept earlier."""

    exam: int
    annotations: tuple[Annotation, ...]


@dataclass(frozen=True, slots=True)
class Draw:
    """Something happens to the drawings of an exam, in whatever viewport."""

    exam: int
    event: DrawEvent


@dataclass(frozen=True, slots=True)
class Within:
    """Something happens in a viewport, be it the active one or not."""

    place: int
    event: Event | DrawEvent


StageEvent = (
    Arrange | NextLayout | Narrow | Activate | ActivateNext | Link | ShowLines | Put | Lay | Meet
    | Leave | Open | Draw | Within
)  # fmt: skip
WorkspaceEvent = StageEvent | Event | DrawEvent
