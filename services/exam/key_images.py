"""Key images of an exam: what its account marked, and what key object documents chose.

Own marks are their author's alone, as measurements are; what a document of the exam chose, all who
see the exam may see.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from imaging.key_objects import KEY_OBJECT_SELECTION, KeySelection, read_key_selection
from imaging.redaction import redact
from imaging.structure import read_data_set
from services import access as decision
from services.access import Access
from services.errors import Invalid, NotFound
from services.exam import reports
from services.exam.exams import Slice
from services.language import _
from services.portal import Portal
from storage.models import Instance, KeyImage, Series

MOST = 500  # marks of one account on one exam
MOST_DOCUMENTS = 50  # of one exam that are read


@dataclass(frozen=True, slots=True)
class KeyMark:
    """An image worth finding again. `why` is what a document says of it; empty: an own mark."""

    where: Slice
    own: bool
    why: str = ""


def listed(portal: Portal, access: Access) -> tuple[KeyMark, ...]:
    """Own marks, oldest first, then what documents chose; an image can be both."""
    access = decision.renewed(portal, access)
    query = (
        select(KeyImage)
        .where(KeyImage.account_id == access.account_id, KeyImage.study_id == access.study_id)
        .order_by(KeyImage.created_at, KeyImage.id)
    )
    with portal.reading() as db:
        own = [
            KeyMark(Slice(r.instance_id, r.frame), own=True) for r in db.execute(query).scalars()
        ]
        return (*own, *dict.fromkeys(_chosen(portal, db, access)))


def mark(portal: Portal, access: Access, where: Slice) -> None:
    """Mark an image for oneself; one that is marked stays so.

    Raises NotFound when it is none of the exam's, Invalid when one exam has too many.
    """
    access = decision.renewed(portal, access)
    with portal.transaction() as tx:
        _check_image(tx.db, access, where)
        if _own(tx.db, access, where) is not None:
            return
        count = select(func.count()).where(
            KeyImage.account_id == access.account_id, KeyImage.study_id == access.study_id
        )
        if tx.db.execute(count).scalar_one() >= MOST:
            raise Invalid(
                _("An exam can have {most} key images. Please take some marks off first.").format(
                    most=MOST
                )
            )
        tx.db.add(
            KeyImage(
                account_id=access.account_id,
                study_id=access.study_id,
                instance_id=where.instance_id,
                frame=where.frame,
                created_at=tx.now,
            )
        )


def unmark(portal: Portal, access: Access, where: Slice) -> None:
    """Take the own mark off an image, if there is one."""
    access = decision.renewed(portal, access)
    with portal.transaction() as tx:
        row = _own(tx.db, access, where)
        if row is not None:
            tx.db.delete(row)


def _own(db: Session, access: Access, where: Slice) -> KeyImage | None:
    query = select(KeyImage).where(
        KeyImage.account_id == access.account_id,
        KeyImage.study_id == access.study_id,
        KeyImage.instance_id == where.instance_id,
        KeyImage.frame == where.frame,
    )
    return db.execute(query).scalar_one_or_none()


def _check_image(db: Session, access: Access, where: Slice) -> None:
    query = (
        select(Instance.frames)
        .join(Series)
        .where(
            Instance.id == where.instance_id,
            Instance.content == "image",
            Series.study_id == access.study_id,
        )
    )
    frames = db.execute(query).scalar_one_or_none()
    if frames is None or not 0 <= where.frame < frames:
        raise NotFound(_("There is no such image."))


def _chosen(portal: Portal, db: Session, access: Access) -> Iterator[KeyMark]:
    """What the exam's key object documents chose, as far as it is among its images."""
    documents = (
        select(Instance.object_sha256)
        .join(Series)
        .where(Series.study_id == access.study_id, Instance.sop_class == KEY_OBJECT_SELECTION)
        .order_by(Instance.id)
        .limit(MOST_DOCUMENTS)
    )
    selections = [_selection(portal, sha) for sha in db.execute(documents).scalars()]
    if not selections:
        return
    uids = {reference.sop_uid for chosen in selections for reference in chosen.references}
    query = (
        select(Instance.sop_uid, Instance.id, Instance.frames)
        .join(Series)
        .where(Series.study_id == access.study_id, Instance.content == "image")
    )
    images = {uid: (at, frames) for uid, at, frames in db.execute(query) if uid in uids}
    identity = reports.study_identity(db, access)
    for chosen in selections:
        why = ": ".join(filter(None, (chosen.title, chosen.description))) or _("Key images")
        why = redact(why, identity) if access.hidden else why
        for reference in chosen.references:
            instance_id, frames = images.get(reference.sop_uid, (0, 0))
            # a document that names no frame of a moving picture means all of it: its first stands
            for frame in reference.frames or (0,):
                if frame < frames:
                    yield KeyMark(Slice(instance_id, frame), own=False, why=why)


def _selection(portal: Portal, sha256: str) -> KeySelection:
    try:
        with portal.objects.open(sha256) as file:
            return read_key_selection(read_data_set(file, deferring=False))
    except Exception:  # a parser meets bytes from outside: any failure is theirs
        return KeySelection("", "", ())
