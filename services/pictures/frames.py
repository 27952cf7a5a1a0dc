"""From a stored object to a frame's pixels: read by its place in the file, decoded once, kept."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import undefer

from imaging.burned_in import Mask, apply_mask
from imaging.decode import Undecodable, decode
from imaging.description import ImageDescription
from imaging.patient_space import ImagePlane, image_plane
from imaging.reduce import halved
from imaging.transfer_syntax import NATIVE
from services.errors import Invalid, NotFound
from services.hiding.identity_rules import current_rules, refusal
from services.language import _
from services.pictures.redescribing import current_descriptions
from services.portal import Portal
from storage.models import Instance, Series

MOST_REMEMBERED = 4000  # descriptions of a few kB each


@dataclass(frozen=True, slots=True)
class StoredImage:
    """One stored image object: where it is, how to read it, which study it belongs to."""

    instance_id: int
    study_id: int
    series_id: int
    sha256: str
    description: ImageDescription
    identity_rule: dict[str, Any]
    _planes: dict[int, ImagePlane | None] = field(default_factory=dict, compare=False, repr=False)

    def plane(self, frame: int) -> ImagePlane | None:
        """Where a frame lies in the patient, if it says so; one value for all who ask."""
        if frame not in self._planes:
            self._planes[frame] = image_plane(self.description, frame)
        return self._planes[frame]


@dataclass(frozen=True, slots=True)
class Shown:
    """What one slice of a stack is drawn from, wherever its pixels come from."""

    description: ImageDescription
    frame: int
    pixels: Callable[[int], NDArray[Any]]  # stored values, reduced by a factor of 1, 2, 4 ...


class Withheld(Exception):
    """These pixels are not shown to somebody from whom patient details are hidden."""


class Images:
    """The images of a portal: descriptions remembered, decoded frames cached."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._known: OrderedDict[int, StoredImage] = OrderedDict()
        self._lock = threading.Lock()

    def image(self, instance_id: int) -> StoredImage:
        """The stored image; NotFound when the instance is none."""
        return self.images([instance_id])[0]

    def images(self, instance_ids: list[int]) -> list[StoredImage]:
        """Several stored images, in the order asked for, in one query."""
        with self._lock:
            known = {n: self._known[n] for n in instance_ids if n in self._known}
        missing = [n for n in instance_ids if n not in known]
        for start in range(0, len(missing), 500):
            known |= self._load(missing[start : start + 500])
        with self._lock:
            self._known.update(known)
            while len(self._known) > MOST_REMEMBERED:
                self._known.popitem(last=False)
        try:
            return [known[n] for n in instance_ids]
        except KeyError:
            raise NotFound(_("There is no such image.")) from None

    def shown(self, image: StoredImage, frame: int, *, hidden: bool) -> Shown:
        """A frame of a stored image as what a slice is drawn from; see `pixels`."""
        return Shown(
            image.description,
            frame,
            lambda factor: self.pixels(image, frame, hidden=hidden, factor=factor),
        )

    def pixels(
        self, image: StoredImage, frame: int, *, hidden: bool, factor: int = 1
    ) -> NDArray[Any]:
        """The stored values of a frame, shared and read-only; with a `factor` (2, 4, 8, 16)
        reduced to the means of so many by so many (`imaging.reduce`).

        With `hidden`, regions that may carry the patient's name are blanked. Raises Withheld when
        the whole frame must not be shown then, Undecodable when no decoder reads it, Invalid when
        there is no such frame.
        """
        rule = _rule(image, frame, hidden=hidden)

        def make() -> NDArray[Any]:
            if factor > 1:
                larger = self.pixels(image, frame, hidden=hidden, factor=factor // 2)
                return halved(larger, image.description.padding)
            return np.ascontiguousarray(self.fresh(image, frame, hidden=hidden))

        return self._portal.pixels.get((image.sha256, frame, rule["do"], factor), make)

    def pixels_once(self, image: StoredImage, frame: int, *, hidden: bool) -> NDArray[Any]:
        """`pixels` for what is drawn once: a native frame is not kept, because it is read again
        sooner than fresh memory is filled with it.
        """
        description = image.description
        native = description.transfer_syntax in NATIVE and not description.deflated_at
        if hidden or not native or not 0 <= frame < description.frames:
            return self.pixels(image, frame, hidden=hidden)
        return decode(description, frame, self._reader(image))

    def fresh(self, image: StoredImage, frame: int, *, hidden: bool) -> NDArray[Any]:
        """`pixels` decoded anew and not kept, for downloads: they read every frame once."""
        rule = _rule(image, frame, hidden=hidden)
        pixels = decode(image.description, frame, self._reader(image))
        if rule["do"] == "mask":
            regions = tuple(tuple(region) for region in rule["regions"])
            pixels = apply_mask(pixels, Mask(keep_regions=regions))
        return pixels

    def _reader(self, image: StoredImage) -> Any:
        def read(offset: int, length: int) -> bytes:
            try:
                return self._portal.objects.read(image.sha256, offset, length)
            except OSError as error:
                raise Undecodable("the stored file cannot be read") from error

        return read

    def _load(self, instance_ids: list[int]) -> dict[int, StoredImage]:
        query = (
            select(Instance, Series.study_id)
            .join(Series)
            .where(Instance.id.in_(instance_ids), Instance.content == "image")
            .options(undefer(Instance.description))
        )
        with self._portal.reading() as db:
            rows = db.execute(query).all()
        descriptions = current_descriptions(self._portal, (instance for instance, _ in rows))
        rules = current_rules(self._portal, (instance for instance, _ in rows))
        return {
            instance.id: StoredImage(
                instance.id,
                study_id,
                instance.series_id,
                instance.object_sha256,
                descriptions[instance.id],
                rules[instance.id],
            )
            for instance, study_id in rows
        }


def _rule(image: StoredImage, frame: int, *, hidden: bool) -> dict[str, Any]:
    """What is to be done about text in the pixels."""
    if not 0 <= frame < image.description.frames:
        raise Invalid(_("This image has {frames} frames.").format(frames=image.description.frames))
    rule = image.identity_rule if hidden else {"do": "keep"}
    if rule["do"] == "withhold":
        raise Withheld(refusal(rule["reason"]))
    return rule
