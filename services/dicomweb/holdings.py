"""The stored objects that an address names within an exam."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from services import access as decision
from services.access import Access
from services.errors import NotFound
from services.portal import Portal
from storage.models import Instance, Series


@dataclass(frozen=True, slots=True)
class StoredInstance:
    """One object of an exam: which it is, where its bytes are, how it is encoded."""

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
    """The objects of the access's exam, of one series or the one instance, as they are numbered.

    Raises NotFound when there are none, Expired when the exam may not be seen any more.
    """
    access = decision.renewed(portal, access)
    query = (
        select(Instance, Series.series_uid)
        .join(Series)
        .where(Series.study_id == access.study_id)
        .order_by(Series.number.nulls_last(), Series.id, Instance.number, Instance.id)
    )
    if series_uid:
        query = query.where(Series.series_uid == series_uid)
    if sop_uid:
        query = query.where(Instance.sop_uid == sop_uid)
    with portal.reading() as db:
        found = [
            StoredInstance(
                row.id,
                uid,
                row.sop_uid,
                row.object_sha256,
                row.size,
                row.transfer_syntax,
                row.content == "image",
            )
            for row, uid in db.execute(query)
        ]
    if not found:
        raise NotFound(decision.NOT_FOUND)
    return found
