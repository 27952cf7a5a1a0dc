""" "Who has looked" on paper: the list as it was asked for, as a PDF."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from services import dates
from services.downloads.paper import Paper
from services.downloads.turns import Turns
from services.downloads.wanted import Download, Pieces
from services.errors import Expired
from services.language import N_, _, speaking, spoken
from services.portal import Portal
from services.signing_in import sessions
from services.signing_in.sessions import SignedIn
from services.trail import looks
from services.trail.looks import Asked, Line

MOST = 5000  # entries; a longer list is told so, and can be asked for in parts
SIGNED_OUT = N_("You are signed out. Please log in again.")


def look_paper(
    portal: Portal, turns: Turns, who: SignedIn, asked: Asked, of: str, most: int = MOST
) -> Download:
    """The list of one person, whose name `of` is. Close its pieces however it ends.

    Raises NotFound when it is somebody the account does not care for, TooMany while others run.
    """
    looks.page(portal, who.account_id, asked, 1)  # refused before the answer begins
    turns.take(who.account_id)
    pages = _pages(portal, who, replace(asked, before=None), of, most)
    return Download("who-has-looked.pdf", "application/pdf", _Running(pages, turns, who.account_id))


class _Running(Pieces):
    def __init__(self, pages: Iterator[bytes], turns: Turns, account_id: int) -> None:
        self._pages, self._turns, self._account_id = pages, turns, account_id
        self._open = True
        self._language = spoken()

    def __next__(self) -> bytes:
        with speaking(self._language):  # the pieces are made in threads of their own
            return next(self._pages)

    def close(self) -> None:
        if self._open:
            self._open = False
            self._turns.give_back(self._account_id)


def _pages(portal: Portal, who: SignedIn, asked: Asked, of: str, most: int) -> Iterator[bytes]:
    """Empty pieces while it is written, so that it ends when its person is signed out."""
    now = dates.moment(portal.clock(), portal.settings.zone)
    under = _("{name}, as of {now}").format(name=of, now=now)
    paper = Paper(_("Who has looked"), under, portal.settings.portal_name)
    told = 0
    for entries in looks.every(portal, who.account_id, asked, most):
        if not sessions.stands(portal, who.session_id):
            raise Expired(_(SIGNED_OUT))
        for day, lines in looks.by_day(entries):
            paper.day(dates.day(day))
            for line in lines:
                paper.line_of(times(line), _sentence(line))
            yield b""
        told += len(entries)
    if not told:
        paper.sentence(_("Nothing is recorded for what was asked."))
    elif told >= most:
        paper.sentence(
            _("These are the newest {most} entries. For older ones choose an exam or a person.")
            .format(most=most)
        )  # fmt: skip
    yield paper.finished()


def times(line: Line) -> str:
    """`09:20`, or `09:05 - 09:20 (3×)`."""
    if line.times == 1:
        return line.entry.time
    span = line.entry.time if line.first == line.entry.time else f"{line.first} - {line.entry.time}"
    return f"{span} ({line.times}×)"


def _sentence(line: Line) -> str:
    entry = line.entry
    who = f"{entry.who} ({entry.where})" if entry.where else entry.who
    return f"{who} {entry.what}" + (_(" - emergency") if entry.emergency else "")
