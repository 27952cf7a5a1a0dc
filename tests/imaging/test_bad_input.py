"""Bad input, case by case: a clear reason, bounded memory, and the process lives."""

from __future__ import annotations

import io
import os
import signal
import struct
import tracemalloc
import zlib
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLSLossless,
    RLELossless,
)

from imaging.decode import Undecodable, decode
from imaging.decoders import apart
from imaging.decoders.rle import unpack_rle
from imaging.description import Undescribable
from imaging.structure import (
    DEEPEST,
    MOST_PARTS,
    Implausible,
    check_structure,
    read_data_set,
)
from tests.dicom import ct_slice
from tests.fuzz.elements import elements, explicit, with_value
from tests.imaging.builders import decoded, described, image, in_syntax

RAMP = np.arange(64 * 64, dtype=np.uint16).reshape(64, 64)
ITEM, ITEM_END = b"\xfe\xff\x00\xe0", b"\xfe\xff\x0d\xe0" + bytes(4)
SEQUENCE_END = b"\xfe\xff\xdd\xe0" + bytes(4)
OPEN = b"\xff\xff\xff\xff"
SEQUENCE = b"\x40\x00\x30\xa7SQ\0\0"  # Content Sequence


def plain(**claims: object) -> bytes:
    return in_syntax(image(RAMP, **claims), ExplicitVRLittleEndian)


def compressed(syntax: UID, pixels: np.ndarray = RAMP) -> bytes:
    dataset = image(pixels)
    dataset.file_meta = pydicom.dataset.FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.compress(syntax, generate_instance_uid=False)
    return in_syntax(dataset, syntax)


def told_size(data: bytes, rows: int, columns: int) -> bytes:
    """The file with other Rows and Columns, and the codestream as it was."""
    for tag, told in ((0x00280010, rows), (0x00280011, columns)):
        (element,) = (one for one in elements(data) if one.tag == tag)
        data = with_value(data, element, struct.pack("<H", told))
    return data


# Truncated pixel data


def test_frames_before_the_cut_are_whole_the_one_at_it_partly_blank_and_later_ones_blank() -> None:
    frames = np.stack([RAMP + 1, RAMP + 2, RAMP + 3])
    whole = in_syntax(image(frames), ExplicitVRLittleEndian)
    cut = whole[: -RAMP.nbytes - RAMP.nbytes // 2]
    description = described(cut)
    assert [description.lacks(frame) for frame in range(3)] == [False, True, True]
    assert np.array_equal(decoded(cut, 0), frames[0])
    assert np.array_equal(decoded(cut, 1)[:32], frames[1][:32])
    assert not decoded(cut, 1)[32:].any()
    assert not decoded(cut, 2).any()


def test_a_compressed_frame_that_breaks_off_is_marked_and_those_before_it_are_not() -> None:
    frames = np.stack([RAMP, RAMP[::-1]])
    whole = compressed(RLELossless, frames)
    cut = whole[:-600]
    description = described(cut)
    assert [description.lacks(frame) for frame in range(2)] == [False, True]
    assert np.array_equal(decoded(cut, 0), frames[0])
    assert decoded(cut, 1).any()


def test_a_file_that_ends_before_its_first_row_is_refused() -> None:
    whole = plain()
    with pytest.raises(Undescribable, match=r"holds \d+ of 8,192 bytes"):
        described(whole[: -RAMP.nbytes + 10])


# Wrong lengths


@pytest.mark.parametrize("length", [0x7FFFFFFF, 0xFFFFFFFE, RAMP.nbytes + 1000])
def test_pixel_data_that_claims_to_be_longer_than_the_file_is_shown_as_far_as_it_goes(
    length: int,
) -> None:
    data = plain()
    (pixels,) = (one for one in elements(data) if one.tag == 0x7FE00010)
    lying = data[: pixels.length_at] + struct.pack("<I", length) + data[pixels.value_at :]
    assert np.array_equal(decoded(lying), RAMP)


@pytest.mark.parametrize("length", [0, 8, 0x7FFFFFFF, 0xFFFFFFFF])
def test_a_fragment_of_the_wrong_length_is_told_or_shown_and_never_read_beyond(length: int) -> None:
    data = compressed(RLELossless)
    fragment = [one for one in elements(data) if one.tag == 0xFFFEE000][1]
    lying = data[: fragment.length_at] + struct.pack("<I", length) + data[fragment.value_at :]
    try:
        assert decoded(lying).shape == RAMP.shape
    except (Undecodable, Undescribable) as reason:
        assert len(str(reason)) > 20


def test_an_offset_table_that_lies_is_not_believed() -> None:
    frames = np.stack([RAMP, RAMP[::-1]])
    data = compressed(RLELossless, frames)
    (table, *_) = (one for one in elements(data) if one.tag == 0xFFFEE000)
    lying = with_value(data, table, struct.pack("<2I", 77, 0xFFFFFF00))
    assert np.array_equal(decoded(lying, 1), frames[1])


# Impossible rows, bits, sizes and counts


@pytest.mark.parametrize(
    "claim",
    [{"Rows": 0}, {"Columns": 0}, {"BitsAllocated": 0}, {"BitsAllocated": 7},
     {"BitsStored": 17}, {"BitsStored": 0, "BitsAllocated": 0}, {"SamplesPerPixel": 0},
     {"SamplesPerPixel": 4}, {"NumberOfFrames": -1}, {"NumberOfFrames": 999_999_999},
     {"Rows": 65535, "Columns": 65535}, {"PhotometricInterpretation": "NONSENSE"}],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_is_refused_with_a_sentence(claim: dict[str, object]) -> None:
    with pytest.raises(Undescribable, match=r"^[A-Z].{15,}\.$"):
        described(plain(**claim))


def test_a_claim_of_100_000_by_100_000_is_refused_before_memory_is_taken() -> None:
    data = plain()
    for tag in (0x00280010, 0x00280011):
        (element,) = (one for one in elements(data) if one.tag == tag)
        claim = explicit(tag, b"UL", struct.pack("<I", 100_000))
        data = data[: element.at] + claim + data[element.end :]
    tracemalloc.start()
    with pytest.raises(Undescribable, match="100000 × 100000"):
        described(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 << 20


def test_a_codestream_of_100_000_by_100_000_never_reaches_its_decoder() -> None:
    data = compressed(JPEG2000Lossless)
    at = data.index(b"\xff\x4f\xff\x51") + 8
    lying = data[:at] + struct.pack(">2I", 100_000, 100_000) + data[at + 8 :]
    with pytest.raises(Undecodable, match="100000 × 100000 pixels, the data set 64 × 64"):
        decoded(lying)


@pytest.mark.parametrize("frame", [-1, 1, 2, 1_000_000])
def test_a_frame_beyond_the_end_is_told(frame: int) -> None:
    data = plain()
    with pytest.raises(Undecodable, match="there is no frame"):
        decode(described(data), frame, lambda at, length: data[at : at + length])


# Codestreams that lie, also together with their data set


@pytest.mark.parametrize("syntax", [JPEG2000Lossless, JPEGLSLossless])
def test_a_codestream_of_another_size_than_its_data_set_is_refused(syntax: UID) -> None:
    with pytest.raises(Undecodable, match="64 × 64 pixels, the data set 3000 × 2000"):
        decoded(told_size(compressed(syntax), 2000, 3000))


def test_rle_data_for_fewer_pixels_than_claimed_leaves_the_others_blank() -> None:
    values = decoded(told_size(compressed(RLELossless), 128, 64))
    assert np.array_equal(values[:64], RAMP)
    assert not values[64:].any()


def test_data_far_larger_than_its_frame_is_not_even_read() -> None:
    dataset = image(np.zeros((4, 4), np.uint8))
    data = in_syntax(dataset, RLELossless, [bytes(3 << 20)])
    read: list[int] = []

    def reader(at: int, length: int) -> bytes:
        read.append(length)
        return data[at : at + length]

    with pytest.raises(Undecodable, match="far larger"):
        decode(described(data), 0, reader)
    assert not read


def test_an_rle_bomb_is_unpacked_only_as_far_as_the_frame_goes() -> None:
    header = struct.pack("<16I", 1, 64, *[0] * 14)
    tracemalloc.start()
    (plane,) = unpack_rle(header + b"\x81\x07" * (5 << 20), 1000, 1)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert plane == b"\x07" * 1000
    assert peak < 64 << 20


# Optional attributes


@pytest.mark.parametrize(
    "nonsense", [("1e305", "400"), ("40", "1e305"), ("40", "0"), ("abc", "400"), ("nan", "400")]
)
def test_a_window_that_shows_nothing_does_not_cost_the_image(nonsense: tuple[str, str]) -> None:
    data = plain(WindowCenter=1, WindowWidth=2)
    for tag, told in zip((0x00281050, 0x00281051), nonsense, strict=True):
        (element,) = (one for one in elements(data) if one.tag == tag)
        data = with_value(data, element, told.encode())
    assert described(data).greyscale(0).windows == ()
    assert np.array_equal(decoded(data), RAMP)


# Structure: nesting, counts, what inflates


def head(syntax: bytes = b"1.2.840.10008.1.2.1\0") -> bytes:
    meta = explicit(0x00020010, b"UI", syntax)
    return bytes(128) + b"DICM" + explicit(0x00020000, b"UL", struct.pack("<I", len(meta))) + meta


def nested(levels: int) -> bytes:
    opened = (SEQUENCE + OPEN + ITEM + OPEN) * levels
    return head() + opened + (ITEM_END + SEQUENCE_END) * levels


def nested_with_lengths(levels: int) -> bytes:
    inner = b""
    for _ in range(levels):
        item = ITEM + struct.pack("<I", len(inner)) + inner
        inner = SEQUENCE + struct.pack("<I", len(item)) + item
    return head() + inner


@pytest.mark.parametrize("build", [nested, nested_with_lengths])
@pytest.mark.parametrize("levels", [DEEPEST + 2, 5000])
def test_absurd_nesting_is_told(build: object, levels: int) -> None:
    data = build(min(levels, 500) if build is nested_with_lengths else levels)  # type: ignore[operator]
    with pytest.raises(Implausible, match="nests sequences"):
        check_structure(io.BytesIO(data))


@pytest.mark.parametrize("build", [nested, nested_with_lengths])
def test_nesting_as_real_objects_have_it_is_fine(build: object) -> None:
    data = build(12)  # type: ignore[operator]
    dataset = read_data_set(io.BytesIO(data))
    for _ in range(11):
        dataset = dataset.ContentSequence[0]


def test_an_item_that_claims_to_hold_what_comes_before_it_does_not_go_round_in_circles() -> None:
    # lengths that reach over the end of what holds them, again and again
    data = head() + (SEQUENCE + struct.pack("<I", 24) + ITEM + struct.pack("<I", 0xFFFFFFF0)) * 400
    with pytest.raises(Implausible):
        check_structure(io.BytesIO(data))


@pytest.mark.parametrize(
    "flood",
    [bytes(8), ITEM + bytes(4), explicit(0x00100020, b"LO", b"")],
    ids=["zeros", "items", "elements"],
)
def test_more_elements_than_any_real_file_has_are_told(flood: bytes) -> None:
    data = head() + explicit(0x00080060, b"CS", b"CT") + flood * (MOST_PARTS + 1)
    with pytest.raises(Implausible, match="elements"):
        check_structure(io.BytesIO(data))


def test_an_endless_beginning_is_told() -> None:
    with pytest.raises(Implausible, match="implausibly long"):
        check_structure(io.BytesIO(bytes(4 << 20)))


def test_a_deflate_bomb_is_told_before_it_goes_off() -> None:
    deflate = zlib.compressobj(9, wbits=-15)
    packed = deflate.compress(explicit(0x00080060, b"CS", b"CT"))
    packed += deflate.compress(explicit(0x00091010, b"OB", b"")[:-4] + b"\xf0\xff\xff\x7f")
    packed += b"".join(deflate.compress(bytes(1 << 20)) for _ in range(300))
    with pytest.raises(Implausible, match="implausibly large once inflated"):
        read_data_set(io.BytesIO(head(b"1.2.840.10008.1.2.1.99") + packed + deflate.flush()))


def test_a_long_value_of_a_deflated_file_is_found_again(tmp_path: Path) -> None:
    profile = bytes(range(256)) * 400
    dataset = ct_slice(ICCProfile=profile)
    (tmp_path / "slice").write_bytes(in_syntax(dataset, DeflatedExplicitVRLittleEndian))
    with (tmp_path / "slice").open("rb") as file:
        assert read_data_set(file).ICCProfile == profile


# The processes that decode


def test_a_decoding_process_that_was_killed_is_replaced() -> None:
    data = compressed(JPEGLSLossless)
    assert np.array_equal(decoded(data), RAMP)
    assert apart._children._idle
    for child in apart._children._idle:
        os.kill(child._process.pid, signal.SIGKILL)
        child._process.wait()
    assert np.array_equal(decoded(data), RAMP)


def test_a_decoder_that_does_not_come_to_an_end_is_stopped() -> None:
    child = apart._Child()
    os.kill(child._process.pid, signal.SIGSTOP)
    with pytest.raises(TimeoutError):
        child.ask("charls", b"data", seconds=0.05)
    child.end()
    assert not child.alive()


def test_a_decoder_that_dies_over_a_frame_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    class Dying:
        def ask(self, library: str, data: bytes, seconds: float) -> tuple[bool, bytes]:
            child = apart._Child()
            os.kill(child._process.pid, signal.SIGSEGV)
            try:
                return child.ask(library, data, seconds)
            finally:
                child.end()

    monkeypatch.setattr(apart, "_children", Dying())
    monkeypatch.setattr(apart, "_refused", type(apart._refused)())
    with pytest.raises(Undecodable, match="crashes over it"):
        decoded(compressed(JPEGLSLossless))
