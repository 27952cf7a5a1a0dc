"""Retrieving metadata, originals, frames and bulk data (WADO-RS, DICOM PS3.18 10.4)."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Callable, Iterable, Iterator
from functools import partial

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from services.access import Access
from services.errors import Invalid, Unshowable
from services.pictures.frames import Images
from services.portal import Portal
from services.programs.callers import Caller
from services.programs.dicomweb import metadata, originals
from services.programs.dicomweb.holdings import StoredInstance, holdings
from services.programs.errands import Errand
from services.programs.program_access import ProgramAccess, Purpose
from services.trail.look_log import LookLog
from ui.routes.cutting import stepwise
from ui.routes.picture_address import MOST_FRAMES, ROOT

STUDY = ROOT + "/studies/{study}"
SERIES = STUDY + "/series/{series}"
INSTANCE = SERIES + "/instances/{instance}"
AS_STORED = (
    "Objects come as they are stored: accept multipart/related; "
    'type="application/dicom"; transfer-syntax=*'
)
FRAMES_AS_STORED = (
    "Frames come as they are stored: accept multipart/related; "
    'type="application/octet-stream"; transfer-syntax=*'
)


class Wado:
    """The routes of retrieval; every request has a caller already."""

    def __init__(
        self, portal: Portal, images: Images, accesses: ProgramAccess, looks: LookLog
    ) -> None:
        self._portal = portal
        self._images = images
        self._accesses = accesses
        self._looks = looks

    def routes(self) -> list[Route]:
        """For studies, series and instances alike."""
        ways: list[tuple[str, Callable[..., object]]] = []
        for resource in (STUDY, SERIES, INSTANCE):
            ways += [(f"{resource}/metadata", self.metadata), (resource, self.originals)]
        ways += [
            (f"{INSTANCE}/frames/{{frames}}", self.frames),
            (f"{INSTANCE}/bulkdata/{{tag}}", self.bulk),
        ]
        return [Route(path, answer, methods=["GET"]) for path, answer in ways]

    async def metadata(self, request: Request) -> Response:
        """DICOM JSON of everything that the address names."""
        accepted = request.headers.get("accept", "*/*").lower()
        if not any(kind in accepted for kind in ("json", "*/*", "application/*")):
            raise Unshowable("Metadata is sent as application/dicom+json.")
        access = await self._taken(request)
        address = self._portal.settings.public_url + STUDY.format(**request.path_params)
        array = await asyncio.to_thread(
            metadata.metadata, self._portal, self._images, access, address, *_within(request)
        )
        errand = self._errand(request, access)
        told = stepwise(array, errand.unchanged, errand.still)
        return StreamingResponse(told, media_type="application/dicom+json")

    async def originals(self, request: Request) -> Response:
        """The objects as they were stored, one part each, streamed."""
        access = await self._access(request)
        found = await asyncio.to_thread(holdings, self._portal, access, *_within(request))
        accepted = _accepted(request, ("application/dicom", "*/*"))
        if accepted is None or any(not _fits(accepted, one.transfer_syntax) for one in found):
            raise Unshowable(AS_STORED)
        taken = await asyncio.to_thread(
            originals.taking, self._portal, _caller(request), access, *_within(request)
        )
        errand = self._errand(request, access)
        return _multipart(self._parts(access, taken), "application/dicom", errand)

    async def frames(self, request: Request) -> Response:
        """Frames of an image as they are stored, one part each."""
        access = await self._taken(request)
        (instance,) = await asyncio.to_thread(holdings, self._portal, access, *_within(request))
        numbers = _numbers(request.path_params["frames"])
        one = partial(originals.frame, self._portal, self._images, access, instance)
        first = await asyncio.to_thread(one, numbers[0])
        accepted = _accepted(request, ("*/*", originals.OCTETS, first.media_type, "image/*"))
        if accepted is None or not _fits(accepted, first.transfer_syntax):
            raise Unshowable(FRAMES_AS_STORED)

        def parts() -> Iterator[bytes | str]:
            for number in numbers:
                found = first if number == numbers[0] else one(number)
                yield f"{found.media_type}; transfer-syntax={found.transfer_syntax}"
                yield found.data

        return _multipart(parts(), first.media_type, self._errand(request, access))

    async def bulk(self, request: Request) -> Response:
        """A long binary value that metadata named."""
        access = await self._taken(request)
        tag = request.path_params["tag"]
        if not metadata.is_tag(tag):
            raise Invalid("A value is named by its tag: eight hexadecimal digits.")
        await asyncio.to_thread(holdings, self._portal, access, *_within(request))
        sop_uid = request.path_params["instance"]
        read = partial(metadata.bulk, self._portal, self._images, access, sop_uid, tag)
        data = await asyncio.to_thread(read)
        value: Iterator[bytes | str] = iter([originals.OCTETS, data])
        return _multipart(value, originals.OCTETS, self._errand(request, access))

    def _parts(self, access: Access, taken: list[StoredInstance]) -> Iterator[bytes | str]:
        for instance in taken:
            pieces = originals.pieces(self._portal, self._images, access, instance)
            try:
                first = next(pieces, b"")
            except Unshowable:  # of which no copy without the patient can be made
                continue
            yield f"application/dicom; transfer-syntax={instance.transfer_syntax}"
            yield first
            yield from pieces

    def _errand(self, request: Request, access: Access) -> Errand:
        return Errand(self._portal, _caller(request), access, request.scope["state"]["stands"])

    async def _access(self, request: Request) -> Access:
        caller, study = _caller(request), request.path_params["study"]
        return await asyncio.to_thread(self._accesses.decided, caller, study, Purpose.TAKE)

    async def _taken(self, request: Request) -> Access:
        """The access, with the look at the exam recorded before anything of it leaves."""
        access, caller = await self._access(request), _caller(request)
        if not self._looks.is_open(caller, access):
            await asyncio.to_thread(self._looks.begin, caller, access, Purpose.TAKE)
        return access


def _caller(request: Request) -> Caller:
    caller = request.scope["state"]["caller"]
    assert isinstance(caller, Caller)  # noqa: S101, the door gave it
    return caller


def _within(request: Request) -> tuple[str, str]:
    found = request.path_params
    return found.get("series", ""), found.get("instance", "")


def _numbers(written: str) -> list[int]:
    parts = written.split(",")
    if len(parts) > MOST_FRAMES or not all(re.fullmatch(r"[1-9]\d{0,8}", part) for part in parts):
        raise Invalid(f"Frames are whole numbers from 1 with commas, at most {MOST_FRAMES}.")
    return [int(part) for part in parts]


def _accepted(request: Request, offered: Iterable[str]) -> set[str] | None:
    """The transfer syntaxes accepted for what is offered, `*` for any; None: nothing fits."""
    header = request.query_params.get("accept") or request.headers.get("accept", "*/*")
    syntaxes: set[str] = set()
    for media_range in re.split(r",(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", header):
        kind, *parameters = (part.strip() for part in media_range.split(";"))
        given = {
            name.strip().lower(): value.strip().strip('"')
            for name, _, value in (parameter.partition("=") for parameter in parameters)
        }
        wanted = given.get("type", "*/*") if kind.lower() == "multipart/related" else kind
        if kind.lower() == "multipart/*":
            wanted = "*/*"
        if wanted.lower() in offered:
            syntaxes.add(given.get("transfer-syntax", "*"))
    return syntaxes or None


def _fits(accepted: set[str], syntax: str) -> bool:
    return "*" in accepted or syntax in accepted


def _multipart(parts: Iterator[bytes | str], kind: str, errand: Errand) -> Response:
    """multipart/related (RFC 2387); a text begins a part and is its content type."""
    boundary = secrets.token_hex(16)

    def body() -> Iterator[bytes]:
        begun = b""
        for piece in parts:
            if isinstance(piece, str):
                yield begun + f"--{boundary}\r\nContent-Type: {piece}\r\n\r\n".encode()
                begun = b"\r\n"
            elif piece:  # an empty one would be taken for the end
                yield piece
        yield f"\r\n--{boundary}--\r\n".encode()

    return StreamingResponse(
        stepwise(body(), errand.unchanged, errand.still),
        media_type=f'multipart/related; type="{kind}"; boundary={boundary}',
    )
