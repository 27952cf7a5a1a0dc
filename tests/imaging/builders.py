"""Images made of numpy arrays, and how to look at what becomes of them."""

from __future__ import annotations

import io
import struct
from typing import Any

import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    UID,
    ExplicitVRLittleEndian,
    RLELossless,
    SecondaryCaptureImageStorage,
)

from imaging.decode import decode
from imaging.description import ImageDescription, describe
from imaging.render import Look, render
from imaging.structure import read_data_set


def image(pixels: NDArray[Any], **attributes: object) -> Dataset:
    """A data set around pixels (rows, columns), (rows, columns, 3) or (frames, rows, columns)."""
    dataset = Dataset()
    dataset.SOPClassUID, dataset.SOPInstanceUID = SecondaryCaptureImageStorage, "1.2.3.4"
    colour = pixels.ndim >= 3 and pixels.shape[-1] == 3
    frames = pixels.shape[0] if pixels.ndim == 3 and not colour else 1
    dataset.Rows, dataset.Columns = pixels.shape[-3:-1] if colour else pixels.shape[-2:]
    dataset.NumberOfFrames = frames
    dataset.SamplesPerPixel = 3 if colour else 1
    dataset.PhotometricInterpretation = "RGB" if colour else "MONOCHROME2"
    if colour:
        dataset.PlanarConfiguration = 0
    dataset.BitsAllocated = dataset.BitsStored = pixels.dtype.itemsize * 8
    dataset.HighBit = dataset.BitsStored - 1
    dataset.PixelRepresentation = int(pixels.dtype.kind == "i")
    dataset.PixelData = pixels.tobytes()
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    return dataset


def in_syntax(dataset: Dataset, syntax: UID, frames: list[bytes] | None = None) -> bytes:
    """The data set as a file in a transfer syntax; `frames` are compressed already."""
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = syntax
    meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    dataset.file_meta = meta
    if frames is not None:
        dataset.PixelData = encapsulate(frames)
    if "PixelData" in dataset:
        dataset["PixelData"].VR = "OB" if frames or dataset.BitsAllocated <= 8 else "OW"
    buffer = io.BytesIO()
    if syntax.is_transfer_syntax:
        pydicom.dcmwrite(buffer, dataset, enforce_file_format=True)
        return buffer.getvalue()
    # one that the library does not know yet: written as explicit little endian, then renamed
    meta.TransferSyntaxUID = RLELossless
    pydicom.dcmwrite(buffer, dataset, enforce_file_format=True)
    old, new = str(RLELossless).encode(), str(syntax).encode()
    return _renamed(buffer.getvalue(), old, new)


def _renamed(data: bytes, old: bytes, new: bytes) -> bytes:
    """The file with another transfer syntax UID in its meta information."""
    padded = [uid + b"\0" * (len(uid) % 2) for uid in (old, new)]
    element = [b"\x02\0\x10\0UI" + struct.pack("<H", len(uid)) + uid for uid in padded]
    grown = len(element[1]) - len(element[0])
    (length,) = struct.unpack_from("<I", data, 140)
    data = data[:140] + struct.pack("<I", length + grown) + data[144:]
    return data.replace(element[0], element[1], 1)


def described(data: bytes) -> ImageDescription:
    """The description of a file, as it comes back from storage."""
    description = describe(read_data_set(io.BytesIO(data)), data)
    return ImageDescription.from_bytes(description.to_bytes())


def decoded(data: bytes, frame: int = 0) -> NDArray[Any]:
    """The stored values of a frame of a file."""
    return decode(described(data), frame, lambda at, length: data[at : at + length])


def shown(
    dataset: Dataset, look: Look | None = None, *, frame: int = 0, **options: Any
) -> NDArray[np.uint8]:
    """The picture of a frame of a data set."""
    data = in_syntax(dataset, ExplicitVRLittleEndian)
    return render(described(data), frame, decoded(data, frame), look or Look(), **options)
