"""Every real image is shown; what is stored without loss comes back to the last bit."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pydicom
import pytest

from imaging.decode import decode
from imaging.description import ImageDescription, Undescribable, describe
from imaging.render import Look, render

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
pytestmark = pytest.mark.corpus


def listed() -> Iterator[tuple[str, str]]:
    """Path and what the manifest says of each file; nothing where the corpus is absent."""
    if CORPUS.is_dir():
        for line in (CORPUS / "MANIFEST.tsv").read_text().splitlines()[1:]:
            columns = line.split("\t")
            yield columns[0], columns[6]


FILES = dict(listed())
DECODABLE = [name for name, verdict in FILES.items() if verdict.startswith("decodes")]
UNUSABLE = [name for name, verdict in FILES.items() if verdict == "no pixels"]
FAMILIES = [
    name
    for name in FILES
    if name.startswith("wg04/") and name.split("/")[1] in ("RLE", "JPLL", "JLSL", "J2KR")
]


@pytest.fixture(autouse=True)
def corpus() -> None:
    if not CORPUS.is_dir():
        pytest.skip("THE CORPUS IS ABSENT (../shared/corpus): its tests are SKIPPED")


def read(name: str) -> tuple[bytes, pydicom.Dataset]:
    data = (CORPUS / name).read_bytes()
    return data, pydicom.dcmread(io.BytesIO(data), force=True)


def pixels(name: str, frame: int = 0) -> np.ndarray:
    data, dataset = read(name)
    return decode(describe(dataset, data), frame, lambda at, length: data[at : at + length])


def test_the_corpus_is_there_to_be_read() -> None:
    assert len(DECODABLE) > 200
    assert len(FAMILIES) > 40


@pytest.mark.parametrize("name", DECODABLE)
def test_an_image_is_described_decoded_and_shown(name: str) -> None:
    data, dataset = read(name)
    description = describe(dataset, data)
    assert ImageDescription.from_bytes(description.to_bytes()) == description
    frame = description.frames - 1
    values = decode(description, frame, lambda at, length: data[at : at + length])
    picture = render(description, frame, values, Look())
    assert picture.shape[:2] == (description.rows, description.columns)
    assert picture.dtype == np.uint8


@pytest.mark.parametrize("name", FAMILIES)
def test_a_lossless_variant_is_the_reference_to_the_last_bit(name: str) -> None:
    stem = Path(name).stem.rsplit("_", 1)[0]
    reference = f"wg04/REF/{stem}_UNC.dcm"
    if reference not in FILES:
        pytest.skip(f"the corpus has no reference of {stem}")
    assert np.array_equal(pixels(name), pixels(reference))


@pytest.mark.parametrize("name", DECODABLE)
def test_stored_values_are_those_that_pydicom_reads(name: str) -> None:
    _, dataset = read(name)
    theirs = pydicom.pixels.pixel_array(dataset, raw=False, index=0)
    partly = "BitsStored" in dataset and dataset.BitsStored != dataset.BitsAllocated
    if partly and dataset.SamplesPerPixel == 1:
        # bits beyond the stored ones hold overlays or nothing; pydicom leaves them in
        stored, kind = dataset.BitsStored, theirs.dtype
        shift = kind.itemsize * 8 - stored
        below = max(dataset.HighBit + 1 - stored, 0) if dataset.HighBit + 1 >= stored else 0
        if not dataset.file_meta.TransferSyntaxUID.is_compressed:
            theirs = np.right_shift(np.left_shift(theirs >> below, shift), shift)
    ours = pixels(name)
    assert ours.shape == theirs.shape
    difference = np.abs(ours.astype(np.float64) - theirs.astype(np.float64)).max()
    # colour conversion is rounded differently: by one level, by two after lossy coding
    assert difference <= (2 if theirs.ndim == 3 else 0), name


@pytest.mark.parametrize("name", UNUSABLE)
def test_a_file_without_pixels_says_so(name: str) -> None:
    data, dataset = read(name)
    with pytest.raises(Undescribable, match="no pixel data"):
        describe(dataset, data)
