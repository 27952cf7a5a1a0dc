"""From bytes to stored values, for each way of storing them."""

from __future__ import annotations

import io
import random
import zlib

import numpy as np
import pydicom
import pytest
from PIL import Image
from pydicom.encaps import encapsulate_extended
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEGBaseline8Bit,
    RLELossless,
)

from imaging.decode import Undecodable, decode
from imaging.description import Undescribable, describe
from imaging.packing import Outdated
from tests.imaging.builders import decoded, described, image, in_syntax, shown

RAMP = np.arange(6 * 8, dtype=np.uint16).reshape(6, 8) * 57
NATIVE = (ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian,
          DeflatedExplicitVRLittleEndian)  # fmt: skip


@pytest.mark.parametrize("syntax", NATIVE, ids=lambda syntax: syntax.name)
def test_native_values_come_back(syntax: UID) -> None:
    stored = RAMP.astype(">u2") if syntax == ExplicitVRBigEndian else RAMP
    assert np.array_equal(decoded(in_syntax(image(stored), syntax)), RAMP)


def test_every_frame_is_found_without_reading_the_others() -> None:
    frames = np.stack([RAMP + n for n in range(5)])
    data = in_syntax(image(frames), ExplicitVRLittleEndian)
    description = described(data)
    read: list[tuple[int, int]] = []

    def reader(at: int, length: int) -> bytes:
        read.append((at, length))
        return data[at : at + length]

    assert np.array_equal(decode(description, 3, reader), frames[3])
    assert sum(length for _, length in read) == RAMP.nbytes


def test_twelve_bits_at_the_top_of_sixteen_are_brought_down() -> None:
    dataset = image((RAMP << 4).astype(np.uint16), BitsStored=12, HighBit=15)
    assert np.array_equal(decoded(in_syntax(dataset, ExplicitVRLittleEndian)), RAMP & 0xFFF)


def test_signed_values_are_extended_from_their_stored_bits() -> None:
    cells = np.array([[0x0FFF, 0x0800, 0x07FF]], np.uint16).view(np.int16)
    dataset = image(cells, BitsStored=12, HighBit=11, PixelRepresentation=1)
    values = decoded(in_syntax(dataset, ExplicitVRLittleEndian))
    assert values.tolist() == [[-1, -2048, 2047]]


def test_bits_beside_the_stored_ones_are_cleared() -> None:
    dataset = image((RAMP | 0xF000).astype(np.uint16), BitsStored=12, HighBit=11)
    assert np.array_equal(decoded(in_syntax(dataset, ExplicitVRLittleEndian)), RAMP & 0xFFF)


def test_one_bit_frames_begin_inside_bytes() -> None:
    rng = np.random.default_rng(1)
    bits = rng.integers(0, 2, (3, 5, 3), np.uint8)
    dataset = image(np.zeros((3, 5, 3), np.uint8), BitsAllocated=1, BitsStored=1, HighBit=0,
                    Rows=5, Columns=3, NumberOfFrames=3, SamplesPerPixel=1,
                    PhotometricInterpretation="MONOCHROME2")  # fmt: skip
    del dataset.PlanarConfiguration
    packed = np.packbits(bits.ravel(), bitorder="little").tobytes()
    dataset.PixelData = packed + b"\0" * (len(packed) % 2)
    data = in_syntax(dataset, ExplicitVRLittleEndian)
    for frame in range(3):
        assert np.array_equal(decoded(data, frame), bits[frame])


def test_planes_of_colour_are_put_side_by_side() -> None:
    rgb = np.arange(4 * 5 * 3, dtype=np.uint8).reshape(4, 5, 3)
    planar = image(rgb, PlanarConfiguration=1)
    planar.PixelData = rgb.transpose(2, 0, 1).tobytes()
    assert np.array_equal(decoded(in_syntax(planar, ExplicitVRLittleEndian)), rgb)


def test_ybr_becomes_rgb() -> None:
    grey = np.full((2, 2, 3), 128, np.uint8)
    grey[..., 0] = [[0, 90], [180, 255]]
    values = decoded(
        in_syntax(image(grey, PhotometricInterpretation="YBR_FULL"), ExplicitVRLittleEndian)
    )
    assert values[..., 0].tolist() == [[0, 90], [180, 255]]
    assert (values[..., 0] == values[..., 2]).all()


@pytest.mark.parametrize("table", ["empty", "filled", "extended"])
def test_rle_frames_are_found_with_and_without_an_offset_table(table: str) -> None:
    frames = np.stack([RAMP, RAMP[::-1]])
    dataset = image(frames)
    dataset.file_meta = pydicom.dataset.FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.compress(RLELossless, generate_instance_uid=False)
    if table != "filled":
        compressed = list(pydicom.encaps.generate_frames(dataset.PixelData, number_of_frames=2))
        if table == "extended":
            dataset.PixelData, offsets, lengths = encapsulate_extended(compressed)
            dataset.ExtendedOffsetTable, dataset.ExtendedOffsetTableLengths = offsets, lengths
        else:
            dataset.PixelData = pydicom.encaps.encapsulate(compressed, has_bot=False)
    data = in_syntax(dataset, RLELossless)
    assert np.array_equal(decoded(data, 1), RAMP[::-1])


def test_a_deflated_frame_is_inflated() -> None:
    deflate = zlib.compressobj(wbits=-15)
    frame = deflate.compress(RAMP.tobytes()) + deflate.flush()
    data = in_syntax(image(RAMP), UID("1.2.840.10008.1.2.8.1"), [frame])
    assert np.array_equal(decoded(data), RAMP)


def jpeg(size: tuple[int, int]) -> bytes:
    buffer = io.BytesIO()
    Image.new("L", size, 90).save(buffer, "JPEG")
    return buffer.getvalue()


def test_a_codestream_that_lies_about_its_size_is_refused_with_a_sentence() -> None:
    grey = image(np.zeros((16, 16), np.uint8))
    assert decoded(in_syntax(grey, JPEGBaseline8Bit, [jpeg((16, 16))])).mean() == 90
    lying = in_syntax(grey, JPEGBaseline8Bit, [jpeg((4000, 4000))])
    with pytest.raises(Undecodable, match="4000 × 4000"):
        decoded(lying)


def test_an_unknown_transfer_syntax_is_named() -> None:
    data = in_syntax(image(np.zeros((4, 4), np.uint8)), UID("1.2.840.10008.1.2.4.100"), [b"video "])
    with pytest.raises(Undecodable, match="MPEG2"):
        decoded(data)


def test_a_truncated_image_shows_what_there_is() -> None:
    whole = in_syntax(image(RAMP, PixelPaddingValue=7), ExplicitVRLittleEndian)
    cut = whole[: -RAMP.nbytes // 2]
    assert described(cut).truncated
    values = decoded(cut)
    assert np.array_equal(values[:3], RAMP[:3])
    assert (values[3:] == 7).all()


@pytest.mark.parametrize(
    "claim",
    [{"Rows": 0}, {"Columns": 65535, "Rows": 65535, "BitsAllocated": 32, "BitsStored": 32},
     {"NumberOfFrames": 999_999_999}, {"SamplesPerPixel": 9}, {"BitsAllocated": 17}],
    ids=["no rows", "too large", "too many frames", "nine samples", "seventeen bits"],
)  # fmt: skip
def test_an_impossible_claim_is_refused_before_memory_is_taken(claim: dict[str, int]) -> None:
    data = in_syntax(image(RAMP, **claim), ExplicitVRLittleEndian)
    with pytest.raises(Undescribable):
        described(data)


def test_overlays_are_drawn_white_also_out_of_the_pixels_own_bits() -> None:
    cells = np.zeros((4, 4), np.uint16)
    cells[1, 2] = 0x1000
    dataset = image(cells, BitsStored=12, HighBit=11)
    dataset.add_new(0x60000010, "US", 4)
    dataset.add_new(0x60000011, "US", 4)
    dataset.add_new(0x60000040, "CS", "G")
    dataset.add_new(0x60000050, "SS", [1, 1])
    dataset.add_new(0x60000100, "US", 16)
    dataset.add_new(0x60000102, "US", 12)
    picture = shown(dataset)
    assert picture[1, 2] == 255
    assert (picture == 255).sum() == 1


def test_a_description_that_is_damaged_or_of_another_version_is_refused() -> None:
    description = described(in_syntax(image(RAMP), ExplicitVRLittleEndian))
    kept = description.to_bytes()
    assert type(description).from_bytes(kept) == description
    for damaged in (b"", kept[:20], b"XXXX" + kept[4:], kept[:4] + b"\0\0\0\0" + kept[8:]):
        with pytest.raises(Outdated):
            type(description).from_bytes(damaged)


def test_damaged_files_are_refused_or_shown_and_never_crash() -> None:
    chance = random.Random(20)  # noqa: S311, the same damage every time
    frames = np.stack([RAMP, RAMP[::-1]])
    compressed = image(frames)
    compressed.file_meta = pydicom.dataset.FileMetaDataset()
    compressed.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    compressed.compress(RLELossless, generate_instance_uid=False)
    originals = [
        in_syntax(image(RAMP), ExplicitVRLittleEndian),
        in_syntax(compressed, RLELossless),
        in_syntax(image(np.zeros((16, 16), np.uint8)), JPEGBaseline8Bit, [jpeg((16, 16))]),
    ]
    outcomes = set()
    for number in range(900):
        data = bytearray(originals[number % len(originals)])
        for _ in range(chance.randint(1, 6)):
            data[chance.randrange(132, len(data))] = chance.randrange(256)
        try:
            dataset = pydicom.dcmread(io.BytesIO(bytes(data)), force=True)
            description = describe(dataset, bytes(data))
        except Undescribable:
            outcomes.add("refused")
            continue
        except Exception:  # noqa: S112, the parser's own refusal, caught where files are taken in
            continue
        try:
            decode(description, 0, lambda at, n, d=bytes(data): d[at : at + n])  # type: ignore[misc]
            outcomes.add("shown")
        except Undecodable:
            outcomes.add("not decoded")
    assert outcomes == {"refused", "shown", "not decoded"}
