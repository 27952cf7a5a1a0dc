"""The demonstration: patients, exams, reports and accounts in `.demo/`, the same every time."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pydicom
from rich.console import Console
from rich.table import Table
from sqlalchemy import select

from imaging import phantom
from services import access
from services.demo import demonstration_glass, demonstration_sharing
from services.exam import notes, reports
from services.intake import ingest
from services.intake.packages import Candidate
from services.persons import accounts
from services.persons.accounts import NewAccount
from services.portal import Portal
from services.settings import Settings
from services.shares import sharing
from services.shares.sharing import Options
from storage.models import Account, Grant, Note, Report, Study

FOLDER = Path(".demo")
NOTE = "The nodule in the right upper lobe is on image 25. Next check in twelve months."
PASSWORD = "quiet-harbour-lamp"  # noqa: S105, printed at every start, for invented people only
STAR = "DEMO-204417"
REFERRER = "referrer@demo.example"


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An account of the demonstration, and what to try with it."""

    new: NewAccount
    what: str


ACCOUNTS = (
    DemoAccount(
        NewAccount("patient", "chester.frenchie@demo.example", "Chester Frenchie",
                   patient_ids=(f"DEMO|{STAR}",), password=PASSWORD),
        "patient: look at exams, share them; carer of Poppy",
    ),
    DemoAccount(
        NewAccount("guest", REFERRER, "Dr Robin Lindqvist", password=PASSWORD),
        "guest: sees the one exam that Chester shared",
    ),
    DemoAccount(
        NewAccount("breakglass", "breakglass@demo.example", "Dr Amara Diallo",
                   mobile="+61491570006", provider_number="2426621B", password=PASSWORD),
        "break glass: search OKAFOR, Matilda, 22/07/1983",
    ),
    DemoAccount(
        NewAccount("staff", "pacs@demo.example", "Jules Moreau", role="administrator",
                   password=PASSWORD),
        "staff: imaging administrator",
    ),
)  # fmt: skip


def settings() -> Settings:
    """The configuration, with its data in `.demo/`."""
    return Settings(data_dir=FOLDER, smtp_url="", sms_url="", database_url="")


def fill(portal: Portal, console: Console) -> None:
    """Make what is not there yet; a run that was cut short is simply continued."""
    done = portal.settings.data_dir / "filled"
    if done.exists():
        return
    with console.status("Making the demonstration exams (less than a minute, once)…") as status:
        for count, _ in enumerate(ingest.take_in(portal, _objects()), 1):
            status.update(f"Making the demonstration exams: {count} images so far…")
        _file_reports(portal)
        _make_accounts(portal)
        _share_one(portal)
        _stick_notes(portal)
        demonstration_sharing.fill(portal)
        demonstration_glass.fill(portal)
    done.touch()


def announce(portal: Portal, console: Console) -> None:
    """Print where it is served and who can sign in."""
    url = portal.settings.public_url
    table = Table("Email", "Password", "What to try", box=None, pad_edge=False)
    for account in ACCOUNTS:
        table.add_row(account.new.email, PASSWORD, account.what)
    console.print(f"\n[bold]{portal.settings.portal_name}[/bold] is served on {url}\n")
    console.print(table)
    console.print(f"\nOne-time passwords and all other mail: {url}/demo/inbox")
    console.print("Stop with Ctrl+C; the data stays in .demo/\n")


def _objects() -> Iterator[Candidate]:
    for number, dataset in enumerate(phantom.datasets()):
        buffer = io.BytesIO()
        pydicom.dcmwrite(buffer, dataset, enforce_file_format=True)
        yield ingest.from_bytes(f"demonstration object {number}", buffer.getvalue())


def _file_reports(portal: Portal) -> None:
    for report in phantom.text_reports():
        with portal.reading() as db:
            query = (
                select(Report.id)
                .join(Study)
                .where(Study.study_uid == report.study_instance_uid, Report.kind == "text")
            )
            there = db.execute(query).first()
        if there is None:
            reports.add_text(
                portal,
                report.study_instance_uid,
                title=report.title,
                text=report.text,
                author=report.author,
                dated=report.dated,
            )


def _make_accounts(portal: Portal) -> None:
    for account in ACCOUNTS:
        with portal.reading() as db:
            there = accounts.find(db, account.new.email)
        if there is None:
            accounts.create(portal, account.new)


def _share_one(portal: Portal) -> None:
    """The patient shares their newest exam with the referrer, who may share it on."""
    with portal.reading() as db:
        if db.execute(select(Grant.id)).first() is not None:
            return
        query = select(Account.id).where(Account.email == ACCOUNTS[0].new.email)
        patient = db.execute(query).scalar_one()
    newest = access.visible(portal, patient, limit=1)
    if newest:
        sharing.share(portal, newest[0][1], REFERRER, "", Options(days=90, may_share=True))


def _stick_notes(portal: Portal) -> None:
    """A note of the imaging department, released, on the patient's newest exam."""
    with portal.reading() as db:
        if db.execute(select(Note.id)).first() is not None:
            return
        emails = ACCOUNTS[0].new.email, ACCOUNTS[-1].new.email
        patient, staff = (
            db.execute(select(Account.id).where(Account.email == email)).scalar_one()
            for email in emails
        )
    newest = access.visible(portal, patient, limit=1)
    if newest:
        desk = access.decide(portal, staff, newest[0][1].study_id)
        notes.write(portal, desk, NOTE, release=True)
