"""The names behind the numbers of audit events, asked for together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import dates
from services.exam import titles
from services.language import _
from services.portal import Portal
from services.release import is_released
from services.trail.look_sentences import Telling
from storage.models import Account, AuditEvent, Base, BrokenGlass, Study

Row = TypeVar("Row", bound=Base)


def name(account: Account) -> str:
    """What a person is called: their name, else their address."""
    return account.name or account.email


class Names:
    """People, exams and reasons that some events mention."""

    def __init__(
        self, portal: Portal, db: Session, events: Sequence[AuditEvent], account_id: int,
        mine: Sequence[int],
    ) -> None:  # fmt: skip
        self._portal = portal
        self._mine = frozenset(mine)
        self._account_id = account_id
        people = [e.account_id for e in events] + [_other(e) for e in events]
        self._accounts = _rows(db, Account, people)
        self._studies = _rows(db, Study, (e.study_id for e in events))
        self._glasses = _rows(db, BrokenGlass, (e.detail.get("glass") for e in events))

    def who(self, account_id: int | None, *, carer: bool = False) -> str:
        """Who did it; somebody without an account is the hospital: its machines or its desk."""
        account = self._accounts.get(account_id or 0)
        if account is None:
            return self._portal.settings.organisation or _("The hospital")
        if carer:
            return _("{name}, as carer").format(name=name(account))
        return name(account)

    def where(self, account_id: int | None) -> str:
        """The organisation or the address of who did it."""
        account = self._accounts.get(account_id or 0)
        if account is None:
            return ""
        organisation = self._portal.settings.organisation
        match account.kind:
            case "staff" if organisation:
                return _("staff of {organisation}").format(organisation=organisation)
            case "staff":
                return _("hospital staff")
            case "breakglass":
                return _("emergency access, from outside the hospital")
            case _:
                return account.email if account.name else ""

    def telling(self, event: AuditEvent) -> Telling:
        """The event for its sentence."""
        glass = self._glasses.get(event.detail.get("glass") or 0)
        return Telling(
            exam=self._exam(event),
            other=self._other_name(event),
            until=self._until(event.detail),
            reason=glass.reason if glass else "",
            detail=event.detail,
        )

    def _exam(self, event: AuditEvent) -> str:
        if not event.study_id:
            return _("all exams")
        study = self._studies.get(event.study_id)
        # of an exam that turned out to be, or may be, somebody else's nothing is told
        if study is None or study.identity_conflict or study.patient_id not in self._mine:
            return _("an exam whose owner is being checked")
        if not is_released(study, self._portal.clock()):
            return _("an exam that is not released yet")
        return _("the exam {exam}").format(exam=titles.what_and_when(study))

    def _other_name(self, event: AuditEvent) -> str:
        account = self._accounts.get(_other(event) or 0)
        if account is None:
            return _("somebody")
        return _("you") if account.id == self._account_id else name(account)

    def _until(self, detail: dict[str, Any]) -> str:
        until = detail.get("until")
        if not until:
            return ""
        end, zone = datetime.fromisoformat(until), self._portal.settings.zone
        return dates.last_day(end, zone) if "relation" in detail else dates.moment(end, zone)


def _other(event: AuditEvent) -> int | None:
    """Whom it was done to: the grantee of a share, the account that was linked."""
    number = event.detail.get("grantee") or event.detail.get("account")
    return number if isinstance(number, int) else None


def _rows(db: Session, table: type[Row], numbers: Iterable[int | None]) -> dict[int, Row]:
    wanted = {number for number in numbers if number}
    if not wanted:
        return {}
    key = table.__table__.c.id
    return {row.id: row for row in db.execute(select(table).where(key.in_(wanted))).scalars()}  # type: ignore[attr-defined]
