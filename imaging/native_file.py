"""A DICOM file with native pixel data, written piece by piece (DICOM PS3.10 7, PS3.5 8.1.1)."""

from __future__ import annotations

import io
import struct
from typing import Any

import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian

from imaging.instance import ImageDescription
from imaging.sentences import Sentence

IMPLEMENTATION_UID = "2.25.134930374217711286143283930424412834791"
IMPLEMENTATION = "MYIMAGING"
LONGEST = (1 << 32) - 2  # bytes of native pixel data (PS3.5 7.1.1)
_ELEMENTS = {
    "integer": (0x7FE0, 0x0010, b"OW"),
    "float32": (0x7FE0, 0x0008, b"OF"),
    "float64": (0x7FE0, 0x0009, b"OD"),
}


class Unwritable(ValueError):
    """Why this image cannot be written with native pixel data, in a plain sentence."""


def pixel_bytes(description: ImageDescription) -> int:
    """How many bytes the native pixel data of all frames has, padding aside."""
    cells = description.rows * description.columns * description.samples
    return cells * max(description.bits_allocated // 8, 1) * description.frames


def head(dataset: Dataset, description: ImageDescription) -> bytes:
    """The file up to its first pixel: Explicit VR Little Endian, no preamble of anybody's.

    `dataset` holds no pixels; its attributes of the pixels' form are set to what
    `imaging.decode.decode` returns. After this come `frame_bytes` of every frame, then `tail`.

    Raises:
        Unwritable: no UIDs, pixels of one bit, or more bytes than native pixel data can have.
    """
    if not (dataset.get("SOPClassUID") and dataset.get("SOPInstanceUID")):
        raise Unwritable(Sentence("This image does not say what it is."))
    if description.bits_allocated == 1:
        raise Unwritable(Sentence("Images of one bit a pixel are not written."))
    length = pixel_bytes(description)
    if length > LONGEST:
        raise Unwritable(Sentence("This image is too large to be written without compression."))
    describe_pixels(dataset, description)
    dataset.file_meta = file_meta(
        dataset.SOPClassUID, dataset.SOPInstanceUID, ExplicitVRLittleEndian
    )
    buffer = io.BytesIO()
    pydicom.dcmwrite(buffer, dataset, enforce_file_format=True)
    group, element, vr = _ELEMENTS[description.sample_kind]
    if vr == b"OW" and description.bits_allocated <= 8:
        vr = b"OB"
    buffer.write(struct.pack("<HH2sHL", group, element, vr, 0, length + length % 2))
    return buffer.getvalue()


def frame_bytes(pixels: NDArray[Any]) -> bytes:
    """Stored values, (rows, columns) or (rows, columns, 3), as they stand in the file."""
    little = pixels.astype(pixels.dtype.newbyteorder("<"), copy=False)
    return np.ascontiguousarray(little).tobytes()


def tail(description: ImageDescription) -> bytes:
    """Padding to an even length."""
    return b"\0" * (pixel_bytes(description) % 2)


def describe_pixels(dataset: Dataset, description: ImageDescription) -> None:
    """Set the attributes of the pixels' form to what `frame_bytes` writes."""
    dataset.SamplesPerPixel = description.samples
    if description.samples > 1:
        dataset.PhotometricInterpretation, dataset.PlanarConfiguration = "RGB", 0
    elif "PlanarConfiguration" in dataset:
        del dataset.PlanarConfiguration
    dataset.Rows, dataset.Columns = description.rows, description.columns
    if description.frames > 1 or "NumberOfFrames" in dataset:
        dataset.NumberOfFrames = description.frames
    dataset.BitsAllocated = max(description.bits_allocated, 8)
    if description.sample_kind == "integer":
        dataset.BitsStored, dataset.HighBit = description.bits_stored, description.bits_stored - 1
        dataset.PixelRepresentation = int(description.signed)
    if description.lossy:
        dataset.LossyImageCompression = "01"


def file_meta(sop_class: str, sop_uid: str, transfer_syntax: str) -> FileMetaDataset:
    """The file meta information of a file that this portal writes (PS3.10 7.1)."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = UID(sop_class)
    meta.MediaStorageSOPInstanceUID = UID(sop_uid)
    meta.TransferSyntaxUID = UID(transfer_syntax)
    meta.ImplementationClassUID = UID(IMPLEMENTATION_UID)
    meta.ImplementationVersionName = IMPLEMENTATION
    return meta
