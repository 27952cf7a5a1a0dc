"""The command line, and the one place where settings, storage, services and ui are put together."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from sqlalchemy.exc import SQLAlchemyError

from commands import upkeep
from services import dates
from services.errors import PortalError
from services.opening import open_portal
from services.persons import accounts, carers
from services.portal import Portal
from services.programs import tokens
from services.settings import Settings
from services.signing_in import authenticator

cli = typer.Typer(no_args_is_help=True, add_completion=False, help="My Imaging: a patient portal.")
account = typer.Typer(no_args_is_help=True, help="Make, list and disable accounts.")
token = typer.Typer(no_args_is_help=True, help="Make, list and revoke tokens of programs.")
cli.add_typer(account, name="account")
cli.add_typer(token, name="token")
cli.add_typer(upkeep.trail, name="audit")
cli.add_typer(upkeep.keys, name="keys")
for command in (upkeep.backup, upkeep.restore, upkeep.doctor):
    cli.command()(command)
console = Console()
errors = Console(stderr=True)


def _portal() -> Portal:
    return open_portal(Settings())


@cli.command()
def serve() -> None:
    """Serve the portal: web, message delivery and housekeeping in one process."""
    from ui.serving import run

    run(_portal())


@cli.command()
def demo(
    reload: Annotated[bool, typer.Option(help="Restart when a file changes.")] = False,
) -> None:
    """Serve demonstration patients, exams and accounts from `.demo/`."""
    from services.demo import demonstration
    from ui.serving import run, run_reloading

    settings = demonstration.settings()
    if reload:
        run_reloading("main:demo_application", settings)
        return
    portal = open_portal(settings)
    demonstration.fill(portal, console)
    demonstration.announce(portal, console)
    run(portal, demonstration=True)


def demo_application() -> object:
    """The demonstration as an application factory, for `make dev`."""
    from services.demo import demonstration
    from ui.serving import application

    portal = open_portal(demonstration.settings())
    demonstration.fill(portal, console)
    return application(portal, demonstration=True)


@cli.command("import")
def import_(paths: Annotated[list[Path], typer.Argument(exists=True)]) -> None:
    """Take in files, folders and zips; exit 1 if anything went to quarantine."""
    from services.intake import ingest, packages
    from services.intake.ingest import Fate

    portal = _portal()
    found = list(packages.candidates(paths))
    counts = dict.fromkeys(Fate, 0)
    refused: list[tuple[str, str]] = []
    stopped = ""
    columns = (TextColumn("Importing"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=errors) as progress:
        task = progress.add_task("import", total=len(found))
        try:
            for outcome in ingest.take_in(portal, found):
                counts[outcome.fate] += 1
                progress.advance(task)
                if outcome.fate is Fate.QUARANTINED:
                    refused.append((outcome.name, outcome.reason))
        except (PortalError, OSError) as error:  # a full disk, a scanner that is away
            stopped = str(error)
        except SQLAlchemyError as error:  # a locked database; its own words quote what was written
            stopped = f"the database did not do it ({type(error).__name__})."
        except MemoryError:
            stopped = "there is not enough memory."
    table = Table("What", "Files")
    for fate, count in counts.items():
        if fate is Fate.REFUSED:
            continue  # only what is announced for one study can be
        table.add_row(fate.value, str(count))
    console.print(table)
    for name, reason in refused:
        console.print(f"quarantined: {name}: {reason}", style="yellow", highlight=False)
    if stopped:
        errors.print(f"Stopped: {stopped}", style="red", highlight=False)
        errors.print("What is counted above is safe. Run it again: nothing is taken in twice.")
    if refused or stopped:
        raise typer.Exit(1)


@account.command("create")
def account_create(
    kind: Annotated[str, typer.Option(help="patient, guest, breakglass or staff")],
    email: Annotated[str, typer.Option()],
    name: Annotated[str, typer.Option(help='"Given Family"')],
    mobile: Annotated[str, typer.Option(help="with country code")] = "",
    patient_id: Annotated[list[str] | None, typer.Option(help="ID, or ISSUER|ID")] = None,
    role: Annotated[str, typer.Option(help="administrator, clinician or auditor")] = "",
    provider_number: Annotated[str, typer.Option(help="of a break-glass account")] = "",
    password_stdin: Annotated[bool, typer.Option(help="read the password; no mail")] = False,
) -> None:
    """Make an account; without --password-stdin its owner gets a set-up e-mail."""
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else ""
    if password_stdin and not password:
        _fail("No password came on standard input.")
    new = accounts.NewAccount(
        kind, email, name, mobile, role, provider_number, patient_id or (), password
    )
    try:
        accounts.create(_portal(), new)
    except PortalError as error:
        _fail(str(error))
    console.print(f"{email}: {'ready' if password else 'the set-up e-mail is on its way'}")


@account.command("disable")
def account_disable(email: str) -> None:
    """Close an account; its open pages end."""
    try:
        accounts.disable(_portal(), email)
    except PortalError as error:
        _fail(str(error))
    console.print(f"{email}: disabled")


@account.command("app-off")
def account_app_off(email: str) -> None:
    """Forget the authenticator app of somebody who lost it: their codes are sent again."""
    try:
        authenticator.remove_of(_portal(), email)
    except PortalError as error:
        _fail(str(error))
    console.print(f"{email}: one-time passwords are sent again, and an e-mail says so")


@account.command("link")
def account_link(
    email: str,
    patient_id: Annotated[str, typer.Option(help="ID, or ISSUER|ID")],
    until: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="last day; for a child, coming of age if not told"),
    ] = None,
) -> None:
    """Let a carer see and share a patient's exams for them, until a day."""
    portal = _portal()
    try:
        last = until.date() if until else carers.offered_end(portal, patient_id)
        if last is None:
            _fail("The patient is of age, or their birth date is not known: please give --until.")
        carers.link(portal, email, patient_id, last)
    except PortalError as error:
        _fail(str(error))
    console.print(f"{email}: carer of {patient_id} until {dates.day(last)}", highlight=False)


@account.command("unlink")
def account_unlink(
    email: str, patient_id: Annotated[str, typer.Option(help="ID, or ISSUER|ID")]
) -> None:
    """End an account's link to a patient at once, with everything shared because of it."""
    try:
        carers.unlink(_portal(), email, patient_id)
    except PortalError as error:
        _fail(str(error))
    console.print(f"{email}: no longer linked to {patient_id}", highlight=False)


@account.command("carers")
def account_carers() -> None:
    """Every carer; marked are those whose access the patient asked to end."""
    portal = _portal()
    table = Table("Request", "Carer", "Email", "Cares for", "Until", "To be ended")
    for row in carers.listed(portal):
        end = dates.last_day(row.until, portal.settings.zone) if row.until else ""
        asked = "asked for" if row.end_asked else ""
        table.add_row(str(row.link_id), row.name, row.email, row.patient, end, asked)
    console.print(table)


@account.command("list")
def account_list() -> None:
    """Every account, by address."""
    table = Table("Email", "Name", "Kind", "Role", "Status")
    for row in accounts.listed(_portal()):
        table.add_row(row.email, row.name, row.kind, row.role, row.status)
    console.print(table)


@token.command("create")
def token_create(
    email: str,
    days: Annotated[int, typer.Option(help="how long it is good for")] = tokens.DAYS,
) -> None:
    """Print a bearer token for the HTTP interfaces, shown once; standard output holds only it."""
    portal = _portal()
    try:
        made = tokens.create(portal, email, days=days)
    except PortalError as error:
        _fail(str(error))
    print(made.token)
    until = dates.moment(made.expires_at, portal.settings.zone)
    errors.print(f"Token {made.number} of {email}, good until {until}.", highlight=False)


@token.command("list")
def token_list(email: str) -> None:
    """An account's tokens; what they are presented as is not known any more."""
    portal = _portal()
    table = Table("Number", "Created", "Expires", "Revoked")
    try:
        entries = tokens.listed(portal, email)
    except PortalError as error:
        _fail(str(error))
    for entry in entries:
        moments = (entry.created_at, entry.expires_at, entry.revoked_at)
        shown = [dates.moment(m, portal.settings.zone) if m else "" for m in moments]
        table.add_row(str(entry.number), *shown)
    console.print(table)


@token.command("revoke")
def token_revoke(number: int) -> None:
    """End a token; requests that present it are refused within a second."""
    try:
        tokens.revoke(_portal(), number)
    except PortalError as error:
        _fail(str(error))
    console.print(f"Token {number}: revoked")


@cli.command()
def bounce() -> None:
    """Take in mail that came back, from standard input, as a mail server's alias pipes it."""
    from services.messaging import bounces

    if not bounces.take_in(_portal(), sys.stdin.buffer.read(bounces.LARGEST)):
        errors.print("No letter of this portal came back for good.", style="yellow")


def _fail(sentence: str) -> NoReturn:
    errors.print(sentence, style="red", highlight=False)
    raise typer.Exit(1)


if __name__ == "__main__":
    cli()
