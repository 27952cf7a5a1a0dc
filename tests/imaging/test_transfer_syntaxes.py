"""Every way of storing pixels gives back what was stored, written by encoders not our own."""

from __future__ import annotations

import io
import shutil
import subprocess
import zlib
from pathlib import Path

import jpeg_ls
import numpy as np
import openjpeg
import pydicom
import pytest
from PIL import Image
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset
from pydicom.uid import (
    HTJ2K,
    JPEG2000,
    UID,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    HTJ2KLossless,
    HTJ2KLosslessRPCL,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLSLossless,
    JPEGLSNearLossless,
    RLELossless,
)

from imaging import transfer_syntax as syntaxes
from imaging.decode import Undecodable, decode
from imaging.decoders.table import DECODERS
from imaging.instance import ImageDescription
from tests.imaging.builders import decoded, described, image, in_syntax

DEFLATED_FRAMES = UID(syntaxes.DEFLATED_FRAMES)
ENCAPSULATED = UID(syntaxes.ENCAPSULATED_UNCOMPRESSED)
CODESTREAMS = Path(__file__).parent / "codestreams"
ROWS, COLUMNS = 37, 53


def values(bits: int, *, signed: bool = False, samples: int = 1) -> np.ndarray:
    """Smooth and noisy parts over the full range of `bits`, both ends included."""
    chance = np.random.default_rng(bits)
    low, high = (-(1 << (bits - 1)), 1 << (bits - 1)) if signed else (0, 1 << bits)
    shape = (ROWS, COLUMNS, 3)[: 2 if samples == 1 else 3]
    made = np.linspace(low, high - 1, int(np.prod(shape))).astype(np.int64).reshape(shape)
    made[: ROWS // 2] = chance.integers(low, high, made[: ROWS // 2].shape)
    size = 1 if bits <= 8 else 2 if bits <= 16 else 4
    return made.astype(f"{'i' if signed else 'u'}{size}")


def pattern(bits: int, *, samples: int = 1) -> np.ndarray:
    """What the files of `codestreams` hold, which another encoder wrote: plain arithmetic."""
    shape = (ROWS, COLUMNS, 3)[: 2 if samples == 1 else 3]
    counted = np.arange(int(np.prod(shape)), dtype=np.int64).reshape(shape)
    made = (counted * counted * 7 + counted * 31) % (1 << bits)
    return made.astype(np.uint8 if bits <= 8 else np.uint16)


def stored(pixels: np.ndarray, bits: int) -> Dataset:
    return image(pixels, BitsStored=bits, HighBit=bits - 1)


@pytest.mark.parametrize("signed", [False, True], ids=["unsigned", "signed"])
@pytest.mark.parametrize("bits", range(2, 33))
def test_native_pixels_of_any_depth(bits: int, signed: bool) -> None:
    pixels = values(bits, signed=signed)
    assert np.array_equal(decoded(in_syntax(stored(pixels, bits), ExplicitVRLittleEndian)), pixels)
    swapped = pixels.astype(pixels.dtype.newbyteorder(">"))
    if bits > 8:
        big = in_syntax(stored(swapped, bits), ExplicitVRBigEndian)
        assert np.array_equal(decoded(big), pixels)


@pytest.mark.parametrize("signed", [False, True], ids=["unsigned", "signed"])
@pytest.mark.parametrize("bits", [2, 7, 8, 10, 12, 13, 16])
@pytest.mark.parametrize("syntax", [JPEG2000Lossless, JPEG2000], ids=["lossless", "either"])
def test_jpeg_2000(syntax: UID, bits: int, signed: bool) -> None:
    pixels = values(bits, signed=signed)
    frame = openjpeg.encode(pixels, bits_stored=bits)
    assert np.array_equal(decoded(in_syntax(stored(pixels, bits), syntax, [frame])), pixels)


@pytest.mark.parametrize("mixed", [True, False], ids=["YBR_RCT", "RGB"])
def test_jpeg_2000_in_colour(mixed: bool) -> None:
    pixels = values(8, samples=3)
    frame = openjpeg.encode(pixels, bits_stored=8, photometric_interpretation=1, use_mct=mixed)
    dataset = image(pixels, PhotometricInterpretation="YBR_RCT" if mixed else "RGB")
    assert np.array_equal(decoded(in_syntax(dataset, JPEG2000Lossless, [frame])), pixels)


@pytest.mark.parametrize("bits", [2, 7, 8, 10, 12, 16])
def test_jpeg_ls(bits: int) -> None:
    pixels = values(bits)
    frame = bytes(jpeg_ls.encode_array(pixels))
    assert np.array_equal(decoded(in_syntax(stored(pixels, bits), JPEGLSLossless, [frame])), pixels)


def test_jpeg_ls_keeps_the_sign() -> None:
    pixels = values(16, signed=True)
    frame = bytes(jpeg_ls.encode_array(pixels.view(np.uint16)))
    assert np.array_equal(decoded(in_syntax(stored(pixels, 16), JPEGLSLossless, [frame])), pixels)


@pytest.mark.parametrize("interleave", [0, 1, 2], ids=["planes", "lines", "pixels"])
def test_jpeg_ls_in_colour(interleave: int) -> None:
    pixels = values(8, samples=3)
    ordered = np.ascontiguousarray(pixels.transpose(2, 0, 1)) if interleave == 0 else pixels
    frame = bytes(jpeg_ls.encode_array(ordered, interleave_mode=interleave))
    assert np.array_equal(decoded(in_syntax(image(pixels), JPEGLSLossless, [frame])), pixels)


def test_near_lossless_jpeg_ls_stays_near_and_is_called_lossy() -> None:
    pixels = values(12)
    frame = bytes(jpeg_ls.encode_array(pixels, lossy_error=3))
    data = in_syntax(stored(pixels, 12), JPEGLSNearLossless, [frame])
    assert described(data).lossy
    assert 0 < np.abs(decoded(data).astype(int) - pixels).max() <= 3


@pytest.mark.parametrize("name", ["grey_12", "grey_16", "rgb_8"])
@pytest.mark.parametrize("syntax", [HTJ2KLossless, HTJ2KLosslessRPCL, HTJ2K],
                         ids=["lossless", "RPCL", "either"])  # fmt: skip
def test_high_throughput_jpeg_2000(syntax: UID, name: str) -> None:
    bits = int(name.rpartition("_")[2])
    pixels = pattern(bits, samples=3 if name.startswith("rgb") else 1)
    frame = (CODESTREAMS / f"htj2k_{name}.j2c").read_bytes()
    assert b"\xff\x50" in frame[:200], "no HTJ2K: the capabilities marker is missing"
    assert np.array_equal(decoded(in_syntax(stored(pixels, bits), syntax, [frame])), pixels)


@pytest.mark.parametrize("bits", [8, 12, 16, 32])
@pytest.mark.parametrize("samples", [1, 3], ids=["grey", "colour"])
def test_deflated_frames(bits: int, samples: int) -> None:
    pixels = values(bits, samples=samples)
    frames = []
    for shown in (pixels, pixels[::-1]):
        deflate = zlib.compressobj(wbits=-15)
        frames.append(deflate.compress(shown.tobytes()) + deflate.flush())
    dataset = stored(pixels, bits)
    dataset.NumberOfFrames = 2
    data = in_syntax(dataset, DEFLATED_FRAMES, frames)
    assert np.array_equal(decoded(data, 0), pixels)
    assert np.array_equal(decoded(data, 1), pixels[::-1])


def test_pixels_that_are_encapsulated_and_nothing_else() -> None:
    pixels = values(12)
    data = in_syntax(stored(pixels, 12), ENCAPSULATED, [pixels.tobytes()])
    assert np.array_equal(decoded(data), pixels)


@pytest.mark.parametrize("bits", [8, 12, 16])
@pytest.mark.parametrize("samples", [1, 3], ids=["grey", "colour"])
def test_run_lengths(bits: int, samples: int) -> None:
    pixels = values(bits, samples=samples)
    dataset = stored(pixels, bits)
    dataset.file_meta = pydicom.dataset.FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.compress(RLELossless, generate_instance_uid=False)
    assert np.array_equal(decoded(in_syntax(dataset, RLELossless)), pixels)


def by_dcmcjpeg(dataset: Dataset, folder: Path, *options: str) -> bytes:
    """The data set compressed by dcmtk."""
    if not shutil.which("dcmcjpeg"):
        pytest.skip("DCMTK IS ABSENT (apt-get install dcmtk): ITS JPEG IS NOT TESTED")
    (folder / "plain.dcm").write_bytes(in_syntax(dataset, ExplicitVRLittleEndian))
    names = [str(folder / "plain.dcm"), str(folder / "jpeg.dcm")]
    subprocess.run(["dcmcjpeg", *options, *names], check=True, capture_output=True)
    return (folder / "jpeg.dcm").read_bytes()


def identified(pixels: np.ndarray, bits: int) -> Dataset:
    dataset = stored(pixels, bits)
    dataset.SOPInstanceUID, dataset.StudyInstanceUID, dataset.SeriesInstanceUID = (
        "1.2",
        "1.3",
        "1.4",
    )
    return dataset


@pytest.mark.parametrize("selection", range(1, 8))
@pytest.mark.parametrize("bits", [8, 12, 16])
def test_lossless_jpeg_of_every_predictor(bits: int, selection: int, tmp_path: Path) -> None:
    pixels = values(bits)
    data = by_dcmcjpeg(identified(pixels, bits), tmp_path, "+el", "+sv", str(selection))
    assert described(data).transfer_syntax == syntaxes.JPEG_LOSSLESS
    assert np.array_equal(decoded(data), pixels)


@pytest.mark.parametrize("samples", [1, 3], ids=["grey", "colour"])
def test_lossless_jpeg_of_first_order(samples: int, tmp_path: Path) -> None:
    pixels = values(8, samples=samples)
    data = by_dcmcjpeg(identified(pixels, 8), tmp_path, "+e1")
    assert described(data).transfer_syntax == syntaxes.JPEG_LOSSLESS_FIRST_ORDER
    assert np.array_equal(decoded(data), pixels)


def test_lossless_jpeg_keeps_the_sign(tmp_path: Path) -> None:
    pixels = values(16, signed=True)
    data = by_dcmcjpeg(identified(pixels, 16), tmp_path, "+e1")
    assert np.array_equal(decoded(data), pixels)


def test_extended_jpeg_of_12_bits(tmp_path: Path) -> None:
    across = np.linspace(0, 4095, COLUMNS).astype(np.uint16)
    pixels = np.broadcast_to(across, (ROWS, COLUMNS)).copy()
    data = by_dcmcjpeg(identified(pixels, 12), tmp_path, "+ee", "+q", "100")
    assert described(data).transfer_syntax == syntaxes.JPEG_EXTENDED
    assert np.abs(decoded(data).astype(int) - pixels).max() <= 8


@pytest.mark.parametrize("sampling", ["4:4:4", "4:2:2", "4:2:0"])
def test_baseline_jpeg_in_colour(sampling: str) -> None:
    down, across = np.mgrid[0:32, 0:48]
    pixels = np.stack([across * 5, down * 7, 255 - across * 5], axis=-1).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=98, subsampling=sampling)
    dataset = image(pixels, PhotometricInterpretation="YBR_FULL_422")
    seen = decoded(in_syntax(dataset, JPEGBaseline8Bit, [buffer.getvalue()]))
    assert np.abs(seen.astype(int) - pixels).max() <= 8


def test_a_jpeg_that_describes_its_scan_wrongly_is_read_all_the_same() -> None:
    wrong, right = (
        Path(str(get_testdata_file(name, download=False))).read_bytes()
        for name in ("JPEG-lossy.dcm", "JPGExtended.dcm")
    )
    assert np.array_equal(decoded(wrong), decoded(right))


def test_every_syntax_for_images_has_decoders_or_a_sentence_that_names_it() -> None:
    grey = np.zeros((4, 4), np.uint8)
    for syntax in pydicom.uid.AllTransferSyntaxes:
        known = str(syntax) in DECODERS or str(syntax) in syntaxes.NATIVE
        video = "MPEG" in syntax.name or "HEVC" in syntax.name or "SMPTE" in syntax.name
        # part 2 of JPEG 2000, and pixels that are somewhere else
        elsewhere = "Part 2" in syntax.name or "JPIP" in syntax.name
        assert known != (video or elsewhere), syntax.name
        if not known:
            with pytest.raises(Undecodable) as refused:
                decoded(in_syntax(image(grey), syntax, [b"video "]))
            assert syntax.name in str(refused.value)


def test_the_next_decoder_is_asked_where_the_first_gives_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def gives_up(_description: ImageDescription, _data: bytes) -> np.ndarray:
        raise RuntimeError("unsupported")

    pixels = values(8)
    for syntax, frame in (
        (JPEGLSLossless, bytes(jpeg_ls.encode_array(pixels))),
        (JPEG2000Lossless, openjpeg.encode(pixels, bits_stored=8)),
    ):
        data = in_syntax(image(pixels), syntax, [frame])
        others = DECODERS[str(syntax)][1:]
        monkeypatch.setitem(DECODERS, str(syntax), (gives_up, *others))
        assert np.array_equal(decoded(data), pixels)
        monkeypatch.setitem(DECODERS, str(syntax), (gives_up,))
        with pytest.raises(Undecodable, match="unsupported"):
            decode(described(data), 0, lambda at, length, d=data: d[at : at + length])  # type: ignore[misc]
