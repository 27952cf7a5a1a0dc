"""The organs of the abdomen, drawn on a slice."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from imaging.phantom.body import FAT
from imaging.phantom.fields import Field, Plane, Tube

Mask = NDArray[np.bool_]


def draw_organs(
    plane: Plane,
    bent: Plane,
    below: Mask,
    liver_veins: Tube,
    texture: Field,
    mottle: Field,
    c: float,
) -> None:
    """Liver, gallbladder, spleen, stomach, pancreas and kidneys; `c` is the contrast, 0 to 1.

    Large organs are drawn on `bent`, the same slice with a bend in it.
    """
    values = plane.values
    liver = bent.ellipsoid((-62, -10, 158), (88, 92, 82)) | bent.ellipsoid(
        (12, -52, 178), (62, 34, 42), 0.3
    )
    liver |= bent.ellipsoid((-88, 2, 128), (46, 66, 62))
    liver &= below
    values[liver] = 62 + 50 * c + 3 * mottle[liver]
    before = values.copy()
    plane.tube(liver_veins, 62 + 105 * c)
    values[~liver] = before[~liver]
    cyst = plane.ellipsoid((-92, 24, 176), (7.5, 7.5, 7.5))
    values[cyst & liver] = 8
    gall = plane.ellipsoid((-52, -46, 122), (15, 20, 24), 0.5)
    values[gall & below] = 58
    values[plane.ellipsoid((-52, -46, 122), (13.2, 18.2, 22), 0.5) & below] = 7
    spleen = bent.ellipsoid((98, 42, 176), (30, 46, 46), -0.5) & below
    values[spleen] = 50 + 74 * c + 3 * mottle[spleen]
    stomach = bent.ellipsoid((52, -34, 178), (50, 42, 46), 0.35) & below
    lumen = bent.ellipsoid((52, -34, 178), (45, 37, 41), 0.35) & below
    values[stomach] = 84 + 4 * texture[stomach]
    gas = plane.y < -46
    values[lumen] = 14 + 5 * texture[lumen]
    values[lumen & gas] = -960
    for k in range(9):
        head = (-30 + 14 * k, -12 - 8 * np.sin(k / 2.4) + 1.2 * k, 138 + 4.4 * k)
        lobe = plane.ellipsoid(head, (13, 10.5 - 0.4 * k, 11)) & below
        values[lobe] = 92 * c + 8 * texture[lobe]
    for side, height in ((-1, 106), (1, 118)):
        place = (side * 64, 42, height)
        capsule = plane.ellipsoid(place, (37, 40, 66)) & below
        values[capsule & (values > -60) & ~liver & ~spleen] = FAT
        kidney = plane.ellipsoid(place, (27, 31, 56), side * -0.5) & below
        values[kidney] = 40 + 150 * c
        medulla = plane.ellipsoid(place, (19, 22, 46), side * -0.5)
        pyramids = (
            medulla
            & kidney
            & (np.sin(np.arctan2(plane.y - 42, plane.x - place[0]) * 5 + plane.z / 9) > -0.15)
        )
        values[pyramids] = 40 + 88 * c
        sinus = plane.ellipsoid((side * 57, 40, height), (13, 13, 32), side * -0.5) & kidney
        values[sinus] = FAT + 22
        values[plane.ellipsoid((side * 54, 39, height), (5, 7, 16)) & kidney] = 6


def draw_loop(plane: Plane, tube: Tube, filling: float, below: Mask, texture: Field) -> None:
    """A loop of bowel with its wall, where there is fat to lie in."""
    if np.abs(tube.points[:, 2] - plane.z).min() > 24:
        return
    kept = plane.values.copy()
    plane.values[...] = -500
    plane.tube(tube, 100.0)
    wall = plane.values > -300
    plane.values[...] = -500
    plane.tube(tube, 100.0, shrink=2.6)
    lumen = plane.values > -300
    plane.values[...] = kept
    free = below & ((kept < -40) & (kept > -200))
    plane.values[wall & free] = 88
    hollow = lumen & free
    if filling < -500:  # colon: stool with gas in it, gas in front
        plane.values[hollow] = 10 + 38 * texture[hollow]
        plane.values[hollow & (texture + (-plane.y - 20) / 40 > 0.55)] = filling
    else:
        plane.values[hollow] = filling + 5 * texture[hollow]
