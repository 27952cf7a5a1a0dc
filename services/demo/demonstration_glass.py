"""The demonstration's emergencies: an application that waits, two breaks, one of them reviewed."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from services.access import Access
from services.exam import exams, reports
from services.glass import application_form, break_glass, glass_reviews
from services.glass.application_form import Form
from services.glass.break_glass import Wish
from services.portal import Portal
from services.signing_in.sessions import SignedIn
from storage.models import Account, Application, BrokenGlass, SignInSession

CLINICIAN, STAFF = "breakglass@demo.example", "pacs@demo.example"
APPLICATION = Form(
    "Dr Ines Caldeira",
    "ines.caldeira@islands.example",
    "+61491570156",
    "5160447K",
    "Harbour Street Practice",
    "I am on call for the emergency room of the island hospital, every second week.",
    declared=True,
)


def fill(portal: Portal) -> None:
    """Make what is not there yet."""
    with portal.reading() as db:
        people = {account.email: account.id for account in db.execute(select(Account)).scalars()}
        broken = db.execute(select(BrokenGlass.id)).first() is not None
        applied = db.execute(select(Application.id)).first() is not None
    if not applied:
        application_form.submit(portal, APPLICATION, "demonstration")
    if broken:
        return
    who = _browser(portal, people[CLINICIAN])
    first = _emergency(
        portal, who, "unconscious", "Found unconscious at home, head injury suspected",
        ("Okafor", "Matilda", "22/07/1983"),
    )  # fmt: skip
    staff = _browser(portal, people[STAFF])
    glass_reviews.review(portal, staff, first, "justified", "Confirmed by the ambulance's record.")
    _emergency(
        portal, who, "emergency", "Chest pain on a visit here, earlier CT is needed",
        ("Frenchie", "Chester", "14/03/1958"),
    )  # fmt: skip
    for visitor in (who, staff):
        _leave(portal, visitor)


def _emergency(
    portal: Portal, who: SignedIn, code: str, reason: str, patient: tuple[str, str, str]
) -> int:  # fmt: skip
    """Break, search, open, look, close; the number of the event."""
    opened = break_glass.break_(portal, who, Wish(reason, accepted=True, code=code))
    last, first, born = patient
    hits = break_glass.search(portal, who, last_name=last, first_name=first, born=born)
    for hit in hits[:1]:
        break_glass.open_patient(portal, who, hit, born=hit.born)
        newest = exams.newest_of(portal, who.account_id, hit.patient_id)
        if newest is not None:
            _look(portal, newest)
    break_glass.close(portal, who)
    return opened.number


def _look(portal: Portal, access: Access) -> None:
    exam = exams.open_exam(portal, access)
    for entry in exam.reports[:1]:
        reports.read(portal, exam.access, entry.report_id)


def _browser(portal: Portal, account_id: int) -> SignedIn:
    """A browser that is signed in, as far as the services are concerned."""
    with portal.transaction() as tx:
        account = tx.db.get_one(Account, account_id)
        shown = portal.secrets.token()
        session = SignInSession(
            token_hash=shown,
            account_id=account_id,
            created_at=tx.now,
            last_seen_at=tx.now,
            expires_at=tx.now + timedelta(minutes=1),
            stepped_up_at=tx.now,
        )
        tx.db.add(session)
        tx.db.flush()
        return SignedIn(
            account_id, session.id, account.kind, account.role, account.name, account.email,
            session.expires_at, id_hash=shown,
        )  # fmt: skip


def _leave(portal: Portal, who: SignedIn) -> None:
    with portal.transaction() as tx:
        tx.db.get_one(SignInSession, who.session_id).ended_at = tx.now
