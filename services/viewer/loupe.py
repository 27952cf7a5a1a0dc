"""The magnifier: what is under the pointer, larger, in a round viewport of its own."""

from __future__ import annotations

from dataclasses import replace

from services.viewer.view_state import ViewState

SIDE = 232.0  # CSS pixels across
ENLARGED = 2.5  # times what is on screen
ABOVE = 0.62  # of the side: how far it is lifted above a finger, which would cover it


def through(view: ViewState) -> ViewState | None:
    """The view within the magnifier; None while none is held over the image."""
    glass = view.glass
    if glass is None or view.width < 2:
        return None
    column, row = view.in_image(glass.x, glass.y)
    within = replace(view, width=SIDE, height=SIDE, zoom=1.0, pan_x=0.0, pan_y=0.0)
    within = replace(within, zoom=ENLARGED * view.scale / within.fit)
    x, y = within.on_screen(column, row)
    return replace(within, pan_x=SIDE / 2 - x, pan_y=SIDE / 2 - y)


def corner(view: ViewState) -> tuple[float, float]:
    """Where the magnifier's top left corner is in the viewport."""
    glass = view.glass
    if glass is None:
        return 0.0, 0.0
    lift = ABOVE * SIDE if glass.lifted else 0.0
    return glass.x - SIDE / 2, glass.y - SIDE / 2 - lift
