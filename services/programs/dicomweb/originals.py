"""Originals for programs: whole objects as they were stored, and single frames (WADO-RS).

Nothing is transcoded: an object comes in the transfer syntax it arrived in (DICOM PS3.18 8.7.3.5.2
lets a client ask for `transfer-syntax=*`). Where patient details are hidden, what comes is the copy
of `services.hiding.hidden_copy`, in Explicit VR Little Endian.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import select

from imaging import transfer_syntax as syntaxes
from imaging.cells import native_cells
from imaging.decode import Undecodable
from imaging.instance import ImageDescription
from imaging.native_file import frame_bytes
from services.access import Access
from services.audit import Action
from services.errors import NotFound, Unshowable
from services.hiding.disguise import disguise, still
from services.hiding.hidden_copy import hidden_copy
from services.pictures.frames import Images, StoredImage, Withheld
from services.portal import Portal, Transaction
from services.programs.callers import Caller
from services.programs.dicomweb.holdings import StoredInstance, holdings
from services.programs.program_access import Purpose, permitted_again
from services.trail.look_log import PERIOD, door
from storage.models import AuditEvent

CHUNK = 1 << 20
OCTETS = "application/octet-stream"
# DICOM PS3.18 table 8.7.3-5: what a compressed frame is sent as
FRAME_TYPES = {
    syntaxes.RLE: "image/dicom-rle",
    syntaxes.JPEG_BASELINE: "image/jpeg",
    syntaxes.JPEG_EXTENDED: "image/jpeg",
    syntaxes.JPEG_LOSSLESS: "image/jpeg",
    syntaxes.JPEG_LOSSLESS_FIRST_ORDER: "image/jpeg",
    syntaxes.JPEG_LS: "image/jls",
    syntaxes.JPEG_LS_NEAR: "image/jls",
    syntaxes.JPEG_2000_LOSSLESS: "image/jp2",
    syntaxes.JPEG_2000: "image/jp2",
    syntaxes.HTJ2K_LOSSLESS: "image/jphc",
    syntaxes.HTJ2K_LOSSLESS_RPCL: "image/jphc",
    syntaxes.HTJ2K: "image/jphc",
}
DEFLATED = "Frames of a deflated file are not handed out one by one: take the whole instance."


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame's bytes, what they are, and in which transfer syntax."""

    data: bytes
    media_type: str
    transfer_syntax: str


def taking(
    portal: Portal, caller: Caller, access: Access, series_uid: str = "", sop_uid: str = ""
) -> list[StoredInstance]:
    """The objects a caller takes away; the download is recorded before the first byte leaves.

    A program that fetches an exam object by object has one event, not one for each.

    Raises NotFound when there are none, NotAllowed when the exam may only be looked at.
    """
    found = holdings(portal, access, series_uid, sop_uid)
    with portal.transaction() as tx:
        access = permitted_again(portal, tx.db, caller, access, Purpose.TAKE)
        how = door(caller)
        if not _recorded(tx, access, how, len(found)):
            tx.record(
                Action.DOWNLOADED,
                account_id=access.account_id,
                patient_id=access.patient_id,
                study_id=access.study_id,
                why=str(access.why),
                objects=len(found),
                **how,
            )
    return found


def _recorded(tx: Transaction, access: Access, how: dict[str, Any], objects: int) -> bool:
    """Whether a download as large, by the same caller, was recorded within the period."""
    query = select(AuditEvent.detail).where(
        AuditEvent.account_id == access.account_id,
        AuditEvent.study_id == access.study_id,
        AuditEvent.action == str(Action.DOWNLOADED),
        AuditEvent.at > tx.now - PERIOD,
    )
    told = tx.db.execute(query).scalars()
    return any(how.items() <= one.items() and one.get("objects", 0) >= objects for one in told)


def pieces(
    portal: Portal, images: Images, access: Access, instance: StoredInstance
) -> Iterator[bytes]:
    """An object's bytes, some at a time; Expired ends it once the access does.

    Raises Unshowable, before the first byte, where details are hidden and no copy can be made.
    """
    worn = disguise(portal, access)
    if worn is not None:
        copy = hidden_copy(portal, images, access, worn, instance.instance_id)
        yield from copy.pieces(lambda: still(portal, access), lambda: None)
        return
    with portal.objects.open(instance.sha256) as file:
        while chunk := file.read(CHUNK):
            still(portal, access)
            yield chunk


def frame(
    portal: Portal, images: Images, access: Access, instance: StoredInstance, number: int
) -> Frame:
    """Frame `number`, from 1: native pixels little endian, compressed ones as they are stored;
    decoded and masked where details are hidden.
    """
    access = still(portal, access)
    if not instance.is_image:
        raise NotFound("This object has no frames.")
    image = images.image(instance.instance_id)
    description = image.description
    if not 1 <= number <= description.frames:
        raise NotFound(f"This image has {description.frames} frames.")
    if access.hidden:
        return _masked(images, image, number - 1)
    if description.deflated_at:
        raise Unshowable(DEFLATED)
    spans = description.frame_spans(number - 1)
    data = b"".join(portal.objects.read(instance.sha256, at, length) for at, length in spans)
    syntax = description.transfer_syntax
    if syntax not in syntaxes.NATIVE:
        return Frame(data, FRAME_TYPES.get(syntax, OCTETS), syntax)
    return Frame(_little_endian(description, number - 1, data), OCTETS, syntaxes.EXPLICIT_LITTLE)


def _masked(images: Images, image: StoredImage, frame: int) -> Frame:
    try:
        pixels = images.fresh(image, frame, hidden=True)
    except (Undecodable, Withheld) as reason:
        raise Unshowable(f"This image cannot be shown: {reason}") from reason
    return Frame(frame_bytes(pixels), OCTETS, syntaxes.EXPLICIT_LITTLE)


def _little_endian(description: ImageDescription, frame: int, data: bytes) -> bytes:
    first_bit = frame * description.frame_bits % 8
    if not (description.big_endian or first_bit):
        return data
    cells = native_cells(description, data, first_bit)
    if description.bits_allocated == 1:
        return np.packbits(cells, bitorder="little").tobytes()
    return cells.tobytes()
