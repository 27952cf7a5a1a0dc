"""The stored objects that an address names within an exam."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from imaging.transfer_syntax import EXPLICIT_LITTLE
from services import access as decision
from services.access import Access
from services.errors import NotFound
from services.hiding.disguise import cleanable, told_uids
from services.hiding.identity_rules import refusal
from services.language import N_, _, said
from services.portal import Portal
from services.release import objects_for
from storage.models import Instance, Series

WITHHELD = N_(
    "This object may carry the patient's details, so it is not handed out: patient details are "
    "hidden."
)


@dataclass(frozen=True, slots=True)
class StoredInstance:
    """One object of an exam: which it is, where its bytes are, how it is encoded.

    UIDs and encoding are as they are told: where details are hidden, those of the copy.
    """

    instance_id: int
    series_uid: str
    sop_uid: str
    sha256: str
    size: int
    transfer_syntax: str
    is_image: bool


def holdings(
    portal: Portal, access: Access, series_uid: str = "", sop_uid: str = ""
) -> list[StoredInstance]:
    """The objects of the access's exam, of one series or the one instance, as they are numbered;
    where details are hidden, those of which a copy can show nobody.

    Raises NotFound when there are none or all are withheld, Expired when the exam may not be seen
    any more.
    """
    access = decision.renewed(portal, access)
    query = (
        select(Instance, Series.series_uid)
        .join(Series)
        .where(Series.study_id == access.study_id)
        .where(objects_for(portal.clock(), early=access.early))
        .order_by(Series.number.nulls_last(), Series.id, Instance.number, Instance.id)
    )
    if not access.hidden:  # pseudonyms are compared below: no table knows them
        if series_uid:
            query = query.where(Series.series_uid == series_uid)
        if sop_uid:
            query = query.where(Instance.sop_uid == sop_uid)
    told = told_uids(portal, access)
    with portal.reading() as db:
        rows = [(row, uid) for row, uid in db.execute(query)]
    clean = {one.id for one in cleanable(portal, [row for row, _ in rows])} if access.hidden else ()
    found, withheld = [], False
    for row, uid in rows:
        series, sop = told(uid), told(row.sop_uid)
        if series_uid in ("", series) and sop_uid in ("", sop):
            if access.hidden and row.id not in clean:
                withheld = True
                continue
            syntax = EXPLICIT_LITTLE if access.hidden else row.transfer_syntax
            found.append(
                StoredInstance(
                    row.id, series, sop, row.object_sha256, row.size, syntax,
                    row.content == "image",
                )
            )  # fmt: skip
    if not found:
        raise NotFound(said(refusal(WITHHELD)) if withheld else _(decision.NOT_FOUND))
    return found
