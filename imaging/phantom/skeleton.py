"""The bones of a trunk, drawn on a slice."""

from __future__ import annotations

import numpy as np

from imaging.phantom.body import Build, cage
from imaging.phantom.fields import Field, Plane, Tube


def draw_skeleton(plane: Plane, build: Build, ribs: Tube, cartilage: Tube, texture: Field) -> None:
    """Ribs, spine, breastbone, shoulder blades, collar bones and the wings of the pelvis."""
    z, values = plane.z, plane.values
    marrow = 210 + 70 * texture
    plane.tube(cartilage, 96.0)
    plane.tube(ribs, 560.0)
    _fill(plane, ribs, marrow, 1.7)
    tall = 24.5 if z > 190 else 31.0
    within = np.mod(z, tall)
    disc = within < 5.0
    end = 5.0 <= within < 6.8 or within > tall - 1.6
    size = 1.0 if z > 190 else 1.22
    body = plane.ellipsoid((0, 52, z), (20 * size, 15.5 * size, 9)) & ~plane.ellipsoid(
        (0, 72, z), (9, 6, 9)
    )
    core = plane.ellipsoid((0, 52, z), (18.2 * size, 13.8 * size, 9)) & body
    values[body] = 92 if disc else 470
    values[core] = (86 + 4 * texture[core]) if disc else (420 if end else 168 + 55 * texture[core])
    canal = plane.ellipsoid((0, 76, z), (9.5, 8, 9))
    ring = plane.ellipsoid((0, 77, z), (16, 13, 9)) & ~body
    pedicle = 8 < within < tall - 5
    values[ring & ((plane.y > 82) | pedicle)] = 430
    values[canal] = 22
    values[plane.ellipsoid((0, 76, z), (5.5, 4.2, 9))] = 42
    if 7 < within < tall - 7:
        for side in (-1, 1):
            values[plane.ellipsoid((side * 27, 79, z), (14, 4.2, 9), side * 0.28)] = 380
    spinous = plane.ellipsoid((0, 98, z), (3.3, 14 if within < 15 else 8, 9))
    values[spinous & (values > -60)] = 400
    if 226 < z < 352:
        width = 22 if z > 318 else 15
        breast = plane.ellipsoid((0, 0 - cage(build, min(z, 290))[1] + 4, z), (width, 6, 9))
        values[breast] = 420
        values[
            plane.ellipsoid((0, 0 - cage(build, min(z, 290))[1] + 4, z), (width - 2, 4.2, 9))
        ] = (150 + 40 * texture)[
            plane.ellipsoid((0, 0 - cage(build, min(z, 290))[1] + 4, z), (width - 2, 4.2, 9))
        ]
    for side in (-1, 1):
        if z > 258:
            lean = side * (104 + 0.1 * (z - 300))
            blade = plane.ellipsoid((lean, 80 - 0.06 * (z - 300), 330), (34, 3.6, 72), -side * 0.62)
            values[blade & (values > -200)] = 440
        clavicle = Tube.along(
            [
                (side * 18, -52, 366, 6.5),
                (side * 60, -50, 374, 5.5),
                (side * 110, -18, 388, 6),
                (side * 150, 6, 396, 7),
            ],
            1.5,
        )
        plane.tube(clavicle, 520.0)
        if z < 46:
            wing = plane.ellipsoid((side * 96, 46, -30), (44, 6.5, 74), side * -0.75)
            values[wing] = 430
            inner = plane.ellipsoid((side * 96, 46, -30), (41, 4.4, 70), side * -0.75)
            values[inner] = (140 + 60 * texture)[inner]


def _fill(plane: Plane, tube: Tube, marrow: Field, shrink: float) -> None:
    kept = plane.values.copy()
    plane.values[...] = -500
    plane.tube(tube, 100.0, shrink=shrink)
    inside = plane.values > 0
    plane.values[...] = kept
    plane.values[inside] = marrow[inside]
