"""Carers: people who see and share a patient's exams for them, for a time that staff set.

What a carer shares never lasts longer than their own link (docs/decisions/0014).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from services import access as decision
from services import people
from services.access import Why
from services.audit import Action
from services.errors import Invalid, NotFound
from services.grant_chain import narrow_onward
from services.language import N_, _
from services.persons import accounts, carer_letters, patient_links, staff_roles
from services.persons.patient_links import CARER
from services.persons.staff_roles import Task
from services.portal import Portal, Transaction
from services.preferences import letterhead
from services.publisher import SharingChanged
from services.settings import Settings
from storage.models import Account, Patient, PatientLink

NOT_CARED_FOR = N_("You do not look after the exams of this person, or no longer.")
NO_CARER = N_("There is no such carer any more.")


@dataclass(frozen=True, slots=True)
class CaredFor:
    """A person whose exams somebody looks after; the records of one person are one row each."""

    patient_id: int
    name: str  # "Poppy Frenchie"
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Carer:
    """Who sees and shares a patient's exams for them."""

    link_id: int
    patient: str
    name: str
    email: str
    since: datetime
    until: datetime | None
    end_asked: bool
    is_me: bool


def cared_for(portal: Portal, account_id: int) -> tuple[CaredFor, ...]:
    """The people this account looks after at the moment, by name."""
    with portal.reading() as db:
        held = decision.bases(db, account_id, portal.clock())
        found = [
            CaredFor(basis.patient_id, spoken_name(db.get_one(Patient, basis.patient_id)),
                     basis.until)
            for basis in held
            if basis.why is Why.CARER and basis.patient_id is not None
        ]  # fmt: skip
    return tuple(sorted(found, key=lambda person: (person.name, person.patient_id)))


def records(portal: Portal, db: Session, account_id: int, whose: int | None) -> list[int]:
    """The patient records an account may ask about: its own, or those of one it cares for.

    Raises NotFound when `whose` is nobody this account cares for at the moment.
    """
    held = decision.bases(db, account_id, portal.clock())
    if whose is None:
        return [b.patient_id for b in held if b.why is Why.OWN and b.patient_id is not None]
    if not any(b.why is Why.CARER and b.patient_id == whose for b in held):
        raise NotFound(_(NOT_CARED_FOR))
    return [whose]


def carers_of(portal: Portal, account_id: int, whose: int | None = None) -> list[Carer]:
    """Who looks after this account's person, or after the one it cares for; itself too."""
    now = portal.clock()
    with portal.reading() as db:
        mine = records(portal, db, account_id, whose)
        query = _living(now).where(PatientLink.patient_id.in_(mine))
        return [_carer(link, account_id) for link in db.execute(query).scalars()]


def waiting(portal: Portal) -> list[Carer]:
    """For staff: the carers whose access a patient asked to end, oldest request first."""
    with portal.reading() as db:
        query = _living(portal.clock()).where(PatientLink.end_asked_at.is_not(None))
        found = db.execute(query.order_by(None).order_by(PatientLink.end_asked_at)).scalars()
        return [_carer(link, 0) for link in found]


def listed(portal: Portal) -> list[Carer]:
    """For staff: every carer."""
    with portal.reading() as db:
        return [_carer(link, 0) for link in db.execute(_living(portal.clock())).scalars()]


def coming_of_age(settings: Settings, born: date | None) -> date | None:
    """The last day of childhood, which staff are offered as the end; None for no birth date."""
    if born is None:
        return None
    year = born.year + settings.coming_of_age
    try:
        birthday = born.replace(year=year)
    except ValueError:  # born on 29 February
        birthday = date(year, 3, 1)
    return birthday - timedelta(days=1)


def offered_end(portal: Portal, patient_id: str) -> date | None:
    """The end to offer for this patient: the day before a child comes of age; None for adults."""
    with portal.reading() as db:
        end = coming_of_age(portal.settings, patient_links.record(db, patient_id).birth_date)
    return end if end and end >= _today(portal) else None


def link(portal: Portal, email: str, patient_id: str, until: date, by: int | None = None) -> int:
    """Let the account see and share this patient's exams for them, `until` being the last day.

    Linking again changes the end. Raises Invalid for an address, id or date that cannot be.
    """
    if until < _today(portal):
        raise Invalid(_("Please choose a last day that is not over yet."), "until")
    end = datetime.combine(until + timedelta(days=1), time(), portal.settings.zone)
    with portal.transaction() as tx:
        staff_roles.check_unless_console(tx.db, by, Task.LINK_PEOPLE)
        account = _account(tx, email)
        if account.kind not in ("patient", "guest"):
            raise Invalid(_("Staff and break-glass accounts cannot be carers."), "email")
        patient = patient_links.record(tx.db, patient_id)
        there = patient_links.find(tx.db, account.id, patient.id)
        if there and there.relation == patient_links.SELF and patient_links.stands(there, tx.now):
            raise Invalid(_("This is the patient's own account."), "email")
        made = patient_links.link(tx, account, patient, by, relation=CARER, until=end)
        for grant in patient_links.roots(tx.db, made):
            if grant.ends_at > end:
                grant.ends_at = end
                narrow_onward(tx, grant)
        _tell(portal, tx, made)
        return made.id


def unlink(portal: Portal, email: str, patient_id: str, by: int | None = None) -> None:
    """End a link at once, a carer's or the patient's own, with what was shared because of it."""
    with portal.transaction() as tx:
        staff_roles.check_unless_console(tx.db, by, Task.LINK_PEOPLE)
        patient = patient_links.record(tx.db, patient_id)
        there = patient_links.find(tx.db, _account(tx, email).id, patient.id)
        if there is None:
            raise NotFound(_(patient_links.NO_LINK))
        patient_links.unlink(portal, tx, there, by)


def ask_to_end(portal: Portal, account_id: int, link_id: int) -> None:
    """The patient asks staff to end a carer's access; a carer may give up their own this way."""
    with portal.transaction() as tx:
        there = tx.db.get(PatientLink, link_id)
        if there is None or there.relation != CARER or not patient_links.stands(there, tx.now):
            raise NotFound(_(NO_CARER))
        own = records(portal, tx.db, account_id, None)
        if there.patient_id not in own and there.account_id != account_id:
            raise NotFound(_(NO_CARER))
        if there.end_asked_at is not None:
            return
        there.end_asked_at = tx.now
        tx.record(
            Action.CARER_END_ASKED,
            account_id=account_id,
            patient_id=there.patient_id,
            account=there.account_id,
        )
        letter = carer_letters.carer_end_asked(letterhead(portal.settings, None), there.id)
        tx.post(portal.settings.support_email, letter)
        tx.announce(SharingChanged(there.patient_id))


def spoken_name(patient: Patient) -> str:
    """`Poppy Frenchie`, as one says it; family names are kept in capitals by many systems."""
    family = patient.family
    if family.isupper():
        family = family.title()
    return " ".join(filter(None, (patient.given, family))) or _("Name unknown")


def _living(now: datetime) -> Select[PatientLink]:
    return (
        select(PatientLink)
        .join(Account, Account.id == PatientLink.account_id)
        .where(
            PatientLink.relation == CARER,
            Account.status != "disabled",
            or_(PatientLink.until.is_(None), PatientLink.until > now),
        )
        .order_by(PatientLink.patient_id, PatientLink.id)
    )


def _carer(link: PatientLink, account_id: int) -> Carer:
    return Carer(
        link.id,
        spoken_name(link.patient),
        link.account.name or link.account.email,
        link.account.email,
        link.created_at,
        link.until,
        link.end_asked_at is not None,
        link.account_id == account_id,
    )


def _account(tx: Transaction, email: str) -> Account:
    account = accounts.find(tx.db, people.email_address(email))
    if account is None:
        raise NotFound(_("There is no account with this email address."))
    return account


def _tell(portal: Portal, tx: Transaction, made: PatientLink) -> None:
    """The carer learns it, and so does the patient where they have an account of their own."""
    end = made.until or tx.now
    if made.account.status == "active":
        letter = carer_letters.carer_linked(letterhead(portal.settings, made.account), end)
        tx.post(made.account.email, letter, account_id=made.account_id)
    query = select(Account).join(PatientLink).where(
        PatientLink.patient_id == made.patient_id,
        PatientLink.relation == patient_links.SELF,
        or_(PatientLink.until.is_(None), PatientLink.until > tx.now),
        Account.status == "active",
    )  # fmt: skip
    for account in tx.db.execute(query).scalars():
        letter = carer_letters.carer_told(letterhead(portal.settings, account), end)
        tx.post(account.email, letter, account_id=account.id)


def _today(portal: Portal) -> date:
    return portal.clock().astimezone(portal.settings.zone).date()
