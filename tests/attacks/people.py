"""The traced patient's portal, and everybody who comes to its doors with a cookie of some kind."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from services.persons import accounts
from services.randomness import fingerprint
from storage.models import SignInSession
from tests.attacks import model
from tests.factories import QUICK_HASH
from tests.tracer.patient import Exposed, exposed
from ui.addresses import sealed, study_address

_NUMBERS = itertools.count(1)
OWNER = "owner"
KINDS = {  # kind, role
    model.STRANGER: ("guest", ""), model.NEIGHBOUR: ("patient", ""), model.GUEST: ("guest", ""),
    model.GLASS: ("breakglass", ""), model.ADMINISTRATOR: ("staff", "administrator"),
    model.CLINICIAN: ("staff", "clinician"), model.AUDITOR: ("staff", "auditor"),
    model.SIGNED_OUT: ("guest", ""), model.DISABLED: ("guest", ""),
}  # fmt: skip
SHARED_WITH = (model.GUEST, model.SIGNED_OUT, model.DISABLED)  # these saw the exam, or still do
SEALED = (
    "patient",
    "account",
    "study",
    "exam",
    "application",
    "glass",
    "message",
    "event",
    "quarantine",
)


@dataclass
class Crowd:
    """Cookies and bearer tokens by person, and every id an attacker may have come by."""

    there: Exposed
    cookies: dict[str, str]
    tokens: dict[str, str]
    exams: dict[str, str]  # the traced exam as each person's addresses name it
    foreign: list[str]  # ids that belong to nobody who uses them

    @property
    def invitation(self) -> str:
        """The token of a living link in somebody's mail."""
        return self.there.invitation

    def new_session(self, who: str) -> str:
        """The cookie of another browser in which somebody is signed in just now."""
        if who == model.NOBODY:
            return ""
        cookie = f"new-session-of-{who}-{next(_NUMBERS)}"
        signed_in = self.there.house.signed_in(self.there.accounts[who])
        with self.there.house.portal.transaction() as tx:
            row = tx.db.get_one(SignInSession, signed_in.session_id)
            row.token_hash = fingerprint(cookie)
        return cookie


def crowd(folder: Path, port: int) -> Crowd:
    """Made in a data folder that is then served."""
    there = exposed(folder, port=port)
    house, portal = there.house, there.house.portal
    neighbours = house.patient("Nachbar", "Nele")
    house.study(neighbours)
    numbers: dict[str, int] = {}
    for who, (kind, role) in KINDS.items():
        email = f"{who.replace(' ', '-')}@x.example"
        name = f"Person {who.title()}"
        numbers[who] = house.account(email, kind, role=role, name=name, password_hash=QUICK_HASH)
        if who in SHARED_WITH:
            house.share(there.accounts[OWNER], there.study, email, days=10)
        there.sign_in(who, numbers[who], with_token=kind != "breakglass")  # they have none
    house.link(numbers[model.NEIGHBOUR], neighbours)
    readers = [*SHARED_WITH, model.ADMINISTRATOR, model.CLINICIAN, model.HIDDEN, OWNER]
    exams = {
        who: study_address(portal, house.access(there.accounts[who], there.study)).split("/")[-1]
        for who in readers
    }
    with portal.transaction() as tx:
        for session in tx.db.query(SignInSession).filter_by(account_id=numbers[model.SIGNED_OUT]):
            session.ended_at = tx.now
    accounts.disable(portal, house.email_of(numbers[model.DISABLED]))
    staff = numbers[model.ADMINISTRATOR]
    foreign = [sealed(portal, staff, kind, number) for kind in SEALED for number in (1, 2)]
    cookies = {who: there.cookies[who] for who in (*KINDS, model.HIDDEN)}
    # a session whose account is disabled, but which nobody has ended
    with portal.transaction() as tx:
        for session in tx.db.query(SignInSession).filter_by(account_id=numbers[model.DISABLED]):
            session.ended_at, session.expires_at = None, tx.now + timedelta(hours=12)
    tokens = {who: there.tokens[who] for who in there.tokens if who not in model.OUTSIDE}
    return Crowd(there, {**cookies, model.NOBODY: ""}, tokens, exams, foreign)
