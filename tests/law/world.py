"""People, exams and the portal for one history of sharing, beside the law's own account of it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import event, insert, select
from sqlalchemy.orm import undefer

from services import access as decision
from services.access import Access
from services.downloads.counter import Downloads
from services.exam.exams import SeriesEntry, described
from services.pictures.frames import Images
from services.programs import tokens
from services.programs.callers import Caller, Callers, Way
from services.programs.program_access import ProgramAccess
from services.randomness import fingerprint
from services.signing_in import sessions
from services.signing_in.sessions import SignedIn
from services.trail.look_log import LookLog
from services.viewer.measuring import Measuring
from services.viewer.viewing import Viewer
from storage.models import (
    Account,
    Base,
    Instance,
    Note,
    Patient,
    PatientLink,
    Report,
    Series,
    SignInSession,
    Study,
)
from tests.dicom import ct_slice, take_in
from tests.factories import QUICK_HASH, START, House, open_house
from tests.law.model import FOREVER, Law

BORN = date(1958, 3, 14)
NAME = "FRENCHIE"


class Stage:
    """One portal for many histories: emptied in between, its one stored object kept."""

    def __init__(self, folder: Path) -> None:
        long: dict[str, object] = {"session_idle_minutes": 10**8, "session_hours": 10**6}
        self.house: House = open_house(folder, **long)
        engine = self.house.portal.database.engine
        engine.dispose()
        # nothing here has to survive a power cut
        event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=OFF"))
        take_in(self.house.portal, [ct_slice(size=16)])
        with self.house.portal.reading() as db:
            row = db.execute(select(Instance).options(undefer(Instance.description))).scalar_one()
            columns = Instance.__table__.columns
            self.instance: dict[str, Any] = {c.key: getattr(row, c.key) for c in columns}

    def empty(self) -> House:
        """Nobody and nothing."""
        with self.house.portal.transaction() as tx:
            for table in reversed(Base.metadata.sorted_tables):
                tx.db.execute(table.delete())
        self.house.clock.now = START
        return self.house

    def close(self) -> None:
        self.house.portal.database.close()


@dataclass
class World:
    """One history's people, and everything that stands between them and the exams."""

    stage: Stage
    law: Law = field(init=False)
    held: dict[tuple[int, int], Access] = field(default_factory=dict)  # the last they had
    series: dict[int, SeriesEntry] = field(default_factory=dict)
    uids: dict[int, str] = field(default_factory=dict)
    records: list[int] = field(default_factory=list)  # patient records that were not merged
    who: dict[int, SignedIn] = field(default_factory=dict)
    written: dict[int, str] = field(default_factory=dict)  # the records' ids, as staff write them
    reports: dict[int, int] = field(default_factory=dict)  # of each exam its one report
    cookies: dict[int, str] = field(default_factory=dict)
    tokens: dict[int, tuple[str, int, datetime]] = field(default_factory=dict)
    address: dict[int, str] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        self.house = self.stage.empty()
        self.portal = self.house.portal
        self.law = Law(self.house.clock.now)
        self.images = Images(self.portal)
        self.viewer, self.measuring = (
            Viewer(self.portal, self.images),
            Measuring(self.portal, self.images),
        )
        self.downloads = Downloads(self.portal, self.images)
        self.callers, self.programs = Callers(self.portal), ProgramAccess(self.portal)
        self.looks = LookLog(self.portal)
        self.staff = self._account("staff", "administrator")
        self.owner, self.other = self._account("patient"), self._account("patient")
        self.carer, self.clinician = self._account("guest"), self._account("breakglass")
        self.guests = [self._account("guest") for _ in range(3)]
        self.people = [*self.address]
        self.everyone_but_staff = [person for person in self.people if person != self.staff]
        for person in (self.owner, self.other):
            self.records.append(self.record())
            self.link(person, self.records[-1], FOREVER)
        self.link(self.carer, self.records[0], START + timedelta(days=10))
        for record in (0, 0, 1):
            self.exam_arrives(self.records[record])
        for person in self.people:
            self.sign_in(person)
            if self.law.kinds[person] != "breakglass":
                self.new_token(person)

    def _account(self, kind: str, role: str = "") -> int:
        number = len(self.address)
        email = f"person{number}@x.example"
        with self.portal.transaction() as tx:
            row = Account(
                kind=kind, status="active", email=email, role=role, name=f"Person {number}",
                password_hash=QUICK_HASH, created_at=tx.now, glass_until=FOREVER,
            )  # fmt: skip
            tx.db.add(row)
            tx.db.flush()
            self.law.kinds[row.id] = kind
            self.address[row.id] = email
            return row.id

    def record(self) -> int:
        written = f"P{next(self.numbers)}"
        with self.portal.transaction() as tx:
            row = Patient(
                issuer="TEST", patient_id=written, family=NAME, given="Chester",
                family_key="frenchie", given_key="chester", birth_date=BORN, sex="M",
            )  # fmt: skip
            tx.db.add(row)
            tx.db.flush()
            self.written[row.id] = written
            return row.id

    def link(self, person: int, patient: int, until: datetime) -> None:
        with self.portal.transaction() as tx:
            relation = "self" if until == FOREVER else "carer"
            tx.db.add(
                PatientLink(
                    account_id=person, patient_id=patient, relation=relation, created_at=tx.now,
                    until=None if until == FOREVER else until,
                )
            )  # fmt: skip
        self.law.links[person, patient] = until

    def exam_arrives(self, patient: int) -> None:
        """With one image, a report that names the patient, and a note."""
        number = len(self.uids) + 1
        uid = f"1.2.3.{number}"
        with self.portal.transaction() as tx:
            study = Study(
                patient_id=patient, study_uid=uid, modality="CT", received_at=tx.now,
                performed_at=datetime(2026, 1, number % 27 + 1, 10, 30),  # noqa: DTZ001
                description="Exam of the chest",
            )  # fmt: skip
            tx.db.add(study)
            tx.db.flush()
            series = Series(study_id=study.id, series_uid=f"{uid}.1", number=1, modality="CT")
            tx.db.add(series)
            tx.db.flush()
            copy = {"id": None, "series_id": series.id, "sop_uid": f"{uid}.1.1"}
            values = {**self.stage.instance, **copy}
            del values["id"]
            tx.db.execute(insert(Instance).values(**values))
            report = Report(
                study_id=study.id, kind="text", title="Report", received_at=tx.now,
                text=f"Mr {NAME} is well.", author="", dated=tx.now,
            )  # fmt: skip
            tx.db.add(report)
            tx.db.add(
                Note(
                    study_id=study.id, author_id=self.staff, text="A note", written_at=tx.now,
                    released_at=tx.now,
                )
            )  # fmt: skip
            tx.db.flush()
            number = study.id
            self.reports[number] = report.id
        self.law.exams[number] = patient
        self.uids[number] = uid
        access = decision.decide(self.portal, self.staff, number)
        (self.series[number],) = described(self.portal, access).series

    def sign_in(self, person: int) -> None:
        """A browser with a session of its own."""
        signed_in = self.house.signed_in(person)
        cookie = f"cookie-{self.house.secrets.token()}"
        with self.portal.transaction() as tx:
            row = tx.db.get_one(SignInSession, signed_in.session_id)
            row.token_hash = fingerprint(cookie)
            row.expires_at = START + timedelta(days=36500)
        self.who[person] = replace(signed_in, id_hash=fingerprint(cookie))
        self.cookies[person] = cookie

    def at_the_desk(self) -> SignedIn:
        """Staff, who gave their password again a moment ago."""
        who = self.who[self.staff]
        self.house.step_up(who)
        return who

    def sign_out(self, person: int) -> None:
        """The glass closes with it; then they sign in again, unless their account is closed."""
        sessions.sign_out(self.portal, self.who[person].session_id)
        self.law.glass.pop(person, None)
        if person not in self.law.closed:
            self.sign_in(person)

    def new_token(self, person: int) -> None:
        made = tokens.create(self.portal, self.address[person], days=60)
        self.tokens[person] = made.token, made.number, made.expires_at

    def caller(self, person: int, way: Way) -> Caller | None:
        """As the doors for programs find out who calls."""
        shown = self.cookies[person] if way is Way.SESSION else self.tokens[person][0]
        return self.callers.remembered(way, shown) or self.callers.found(way, shown)

    def speaks(self, person: int, way: Way) -> bool:
        """Whether the law lets this cookie or token speak for the person at all."""
        if person in self.law.closed:
            return False
        if way is Way.SESSION:
            return True
        return person in self.tokens and self.law.now < self.tokens[person][2]

    def moments(self) -> list[datetime]:
        """When something will end by itself."""
        ends = {share.right.until for share in self.law.shares}
        ends |= {*self.law.opens.values()} | {*self.law.report_opens.values()}
        ends |= {*self.law.links.values()} | {until for _, until in self.law.glass.values()}
        return sorted(end for end in ends if self.law.now < end < FOREVER)
