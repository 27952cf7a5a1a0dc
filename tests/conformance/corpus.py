"""The files of ../shared/corpus, and their frames as this project reads them."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from numpy.typing import NDArray

from imaging.decode import decode
from imaging.description import ImageDescription, describe

# what pydicom brings along: lossy JPEG of several writers, overlays, 32 bits, deflated data sets
BUNDLED = Path(pydicom.__file__).parent / "data" / "test_files"
BUNDLED_AS = "pydicom/"
CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
# of pydicom-data: what was stored another way, without loss
TWINS = {
    "emri_small": "emri_small_RLE emri_small_big_endian emri_small_jpeg_2k_lossless "
    "emri_small_jpeg_ls_lossless",
    "liver": "liver_deflate liver_expb liver_j2k liver_rle",
    "liver_nonbyte_aligned_j2k": "liver_nonbyte_aligned_deflate liver_nonbyte_aligned_rle",
    "OBXXXX1A_2frame": "OBXXXX1A_expb_2frame",
    "gdcm-US-ALOKA-16": "gdcm-US-ALOKA-16_big",
    "SC_rgb_16bit_2frame": "SC_rgb_expb_16bit_2frame",
    "MR2_UNCR": "MR2_J2KR",
    "US1_UNCR": "US1_J2KR",
}
BUNDLED_TWINS = {
    "MR_small": "MR_small_RLE MR_small_bigendian MR_small_implicit MR_small_jp2klossless "
    "MR_small_jpeg_ls_lossless",
    "SC_rgb_small_odd": "SC_rgb_small_odd_big_endian",
    "liver_1frame": "liver_expb_1frame",
    "rtdose": "rtdose_expb rtdose_rle",
}
# their bytes were changed so that they contradict themselves: the right answer is a refusal
DAMAGED = ("pydicom/JPEG2000-embedded-sequence-delimiter.dcm",)


@dataclass(frozen=True)
class Image:
    """A file that was read as an image."""

    name: str
    dataset: pydicom.Dataset
    data: bytes
    description: ImageDescription

    @property
    def path(self) -> Path:
        return where(self.name)

    def pixels(self, frame: int) -> NDArray[Any]:
        return decode(self.description, frame, lambda at, length: self.data[at : at + length])

    @property
    def looked_at(self) -> list[int]:
        """The first, the middle and the last frame."""
        frames = self.description.frames
        return sorted({0, frames // 2, frames - 1})


def names() -> list[str]:
    """Every file that the manifest lists; none where the corpus is absent."""
    manifest = CORPUS / "MANIFEST.tsv"
    if not manifest.is_file():
        return []
    return [line.split("\t")[0] for line in manifest.read_text().splitlines()[1:]]


def bundled() -> list[str]:
    """The files that pydicom is installed with; they are there on every machine."""
    return [BUNDLED_AS + file.name for file in sorted(BUNDLED.glob("*.dcm"))]


def where(name: str) -> Path:
    if name.startswith(BUNDLED_AS):
        return BUNDLED / name.removeprefix(BUNDLED_AS)
    return CORPUS / name


def read(name: str) -> Image:
    """Raises imaging.description.Undescribable, or what the parser raises, if it is no image."""
    data = where(name).read_bytes()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        dataset = pydicom.dcmread(io.BytesIO(data), force=True)
        return Image(name, dataset, data, describe(dataset, data))


def families() -> Iterator[tuple[str, str]]:
    """A file, and another that holds the same stored values in another way, without loss."""
    known = set(names())
    for name in sorted(known):
        folder, _, file = name.removeprefix("wg04/").partition("/")
        if folder in ("RLE", "JPLL", "JLSL", "J2KR"):
            reference = f"wg04/REF/{file.rsplit('_', 1)[0]}_UNC.dcm"
            if reference in known:
                yield name, reference
    for reference, others in TWINS.items():
        for other in others.split():
            if {f"pydicom-data/{reference}.dcm", f"pydicom-data/{other}.dcm"} <= known:
                yield f"pydicom-data/{other}.dcm", f"pydicom-data/{reference}.dcm"
    for reference, others in BUNDLED_TWINS.items():
        for other in others.split():
            yield f"{BUNDLED_AS}{other}.dcm", f"{BUNDLED_AS}{reference}.dcm"


def are_identical(name: str, reference: str) -> bool:
    """Whether all frames hold the same stored values, to the last bit."""
    ours, theirs = read(name), read(reference)
    frames = range(theirs.description.frames)
    return ours.description.frames == len(frames) and all(
        np.array_equal(ours.pixels(frame), theirs.pixels(frame)) for frame in frames
    )
