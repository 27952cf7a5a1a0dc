"""The magnifier on the page: a round viewport over the image, with pictures of its own."""

from __future__ import annotations

from collections.abc import Callable

from nicegui import ui

from services.errors import PortalError
from services.viewer import loupe
from services.viewer.view_state import ViewState
from services.viewer.viewing import Picture
from ui.components.viewer.details import Details
from ui.components.viewer.motion import Motion
from ui.components.viewer.pictures import data_url, is_whole
from ui.components.viewer.scene import Scene
from ui.gate import Visit


class Loupe:
    """Shown while the magnifier is held; its pixels are made for its size, not blown up."""

    def __init__(self, visit: Visit, on_lost: Callable[[PortalError], None]) -> None:
        self.lost = on_lost
        self._motion = Motion(visit, self)
        self._there: tuple[object, ...] = ()  # series, plane and slice of the picture
        side = f"width:{loupe.SIDE:.0f}px;height:{loupe.SIDE:.0f}px"
        self._frame = ui.element("div").classes("loupe").style(side)
        self._frame.props["aria-hidden"] = "true"
        self._frame.set_visibility(False)
        with self._frame:
            self._layers = ui.element("div").classes("layers")
            self._parts = Details(self._layers, self._motion.arrived)
            with self._layers:
                self._base = ui.element("img").classes("base").props('alt="" draggable=false')
                self._base.on("load", self._motion.arrived, args=[])

    def follow(self, scene: Scene) -> None:
        """Show what is under the pointer, or nothing while none is held."""
        within = loupe.through(scene.state)
        if within is None:
            if self._frame.visible:
                self._frame.set_visibility(False)
            return
        if self._there != within.picture[:3]:
            self._there = within.picture[:3]
            self._base.props.pop("src", None)
            self._parts.sweep(0)
        left, top = loupe.corner(scene.state)
        self._frame.style(f"left:{left:.1f}px;top:{top:.1f}px")
        self._place(within)
        self._frame.set_visibility(True)
        self._motion.follow(Scene(scene.access, scene.series, within))

    def watched_with(self, density: float) -> None:
        """The browser told how many device pixels it has for a CSS pixel."""
        self._motion.watched_with(density)

    def stop(self) -> None:
        """No more pictures."""
        self._motion.stop()
        self._frame.set_visibility(False)
        self._layers.clear()

    def put(self, picture: Picture, scene: Scene, *, resting: bool) -> bool:
        """Show a picture of the whole image, or lay one of a part of it above."""
        if is_whole(picture, scene.state.stack):
            source = data_url(picture)
            changed = self._base.props.get("src") != source
            self._base.props["src"] = source
            self._parts.sweep(0)
            return changed
        self._parts.lay(picture)
        self._parts.sweep(2)
        return True

    def _place(self, within: ViewState) -> None:
        matrix = ",".join(f"{number:.4f}" for number in within.transform)
        size = f"width:{within.stack.columns}px;height:{within.stack.rows}px"
        self._layers.style(f"{size};transform:matrix({matrix})")
