"""Pictures of parts of an image, each over the part it shows."""

from __future__ import annotations

from collections.abc import Callable

from nicegui import ui
from nicegui.element import Element

from services.viewer.viewing import Picture
from ui.components.viewer.pictures import data_url


class Details:
    """They lie in an element, the newest above; `on_load` is called when one is loaded."""

    def __init__(self, around: Element, on_load: Callable[[], None]) -> None:
        self._around = around
        self._on_load = on_load
        self._pictures: list[ui.element] = []  # newest last

    def lay(self, picture: Picture) -> None:
        """A picture lies over what is there until it is loaded, then replaces it."""
        left, top, width, height = picture.region
        with self._around:
            detail = ui.element("img").classes("detail").props('alt="" draggable=false')
        detail.props["src"] = data_url(picture)
        detail.style(f"left:{left}px;top:{top}px;width:{width}px;height:{height}px")
        detail.on("load", self._on_load, args=[])
        self._pictures.append(detail)

    def sweep(self, kept: int) -> None:
        """Take all but the newest away."""
        while len(self._pictures) > kept:
            self._pictures.pop(0).delete()
