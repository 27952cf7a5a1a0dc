"""A chest and abdomen with contrast in the portal venous phase, slice by slice, in HU.

Places are in mm: x to the patient's left, y to the back, z to the head, 0 at the iliac crests.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imaging.phantom.fields import Field, Plane, Tube, merged, smooth, waves

Mask = NDArray[np.bool_]
SIZE = 256
SPACING = 400 / SIZE  # mm
TOP = 400.0
DOME_RIGHT, DOME_LEFT = 222.0, 208.0
FAT, MUSCLE, BLOOD, VEIN = -104.0, 58.0, 168.0, 172.0
NODULE = (-62.0, 8.0, 338.0, 4.0)  # mm, and its radius: eight millimetres in the right upper lobe


@dataclass(frozen=True)
class Build:
    """What makes one body differ from another."""

    seed: int
    width: float = 168.0
    depth: float = 114.0
    fat: float = 17.0
    contrast: float = 1.0
    nodule: bool = True


class Torso:
    """One person's trunk."""

    def __init__(self, build: Build) -> None:
        self.build = build
        rng = np.random.default_rng(build.seed)
        axis = (np.arange(SIZE, dtype=np.float32) - SIZE / 2 + 0.5) * np.float32(SPACING)
        self._x0, self._y0 = np.meshgrid(axis, axis)
        shape = (SIZE, SIZE)
        self._warps = [waves(rng, shape, 6) for _ in range(6)]
        self._texture = [waves(rng, shape, 48) for _ in range(4)]
        self._mottle = [waves(rng, shape, 18) for _ in range(4)]
        self._ribs = merged(
            [self._rib(number, side) for number in range(1, 13) for side in (-1, 1)]
        )
        self._cartilage = self._costal_cartilage()
        self._lung_vessels = merged([t for side in (-1, 1) for t in self._tree(rng, side)])
        self._liver_veins = self._hepatic(rng)
        self._bowel = self._loops(rng)
        self._great = self._great_vessels()

    # --- what stays the same for all slices

    def _rib(self, number: int, side: int) -> Tube:
        start = 388 - 25.5 * (number - 1)
        end = {11: 0.62, 12: 0.45}.get(number, 0.83 if number < 8 else 0.74)
        drop = 20 + 9.5 * min(number, 8)
        corners = []
        for share in np.linspace(0.04, end, 14):
            angle = np.pi * share
            a, b = self._cage(start - drop * share)
            corners.append(
                (
                    side * a * np.sin(angle) ** 0.85,
                    8 + b * np.cos(angle) * (1.0 if share < 0.5 else 0.96),
                    start - drop * share**1.15 - (9 if share > 0.7 else 0) * (share - 0.7),
                    5.0,
                )
            )
        return Tube.along(corners, 1.2)

    def _costal_cartilage(self) -> Tube:
        tubes = []
        for number in range(2, 8):
            start = 388 - 25.5 * (number - 1) - (20 + 9.5 * number) * 0.83
            for side in (-1, 1):
                a, b = self._cage(start)
                tubes.append(
                    Tube.along(
                        [
                            (side * a * 0.52, 8 - b * 0.84, start, 5.0),
                            (side * a * 0.3, 6 - b, start + 6, 5.0),
                            (side * 14, 4 - b, start + 14, 4.5),
                        ],
                        1.5,
                    )
                )
        return merged(tubes)

    def _cage(self, z: float) -> tuple[float, float]:
        """Half width and half depth of the inside of the chest at a height."""
        high = np.clip((z - 285) / 118, 0, 1)
        low = np.clip((150 - z) / 150, 0, 1)
        taper = float(np.sqrt(max(1 - high**2.4, 0.03)))
        grown = 1 - 0.06 * float(low)
        scale = self.build.width / 168
        return 136 * taper * grown * scale, 90 * (
            0.45 + 0.55 * taper
        ) * grown * self.build.depth / 114

    def _tree(self, rng: np.random.Generator, side: int) -> list[Tube]:
        tubes: list[Tube] = []

        def grow(x: float, y: float, z: float, way: Field, radius: float, left: int) -> None:
            length = float(rng.uniform(10, 21)) * (0.75 + radius / 9)
            end = np.array([x, y, z]) + way * length
            a, b = self._cage(float(end[2]))
            edge = np.hypot(end[0] / max(a, 1), (end[1] - 8) / max(b, 1))
            dome = self._dome(end[0], end[1])
            if edge > 0.97 or end[2] < dome + 3 or end[2] > 388 or end[0] * side < 8:
                return
            thin = max(radius * float(rng.uniform(0.72, 0.86)), 0.55)
            tubes.append(Tube.along([(x, y, z, radius), (*end, thin)], 0.9))
            if left == 0:
                return
            for share in (1.0, 0.68) if rng.random() < 0.86 else (1.0, 0.7, 0.55):
                turn = way + rng.normal(0, 0.46 if share == 1.0 else 0.85, 3)
                turn[2] += 0.12 * np.sign(way[2])
                grow(*end, turn / np.linalg.norm(turn), max(thin * share, 0.5), left - 1)

        for tilt in np.linspace(-1.25, 1.35, 7):
            for fore in (-0.75, 0.0, 0.8):
                way = np.array([side * 0.8, fore, tilt]) + rng.normal(0, 0.16, 3)
                grow(
                    side * 34.0, 6.0 + 5 * fore, 288 + 10 * tilt, way / np.linalg.norm(way), 3.9, 8
                )
        return tubes

    def _hepatic(self, rng: np.random.Generator) -> Tube:
        tubes = []
        for way in ((-85, -25, -8), (-48, -62, 2), (-10, -52, 6), (-80, 28, -18)):
            end = np.array([-14.0, 22.0, 205.0]) + np.array(way)
            middle = np.array([-14.0, 22.0, 205.0]) + np.array(way) * 0.5 + rng.normal(0, 5, 3)
            tubes.append(Tube.along([(-14, 22, 205, 5.5), (*middle, 4.0), (*end, 1.8)], 1.0))
        porta = np.array([-22.0, 2.0, 160.0])
        for way in ((-70, -20, 18), (-72, 25, 6), (-62, -30, -32), (28, -42, 14), (-85, 12, -30)):
            end = porta + np.array(way)
            middle = porta + np.array(way) * 0.55 + rng.normal(0, 6, 3)
            tubes.append(Tube.along([(*porta, 6.0), (*middle, 3.8), (*end, 1.6)], 1.0))
            for _ in range(3):
                tip = middle + rng.normal(0, 22, 3)
                tubes.append(Tube.along([(*middle, 3.0), (*tip, 1.2)], 1.0))
        return merged(tubes)

    def _loops(self, rng: np.random.Generator) -> list[tuple[Tube, float]]:
        """Small bowel and colon as tubes, each with what is inside."""
        loops: list[tuple[Tube, float]] = []
        for _ in range(24):
            here = np.array([rng.uniform(-70, 70), rng.uniform(-66, 0), rng.uniform(-10, 105)])
            corners = [(*here, 12.5)]
            for _ in range(5):
                here = here + rng.normal(0, 1, 3) * (26, 15, 13)
                here = np.clip(here, (-84, -72, -20), (84, 8, 118))
                corners.append((*here, float(rng.uniform(10.5, 14))))
            loops.append((Tube.along(corners, 2.0), float(rng.choice([22.0, 38.0, 60.0, 14.0]))))
        colon = [
            [(-104, 8, -10, 22), (-108, 6, 40, 20), (-104, 4, 95, 21), (-92, -20, 118, 20)],
            [
                (-92, -30, 118, 19),
                (-50, -74, 108, 19),
                (0, -82, 98, 18),
                (52, -76, 116, 18),
                (98, -34, 152, 18),
            ],
            [(100, -20, 158, 18), (112, 14, 120, 17), (112, 22, 60, 16), (104, 20, 0, 16)],
        ]
        loops += [(Tube.along(corners, 2.0), -940.0) for corners in colon]  # type: ignore[arg-type]
        return loops

    def _great_vessels(self) -> list[tuple[Tube, float]]:
        aorta = Tube.along(
            [
                (-8, -22, 262, 15),
                (-14, -28, 300, 15),
                (-8, -22, 326, 14.5),
                (14, 2, 335, 13.5),
                (24, 30, 318, 13),
                (26, 36, 280, 12.5),
                (20, 38, 220, 12),
                (8, 34, 160, 11),
                (3, 32, 90, 10),
                (2, 32, 20, 9.5),
            ],
            1.5,
        )
        iliacs = [
            Tube.along([(2, 32, 22, 8), (s * 14, 30, 0, 7), (s * 30, 36, -30, 6)], 1.5)
            for s in (-1, 1)
        ]
        cava = Tube.along(
            [
                (-22, 30, -20, 10),
                (-22, 30, 60, 11),
                (-24, 28, 130, 12),
                (-20, 22, 200, 13),
                (-24, 4, 226, 13),
            ],
            1.5,
        )
        upper_cava = Tube.along(
            [(-30, -6, 262, 9.5), (-32, -14, 300, 9.5), (-28, -22, 345, 9), (-36, -24, 372, 8)], 1.5
        )
        trunk = Tube.along(
            [(10, -44, 262, 14), (14, -34, 284, 14), (20, -6, 296, 12), (34, 8, 292, 9.5)], 1.5
        )
        right = Tube.along([(16, -24, 292, 12), (-8, -2, 292, 10), (-34, 4, 290, 9)], 1.5)
        lower = [
            Tube.along([(s * 33, 6, 290, 8.5), (s * 36, 16, 270, 7), (s * 42, 26, 244, 5)], 1.5)
            for s in (-1, 1)
        ]
        arch = [
            Tube.along(
                [
                    (x, -4 + abs(x) / 3, 332, 6),
                    (x * 1.6 - 2, -8, 366, 5.2),
                    (x * 3 - 4, -6, 405, 4.5),
                ],
                1.5,
            )
            for x in (-8, 4, 14)
        ]
        splenic = Tube.along(
            [(-20, 4, 156, 6), (10, -2, 160, 5.5), (48, 14, 172, 5), (82, 34, 178, 4)], 1.5
        )
        mesenteric = Tube.along([(-16, 2, 154, 6), (-6, -18, 120, 5.5), (2, -22, 70, 4)], 1.5)
        renal = [Tube.along([(s * 8, 30, 112, 5), (s * 38, 36, 110, 4.5)], 1.5) for s in (-1, 1)]
        artery = BLOOD * 1.03
        return [
            (aorta, artery),
            *((t, artery) for t in iliacs),
            (cava, 138.0),
            (upper_cava, VEIN),
            (trunk, BLOOD),
            (right, BLOOD),
            *((t, BLOOD) for t in lower),
            *((t, artery) for t in arch),
            (splenic, VEIN),
            (mesenteric, VEIN),
            *((t, VEIN) for t in renal),
        ]

    @staticmethod
    def _dome(x: float | Field, y: float | Field) -> float | Field:
        """The height of the diaphragm over a place."""
        right = DOME_RIGHT - ((x + 68) / 66) ** 2 * 34 - ((y + 16) / 74) ** 2 * 40
        left = DOME_LEFT - ((x - 70) / 62) ** 2 * 34 - ((y + 16) / 74) ** 2 * 40
        return np.maximum(right, left)

    # --- a slice

    def slice(self, z: float, *, table: bool = True) -> Field:
        """HU of the slice at height z, (256, 256), without noise."""
        sway = z / TOP * 5
        lower = int(sway) % 5
        share = np.float32(sway - int(sway))

        def mix(fields: list[Field]) -> Field:
            n = len(fields)
            return fields[lower % n] * (1 - share) + fields[(lower + 1) % n] * share

        warp_x, warp_y = mix(self._warps), mix(self._warps[1:] + self._warps[:1])
        plane = Plane(self._x0 + 3.2 * warp_x, self._y0 + 3.0 * warp_y, z)
        outer, trunk = self._outline(plane)
        plane.values[outer] = 30
        self._wall(plane, outer, trunk, mix(self._mottle))
        cavity = self._abdomen(plane, mix(self._texture), mix(self._mottle))
        self._chest(plane, mix(self._texture))
        self._skeleton(plane, mix(self._texture), cavity)
        image = smooth(plane.values, 1)
        if table:
            self._table(image, outer)
        return image

    def _outline(self, plane: Plane) -> tuple[Mask, Field]:
        z = plane.z
        shoulder = np.clip((z - 318) / 80, 0, 1)
        waist = np.exp(-(((z - 95) / 70) ** 2))
        a = self.build.width * (1 - 0.03 * waist) + 22 * shoulder
        b = self.build.depth * (1 - 0.16 * shoulder) + 2 * np.sin(z / 45)
        x, y = plane.x, plane.y - 8 * shoulder
        power = 2.35 + 0.35 * shoulder
        back = np.where(y > 0, 0.94, 1.0)
        radial = ((np.abs(x) / a) ** power + (np.abs(y) / (b * back)) ** power) ** (1 / power)
        groove = 5 * np.exp(-((x / 12) ** 2)) * (y > 0)
        depth = (1 - radial) * b - groove
        return depth > 0, depth.astype(np.float32)

    def _wall(self, plane: Plane, outer: Mask, depth: Field, mottle: Field) -> None:
        z = plane.z
        low = float(np.clip((230 - z) / 120, 0, 1))
        front = np.clip(-plane.y / 100, -1, 1)
        fat = self.build.fat * (0.62 + 0.55 * low + 0.22 * low * front + 0.1 * mottle)
        values = plane.values
        values[outer & (depth > 1.8)] = FAT
        streak = FAT + 9 * mottle
        values[outer & (depth > 2.2)] = streak[outer & (depth > 2.2)]
        meat = outer & (depth > fat)
        values[meat] = MUSCLE + 5 * mottle[meat]
        # fat planes between the layers of muscle
        seam = np.abs(np.mod(depth - fat + 1.3 * mottle, 9.5) - 7.5) < 0.55
        values[meat & seam & (depth < fat + 24) & (z < 250)] = -35
        for side in (-1, 1):  # breast or pectoral contour, latissimus
            if 230 < z < 345:
                pad = plane.ellipsoid((side * 78, -self.build.depth + 14, 285), (52, 15, 58))
                values[pad & (values < -60) & (depth > 2)] = FAT - 4

    def _abdomen(self, plane: Plane, texture: Field, mottle: Field) -> Mask:
        z, values, c = plane.z, plane.values, self.build.contrast
        a, b = self._cage(min(z, 240))
        x, y = plane.x, plane.y
        inside = ((np.abs(x) / (a - 3)) ** 2.2 + (np.abs(y + 12) / (b - 2)) ** 2.2) < 1
        spine = (np.abs(x) < 26) & (y > 28)
        inside &= ~spine
        if z > 236:
            return np.zeros_like(inside)
        below = inside & (z < self._dome(x, y))
        values[below] = FAT + 4 * mottle[below]
        for side in (-1, 1):
            psoas = plane.ellipsoid((side * 40, 46, -30), (21, 20, 175))
            values[psoas] = MUSCLE + 4 * texture[psoas]
        self._viscera(plane, below, texture, mottle, c)
        for tube, filling in self._bowel:
            self._loop(plane, tube, filling, below, texture)
        for tube, value in self._great:
            if tube.points[:, 2].min() < 240:
                plane.tube(tube, 40 + (value - 40) * c)
        return below

    def _viscera(self, plane: Plane, below: Mask, texture: Field, mottle: Field, c: float) -> None:
        values = plane.values
        liver = plane.ellipsoid((-62, -10, 158), (88, 92, 82)) | plane.ellipsoid(
            (12, -52, 178), (62, 34, 42), 0.3
        )
        liver |= plane.ellipsoid((-88, 2, 128), (46, 66, 62))
        liver &= below
        values[liver] = 62 + 50 * c + 3 * mottle[liver]
        before = values.copy()
        plane.tube(self._liver_veins, 62 + 105 * c)
        values[~liver] = before[~liver]
        cyst = plane.ellipsoid((-92, 24, 176), (7.5, 7.5, 7.5))
        values[cyst & liver] = 8
        gall = plane.ellipsoid((-52, -46, 122), (15, 20, 24), 0.5)
        values[gall & below] = 58
        values[plane.ellipsoid((-52, -46, 122), (13.2, 18.2, 22), 0.5) & below] = 7
        spleen = plane.ellipsoid((98, 42, 176), (30, 46, 46), -0.5) & below
        values[spleen] = 50 + 74 * c + 3 * mottle[spleen]
        stomach = plane.ellipsoid((52, -34, 178), (50, 42, 46), 0.35) & below
        lumen = plane.ellipsoid((52, -34, 178), (45, 37, 41), 0.35) & below
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

    def _loop(self, plane: Plane, tube: Tube, filling: float, below: Mask, texture: Field) -> None:
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

    def _chest(self, plane: Plane, texture: Field) -> None:
        z, values, c = plane.z, plane.values, self.build.contrast
        if z < 118:
            return
        a, b = self._cage(z)
        x, y = plane.x, plane.y
        cage = ((np.abs(x) / a) ** 2.1 + (np.abs(y - 8) / b) ** 2.1) < 1
        spine = ((x / 30) ** 2 + ((y - 62) / 38) ** 2) < 1
        narrow = 22 + 15 * np.clip((300 - z) / 60, 0, 1)
        middle = (np.abs(x) < narrow) & (y > -52) | (np.abs(x) < 13)
        lung = cage & ~spine & ~middle & (z > self._dome(x, y))
        chest = cage & (z > self._dome(x, y))
        values[chest & ~lung] = FAT + 20
        heart = plane.ellipsoid((30, -26, 246), (64, 47, 54), 0.55) & chest
        lung &= ~plane.ellipsoid((30, -26, 246), (68, 51, 58), 0.55)
        values[plane.ellipsoid((30, -26, 246), (68, 51, 58), 0.55) & chest] = FAT + 12
        grain = texture[lung]
        posterior = np.clip((y[lung] + 20) / 120, -0.5, 1)
        values[lung] = -872 + 34 * posterior + 13 * grain
        values[heart] = 40 + 82 * c
        for place, radii, turn in (
            ((48, -30, 242), (31, 23, 36), 0.55),
            ((4, -42, 246), (29, 21, 38), 0.5),
            ((20, 12, 262), (30, 17, 24), 0.1),
            ((-26, -18, 248), (21, 24, 32), 0.2),
        ):
            values[plane.ellipsoid(place, radii, turn) & heart] = 40 + 128 * c
        for tube, value in self._great:
            if tube.points[:, 2].max() > 200:
                plane.tube(tube, 40 + (value - 40) * c)
        keep = values.copy()
        plane.tube(self._lung_vessels, 42 + 30 * c)
        values[~lung] = keep[~lung]
        fissure = np.abs(y - 20 + (z - 250) * 0.75 + 4 * texture) < 0.7
        values[fissure & lung] = np.maximum(values[fissure & lung], -690)
        if self.build.nodule:
            plane.tube(Tube(np.array([NODULE], np.float32)), 38.0)
        for corners in (
            [(0, 6, 405, 9.5), (0, 8, 340, 9), (0, 10, 304, 9)],
            [(0, 10, 304, 7.5), (-16, 10, 292, 7), (-34, 10, 280, 5.5), (-46, 16, 258, 3.4)],
            [(0, 10, 304, 7), (20, 12, 286, 6.5), (38, 14, 272, 5), (50, 20, 250, 3.2)],
            [(-18, 10, 291, 4.5), (-36, 6, 306, 3.6), (-50, 2, 326, 2.6)],
            [(24, 12, 284, 4.5), (40, 4, 300, 3.4), (54, -4, 318, 2.4)],
        ):
            airway = Tube.along(corners, 1.0)
            plane.tube(Tube(airway.points + np.array([0, 0, 0, 1.5], np.float32)), 45.0)
            plane.tube(airway, -985.0)
        plane.tube(Tube.along([(6, 26, 410, 6), (8, 26, 300, 6), (14, 20, 205, 7)], 2.0), 48.0)

    def _skeleton(self, plane: Plane, texture: Field, cavity: Mask) -> None:
        z, values = plane.z, plane.values
        marrow = 210 + 70 * texture
        plane.tube(self._cartilage, 96.0)
        plane.tube(self._ribs, 560.0)
        self._inner(plane, self._ribs, marrow, 1.7)
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
        values[core] = (
            (86 + 4 * texture[core]) if disc else (420 if end else 168 + 55 * texture[core])
        )
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
            breast = plane.ellipsoid((0, 0 - self._cage(min(z, 290))[1] + 4, z), (width, 6, 9))
            values[breast] = 420
            values[
                plane.ellipsoid((0, 0 - self._cage(min(z, 290))[1] + 4, z), (width - 2, 4.2, 9))
            ] = (150 + 40 * texture)[
                plane.ellipsoid((0, 0 - self._cage(min(z, 290))[1] + 4, z), (width - 2, 4.2, 9))
            ]
        for side in (-1, 1):
            if z > 258:
                lean = side * (104 + 0.1 * (z - 300))
                blade = plane.ellipsoid(
                    (lean, 80 - 0.06 * (z - 300), 330), (34, 3.6, 72), -side * 0.62
                )
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

    def _inner(self, plane: Plane, tube: Tube, marrow: Field, shrink: float) -> None:
        kept = plane.values.copy()
        plane.values[...] = -500
        plane.tube(tube, 100.0, shrink=shrink)
        inside = plane.values > 0
        plane.values[...] = kept
        plane.values[inside] = marrow[inside]

    def _table(self, image: Field, outer: Mask) -> None:
        x, y = self._x0, self._y0
        curve = self.build.depth * 0.94 + 13 - (x / 200) ** 2 * 30
        top = (np.abs(y - curve) < 1.6) & (np.abs(x) < 190) & ~outer
        image[top] = -120
        bottom = (np.abs(y - curve - 22) < 1.2) & (np.abs(x) < 190) & ~outer
        image[bottom] = -300
