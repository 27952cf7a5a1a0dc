"""A stored image as a file without the patient: a cleaned header, then masked native pixels."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator

import pydicom
from pydicom.dataset import Dataset

from imaging import native_file
from imaging.decode import Undecodable
from services import access as decision
from services.access import Access
from services.errors import NotFound, Unshowable
from services.hiding.disguise import Disguise
from services.hiding.identity_rules import refusal
from services.language import N_, _, said
from services.pictures.frames import Images, StoredImage, Withheld
from services.portal import Portal

DEFERRED = 1 << 20  # bytes of a value that is read only when it is asked for
NOT_CLEANED = N_("an image that cannot be read: left out, because patient details are hidden")


class HiddenCopy:
    """One image: `dataset` is its cleaned header, `pieces` the file."""

    def __init__(self, images: Images, image: StoredImage, dataset: Dataset, head: bytes) -> None:
        self._images, self._image, self._head = images, image, head
        self.dataset = dataset
        self.size = native_file.pixel_bytes(image.description)

    def pieces(self, still: Callable[[], object], blank: Callable[[], None]) -> Iterator[bytes]:
        """The file; `still` is called before every frame and may raise, `blank` for each frame that
        cannot be read: it is black.
        """
        yield self._head
        description = self._image.description
        for frame in range(description.frames):
            still()
            try:
                pixels = self._images.fresh(self._image, frame, hidden=True)
                yield native_file.frame_bytes(pixels)
            except (Undecodable, Withheld):
                blank()
                yield bytes(self.size // description.frames)
        yield native_file.tail(description)


def hidden_copy(
    portal: Portal, images: Images, access: Access, worn: Disguise, instance_id: int
) -> HiddenCopy:
    """The copy of an image of the access's exam.

    Raises Unshowable, with the reason, where none can be made.
    """
    image = _image(images, access, instance_id)
    try:
        # so that a file none of whose frames can be read is left out rather than black
        images.fresh(image, 0, hidden=True)
        dataset = _cleaned(portal, image, worn)
        head = native_file.head(dataset, image.description)
    except (native_file.Unwritable, Withheld) as reason:
        raise Unshowable(said(reason)) from reason
    except Exception as error:  # a parser meets bytes from outside: any failure is theirs
        raise Unshowable(_(NOT_CLEANED)) from error
    return HiddenCopy(images, image, dataset, head)


def hidden_header(
    portal: Portal, images: Images, access: Access, worn: Disguise, instance_id: int
) -> Dataset:
    """The header that the copy of an image of the access's exam has; its pixels are not read.

    Raises Unshowable, with the reason, where the file cannot be read or is withheld.
    """
    image = _image(images, access, instance_id)
    if image.identity_rule["do"] == "withhold":
        raise Unshowable(said(refusal(image.identity_rule["reason"])))
    try:
        dataset = _cleaned(portal, image, worn)
        native_file.describe_pixels(dataset, image.description)
    except Exception as error:  # a parser meets bytes from outside: any failure is theirs
        raise Unshowable(_(NOT_CLEANED)) from error
    return dataset


def _image(images: Images, access: Access, instance_id: int) -> StoredImage:
    image = images.image(instance_id)
    if image.study_id != access.study_id:
        raise NotFound(_(decision.NOT_FOUND))
    return image


def _cleaned(portal: Portal, image: StoredImage, worn: Disguise) -> Dataset:
    with portal.objects.open(image.sha256) as file:
        return worn.copy(header(file), masked=image.identity_rule["do"] == "mask")


def header(file: object) -> Dataset:
    """The data set of an open file up to its pixels."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pydicom.dcmread(
            file, stop_before_pixels=True, force=True, defer_size=DEFERRED  # type: ignore[arg-type]
        )  # fmt: skip
