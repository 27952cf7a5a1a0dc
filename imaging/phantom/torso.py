"""A chest and abdomen with contrast in the portal venous phase, slice by slice, in HU.

Places are in mm: x to the patient's left, y to the back, z to the head, 0 at the iliac crests.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from imaging.phantom import tubes
from imaging.phantom.body import FAT, MUSCLE, SIZE, SPACING, Build, cage, dome
from imaging.phantom.fields import Field, Plane, Tube, smooth, waves
from imaging.phantom.skeleton import draw_skeleton
from imaging.phantom.viscera import draw_loop, draw_organs

Mask = NDArray[np.bool_]
TOP = 400.0
NODULE = (-62.0, 8.0, 338.0, 4.0)  # mm, and its radius: eight millimetres in the right upper lobe

AIRWAYS = tuple(
    Tube.along(corners, 1.0)
    for corners in (
        [(0, 6, 405, 9.5), (0, 8, 340, 9), (0, 10, 304, 9)],
        [(0, 10, 304, 7.5), (-16, 10, 292, 7), (-34, 10, 280, 5.5), (-46, 16, 258, 3.4)],
        [(0, 10, 304, 7), (20, 12, 286, 6.5), (38, 14, 272, 5), (50, 20, 250, 3.2)],
        [(-18, 10, 291, 4.5), (-36, 6, 306, 3.6), (-50, 2, 326, 2.6)],
        [(24, 12, 284, 4.5), (40, 4, 300, 3.4), (54, -4, 318, 2.4)],
    )
)
GULLET = Tube.along([(6, 26, 410, 6), (8, 26, 300, 6), (14, 20, 205, 7)], 2.0)


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
        self._ribs = tubes.ribs(build)
        self._cartilage = tubes.costal_cartilage(build)
        self._lung_vessels = tubes.lung_vessels(build, rng)
        self._liver_veins = tubes.liver_veins(rng)
        self._bowel = tubes.bowel(rng)
        self._great = tubes.great_vessels()

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
        bent = plane.bent(8 * warp_y, 7 * warp_x)
        self._abdomen(plane, bent, mix(self._texture), mix(self._mottle))
        self._chest(plane, bent, mix(self._texture))
        draw_skeleton(plane, self.build, self._ribs, self._cartilage, mix(self._texture))
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

    def _abdomen(self, plane: Plane, bent: Plane, texture: Field, mottle: Field) -> None:
        z, values, c = plane.z, plane.values, self.build.contrast
        a, b = cage(self.build, min(z, 240))
        x, y = plane.x, plane.y
        inside = ((np.abs(x) / (a - 3)) ** 2.2 + (np.abs(y + 12) / (b - 2)) ** 2.2) < 1
        spine = (np.abs(x) < 26) & (y > 28)
        inside &= ~spine
        if z > 236:
            return
        below = inside & (z < dome(bent.x, bent.y))
        values[below] = FAT + 4 * mottle[below]
        for side in (-1, 1):
            psoas = plane.ellipsoid((side * 40, 46, -30), (21, 20, 175))
            values[psoas] = MUSCLE + 4 * texture[psoas]
        draw_organs(plane, bent, below, self._liver_veins, texture, mottle, c)
        for tube, filling in self._bowel:
            draw_loop(plane, tube, filling, below, texture)
        for tube, value in self._great:
            if tube.points[:, 2].min() < 240:
                plane.tube(tube, 40 + (value - 40) * c)

    def _chest(self, plane: Plane, bent: Plane, texture: Field) -> None:
        z, values, c = plane.z, plane.values, self.build.contrast
        if z < 118:
            return
        a, b = cage(self.build, z)
        x, y = plane.x, plane.y
        ribcage = ((np.abs(x) / a) ** 2.1 + (np.abs(y - 8) / b) ** 2.1) < 1
        spine = ((x / 30) ** 2 + ((y - 62) / 38) ** 2) < 1
        narrow = 22 + 15 * np.clip((300 - z) / 60, 0, 1)
        middle = (np.abs(x) < narrow) & (y > -52) | (np.abs(x) < 13)
        lung = ribcage & ~spine & ~middle & (z > dome(bent.x, bent.y))
        chest = ribcage & (z > dome(bent.x, bent.y))
        values[chest & ~lung] = FAT + 20
        heart = bent.ellipsoid((30, -26, 246), (64, 47, 54), 0.55) & chest
        lung &= ~bent.ellipsoid((30, -26, 246), (68, 51, 58), 0.55)
        values[bent.ellipsoid((30, -26, 246), (68, 51, 58), 0.55) & chest] = FAT + 12
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
            values[bent.ellipsoid(place, radii, turn) & heart] = 40 + 128 * c
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
        for airway in AIRWAYS:
            plane.tube(Tube(airway.points + np.array([0, 0, 0, 1.5], np.float32)), 45.0)
            plane.tube(airway, -985.0)
        plane.tube(GULLET, 48.0)

    def _table(self, image: Field, outer: Mask) -> None:
        x, y = self._x0, self._y0
        curve = self.build.depth * 0.94 + 13 - (x / 200) ** 2 * 30
        top = (np.abs(y - curve) < 1.6) & (np.abs(x) < 190) & ~outer
        image[top] = -120
        bottom = (np.abs(y - curve - 22) < 1.2) & (np.abs(x) < 190) & ~outer
        image[bottom] = -300
