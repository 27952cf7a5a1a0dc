"""The annotations that stay with an exam for their author: nobody else ever gets them.

They are there as long as the author may see the exam. That somebody begins to measure an exam is
recorded once, not every line of it.
"""

from __future__ import annotations

import math

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services import access as decision
from services.access import Access
from services.audit import Action
from services.errors import Invalid, NotFound
from services.exam.exams import Slice
from services.language import N_, _
from services.portal import Portal, Transaction
from services.viewer.annotation import Annotation, Kind, Shape
from storage.models import ImageAnnotation, Instance, Series

MOST = 500  # annotations of one author on one exam
LONGEST_TEXT = 200
LONGEST_KEY = 64
FURTHEST = 1e6  # image pixels; DICOM allows no image of more than 65,535
NONE = N_("There is no such measurement.")


def new_key(portal: Portal) -> str:
    """A key that no other annotation has."""
    return portal.secrets.token()


def listed(portal: Portal, access: Access) -> tuple[Annotation, ...]:
    """The account's own annotations of the exam, oldest first."""
    access = decision.renewed(portal, access)
    query = (
        select(ImageAnnotation)
        .where(
            ImageAnnotation.account_id == access.account_id,
            ImageAnnotation.study_id == access.study_id,
        )
        .order_by(ImageAnnotation.created_at, ImageAnnotation.id)
    )
    with portal.reading() as db:
        return tuple(_value(row) for row in db.execute(query).scalars())


def add(portal: Portal, access: Access, annotation: Annotation) -> None:
    """Keep a new annotation.

    Raises Invalid when it is not whole or one exam has too many, NotFound when its image is none
    of the exam's.
    """
    save(portal, access, (), (annotation,))


def change(portal: Portal, access: Access, annotation: Annotation) -> None:
    """Move an annotation of the account's own, or word it anew; its image and kind stay."""
    access = decision.renewed(portal, access)
    with portal.transaction() as tx:
        _change(tx, access, annotation)


def delete(portal: Portal, access: Access, key: str) -> None:
    """Delete an annotation of the account's own."""
    access = decision.renewed(portal, access)
    with portal.transaction() as tx:
        tx.db.delete(_own(tx.db, access, key))


def save(
    portal: Portal, access: Access, before: tuple[Annotation, ...], now: tuple[Annotation, ...]
) -> None:
    """Bring what is kept from `before` to `now`: delete, change and add what differs, or nothing
    of it.
    """
    access = decision.renewed(portal, access)
    known = {annotation.key: annotation for annotation in before}
    with portal.transaction() as tx:
        for key in known.keys() - {annotation.key for annotation in now}:
            tx.db.delete(_own(tx.db, access, key))
        for annotation in now:
            if annotation.key not in known:
                _add(tx, access, annotation)
            elif annotation != known[annotation.key]:
                _change(tx, access, annotation)


def _add(tx: Transaction, access: Access, annotation: Annotation) -> None:
    shape = _checked(annotation.shape)
    _image(tx.db, access, shape.where)
    if not 0 < len(annotation.key) <= LONGEST_KEY:
        raise Invalid(_(NONE))
    if _find(tx.db, access.account_id, annotation.key) is not None:
        raise Invalid(_("This measurement is kept already."))
    count = _count(tx.db, access)
    if count >= MOST:
        raise Invalid(
            _("An exam can carry {most} measurements. Please delete some first.").format(most=MOST)
        )
    if not count:
        tx.record(
            Action.MEASURED,
            account_id=access.account_id,
            patient_id=access.patient_id,
            study_id=access.study_id,
            why=str(access.why),
        )
    tx.db.add(
        ImageAnnotation(
            account_id=access.account_id,
            study_id=access.study_id,
            instance_id=shape.where.instance_id,
            frame=shape.where.frame,
            key=annotation.key,
            kind=str(shape.kind),
            points=[list(point) for point in shape.points],
            text=shape.text,
            created_at=tx.now,
            changed_at=tx.now,
        )
    )


def _change(tx: Transaction, access: Access, annotation: Annotation) -> None:
    shape = _checked(annotation.shape)
    row = _own(tx.db, access, annotation.key)
    if (row.kind, Slice(row.instance_id, row.frame)) != (str(shape.kind), shape.where):
        raise Invalid(_("A measurement stays on its image."))
    row.points, row.text = [list(point) for point in shape.points], shape.text
    row.changed_at = tx.now


def _checked(shape: Shape) -> Shape:
    whole = len(shape.points) == shape.kind.points
    near = all(math.isfinite(n) and abs(n) <= FURTHEST for point in shape.points for n in point)
    if not (whole and near):
        raise Invalid(_("This measurement is not complete."))
    if len(shape.text) > LONGEST_TEXT:
        raise Invalid(
            _("A text can have {longest_text} characters.").format(longest_text=LONGEST_TEXT),
            "text",
        )
    if shape.text and not shape.kind.worded:
        raise Invalid(_("Only arrows and texts carry words."), "text")
    return shape


def _image(db: Session, access: Access, where: Slice) -> None:
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


def _find(db: Session, account_id: int, key: str) -> ImageAnnotation | None:
    query = select(ImageAnnotation).where(
        ImageAnnotation.account_id == account_id, ImageAnnotation.key == key
    )
    return db.execute(query).scalar_one_or_none()


def _own(db: Session, access: Access, key: str) -> ImageAnnotation:
    row = _find(db, access.account_id, key)
    if row is None or row.study_id != access.study_id:
        raise NotFound(_(NONE))
    return row


def _count(db: Session, access: Access) -> int:
    query = select(func.count()).where(
        ImageAnnotation.account_id == access.account_id,
        ImageAnnotation.study_id == access.study_id,
    )
    return db.execute(query).scalar_one()


def _value(row: ImageAnnotation) -> Annotation:
    points = tuple((float(x), float(y)) for x, y in row.points)
    where = Slice(row.instance_id, row.frame)
    return Annotation(row.key, Shape(Kind(row.kind), where, points, row.text))
