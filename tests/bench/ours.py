"""Our side: the portal served in a process of its own, with people who are signed in."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from sqlalchemy import select

from services import access as decision
from services.intake import ingest, packages
from services.intake.ingest import Fate
from services.messaging import delivery
from services.opening import open_portal
from services.persons import accounts
from services.persons.accounts import NewAccount
from services.portal import Portal
from services.settings import Settings
from services.signing_in import login, sessions
from storage.models import Study as StudyRow
from tests.bench.exam import PATIENT_KEY, Study
from tests.bench.figures import Missing
from tests.bench.proxy import Wire, wire
from tests.factories import PASSWORD
from tests.journeys.served import ROOT, Served, code_in, free_port, serving, text_of
from ui.addresses import study_address
from ui.armour import browser_cookie, session_cookie

STAFF = "pacs@bench.example"


@dataclass(frozen=True)
class Viewer:
    """A signed-in person: cookies, and where they find each exam."""

    email: str
    cookies: dict[str, str]
    addresses: dict[str, str]  # by Study Instance UID

    @property
    def cookie_header(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())


@dataclass(frozen=True)
class Ours:
    """The running portal. `url` leads through the wire, `direct` does not."""

    served: Served
    wire: Wire
    viewers: list[Viewer]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.wire.port}"

    @property
    def direct(self) -> str:
        return self.served.url

    @property
    def port(self) -> int:
        return int(self.direct.rsplit(":", 1)[1])

    def resident(self) -> float:
        """MB of memory that the serving process holds (VmRSS)."""
        status = Path(f"/proc/{self.served.process.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) / 1024

    def bearer(self) -> dict[str, str]:
        """Headers with which a program asks for JPEGs as the first viewer."""
        token = self.token(self.viewers[0].email)
        return {"Authorization": f"Bearer {token}", "Accept": "image/jpeg"}

    def token(self, email: str) -> str:
        """A bearer token as `token create` prints it."""
        made = subprocess.run(
            [sys.executable, "main.py", "token", "create", email],
            cwd=ROOT, capture_output=True, text=True, check=False,
            env={**os.environ, "MYIMAGING_DATA_DIR": str(self.served.data), "COLUMNS": "500"},
        )  # fmt: skip
        words = [word for word in made.stdout.split() if len(word) >= 40]
        if made.returncode or not words:
            raise Missing("`token create` does not make a token yet")
        return words[0]


@contextmanager
def our_side(studies: Sequence[Study], people: int = 1, **configured: str) -> Iterator[Ours]:
    """A portal with these exams, seen by that many patients' accounts, until the block ends."""
    folder = Path(tempfile.mkdtemp(prefix="my-imaging-bench-ours-"))
    try:
        port = free_port()
        with wire(port) as opened:
            base_url = f"http://127.0.0.1:{opened.port}"
            settings = Settings(  # type: ignore[call-arg]
                _env_file=None, data_dir=folder, port=port, base_url=base_url, time_zone="UTC"
            )
            viewers = _fill(settings, studies, people)
            with serving(folder, port, base_url=base_url, **configured) as served:
                yield Ours(served, opened, viewers)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _fill(settings: Settings, studies: Sequence[Study], people: int) -> list[Viewer]:
    portal = open_portal(settings)
    try:
        files = [file for study in studies for file in study.files]
        fates = [outcome.fate for outcome in ingest.take_in(portal, packages.candidates(files))]
        assert all(fate is Fate.STORED for fate in fates), "an exam was not taken in"
        accounts.create(
            portal, NewAccount("staff", STAFF, "Imaging Administrator", password=PASSWORD)
        )
        return [_viewer(portal, number, known=bool(studies)) for number in range(1, people + 1)]
    finally:
        portal.database.close()


def _viewer(portal: Portal, number: int, *, known: bool) -> Viewer:
    email = f"viewer{number}@bench.example"
    new = NewAccount(
        "patient", email, f"Viewer Number{'abcdefghijklmnopqrstuvwxyz'[number % 26]}",
        patient_ids=(PATIENT_KEY,) if known else (), password=PASSWORD,
    )  # fmt: skip
    account_id = accounts.create(portal, new)
    secure = portal.settings.secure
    browser = portal.secrets.token()
    cookies = {
        browser_cookie(secure): browser,
        session_cookie(secure): _signed_in(portal, email, browser, f"192.0.2.{number}"),
    }
    with portal.reading() as db:
        rows = db.execute(select(StudyRow.study_uid, StudyRow.id)).all()
    return Viewer(
        email,
        cookies,
        {
            uid: study_address(portal, decision.decide(portal, account_id, row_id))
            for uid, row_id in rows
        },
    )


def _signed_in(portal: Portal, email: str, browser: str, address: str) -> str:
    """Sign in as people do, with the password and the mailed code; returns the cookie."""
    challenge = login.begin(portal, email, PASSWORD, browser, address)
    mails = _Mails()
    delivery.mail_courier(portal, mails).round()
    code = code_in(next(text for to, text in reversed(mails.sent) if to == email))
    handover = login.confirm(portal, challenge.attempt, code, browser)
    return sessions.open_session(portal, handover, browser, "bench")


class _Mails:
    """A transport that keeps what it is given."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []

    def send(self, mail: EmailMessage) -> None:
        self.sent.append((str(mail["To"]), text_of(mail)))
