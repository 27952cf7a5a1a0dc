"""A portal for tests, and short ways to put people, exams and grants into it."""

from __future__ import annotations

import itertools
import re
import socket
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

from argon2 import PasswordHasher
from sqlalchemy import select

from services import access as decision
from services.access import Access
from services.messaging import delivery, mailing
from services.opening import open_portal
from services.portal import Portal
from services.settings import Settings
from services.shares import sharing
from services.shares.sharing import Options, Shared
from services.signing_in.sessions import SignedIn
from storage.models import (
    Account,
    AuditEvent,
    Patient,
    PatientLink,
    SignInSession,
    Study,
)
from tests.new_database import lay_out
from tests.on_postgres import database_for

PASSWORD = "seven-quiet-lanterns"
# Argon2id of PASSWORD with the least work: what a hash costs is tested once, not in every test.
QUICK_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@dataclass
class Clock:
    """A clock that only moves when told to."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class Secrets:
    """Tokens and codes that a test can foresee."""

    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    codes: list[str] = field(default_factory=list)

    def token(self) -> str:
        return f"token-{next(self._numbers):037d}"

    def code(self) -> str:
        code = "CODE" + f"{next(self._numbers):04d}".translate(str.maketrans("01", "AB"))
        self.codes.append(code)
        return code


@dataclass
class House:
    """A portal with its steerable clock and secrets, and what it mailed."""

    portal: Portal
    clock: Clock
    secrets: Secrets
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def account(
        self, email: str = "", kind: str = "guest", *, status: str = "active", role: str = "",
        name: str = "", password_hash: str = "",
    ) -> int:  # fmt: skip
        number = next(self._numbers)
        with self.portal.transaction() as tx:
            row = Account(
                kind=kind, status=status, email=email or f"person{number}@x.example", role=role,
                name=name or f"Person {number}", created_at=tx.now, password_hash=password_hash,
                glass_until=tx.now + timedelta(days=365) if kind == "breakglass" else None,
            )  # fmt: skip
            tx.db.add(row)
            tx.db.flush()
            return row.id

    def patient(
        self, family: str = "FRENCHIE", given: str = "Chester", born: date | None = None,
        owner: int | None = None, relation: str = "self",
    ) -> int:  # fmt: skip
        number = next(self._numbers)
        with self.portal.transaction() as tx:
            row = Patient(
                issuer="TEST", patient_id=f"P{number:05d}", family=family, given=given,
                family_key=family.lower(), given_key=given.lower(),
                birth_date=born or date(1958, 3, 14), sex="M",
            )  # fmt: skip
            tx.db.add(row)
            tx.db.flush()
            if owner is not None:
                tx.db.add(
                    PatientLink(
                        account_id=owner, patient_id=row.id, relation=relation, created_at=tx.now
                    )
                )
            return row.id

    def link(self, account_id: int, patient_id: int, relation: str = "self") -> None:
        with self.portal.transaction() as tx:
            tx.db.add(
                PatientLink(
                    account_id=account_id, patient_id=patient_id, relation=relation,
                    created_at=tx.now,
                )
            )  # fmt: skip

    def study(self, patient_id: int, *, modality: str = "CT", day: int = 1) -> int:
        number = next(self._numbers)
        with self.portal.transaction() as tx:
            row = Study(
                patient_id=patient_id, study_uid=f"1.2.3.{number}", modality=modality,
                performed_at=datetime(2026, 1, day, 10, 30), received_at=tx.now,  # noqa: DTZ001
                description="Exam of the chest", accession_number=f"ACC{number}",
            )  # fmt: skip
            tx.db.add(row)
            tx.db.flush()
            return row.id

    def owner_with_exam(self, name: str = "Chester Frenchie") -> tuple[int, int, int]:
        """Account, patient and study ids of a patient with one exam."""
        account = self.account(kind="patient", name=name)
        patient = self.patient(owner=account)
        return account, patient, self.study(patient)

    def access(self, account_id: int, study_id: int) -> Access:
        return decision.decide(self.portal, account_id, study_id)

    def share(self, account_id: int, study_id: int, address: str, **options: object) -> Shared:
        chosen = Options(**{"days": 30, **options})  # type: ignore[arg-type]
        return sharing.share(self.portal, self.access(account_id, study_id), address, "", chosen)

    def email_of(self, account_id: int) -> str:
        with self.portal.reading() as db:
            return db.get_one(Account, account_id).email

    def account_id(self, email: str) -> int:
        with self.portal.reading() as db:
            return db.execute(select(Account.id).where(Account.email == email)).scalar_one()

    def activate(self, account_id: int) -> None:
        with self.portal.transaction() as tx:
            tx.db.get_one(Account, account_id).status = "active"

    def signed_in(self, account_id: int) -> SignedIn:
        """A session without going through the one-time password."""
        with self.portal.transaction() as tx:
            account = tx.db.get_one(Account, account_id)
            shown = self.secrets.token()
            session = SignInSession(
                token_hash=shown, account_id=account_id, created_at=tx.now,
                last_seen_at=tx.now, expires_at=tx.now + timedelta(hours=12),
            )  # fmt: skip
            tx.db.add(session)
            tx.db.flush()
            return SignedIn(
                account_id, session.id, account.kind, account.role, account.name, account.email,
                session.expires_at, id_hash=shown,
            )  # fmt: skip

    def step_up(self, who: SignedIn) -> None:
        """As if the password had been given again, in the session as it is."""
        with self.portal.transaction() as tx:
            tx.db.get_one(SignInSession, who.session_id).stepped_up_at = tx.now

    def recorded(self, *actions: str) -> list[AuditEvent]:
        """The audit events of these actions, oldest first."""
        with self.portal.reading() as db:
            query = select(AuditEvent).where(AuditEvent.action.in_(actions))
            return list(db.execute(query.order_by(AuditEvent.seq)).scalars())

    def mail(self) -> list[tuple[str, str, str]]:
        """Deliver what is due and return all mail so far: recipient, subject, text."""
        delivery.mail_courier(self.portal, mailing.transport(self.portal.settings)).round()
        found = []
        for path in sorted((self.portal.settings.data_dir / "mail").glob("*.eml")):
            mail = message_from_bytes(path.read_bytes(), policy=policy.default)
            body = mail.get_body(("plain",))
            assert body is not None
            found.append((str(mail["To"]), str(mail["Subject"]), body.get_content()))
        return found

    def mailed_link(self, recipient: str) -> str:
        """The token of the newest link mailed to somebody."""
        text = [text for to, _, text in self.mail() if to == recipient][-1]
        found = re.search(r"/setup\?link=(\S+)", text)
        assert found is not None, text
        return found[1]


def open_house(folder: Path, **configured: object) -> House:
    """A portal over `folder` with a clock that stands still."""
    lay_out(folder)
    clock, secrets = Clock(), Secrets()
    options = {
        "data_dir": folder, "time_zone": "Australia/Sydney",
        "database_url": database_for(folder), **configured,
    }  # fmt: skip
    settings = Settings(_env_file=None, **options)  # type: ignore[arg-type, call-arg]
    return House(open_portal(settings, clock=clock, secrets=secrets), clock, secrets)


def closed_port() -> int:
    """A port of this machine on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
