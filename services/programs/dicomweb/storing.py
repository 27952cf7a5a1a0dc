"""Storing objects that a program sends (STOW-RS, DICOM PS3.18 10.5).

Every object goes the one way in: stored durably, then committed, and only then acknowledged. What
cannot be taken in goes to quarantine, and the answer tells why; what was announced for another
study than its own is not kept at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO, cast

from services.errors import Invalid, NotAllowed, TooLarge, UnsupportedMedia
from services.intake import ingest
from services.intake.ingest import Fate, Outcome
from services.intake.packages import Candidate
from services.portal import Portal
from services.programs.callers import Caller
from services.programs.dicomweb.attributes import element
from services.programs.dicomweb.multipart import Part, media_type, parts
from services.programs.dicomweb.telling import study_address

DicomJson = dict[str, Any]
STAFF_ONLY = "Only imaging administrators store objects here."
ONLY_DICOM = 'Objects are sent as multipart/related; type="application/dicom".'
MOST_OBJECTS = 20_000  # in one request
LARGEST_BODY = 64 << 30  # bytes
# DICOM PS3.18 table I.2-2: why an object was not stored
ANOTHER_STUDY = 0xA900  # the data set does not match what the address says
NOT_UNDERSTOOD = 0xC000
TOO_LARGE = 0xA700
CONFLICT = 0x0111  # duplicate SOP instance with other content
REASONS = {"conflict": CONFLICT, "too large": TOO_LARGE}


@dataclass
class Stored:
    """What became of the objects of one request; `status` is that of PS3.18 table 10.5.3-1."""

    portal: Portal
    kept: list[Outcome] = field(default_factory=list)
    refused: list[tuple[Outcome, int]] = field(default_factory=list)

    @property
    def status(self) -> int:
        """200 all stored, 202 some, 409 none."""
        if not self.refused:
            return 200
        return 202 if self.kept else 409

    def as_json(self) -> DicomJson:
        """The Store Instances Response Module (PS3.18 table I.2-1)."""
        told: DicomJson = {}
        studies = {one.study_uid for one in self.kept}
        if len(studies) == 1:
            told["00081190"] = element("UR", study_address(self.portal, studies.pop()))
        named = [(one, code) for one, code in self.refused if one.sop_uid]
        if named:
            told["00081198"] = element("SQ", *(_failed(one, code) for one, code in named))
        if self.kept:
            told["00081199"] = element("SQ", *(self._reference(one) for one in self.kept))
        nameless = [code for one, code in self.refused if not one.sop_uid]
        if nameless:
            told["0008119A"] = element("SQ", *({"00081197": _us(code)} for code in nameless))
        return dict(sorted(told.items()))

    def _reference(self, one: Outcome) -> DicomJson:
        address = f"{study_address(self.portal, one.study_uid)}/series/{one.series_uid}"
        return {**_sop(one), "00081190": element("UR", f"{address}/instances/{one.sop_uid}")}


def permitted(caller: Caller) -> None:
    """Nothing, when the caller may store; NotAllowed otherwise."""
    if (caller.kind, caller.role) != ("staff", "administrator"):
        raise NotAllowed(STAFF_ONLY)


def store(
    portal: Portal, caller: Caller, content_type: str, body: Iterable[bytes], study_uid: str = ""
) -> Stored:
    """Take in every object of a body; with `study_uid` only those of that study.

    Raises NotAllowed for everybody but imaging administrators, UnsupportedMedia for a body of
    another kind, TooLarge for one beyond all bounds, Invalid for one that is damaged: what came
    before the damage is kept, and the program sends again what was not acknowledged.
    """
    permitted(caller)
    kind, parameters = media_type(content_type)
    inner = parameters.get("type", "application/dicom").lower()
    if kind != "multipart/related" or inner != "application/dicom":
        raise UnsupportedMedia(ONLY_DICOM)
    boundary = parameters.get("boundary", "")
    if not 1 <= len(boundary) <= 70:  # RFC 2046 5.1.1
        raise Invalid("The Content-Type names no boundary.")
    stored = Stored(portal)
    candidates = _candidates(body, boundary, study_uid, stored)
    for outcome in ingest.take_in(portal, candidates, caller.account_id):
        _sort(stored, outcome)
    if not (stored.kept or stored.refused):
        raise Invalid("The body holds no object.")
    return stored


def _sort(stored: Stored, outcome: Outcome) -> None:
    match outcome.fate:
        case Fate.STORED | Fate.ALREADY:
            stored.kept.append(outcome)
        case Fate.SKIPPED:
            stored.refused.append((outcome, NOT_UNDERSTOOD))
        case Fate.REFUSED:
            stored.refused.append((outcome, ANOTHER_STUDY))
        case _:
            stored.refused.append((outcome, REASONS.get(outcome.code, NOT_UNDERSTOOD)))


def _candidates(
    body: Iterable[bytes], boundary: str, study_uid: str, stored: Stored
) -> Iterator[Candidate]:
    for number, part in enumerate(parts(_bounded(body), boundary), 1):
        if number > MOST_OBJECTS:
            raise TooLarge(f"Please send at most {MOST_OBJECTS} objects at once.")
        name = f"sent object {number}"
        kind, _ = media_type(part.headers.get("content-type", "application/dicom"))
        if kind != "application/dicom":
            refusal = f"it was sent as {kind[:64]!r}, not as application/dicom"
            stored.refused.append((Outcome(name, Fate.REFUSED, refusal), NOT_UNDERSTOOD))
            continue
        yield Candidate(name, _opening(part), study_uid)


def _opening(part: Part) -> Callable[[], BinaryIO]:
    return lambda: cast(BinaryIO, part)


def _bounded(body: Iterable[bytes]) -> Iterator[bytes]:
    size = 0
    for piece in body:
        size += len(piece)
        if size > LARGEST_BODY:
            raise TooLarge(f"Please send at most {LARGEST_BODY >> 30} GB in one request.")
        yield piece


def _failed(one: Outcome, code: int) -> DicomJson:
    return {**_sop(one), "00081197": _us(code)}


def _sop(one: Outcome) -> DicomJson:
    return {"00081150": element("UI", one.sop_class), "00081155": element("UI", one.sop_uid)}


def _us(code: int) -> DicomJson:
    return element("US", code)
