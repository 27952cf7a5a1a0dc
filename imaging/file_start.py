"""What a stored object lacks to be a DICOM file (DICOM PS3.10 7.1)."""

from __future__ import annotations

from typing import BinaryIO

from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_file_meta_info

from imaging.native_file import file_meta


def missing_start(file: BinaryIO, sop_class: str, sop_uid: str, transfer_syntax: str) -> bytes:
    """Preamble and file meta, as far as the object comes without; empty for a complete file."""
    start = file.read(132)
    if start[128:] == b"DICM":
        return b""
    preamble = b"\0" * 128 + b"DICM"
    if start[:2] == b"\x02\x00":
        return preamble
    buffer = DicomBytesIO()
    write_file_meta_info(buffer, file_meta(sop_class, sop_uid, transfer_syntax))
    return preamble + bytes(buffer.getvalue())
