"""What runs through a trunk as tubes: ribs, vessels, bowel; places in mm, radii too."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from imaging.phantom.body import Build, cage, dome
from imaging.phantom.fields import Tube, merged

Place = NDArray[np.float64]
BLOOD, VEIN = 168.0, 172.0  # HU, in the portal venous phase


def ribs(build: Build) -> Tube:
    """Twelve pairs."""
    return merged([_rib(build, number, side) for number in range(1, 13) for side in (-1, 1)])


def lung_vessels(build: Build, rng: np.random.Generator) -> Tube:
    """A branching tree in each lung."""
    return merged([tube for side in (-1, 1) for tube in _tree(build, rng, side)])


def _rib(build: Build, number: int, side: int) -> Tube:
    start = 388 - 25.5 * (number - 1)
    end = {11: 0.62, 12: 0.45}.get(number, 0.83 if number < 8 else 0.74)
    drop = 20 + 9.5 * min(number, 8)
    corners = []
    for share in np.linspace(0.04, end, 14):
        angle = np.pi * share
        a, b = cage(build, start - drop * share)
        corners.append(
            (
                side * a * np.sin(angle) ** 0.85,
                8 + b * np.cos(angle) * (1.0 if share < 0.5 else 0.96),
                start - drop * share**1.15 - (9 if share > 0.7 else 0) * (share - 0.7),
                5.0,
            )
        )
    return Tube.along(corners, 1.2)


def costal_cartilage(build: Build) -> Tube:
    """What joins the ribs to the breastbone."""
    tubes = []
    for number in range(2, 8):
        start = 388 - 25.5 * (number - 1) - (20 + 9.5 * number) * 0.83
        for side in (-1, 1):
            a, b = cage(build, start)
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


def _tree(build: Build, rng: np.random.Generator, side: int) -> list[Tube]:
    tubes: list[Tube] = []

    def grow(start: Place, way: Place, radius: float, left: int) -> None:
        length = float(rng.uniform(10, 21)) * (0.75 + radius / 9)
        end = start + way * length
        a, b = cage(build, float(end[2]))
        edge = np.hypot(end[0] / max(a, 1), (end[1] - 8) / max(b, 1))
        floor = dome(end[0], end[1])
        if edge > 0.97 or end[2] < floor + 3 or end[2] > 388 or end[0] * side < 8:
            return
        thin = max(radius * float(rng.uniform(0.72, 0.86)), 0.55)
        tubes.append(Tube.along([(*start, radius), (*end, thin)], 0.9))
        if left == 0:
            return
        for share in (1.0, 0.68) if rng.random() < 0.86 else (1.0, 0.7, 0.55):
            turn = way + rng.normal(0, 0.46 if share == 1.0 else 0.85, 3)
            turn[2] += 0.12 * np.sign(way[2])
            grow(end, turn / np.linalg.norm(turn), max(thin * share, 0.5), left - 1)

    for tilt in np.linspace(-1.25, 1.35, 7):
        for fore in (-0.75, 0.0, 0.8):
            way = np.array([side * 0.8, fore, tilt]) + rng.normal(0, 0.16, 3)
            hilum = np.array([side * 34.0, 6.0 + 5 * fore, 288 + 10 * tilt])
            grow(hilum, way / np.linalg.norm(way), 3.9, 8)
    return tubes


def liver_veins(rng: np.random.Generator) -> Tube:
    """Hepatic veins from above, portal branches from below."""
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


def bowel(rng: np.random.Generator) -> list[tuple[Tube, float]]:
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
    loops += [(Tube.along(corners, 2.0), -940.0) for corners in colon]
    return loops


def great_vessels() -> list[tuple[Tube, float]]:
    """Aorta, caval veins, pulmonary and abdominal trunks, each with its HU."""
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
        Tube.along([(2, 32, 22, 8), (s * 14, 30, 0, 7), (s * 30, 36, -30, 6)], 1.5) for s in (-1, 1)
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
