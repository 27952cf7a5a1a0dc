"""A double buffer: the picture on screen, and behind it the one that will be seen next.

Both are drawn by the browser, the one over the other; which of them is above is an attribute of the
element around them, so that to turn them round is a message of a few bytes and nothing is loaded.
"""

from __future__ import annotations

from collections.abc import Callable

from nicegui import ui
from nicegui.element import Element

from ui.components.viewer.direct import Direct
from ui.components.viewer.pictures import NOTHING_YET

TURNED = "data-turned"  # while the second is above


class DoubleBuffer:
    """Two pictures in an element.

    `on_shown` is called with a number when so many pictures that were shown are loaded, or are not
    going to be, because another one took their place before they were; `on_prepared` when one is
    that was prepared.
    """

    def __init__(
        self,
        direct: Direct,
        around: Element,
        on_shown: Callable[[int], None],
        on_prepared: Callable[[], None],
    ) -> None:
        self._direct = direct
        self._around = around
        self._on_shown, self._on_prepared = on_shown, on_prepared
        self._front = 0
        self._held: list[int | None] = [None, None]  # what each shows: the hash of its source
        self._shown = [0, 0]  # how many of each are loading, to be shown
        self._prepared = [False, False]  # whether each is loading, to be prepared
        with around:
            self._pictures = [self._picture(number) for number in (0, 1)]

    @property
    def first(self) -> str:
        """The source that the page goes out with; empty if there is none."""
        return str(self._pictures[0].props.get("src", ""))

    def show(self, source: str) -> bool:
        """Put a picture on screen; False when the browser has it already and will tell nothing."""
        wanted, back = hash(source), 1 - self._front
        if self._held[self._front] == wanted:
            return False
        if self._held[back] == wanted and not self._loading(back):
            self._front = back
            self._direct.set_flag(self._around, TURNED, bool(back))
            return False
        self._load(self._front, source)
        self._shown[self._front] += 1
        return True

    def prepare(self, source: str) -> bool:
        """Load a picture behind the one on screen; False when one of the two has it already."""
        if hash(source) in self._held:
            return False
        self._load(1 - self._front, source)
        self._prepared[1 - self._front] = True
        return True

    def clear_back(self) -> None:
        """Leave nothing behind the picture on screen."""
        back = 1 - self._front
        if self._held[back] is not None:
            self._direct.set_source(self._pictures[back], NOTHING_YET)
            self._held[back], self._prepared[back] = None, False

    def close(self) -> None:
        """Neither picture is to reach the browser any more."""
        self._direct.unsay(self._pictures)

    def _picture(self, number: int) -> ui.element:
        picture = ui.element("img").classes("base").props('alt="" draggable=false')
        picture.on("load", lambda: self._loaded(number), args=[])
        return picture

    def _load(self, number: int, source: str) -> None:
        self._held[number] = hash(source)
        self._direct.set_source(self._pictures[number], source)

    def _loading(self, number: int) -> bool:
        return bool(self._shown[number]) or self._prepared[number]

    def _loaded(self, number: int) -> None:
        shown, self._shown[number] = self._shown[number], 0
        prepared, self._prepared[number] = self._prepared[number], False
        if shown:
            self._on_shown(shown)
        if prepared:
            self._on_prepared()
