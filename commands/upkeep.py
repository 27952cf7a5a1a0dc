"""Keeping the portal well: audit, backup, restore, keys, doctor."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from pydantic import ValidationError
from pydantic_settings import SettingsError
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn
from rich.table import Table
from sqlalchemy.exc import SQLAlchemyError

from services import audit, dates
from services.audit import Action
from services.errors import PortalError
from services.opening import now, open_portal
from services.portal import Portal
from services.settings import PREFIX, Settings
from services.trail import audit_export
from services.trail.audit_export import Form
from services.upkeep import key_rotation
from services.upkeep.checkup import doctor as checkup
from services.upkeep.checkup.finding import Finding, Level, bad

console = Console()
errors = Console(stderr=True)
trail = typer.Typer(no_args_is_help=True, help="Check and export the audit trail.")
keys = typer.Typer(no_args_is_help=True, help="The portal's own secrets.")
MARKS = {Level.GOOD: "[green]good[/]", Level.WEAK: "[yellow]weak[/]", Level.BAD: "[red]bad[/]"}


@trail.command("verify")
def verify() -> None:
    """Check the chain of audit events; exit 1 if one was changed, removed or cut off."""
    portal = _portal()
    with portal.reading() as db, _counting("Checking") as (progress, task):
        verdict = audit.verify(
            db, portal.keys.periods("audit"), lambda done: progress.update(task, completed=done)
        )
    if verdict.flaw:
        _fail(f"The audit trail is damaged: {verdict.flaw}.")
    console.print(f"The audit trail is whole: {verdict.events} events.")


@trail.command("export")
def export(
    form: Annotated[Form, typer.Option("--format", help="jsonl or csv")] = Form.JSON,
) -> None:
    """Every audit event as a line of JSON or CSV on standard output."""
    portal = _portal()
    with portal.reading() as db:
        for line in audit_export.lines(db, form):
            print(line, end="")
    with portal.transaction() as tx:
        tx.record(Action.AUDIT_EXPORTED, account_id=None, form=str(form))


def backup(
    file: Annotated[Path, typer.Argument(help="a new file; its folder must be there")],
) -> None:
    """Write database, exams and keys to one file, while serving; exit 1 if an exam was lost."""
    from services.upkeep import backup as making

    with _counting("Backing up") as (progress, task), _plainly():
        made = making.back_up(
            _portal(), file, lambda done, _bytes: progress.update(task, completed=done)
        )
    console.print(
        f"{file}: {made.rows} rows and {made.objects} objects, {made.bytes / (1 << 20):.1f} MB. "
        "It holds the portal's keys: keep it as safe as the portal.",
        highlight=False,
    )
    _tell_spoilt(made.lost, made.damaged)


def restore(file: Annotated[Path, typer.Argument(help="what `backup` wrote")]) -> None:
    """Fill the empty data directory (and database) that the configuration names with a backup."""
    from services.upkeep import restoring

    with _plainly():
        settings = Settings()
        told = restoring.restore(settings, file)
        portal = open_portal(settings)
        with portal.transaction() as tx:
            tx.record(Action.RESTORED, account_id=None, made=told.made_at.isoformat(),
                      sha256=told.sha256)  # fmt: skip
    console.print(
        f"Restored {told.rows} rows and {told.objects} objects, as of "
        f"{dates.moment(told.made_at, settings.zone)}; every one was compared with the backup.",
        highlight=False,
    )
    _tell_spoilt(told.lost, told.damaged)


@keys.command("rotate")
def rotate() -> None:
    """Make a new key for everything from now on; what older keys made is still read."""
    count = key_rotation.rotate(_portal())
    console.print(f"There are {count} keys now; the newest is in use. Make a backup soon.")


def doctor() -> None:
    """Check configuration, database, storage, mail and more; say what to do; exit 1 if bad."""
    found = []
    table = Table("", "What", "How it is", "What to do")
    for finding in _examined():
        found.append(finding)
        table.add_row(MARKS[finding.level], finding.subject, finding.said, finding.todo)
    console.print(table, highlight=False)
    if any(finding.level is Level.BAD for finding in found):
        raise typer.Exit(1)


def _examined() -> Iterator[Finding]:
    try:
        settings = Settings()
    except SettingsError as error:
        yield bad("Settings", str(error), "Correct it in the environment or in .env.")
        return
    except ValidationError as error:
        for problem in error.errors():
            name = f"{PREFIX}{'_'.join(map(str, problem['loc'])).upper()}"
            yield bad(name, problem["msg"], "Correct it in the environment or in .env.")
        return
    yield from checkup.examine(settings, now())


def _portal() -> Portal:
    return open_portal(Settings())


def _tell_spoilt(lost: tuple[str, ...], damaged: tuple[str, ...]) -> None:
    for what, names in (("lost", lost), ("damaged", damaged)):
        for name in names:
            errors.print(f"{what} on disk before: object {name}", style="red", highlight=False)
    if lost or damaged:
        raise typer.Exit(1)


@contextmanager
def _counting(what: str) -> Iterator[tuple[Progress, TaskID]]:
    columns = (TextColumn(what), BarColumn(), TextColumn("{task.completed}"))
    with Progress(*columns, console=errors, transient=True) as progress:
        yield progress, progress.add_task(what, total=None)


@contextmanager
def _plainly() -> Iterator[None]:
    try:
        yield
    except PortalError as error:
        _fail(str(error))
    except SQLAlchemyError as error:
        _fail(f"The database did not do it ({type(error).__name__}): see python main.py doctor")


def _fail(sentence: str) -> NoReturn:
    errors.print(sentence, style="red", highlight=False)
    raise typer.Exit(1)
