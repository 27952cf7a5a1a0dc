"""The "Planes" menu: a series as it was taken, or planes through its volume, thin or as a slab."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from imaging.planes import AXIAL, CORONAL, SAGITTAL, Plane
from imaging.projection import Projection
from imaging.reformat import THIN, Slab
from services.language import N_, _
from services.pictures.volumes import Standing
from ui.components.header import named_button
from ui.components.menu import Menu, command_entry, entry, line
from ui.components.viewer.commands import Act, Deed, found

ACQUIRED = N_("Acquired")
PLANES: tuple[tuple[str, Plane | None], ...] = (
    (ACQUIRED, None),
    *((plane.name, plane) for plane in (AXIAL, CORONAL, SAGITTAL)),
)
THICKNESSES = (5.0, 10.0, 20.0, 40.0)  # mm
MEANINGS = {
    Projection.MAXIMUM: N_("MIP (brightest)"),
    Projection.MINIMUM: N_("MinIP (darkest)"),
    Projection.AVERAGE: N_("Average"),
}
Show = Callable[[Plane | None, Slab], Awaitable[bool]]


class PlanesMenu:
    """A button with a menu.

    `show` puts a plane (None: the images as taken) on the stage, and says whether it could.
    """

    def __init__(self, show: Show, act: Act) -> None:
        self._show = show
        self._act = act
        self._plane: Plane | None = None
        self._slab = THIN
        self._standing = Standing("")
        with named_button("view_in_ar", _("Planes"), caption=_("Planes")) as self._button:
            self._menu = Menu()
        self._write()

    def offer(self, standing: Standing, plane: Plane | None = None, slab: Slab = THIN) -> None:
        """Begin anew for another series, or another viewport, which shows this of it."""
        if (standing, plane, slab) != (self._standing, self._plane, self._slab):
            self._standing, self._plane, self._slab = standing, plane, slab
            with self._button:
                self._write()

    def _write(self) -> None:
        self._menu.clear()
        with self._menu:
            if not self._standing.possible:
                entry(self._standing.reason)
                return
            for name, plane in PLANES:
                self._choice(_(name), plane, self._slab if plane else THIN, plane is self._plane)
            command_entry(found(Deed.THREE_PLANES), self._act)
            if self._plane is not None:
                self._slabs()
            for remark in self._standing.remarks:
                entry(remark)

    def _slabs(self) -> None:
        line()
        self._choice(_("Thin"), self._plane, THIN, not self._slab.thickness)
        thickness = self._slab.thickness or THICKNESSES[1]
        for projection, name in MEANINGS.items():
            chosen = bool(self._slab.thickness) and projection is self._slab.projection
            self._choice(_(name), self._plane, Slab(thickness, projection), chosen)
        line()
        for thickness in THICKNESSES:
            chosen = thickness == self._slab.thickness
            slab = Slab(thickness, self._slab.projection)
            self._choice(
                _("{thickness:g} mm thick").format(thickness=thickness), self._plane, slab, chosen
            )

    def _choice(self, name: str, plane: Plane | None, slab: Slab, chosen: bool) -> None:
        async def choose() -> None:
            self._menu.close()
            if await self._show(plane, slab):
                self.offer(self._standing, plane, slab)

        item = entry(name, choose).classes("chosen" if chosen else "")
        item.props["role"] = "menuitemradio"
        item.props["aria-checked"] = "true" if chosen else "false"
