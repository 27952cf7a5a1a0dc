"""P9: planes through the volume of a 300-slice CT, one picture at a time, without rendering."""

from __future__ import annotations

import time

import pydicom

from imaging.description import describe
from imaging.planes import CORONAL, SAGITTAL, Plane, grid_through, oblique
from imaging.reformat import reformat
from imaging.stack_geometry import NoVolume
from imaging.volume import Volume, assemble, is_padded, judge_series
from tests.bench.exam import long_ct
from tests.bench.figures import Figure, percentile, say, spread
from tests.bench.goals import GOALS

PICTURES = 40  # of each plane, spread through the volume
TILTED = oblique((1, 0.2, 0.1), (0, 0.5, -1))


def measure() -> list[Figure]:
    """Coronal and sagittal together, and a plane that lies along no axis."""
    volume = _volume()
    straight = _times(volume, CORONAL) + _times(volume, SAGITTAL)
    tilted = _times(volume, TILTED)
    say(f"coronal and sagittal {spread(straight, 'ms')}; oblique {spread(tilted, 'ms')}")
    return [
        Figure(GOALS["P9"], percentile(straight, 95)),
        Figure(GOALS["P9 oblique"], percentile(tilted, 95)),
    ]


def _volume() -> Volume:
    datasets = [pydicom.dcmread(file) for file in long_ct().files]
    frames = [
        (describe(dataset, file.read_bytes()), 0)
        for dataset, file in zip(datasets, long_ct().files, strict=True)
    ]
    stack = judge_series(frames)
    assert not isinstance(stack, NoVolume), stack.reason
    cells = assemble(frames, stack, lambda number: datasets[number].pixel_array)
    return Volume(cells, stack, is_padded(frames))


def _times(volume: Volume, plane: Plane) -> list[float]:
    grid = grid_through(volume.stack, plane)
    reformat(volume, grid, 0)  # what is computed once
    taken = []
    for number in range(0, grid.slices, max(1, grid.slices // PICTURES)):
        began = time.perf_counter()
        reformat(volume, grid, number)
        taken.append((time.perf_counter() - began) * 1000)
    return taken
