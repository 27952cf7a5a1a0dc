"""Real head scans as volumes: one even, one with the gantry tilted."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset

from imaging import planes
from imaging.decode import decode
from imaging.description import describe
from imaging.planes import Grid, grid_through
from imaging.reformat import reformat
from imaging.stack_geometry import NoVolume, StackGeometry
from imaging.volume import Framed, Volume, assemble, is_padded, judge_series

HEADS = Path(__file__).parents[3] / "shared" / "corpus" / "ct" / "phantom-head"
pytestmark = pytest.mark.corpus


def series(name: str) -> tuple[list[Dataset], list[Framed], list[np.ndarray]]:
    """Data sets, described frames and pixels of a series, as the files are named."""
    if not HEADS.is_dir():
        pytest.skip("THE CORPUS IS ABSENT (../shared/corpus): its tests are SKIPPED")
    datasets, frames, pixels = [], [], []
    for file in sorted((HEADS / name).iterdir()):
        data = file.read_bytes()
        dataset = pydicom.dcmread(io.BytesIO(data), force=True)
        if "Rows" not in dataset:
            continue
        description = describe(dataset, data)
        datasets.append(dataset)
        frames.append((description, 0))
        pixels.append(decode(description, 0, lambda at, n, data=data: data[at : at + n]))
    return datasets, frames, pixels


def stack_of(frames: list[Framed]) -> StackGeometry:
    judged = judge_series(frames)
    assert isinstance(judged, StackGeometry)
    return judged


def test_the_tilted_series_is_recognised_with_the_angle_that_its_files_name() -> None:
    datasets, frames, _ = series("S21610/S2010")
    stack = stack_of(frames)
    assert stack.tilt == pytest.approx(abs(float(datasets[0].GantryDetectorTilt)), abs=0.05)
    assert stack.even


def test_the_straight_series_is_even() -> None:
    datasets, frames, _ = series("S21570/S2010")
    stack = stack_of(frames)
    assert (stack.tilt, stack.even) == (0, True)
    assert stack.spacing == pytest.approx(float(datasets[0].SliceThickness))


def test_a_series_of_colour_captures_is_no_volume() -> None:
    _, frames, _ = series("S21570/S4010")
    judged = judge_series(frames)
    assert isinstance(judged, NoVolume)
    assert "grey" in judged.reason


@pytest.mark.parametrize("name", ["S21570/S2010", "S21610/S2010"])
def test_a_plane_where_a_slice_lies_is_that_slice(name: str) -> None:
    datasets, frames, pixels = series(name)
    stack = stack_of(frames)
    volume = Volume(assemble(frames, stack, lambda n: pixels[n]), stack, is_padded(frames))
    for dataset, stored in list(zip(datasets, pixels, strict=True))[::9]:
        axes = np.array(dataset.ImageOrientationPatient, float).reshape(2, 3)
        row, column = (float(part) for part in dataset.PixelSpacing)
        there = Grid(
            np.array(dataset.ImagePositionPatient, float),
            axes[0] * column,
            axes[1] * row,
            np.cross(axes[0], axes[1]),
            dataset.Columns,
            dataset.Rows,
            1,
        )
        picture = reformat(volume, there, 0)
        inside = picture != volume.empty
        assert inside.mean() > 0.99
        # positions in the files are rounded: a hundredth of a pixel on the steepest edge
        assert np.abs(picture - stored.astype(float))[inside].max() < 60
        assert np.abs(picture - stored.astype(float))[inside].mean() < 0.5


def test_a_tilted_head_stands_upright_in_its_sagittal_planes() -> None:
    """The table moves along z: what is one column of the bore stays one column of the picture."""
    _, frames, pixels = series("S21610/S2010")
    stack = stack_of(frames)
    volume = Volume(assemble(frames, stack, lambda n: pixels[n]), stack, is_padded(frames))
    grid = grid_through(stack, planes.SAGITTAL)
    assert grid.letters() == ("A", "P", "H", "F")
    picture = reformat(volume, grid, grid.slices // 2)
    # every voxel where the standard places it (PS3.3 C.7.6.2.1.1), the nearest pixel shows it
    for number in (10, 25, 40):
        description, stored = frames[number][0], pixels[number]
        placement = description.placement(0)
        aside = (grid.origin + grid.through * (grid.slices // 2))[0] - placement.position[0]
        column = round(aside / placement.spacing.column)
        rows = np.arange(60, 450)
        down = np.array(placement.orientation[3:])
        points = np.array(placement.position) + np.outer(rows * placement.spacing.row, down)
        offset = points - (grid.origin + grid.through * (grid.slices // 2))
        across = offset @ grid.right / (grid.right @ grid.right)
        along = offset @ grid.down / (grid.down @ grid.down)
        shown = picture[np.rint(along).astype(int), np.rint(across).astype(int)]
        own = stored[rows, column].astype(float)
        assert np.corrcoef(shown, own)[0, 1] > 0.97
