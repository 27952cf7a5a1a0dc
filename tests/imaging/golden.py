"""The odd ones as small pictures that a person has looked at.

`python -m tests.imaging.golden` draws them anew into `tests/imaging/golden/`: look at each one that
changed before it is committed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import UID, ExplicitVRBigEndian, ExplicitVRLittleEndian, RLELossless

from imaging.decode import Undecodable
from imaging.grayscale import Window
from imaging.placeholder import placeholder
from imaging.render import Look, render
from tests.imaging.builders import decoded, described, image, in_syntax, shown

FOLDER = Path(__file__).parent / "golden"
ROWS, COLUMNS = 96, 128
Picture = NDArray[np.uint8]
CASES: dict[str, Callable[[], Picture]] = {}


def golden(draw: Callable[[], Picture]) -> Callable[[], Picture]:
    CASES[draw.__name__] = draw
    return draw


def scene(top: int = 255) -> NDArray[Any]:
    """An F on a disc over a ramp, so that nothing can be turned, flipped or inverted unseen."""
    drawn = Image.fromarray(np.tile(np.linspace(0, 110, COLUMNS), (ROWS, 1)).astype(np.uint8))
    pen = ImageDraw.Draw(drawn)
    pen.ellipse((44, 16, 108, 80), fill=170)
    for part in ((64, 28, 71, 68), (64, 28, 90, 35), (64, 45, 84, 52)):
        pen.rectangle(part, fill=255)
    pen.rectangle((4, 4, 19, 19), fill=0)
    return np.asarray(drawn).astype(np.float64) * top / 255


def grey(top: int = 255) -> NDArray[np.uint16]:
    return np.rint(scene(top)).astype(np.uint16)


def colours() -> NDArray[np.uint8]:
    level = scene()
    down = np.linspace(0, 255, ROWS)[:, None] + 0 * level
    return np.stack([level, down, 255 - level], axis=-1).astype(np.uint8)


WHOLE = Look(Window(2048, 4096))


@golden
def monochrome1() -> Picture:
    return shown(image(grey(4095), PhotometricInterpretation="MONOCHROME1", BitsStored=12,
                       HighBit=11), WHOLE)  # fmt: skip


@golden
def presentation_inverse() -> Picture:
    return shown(image(grey(4095), PresentationLUTShape="INVERSE"), WHOLE)


@golden
def signed_12_in_16() -> Picture:
    cells = (grey(4095).astype(np.int32) - 2048) & 0x0FFF | 0x5000
    dataset = image(cells.astype(np.uint16).view(np.int16), BitsStored=12, HighBit=11)
    return shown(dataset, Look(Window(0, 4096)))


@golden
def twelve_bits_at_the_top() -> Picture:
    cells = (grey(4095) << 4 | 0xF).astype(np.uint16)
    return shown(image(cells, BitsStored=12, HighBit=15), WHOLE)


@golden
def big_endian_signed_32() -> Picture:
    cells = (scene(2_000_000) - 1_000_000).astype(">i4")
    data = in_syntax(image(cells), ExplicitVRBigEndian)
    look = Look(Window(0, 2_000_000))
    return render(described(data), 0, decoded(data), look)


@golden
def one_bit() -> Picture:
    bits = (scene() > 120).astype(np.uint8)
    dataset = image(bits, BitsAllocated=1, BitsStored=1, HighBit=0)
    dataset.PixelData = np.packbits(bits.ravel(), bitorder="little").tobytes()
    return shown(dataset)


@golden
def palette() -> Picture:
    dataset = image(grey().astype(np.uint8), PhotometricInterpretation="PALETTE COLOR")
    steps = np.arange(256)
    for colour, table in (("Red", steps), ("Green", abs(steps - 128) * 2), ("Blue", 255 - steps)):
        dataset.add_new(f"{colour}PaletteColorLookupTableDescriptor", "US", [256, 0, 16])
        data = (np.clip(table, 0, 255).astype("<u2") * 257).tobytes()
        dataset.add_new(f"{colour}PaletteColorLookupTableData", "OW", data)
    return shown(dataset)


@golden
def supplemental_palette() -> Picture:
    dataset = image(grey(300), PixelPresentation="MIXED")
    for colour, table in (
        ("Red", [255] * 101),
        ("Green", list(range(0, 202, 2))),
        ("Blue", [0] * 101),
    ):
        dataset.add_new(f"{colour}PaletteColorLookupTableDescriptor", "US", [101, 200, 16])
        data = (np.array(table).astype("<u2") * 257).tobytes()
        dataset.add_new(f"{colour}PaletteColorLookupTableData", "OW", data)
    return shown(dataset, Look(Window(150, 300)))


@golden
def rgb_in_planes() -> Picture:
    dataset = image(colours(), PlanarConfiguration=1)
    dataset.PixelData = colours().transpose(2, 0, 1).tobytes()
    return shown(dataset)


@golden
def ybr_full_422() -> Picture:
    rgb = colours().astype(np.float64)
    y = rgb @ [0.299, 0.587, 0.114]
    cb = rgb @ [-0.1687, -0.3313, 0.5] + 128
    cr = rgb @ [0.5, -0.4187, -0.0813] + 128
    pairs = [
        y[:, 0::2],
        y[:, 1::2],
        (cb[:, 0::2] + cb[:, 1::2]) / 2,
        (cr[:, 0::2] + cr[:, 1::2]) / 2,
    ]
    dataset = image(colours(), PhotometricInterpretation="YBR_FULL_422")
    dataset.PixelData = np.clip(np.stack(pairs, axis=-1), 0, 255).astype(np.uint8).tobytes()
    return shown(dataset)


@golden
def overlay_in_a_high_bit() -> Picture:
    cells = grey(4095)
    cells[70:90, 8:60:2] |= 0x4000
    dataset = image(cells, BitsStored=12, HighBit=11)
    for element, vr, value in ((0x10, "US", ROWS), (0x11, "US", COLUMNS), (0x40, "CS", "G"),
                               (0x50, "SS", [1, 1]), (0x100, "US", 16),
                               (0x102, "US", 14)):  # fmt: skip
        dataset.add_new(0x60000000 + element, vr, value)
    return shown(dataset, WHOLE)


@golden
def shutters() -> Picture:
    return shown(
        image(grey(4095), ShutterShape=["RECTANGULAR", "CIRCULAR"], ShutterLeftVerticalEdge=30,
              ShutterRightVerticalEdge=110, ShutterUpperHorizontalEdge=10,
              ShutterLowerHorizontalEdge=90, CenterOfCircularShutter=[48, 70],
              RadiusOfCircularShutter=44, ShutterPresentationValue=16000), WHOLE)  # fmt: skip


@golden
def pixels_higher_than_wide() -> Picture:
    made = described(in_syntax(image(grey(4095)[::2], PixelAspectRatio=[2, 1]),
                               ExplicitVRLittleEndian))  # fmt: skip
    size = (made.columns, round(made.rows * made.aspect))
    return shown(image(grey(4095)[::2], PixelAspectRatio=[2, 1]), WHOLE, size=size)


@golden
def binary_segments() -> Picture:
    masks = np.stack([scene() > 160, scene() < 20]).astype(np.uint8)
    dataset = image(masks, BitsAllocated=1, BitsStored=1, HighBit=0, Modality="SEG",
                    SegmentationType="BINARY")  # fmt: skip
    dataset.PixelData = np.packbits(masks.ravel(), bitorder="little").tobytes()
    segments, groups = [], []
    for number, lab in ((1, [34885, 53485, 50171]), (2, [50000, 20000, 40000])):
        segment, group, reference = Dataset(), Dataset(), Dataset()
        segment.SegmentNumber, segment.SegmentLabel = number, "A part"
        segment.RecommendedDisplayCIELabValue = lab
        reference.ReferencedSegmentNumber = number
        group.SegmentIdentificationSequence = Sequence([reference])
        segments.append(segment)
        groups.append(group)
    dataset.SegmentSequence = Sequence(segments)
    dataset.PerFrameFunctionalGroupsSequence = Sequence(groups)
    return np.hstack([shown(dataset, frame=frame) for frame in (0, 1)])


@golden
def float_map() -> Picture:
    dataset = image(np.zeros((ROWS, COLUMNS), np.uint32), Modality="OT",
                    SOPClassUID="1.2.840.10008.5.1.4.1.1.30")  # fmt: skip
    for keyword in ("PixelData", "BitsStored", "HighBit", "PixelRepresentation"):
        delattr(dataset, keyword)
    dataset.FloatPixelData = scene(1).astype(np.float32).tobytes()
    dataset.WindowCenter, dataset.WindowWidth = 0.5, 1.0
    return shown(dataset)


@golden
def sigmoid() -> Picture:
    return shown(image(grey(4095), WindowCenter=2000, WindowWidth=1500, VOILUTFunction="SIGMOID"))


@golden
def linear_exact() -> Picture:
    return shown(image(grey(4095), WindowCenter=1700, WindowWidth=2000,
                       VOILUTFunction="LINEAR_EXACT"))  # fmt: skip


@golden
def voi_table() -> Picture:
    item = Dataset()
    item.add_new("LUTDescriptor", "US", [4096, 0, 12])
    item.add_new("LUTData", "US", [int(4095 * (n / 4095) ** 0.4) for n in range(4096)])
    return shown(image(grey(4095), VOILUTSequence=Sequence([item])))


@golden
def modality_table() -> Picture:
    item = Dataset()
    item.add_new("LUTDescriptor", "US", [4096, 0, 16])
    item.add_new("LUTData", "US", [n // 512 * 512 for n in range(4096)])
    item.ModalityLUTType = "US"
    return shown(image(grey(4095), ModalityLUTSequence=Sequence([item])), WHOLE)


@golden
def padding_in_monochrome1() -> Picture:
    cells = grey(4000) + 50
    cells[:, 100:] = 0
    return shown(image(cells, PhotometricInterpretation="MONOCHROME1", PixelPaddingValue=0), WHOLE)


@golden
def broken_off() -> Picture:
    data = in_syntax(image(grey(4095)), ExplicitVRLittleEndian)
    cut = data[: -ROWS * COLUMNS * 2 * 2 // 5]
    return render(described(cut), 0, decoded(cut), WHOLE)


@golden
def run_lengths_in_colour() -> Picture:
    dataset = image(colours())
    in_syntax(dataset, ExplicitVRLittleEndian)
    dataset.compress(RLELossless, generate_instance_uid=False)
    data = in_syntax(dataset, RLELossless)
    return render(described(data), 0, decoded(data), Look())


@golden
def placeholder_that_names_the_syntax() -> Picture:
    video = UID("1.2.840.10008.1.2.4.102")
    data = in_syntax(image(grey(255).astype(np.uint8)), video, [b"video "])
    try:
        decoded(data)
    except Undecodable as reason:
        return placeholder(400, 240, str(reason))
    raise AssertionError("a film was decoded")


@golden
def magnetic_resonance_without_a_window() -> Picture:
    cells = grey(900)
    cells[0, :40] = 30000
    return shown(image(cells, Modality="MR"))


def main() -> int:
    FOLDER.mkdir(exist_ok=True)
    for name, draw in CASES.items():
        Image.fromarray(draw()).save(FOLDER / f"{name}.png", optimize=True)
    sys.stdout.write(f"{len(CASES)} pictures drawn into {FOLDER}: look at those that changed.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
