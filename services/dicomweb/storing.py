"""Storing objects that a program sends (STOW-RS, DICOM PS3.18 10.5), by the way all objects take.

An object is told as stored only once it is on disk and committed. Only imaging administrators
store: whoever may store can put an image into anybody's exam.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO, cast

from services import ingest
from services.callers import Caller
from services.dicomweb.attributes import element
from services.dicomweb.multipart import Part, media_type, parts
from services.dicomweb.question import UID
from services.dicomweb.search import study_address
from services.errors import Invalid, NotAllowed, PortalError
from services.ingest import Fate, Outcome
from services.packages import Candidate
from services.portal import Portal

MOST_PARTS = 20_000
LARGEST_BODY = 64 << 30  # bytes
NOT_ADMINISTRATOR = "Only imaging administrators may store exams."
# DICOM PS3.18 table I.2-2 and PS3.4 table B.2-1; what is not listed cannot be understood
REASONS = {
    "conflict": 0x0110,  # processing failure: something else is stored already
    "too large": 0xA700,  # out of resources
    "other study": 0xA901,  # does not match
    "incomplete": 0xA901,
}
NOT_UNDERSTOOD = 0xC000


class UnsupportedMediaType(PortalError):
    """Not the media type that is stored here."""


class TooLarge(PortalError):
    """More than one request may send."""


@dataclass(slots=True)
class Stored:
    """What became of a request's parts."""

    done: list[Outcome] = field(default_factory=list)
    failed: list[Outcome] = field(default_factory=list)

    @property
    def status(self) -> int:
        """200 all stored, 202 some, 409 none (PS3.18 table 10.5.3-1)."""
        if not self.failed:
            return 200
        return 202 if self.done else 409


def permitted(caller: Caller) -> None:
    """Nothing, when the caller may store; NotAllowed otherwise."""
    if (caller.kind, caller.role) != ("staff", "administrator"):
        raise NotAllowed(NOT_ADMINISTRATOR)


def boundary(content_type: str, study_uid: str = "") -> str:
    """The boundary of an acceptable request.

    Raises UnsupportedMediaType for anything but multipart/related of application/dicom, Invalid
    without a boundary or with a malformed study UID.
    """
    kind, parameters = media_type(content_type)
    root = parameters.get("type", "application/dicom").lower()
    if kind != "multipart/related" or root != "application/dicom":
        raise UnsupportedMediaType(
            'Please send multipart/related; type="application/dicom", one part an object.'
        )
    if not 0 < len(parameters.get("boundary", "")) <= 70:  # RFC 2046 5.1.1
        raise Invalid("The Content-Type tells no boundary, or one longer than 70 characters.")
    if study_uid and not UID.fullmatch(study_uid):
        raise Invalid("The study in the address is not a UID.")
    return parameters["boundary"]


def store(
    portal: Portal, caller: Caller, chunks: Iterable[bytes], mark: str, study_uid: str = ""
) -> Stored:
    """Take in every part of a body, as it arrives; `mark` is its boundary.

    Raises NotAllowed, TooLarge, or Invalid when the body is damaged or has no parts. What came
    whole before the damage may be stored by then; sending it again does no harm.
    """
    permitted(caller)
    answer = Stored()
    candidates = _candidates(_bounded(chunks), mark, study_uid, answer)
    for outcome in ingest.take_in(portal, candidates, caller.account_id):
        stored = outcome.fate in (Fate.STORED, Fate.ALREADY)
        (answer.done if stored else answer.failed).append(outcome)
    if not (answer.done or answer.failed):
        raise Invalid("There is no object in this request.")
    return answer


def as_json(portal: Portal, stored: Stored) -> dict[str, Any]:
    """The response as a DICOM JSON object (PS3.18 table 10.5.3-2, Store Instances Response)."""
    told: dict[str, Any] = {}
    studies = {outcome.study_uid for outcome in stored.done}
    if len(studies) == 1:
        told["00081190"] = element("UR", study_address(portal, studies.pop()))
    if stored.failed:
        told["00081198"] = element("SQ", *(_failure(outcome) for outcome in stored.failed))
    if stored.done:
        told["00081199"] = element("SQ", *(_reference(portal, one) for one in stored.done))
    return told


def _reference(portal: Portal, outcome: Outcome) -> dict[str, Any]:
    series = f"{study_address(portal, outcome.study_uid)}/series/{outcome.series_uid}"
    return {
        "00081150": element("UI", outcome.sop_class),
        "00081155": element("UI", outcome.sop_uid),
        "00081190": element("UR", f"{series}/instances/{outcome.sop_uid}"),
    }


def _failure(outcome: Outcome) -> dict[str, Any]:
    return {
        "00081150": element("UI", outcome.sop_class),
        "00081155": element("UI", outcome.sop_uid),
        "00081197": element("US", REASONS.get(outcome.code, NOT_UNDERSTOOD)),
    }


def _candidates(
    chunks: Iterable[bytes], mark: str, study_uid: str, answer: Stored
) -> Iterator[Candidate]:
    for number, part in enumerate(parts(chunks, mark), 1):
        if number > MOST_PARTS:
            raise TooLarge(f"Please send at most {MOST_PARTS} objects in one request.")
        name = f"DICOMweb part {number}"
        kind, _ = media_type(part.headers.get("content-type", "application/dicom"))
        if kind != "application/dicom":
            answer.failed.append(Outcome(name, Fate.REFUSED, "it is not application/dicom"))
            continue
        yield Candidate(name, _opening(part), study_uid)


def _opening(part: Part) -> Any:
    return lambda: cast(BinaryIO, part)


def _bounded(chunks: Iterable[bytes]) -> Iterator[bytes]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > LARGEST_BODY:
            raise TooLarge(f"Please send at most {LARGEST_BODY >> 30} GB in one request.")
        yield chunk
