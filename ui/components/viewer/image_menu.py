"""The menu on the image: right click, or a long press."""

from __future__ import annotations

from services.viewer.view_events import (
    ActualSize,
    Choose,
    Fit,
    Flip,
    Invert,
    Play,
    Reset,
    Rotate,
    Tool,
)
from ui.components.menu import ImageMenu, command_entry, line
from ui.components.viewer.commands import Act, Deed, found

SHARING = (Deed.SHARE, Deed.MANAGE)
DRAGS = (Tool.WINDOW, Tool.SCROLL, Tool.ZOOM, Tool.PAN, Tool.MAGNIFIER)
MEASURES = (Tool.LENGTH, Tool.ELLIPSE, Tool.PROBE)
PLACING = (Fit(), ActualSize(), Rotate(), Flip(), Invert(), Reset())
MORE = (Play(), Deed.STAR)


def image_menu(act: Act, *, may_share: bool) -> None:
    """Entries for the element that it is made in; on a phone there is no sharing and no drawing."""
    with ImageMenu().classes("image-menu"):
        if may_share:
            for deed in SHARING:
                command_entry(found(deed), act).classes("desk-only")
            line()
        for tool in DRAGS:
            command_entry(found(Choose(tool, meant=True)), act)
        for tool in MEASURES:
            command_entry(found(Choose(tool, meant=True)), act).classes("desk-only")
        line()
        for event in PLACING:
            command_entry(found(event), act)
        line()
        for does in MORE:
            command_entry(found(does), act)
        command_entry(found(Deed.HELP), act).classes("desk-only")
