"""Rendered pictures and thumbnails for programs (DICOM PS3.18 10.4).

Everything that is in memory is answered in the event loop: one look-up each for the access, the
image, the recorded look and the picture. Only what is not goes to a thread.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from services import access as decision
from services.access import Access
from services.errors import Invalid, NotFound
from services.pictures.frames import Images, StoredImage
from services.pictures.instances import Instances, StoredSeries
from services.pictures.read_ahead import ReadAhead
from services.pictures.rendering import Rendering, Renderings
from services.pictures.workshop import Urgency, Workshop
from services.portal import Portal
from services.programs.callers import Caller, Way
from services.programs.program_access import ProgramAccess, Purpose
from services.trail.look_log import LookLog
from ui.routes import picture_query
from ui.routes.acceptable import chosen
from ui.routes.answers import Answer, RawHeaders, sentence
from ui.routes.picture_address import MOST_FRAMES, Target

# A signed-in browser keeps nothing: going back in its history shows what it has without asking,
# also after signing out. A program that has a token may keep a picture but must ask before it uses
# it again, so that what was revoked is not used from its memory; no cache between may keep it.
NOT_KEPT = (b"cache-control", b"no-store")
KEPT = (b"cache-control", b"private, no-cache")
VARY = (b"vary", b"Accept, Authorization, Cookie")
NOT_ACCEPTABLE = "Pictures are sent as image/jpeg, image/png or image/webp."
SEVERAL = (
    'Several frames are sent as multipart/related: accept multipart/related; type="image/jpeg", '
    "or ask for one frame."
)
ONE_BY_ONE = "Pictures are rendered of an instance or of its frames, not of a whole exam or series."


@dataclass(frozen=True, slots=True)
class _Asked:
    """Frames of one image, and how they are to look."""

    access: Access
    series: StoredSeries
    place: int
    frames: tuple[int, ...]
    how: Rendering

    @property
    def image(self) -> StoredImage:
        return self.series.images[self.place]


class Pictures:
    """Answers requests for pictures of callers that are known."""

    def __init__(
        self,
        portal: Portal,
        images: Images,
        workshop: Workshop,
        accesses: ProgramAccess,
        looks: LookLog,
    ) -> None:
        self._portal = portal
        self._workshop = workshop
        self._accesses = accesses
        self._looks = looks
        self._instances = Instances(portal, images)
        self._renderings = Renderings(portal, images)
        self._ahead = ReadAhead(workshop, self._renderings)

    async def answer(
        self, caller: Caller, target: Target, query: str, headers: Mapping[bytes, bytes]
    ) -> Answer:
        """The picture or pictures; portal errors are raised."""
        given = picture_query.parameters(query)
        choice = chosen(given.get("accept") or headers.get(b"accept", b"").decode("latin-1"))
        media_type = choice.single or choice.parts
        if not media_type:
            return sentence(406, NOT_ACCEPTABLE)
        read = picture_query.thumbnail if target.thumbnail else picture_query.rendering
        how = read(given, media_type)
        if not (target.instance or target.thumbnail):
            return sentence(406, ONE_BY_ONE)
        asked = await self._asked(caller, target, how)
        several = len(asked.frames) > 1
        if several and not choice.parts:
            return sentence(406, SEVERAL)
        in_parts = several or not choice.single
        if in_parts and how.media_type != choice.parts:
            asked = _as(asked, choice.parts)
        if not self._looks.is_open(caller, asked.access):
            await asyncio.to_thread(self._looks.begin, caller, asked.access, Purpose.LOOK)
        keeping = NOT_KEPT if caller.way is Way.SESSION else KEPT
        answer = await self._pictures(asked, headers, keeping, in_parts=in_parts)
        if not decision.stands(self._portal, asked.access):
            # it took a moment in which something changed: nothing goes out on the old decision
            await asyncio.to_thread(self._accesses.decided, caller, target.study, Purpose.LOOK)
        self._looks.count(caller, asked.access, len(asked.frames))
        if not several:
            at = asked.place, asked.frames[0]
            who = caller.way, caller.number
            self._ahead.asked(who, asked.access, asked.series, at, asked.how)
        return answer

    async def _asked(self, caller: Caller, target: Target, how: Rendering) -> _Asked:
        """The access, then what is asked for in the exam it opens."""
        purpose = Purpose.LOOK
        access = self._accesses.remembered(caller, target.study, purpose)
        if access is None:
            access = await asyncio.to_thread(self._accesses.decided, caller, target.study, purpose)
        series_uid = target.series
        if not series_uid:
            series_uid = await asyncio.to_thread(self._instances.first_series, access)
        series = self._instances.remembered(access, series_uid, target.instance)
        if series is None:
            series = await asyncio.to_thread(
                self._instances.series, access, series_uid, target.instance
            )
        place = series.places.get(target.instance, len(series.images) // 2)
        held = series.images[place].description.frames
        frames = target.frames
        if not frames:
            frames = (held // 2,) if target.thumbnail else tuple(range(held))
        if max(frames) >= held:
            raise NotFound(f"This image has {held} frame{'' if held == 1 else 's'}.")
        if len(frames) > MOST_FRAMES:
            raise Invalid(f"This image has {held} frames: ask for at most {MOST_FRAMES} at once.")
        return _Asked(access, series, place, frames, how)

    async def _pictures(
        self,
        asked: _Asked,
        headers: Mapping[bytes, bytes],
        keeping: tuple[bytes, bytes],
        *,
        in_parts: bool,
    ) -> Answer:
        tags = [
            self._renderings.tag(asked.access, asked.image, frame, asked.how)
            for frame in asked.frames
        ]
        tag = _together(tags) if in_parts else tags[0]
        fixed: RawHeaders = ((b"etag", tag.encode()), keeping, VARY)
        if (known := headers.get(b"if-none-match")) and _matches(known.decode("latin-1"), tag):
            return Answer(304, fixed)
        bodies = [await self._picture(asked, frame) for frame in asked.frames]
        media_type = asked.how.media_type.encode()
        if not in_parts:
            return Answer(200, (*fixed, (b"content-type", media_type)), bodies[0])
        boundary = hashlib.sha256(b"".join(bodies)).hexdigest().encode()  # it is not within them
        content = b'multipart/related; type="%b"; boundary=%b' % (media_type, boundary)
        opening = b"--%b\r\nContent-Type: %b\r\n\r\n" % (boundary, media_type)
        body = b"".join(b"%b%b\r\n" % (opening, picture) for picture in bodies)
        return Answer(200, (*fixed, (b"content-type", content)), body + b"--%b--\r\n" % boundary)

    async def _picture(self, asked: _Asked, frame: int) -> bytes:
        kept = self._renderings.kept(asked.access, asked.image, frame, asked.how)
        if kept is not None:
            return kept
        return await self._workshop.do(
            Urgency.NOW, self._renderings.picture, asked.access, asked.image, frame, asked.how
        )


def _as(asked: _Asked, media_type: str) -> _Asked:
    how = Rendering(media_type, asked.how.quality, asked.how.window, asked.how.viewport)
    return _Asked(asked.access, asked.series, asked.place, asked.frames, how)


def _together(tags: list[str]) -> str:
    return f'"{hashlib.sha256("".join(tags).encode()).hexdigest()[:40]}-parts"'


def _matches(header: str, tag: str) -> bool:
    """If-None-Match (RFC 9110 13.1.2), by weak comparison."""
    return header.strip() == "*" or any(
        part.strip().removeprefix("W/") == tag for part in header.split(",")
    )
