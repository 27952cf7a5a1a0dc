"""Metadata of instances as DICOM JSON (WADO-RS, DICOM PS3.18 10.4.1.1.2 and annex F).

Long binary values are left out and named by a BulkDataURI; `bulk` hands them out. Where patient
details are hidden, what is told is of the copies that retrieval makes.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.tag import BaseTag, Tag

from services.access import Access
from services.errors import Invalid, NotFound, Unshowable
from services.hiding.disguise import Disguise, disguise, still
from services.hiding.hidden_copy import header, hidden_header
from services.pictures.frames import Images
from services.portal import Portal
from services.programs.dicomweb.holdings import StoredInstance, holdings

DicomJson = dict[str, Any]
BULK_VRS = frozenset({"OB", "OD", "OF", "OL", "OV", "OW", "UN"})
INLINE = 1024  # bytes of a binary value that are told within the JSON
PIXELS = {Tag(0x7FE00008): "OF", Tag(0x7FE00009): "OD", Tag(0x7FE00010): "OW"}
DAMAGED = "This object cannot be read: its file is damaged."


def metadata(
    portal: Portal,
    images: Images,
    access: Access,
    address: str,
    series_uid: str = "",
    sop_uid: str = "",
) -> Iterator[bytes]:
    """A JSON array, an object for every instance, piece by piece; `address` is the study's.

    Raises NotFound when there is no such series or instance. The access is asked for again before
    every instance: Expired ends the array where it stands.
    """
    found = holdings(portal, access, series_uid, sop_uid)
    reader = _Reader(portal, images, access, disguise(portal, access))
    return _array(reader, address, found)


def bulk(portal: Portal, images: Images, access: Access, sop_uid: str, tag: str) -> bytes:
    """A long binary value that metadata named; not pixel data, which comes in frames."""
    access = still(portal, access)
    (instance,) = holdings(portal, access, sop_uid=sop_uid)
    reader = _Reader(portal, images, access, disguise(portal, access))
    wanted = Tag(int(tag, 16))
    if wanted in PIXELS:
        raise Invalid("Pixel data comes in frames: ask for /frames/1.")
    element = reader.dataset(instance).get(wanted)
    if element is None or element.VR not in BULK_VRS or not isinstance(element.value, bytes):
        raise NotFound("This object has no such value.")
    return element.value


@dataclass
class _Reader:
    """Reads the headers that a person may know, for as long as they may."""

    portal: Portal
    images: Images
    access: Access
    worn: Disguise | None

    def dataset(self, instance: StoredInstance) -> Dataset:
        """The object's data set up to its pixels; of the copy, where details are hidden.

        Raises Unshowable where there is no such copy, Invalid where the file is damaged.
        """
        if self.worn is not None:
            return hidden_header(
                self.portal, self.images, self.access, self.worn, instance.instance_id
            )
        try:
            with self.portal.objects.open(instance.sha256) as file:
                return header(file)
        except Exception as error:  # a parser meets bytes from outside: any failure is theirs
            raise Invalid(DAMAGED) from error


def _array(reader: _Reader, address: str, found: list[StoredInstance]) -> Iterator[bytes]:
    begun = b"["
    for instance in found:
        reader.access = still(reader.portal, reader.access)
        place = f"{address}/series/{instance.series_uid}/instances/{instance.sop_uid}"
        try:
            told = json.dumps(_json(reader.dataset(instance), instance, place), allow_nan=False)
        except Unshowable:  # no copy can be made: retrieval leaves it out too
            continue
        yield begun + told.encode()
        begun = b","
    yield b"]" if begun == b"," else b"[]"


def _json(dataset: Dataset, instance: StoredInstance, place: str) -> DicomJson:
    told: DicomJson = {}
    for tag in dataset.keys():  # noqa: SIM118, iterating the data set reads every value
        if tag.group == 2 or tag in PIXELS:
            continue
        told[f"{tag:08X}"] = _told(dataset, tag, place)
    told["00080005"] = {"vr": "CS", "Value": ["ISO_IR 192"]}  # JSON is UTF-8
    told["00083002"] = {"vr": "UI", "Value": [instance.transfer_syntax]}
    if instance.is_image:
        told["7FE00010"] = {"vr": "OW", "BulkDataURI": f"{place}/frames/1"}
    return dict(sorted(told.items()))


def _told(dataset: Dataset, tag: BaseTag, place: str) -> DicomJson:
    try:
        element = dataset[tag]
    except Exception:  # bytes from outside that no value can be read from: told as none
        return {"vr": "UN"}
    return _element(element, place)


def _element(element: DataElement, place: str) -> DicomJson:
    if element.VR in BULK_VRS and element.value and len(element.value) > INLINE:
        return {"vr": element.VR, "BulkDataURI": f"{place}/bulkdata/{element.tag:08X}"}
    try:
        told: DicomJson = element.to_json_dict(None, INLINE)
    except Exception:  # a value that is not what its VR says: told as none rather than not at all
        return {"vr": element.VR}
    finite: DicomJson = _finite(told)
    return finite


def _finite(value: Any) -> Any:
    """JSON has no NaN and no infinity: null stands for them."""
    if isinstance(value, dict):
        return {key: _finite(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_finite(inner) for inner in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def is_tag(written: str) -> bool:
    """Whether it is eight hexadecimal digits."""
    return len(written) == 8 and all(digit in "0123456789abcdefABCDEF" for digit in written)
