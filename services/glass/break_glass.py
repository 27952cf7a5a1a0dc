"""Breaking the glass: conditions, a reason, the password again; then one searched patient."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from imaging.person_name import search_key
from services import dates
from services.audit import Action
from services.errors import Expired, Invalid, NotAllowed, NotFound
from services.exam.titles import patient_name
from services.glass import glass_conditions, glass_flags, glass_right
from services.glass.glass_flags import Flag
from services.glass.glass_reasons import OTHER, REASONS
from services.language import N_, _
from services.messaging import office_letters
from services.persons import patient_links
from services.portal import Portal, Transaction
from services.preferences import letterhead
from services.publisher import AccessChanged
from services.signing_in import sessions, step_up
from services.signing_in.sessions import SignedIn
from services.throttling import GLASS_SEARCHES, GLASS_SEARCHES_A_DAY
from storage.models import Account, BrokenGlass, GlassOpening, Patient, PatientLink

SHORTEST_REASON = 10
MOST_HITS = 5
CLOSED = N_("The glass is not broken, or its time is over. Please break it again.")


@dataclass(frozen=True, slots=True)
class Opened:
    """The broken glass of a session: until when, and which patient is open (empty: none)."""

    number: int
    until: datetime
    patient: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A patient that fits last name, first name and date of birth exactly."""

    patient_id: int
    name: str
    born: str
    sex: str


@dataclass(frozen=True, slots=True)
class Wish:
    """Why somebody wants to break the glass, and what they accept for it.

    `code` is one of `REASONS`; `version` is that of the conditions that were shown, where they
    were.
    """

    reason: str
    accepted: bool
    code: str = OTHER
    version: str = ""

    @property
    def why(self) -> str:
        """The reason, as it is kept."""
        return " ".join(self.reason.split())


def confirm(portal: Portal, who: SignedIn, wish: Wish, password: str) -> str:
    """Check what was typed, the password last; returns the session's new id, as `step_up` does.

    Raises NotAllowed, or Invalid about what is missing or wrong.
    """
    _check(portal, who, wish)
    return step_up.confirm(portal, who, password, refused=Action.GLASS_REFUSED)


def break_(portal: Portal, who: SignedIn, wish: Wish) -> Opened:
    """Break the glass for this session, for the configured hours; after `confirm`.

    Raises Expired once the account's right is over, and PasswordNeeded without the password.
    """
    conditions = _check(portal, who, wish)
    step_up.require(portal, who)
    with portal.transaction() as tx:
        if sessions.of_id(tx.db, who) is None:
            raise Expired(_(step_up.OVER))
        account = tx.db.get_one(Account, who.account_id)
        right_until = glass_right.require(portal, account, tx.now)
        for open_one in _open(tx.db, who, tx.now):
            open_one.closed_at = tx.now
        hours = timedelta(hours=portal.settings.break_glass_hours)
        glass = BrokenGlass(
            account_id=who.account_id,
            session_id=who.session_id,
            reason_code=wish.code,
            reason=wish.why,
            conditions_version=conditions.version,
            opened_at=tx.now,
            until=min(tx.now + hours, right_until),
            flags="",
        )
        glass_flags.add(glass, *glass_flags.at_break(portal.settings, tx.now))
        tx.db.add(glass)
        tx.db.flush()
        tx.record(
            Action.GLASS_BROKEN,
            account_id=who.account_id,
            glass=glass.id,
            code=wish.code,
            conditions=conditions.version,
            text=conditions.digest,
        )
        tx.announce(AccessChanged(who.account_id))
        return Opened(glass.id, glass.until, "")


def _check(portal: Portal, who: SignedIn, wish: Wish) -> glass_conditions.Conditions:
    """The conditions that are accepted, once everything is as it must be."""
    if who.kind != "breakglass":
        raise NotAllowed(_("This account cannot break the glass."))
    conditions = glass_conditions.current(portal.settings)
    if wish.version and wish.version != conditions.version:
        raise Invalid(
            _("The conditions have changed. Please load the page again and read them."),
            "conditions",
        )
    if not wish.accepted:
        raise Invalid(_("Please acknowledge and accept the conditions."), "conditions")
    if wish.code not in REASONS:
        raise Invalid(_("Please choose the kind of emergency."), "code")
    if not SHORTEST_REASON <= len(wish.why) <= 500:
        raise Invalid(_("Please give the reason in a short sentence."), "reason")
    return conditions


def opened(portal: Portal, who: SignedIn) -> Opened | None:
    """The broken glass of this session, None while the glass is whole."""
    with portal.reading() as db:
        for glass in _open(db, who, portal.clock()):
            name = patient_name(glass.patient) if glass.patient else ""
            return Opened(glass.id, glass.until, name)
    return None


def search(
    portal: Portal, who: SignedIn, *, last_name: str, first_name: str, born: str
) -> list[Hit]:
    """Patients with exactly this last name, first name and DOB: no browsing, no wildcards.

    Case, accents, hyphens, apostrophes and the order of the two names do not matter.
    """
    family, given = search_key(last_name), search_key(first_name)
    if not family:
        raise Invalid(_("Please enter the patient's last name."), "last_name")
    if not given:
        raise Invalid(_("Please enter the patient's first name."), "first_name")
    birth_date = date_of_birth(born, portal.clock().astimezone(portal.settings.zone).date())
    portal.throttles.spend(GLASS_SEARCHES, "glass-search", str(who.account_id))
    portal.throttles.spend(GLASS_SEARCHES_A_DAY, "glass-search", str(who.account_id))
    with portal.transaction() as tx:
        glasses = _open(tx.db, who, tx.now)
        if not glasses:
            raise Expired(_(CLOSED))
        query = (
            select(Patient)
            .where(
                Patient.merged_into_id.is_(None),
                or_(  # each with the date, so that both are found by one index
                    *(
                        and_(
                            Patient.family_key == one,
                            Patient.given_key == other,
                            Patient.birth_date == birth_date,
                        )
                        for one, other in ((family, given), (given, family))
                    )
                ),
            )
            .limit(MOST_HITS + 1)
        )
        found = list(tx.db.execute(query).scalars())
        tx.record(
            Action.GLASS_SEARCHED, account_id=who.account_id, hits=len(found), glass=glasses[0].id
        )
    if len(found) > MOST_HITS:
        raise Invalid(_("Too many patients fit. Please ask the imaging department."), "last_name")
    return [Hit(p.id, patient_name(p), dates.day(birth_date), p.sex) for p in found]


def open_patient(portal: Portal, who: SignedIn, hit: Hit, *, born: str) -> Opened:
    """Open the found patient's exams; a patient opened before is closed.

    The patient and the privacy team are told in the same transaction.
    """
    with portal.transaction() as tx:
        glasses = _open(tx.db, who, tx.now)
        if not glasses:
            raise Expired(_(CLOSED))
        glass = glasses[0]
        patient = tx.db.get(Patient, hit.patient_id)
        if patient is None or patient.birth_date is None or dates.day(patient.birth_date) != born:
            raise NotFound(_("There is no such patient."))
        if glass.patient_id == patient.id:
            return Opened(glass.id, glass.until, patient_name(patient))
        glass.patient_id = patient.id
        glass_flags.add(glass, *_unusual(portal, tx, glass, patient))
        tx.db.add(
            GlassOpening(
                glass_id=glass.id, account_id=who.account_id, patient_id=patient.id,
                opened_at=tx.now,
            )
        )  # fmt: skip
        tx.record(
            Action.GLASS_PATIENT_OPENED,
            account_id=who.account_id,
            patient_id=patient.id,
            glass=glass.id,
        )
        _tell(portal, tx, who, glass)
        tx.announce(AccessChanged(who.account_id))
        return Opened(glass.id, glass.until, patient_name(patient))


def close(portal: Portal, who: SignedIn) -> None:
    """Close the glass early."""
    with portal.transaction() as tx:
        for glass in _open(tx.db, who, tx.now):
            glass.closed_at = tx.now
            tx.record(Action.GLASS_CLOSED, account_id=who.account_id, glass=glass.id)
            tx.announce(AccessChanged(who.account_id))


def date_of_birth(typed: str, today: date) -> date:
    """A date typed as 14/03/1958, 14.03.1958 or 1958-03-14; Invalid says what is wrong."""
    for form in ("%d/%m/%Y", "%Y-%m-%d", "%d.%m.%Y", "%d-%m-%Y", "%d %B %Y"):
        try:
            born = datetime.strptime(typed.strip(), form).date()  # noqa: DTZ007
        except ValueError:
            continue
        if born > today:
            raise Invalid(_("The date of birth is in the future."), "born")
        if born.year < today.year - 130:
            raise Invalid(_("Please check the year of the date of birth."), "born")
        return born
    raise Invalid(
        _("Please enter the date of birth as day/month/year, such as 14/03/1958."), "born"
    )


def _unusual(
    portal: Portal, tx: Transaction, glass: BrokenGlass, patient: Patient
) -> tuple[Flag, ...]:
    return glass_flags.at_opening(tx.db, portal.settings, glass.account, patient, tx.now)


def _tell(portal: Portal, tx: Transaction, who: SignedIn, glass: BrokenGlass) -> None:
    """Mail the patient, those who care for them, and the privacy team."""
    told = (
        select(Account, PatientLink.relation)
        .join(PatientLink)
        .where(
            PatientLink.patient_id == glass.patient_id,
            or_(PatientLink.until.is_(None), PatientLink.until > tx.now),
            Account.status == "active",
        )
    )
    for account, relation in tx.db.execute(told).all():
        own = relation == patient_links.SELF
        write = office_letters.glass_broken_patient if own else office_letters.glass_broken_carer
        letter = write(letterhead(portal.settings, account), who.name, tx.now)
        tx.post(account.email, letter, account_id=account.id)
    privacy_team = portal.settings.privacy_email or portal.settings.support_email
    head = letterhead(portal.settings, None)
    letter = office_letters.glass_broken_review(
        head, who.name, tx.now, glass.id, unusual=bool(glass_flags.of(glass))
    )
    tx.post(privacy_team, letter)


def _open(db: Session, who: SignedIn, now: datetime) -> list[BrokenGlass]:
    query = select(BrokenGlass).where(
        BrokenGlass.account_id == who.account_id,
        BrokenGlass.session_id == who.session_id,
        BrokenGlass.closed_at.is_(None),
        BrokenGlass.until > now,
    )
    return list(db.execute(query.order_by(BrokenGlass.id.desc())).scalars())
