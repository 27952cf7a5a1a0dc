"""What a sharer has to give: the widest share that can be made, and the basis one is made from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from services.access import Access, Basis, Why
from services.errors import Invalid, NotAllowed
from services.grant_chain import upwards
from services.language import N_, _
from storage.models import Grant

NOT_SHARABLE = N_("This exam was shared with you to look at; it cannot be shared on.")
ONLY_THIS_EXAM = N_("You were given this exam only, so only this exam can be shared on.")


@dataclass(frozen=True, slots=True)
class Options:
    """What the sharer chose in the dialog."""

    days: int
    portfolio: bool = False
    may_share: bool = False
    hide_details: bool = False
    may_download: bool = True
    until: datetime | None = None  # the end of a share that is there, kept; `days` then says it

    def end(self, now: datetime) -> datetime:
        """When the share is to end."""
        kept = self.until is not None and self.until > now
        return self.until if kept and self.until else now + timedelta(days=self.days)


@dataclass(frozen=True, slots=True)
class Offer:
    """The widest share that can be made from what the sharer holds."""

    latest: datetime | None  # None: no end of its own
    portfolio: bool
    may_share: bool
    may_download: bool
    must_hide: bool


def offer(access: Access) -> Offer:
    """What the share dialog may offer; NotAllowed when the exam cannot be shared."""
    bases = sources(access)
    ends = [basis.until for basis in bases]
    return Offer(
        latest=None if None in ends else max(end for end in ends if end is not None),
        portfolio=any(basis.study_id is None for basis in bases),
        may_share=any(basis.may_share for basis in bases),
        may_download=any(basis.may_download for basis in bases),
        must_hide=all(basis.hidden for basis in bases),
    )


def sources(access: Access) -> list[Basis]:
    """The bases from which a share can be made: the person's own, or grants that allow it."""
    found = [basis for basis in access.bases if basis.may_share]
    if not found:
        raise NotAllowed(_(NOT_SHARABLE))
    return found


def best_source(
    db: Session, access: Access, grantee_id: int, options: Options, asked: datetime
) -> Basis:
    """The one basis the new grant is made from: the one that gives most of what is asked.

    One basis, not their union: each link of a chain must hold all it passes on by itself. Never
    one that came from the grantee: two people must not keep each other's access alive.
    """
    wide = [b for b in sources(access) if b.study_id is None or not options.portfolio]
    if not wide:
        raise NotAllowed(_(ONLY_THIS_EXAM))
    fitting = [basis for basis in wide if not _would_loop(db, basis, grantee_id)]
    if not fitting:
        raise Invalid(_("This person shared the exam with you."), "email")

    def given(basis: Basis) -> tuple[bool, bool, datetime]:
        shows = not basis.hidden or options.hide_details
        loads = basis.may_download or not options.may_download
        return shows, loads, min(basis.until or asked, asked)

    return max(fitting, key=given)


def left_out(options: Options, *, may_download: bool, hidden: bool) -> tuple[str, ...]:
    """What was asked for and could not be given, in sentences for the sharer.

    Somebody to whom an exam was shared twice may hold more than any one of the two gives.
    """
    missing = []
    if hidden and not options.hide_details:
        missing.append(_("Patient details stay hidden: they are hidden where this share is from."))
    if options.may_download and not may_download:
        missing.append(_("Download and print are not included: they were not given to you so."))
    return tuple(missing)


def _would_loop(db: Session, source: Basis, grantee_id: int) -> bool:
    """Whether the grantee stands above in the chain the grant would be made from."""
    grant = db.get(Grant, source.number) if source.why is Why.GRANT else None
    return any(upper.grantor_id == grantee_id for upper in upwards(db, grant))
