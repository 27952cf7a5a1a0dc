"""What people do with shares, told to the portal and to the law."""

from __future__ import annotations

from datetime import timedelta

from services import access as decision
from services.errors import Invalid, NotAllowed, NotFound
from services.shares import share_changes, sharing
from services.shares.sharing import Options
from storage.models import Grant
from tests.law.choosing import DAYS, one_of
from tests.law.doors import Difference
from tests.law.model import Holding, Law, Right, Share
from tests.law.world import World


def share(world: World, by: int, what: int, to: int, how: int) -> None:
    """Somebody shares an exam, shares it on, or changes a share."""
    law = world.law
    sharers = [p for p in world.everyone_but_staff if any(law.right(p, e) for e in law.exams)]
    person = one_of(sharers or world.people, by)
    seen = [exam for exam in law.exams if law.right(person, exam)]
    exam, other = one_of(seen or [*law.exams], what), one_of(world.everyone_but_staff, to)
    options = Options(
        DAYS[how % 4], how & 4 == 0 and how & 8 == 0, how & 16 == 0 or how & 64 == 0,
        how & 32 == 0 and how & 128 == 0, how & 256 == 0,
    )  # fmt: skip
    give(world, person, exam, other, options)


def change(world: World, which: int, how: int, what: int, _: int) -> None:
    """Who gave a share gives it again: longer or shorter, wider or narrower."""
    if not world.law.shares:
        return
    there = one_of(world.law.shares, which)
    exams = [exam for exam, whose in world.law.exams.items() if whose == there.patient]
    exam = there.study or one_of(exams, what)
    options = Options(
        DAYS[how % 4], there.study is None, how & 4 == 0 or how & 8 == 0, how & 16 == 0,
        how & 32 == 0,
    )  # fmt: skip
    give(world, there.by, exam, there.to, options)


def adjust(world: World, by: int, which: int, how: int, likely: int) -> None:
    """Somebody changes a share in the table of shares: theirs, one they may narrow, or not."""
    law = world.law
    if not law.shares:
        return
    there = one_of(law.shares, which)
    person = there.by if likely % 2 else one_of(world.people, by)
    options = Options(
        DAYS[how % 4], False, how & 4 == 0 or how & 8 == 0, how & 16 == 0, how & 32 == 0
    )
    lawful = law.may_end(person, there) and not there.ended and law.now < there.right.until
    asked, sources = _asked(world, options), list[Holding]()
    seen = [e for e, whose in law.exams.items() if whose == there.patient and law.right(person, e)]
    exam = there.study or next(iter(seen), None)
    gives_again = person == there.by and exam in seen and _shares_on(law, person, exam, there.study)
    if gives_again and exam is not None:
        sources = law.sources(person, exam, there.to, portfolio=there.study is None)
        lawful = lawful and bool(sources)
    try:
        share_changes.change(world.portal, person, there.number, options)
    except (Invalid, NotAllowed, NotFound) as refusal:
        if lawful:
            raise Difference(f"changing was refused: {refusal}") from None
        return
    if not lawful:
        raise Difference(f"{person} changed {there}")
    if gives_again and exam is not None:
        number = law.like(there)[0].number  # of several after a merge, the one that stands for all
        _given(world, person, exam, there.to, there.study, asked, number, sources)
    else:
        law.change(there, asked)


def _shares_on(law: Law, person: int, exam: int | None, study: int | None) -> bool:
    """Whether a person could give such a share themselves now, to anybody."""
    return exam is not None and any(
        holding.right.share_on and (study is not None or holding.study is None)
        for holding in law.reaching(person, exam)
    )


def _asked(world: World, options: Options) -> Right:
    return Right(
        options.may_share, options.may_download, options.hide_details,
        world.law.now + timedelta(days=options.days),
    )  # fmt: skip


def give(world: World, person: int, exam: int, other: int, options: Options) -> None:
    law = world.law
    sources = law.sources(person, exam, other, portfolio=options.portfolio)
    lawful = bool(sources) and person != other
    access = world.held.get((person, exam))
    try:
        access = access or decision.decide(world.portal, person, exam)
        shared = sharing.share(world.portal, access, world.address[other], "", options)
    except (Invalid, NotAllowed, NotFound) as refusal:
        if lawful:
            raise Difference(f"sharing was refused: {refusal}") from None
        return
    if not lawful:
        raise Difference(f"{person} shared {exam} with {other}")
    scope = None if options.portfolio else exam
    _given(world, person, exam, other, scope, _asked(world, options), shared.grant_id, sources)


def _given(
    world: World, person: int, exam: int, other: int, scope: int | None, asked: Right,
    number: int, sources: list[Holding],
) -> None:  # fmt: skip
    """The share is made from the source that gives most of what was asked."""
    law = world.law
    with world.portal.reading() as db:
        parent = db.get_one(Grant, number).parent_id
    used = [h for h in sources if (h.share.number if h.share else None) == parent]
    if not used:
        raise Difference("made from something that may not be shared on")
    rights = [asked.within(holding.right) for holding in sources]
    best = max((not r.hidden, r.download, r.until) for r in rights)
    right = asked.within(used[0].right)
    if (not right.hidden, right.download, right.until) != best:
        raise Difference(f"made from {right}, and there was {best}")
    made = Share(number, used[0].share, person, other, law.exams[exam], scope, right)
    law.share(made)


def end(world: World, by: int, which: int, _: int, __: int) -> None:
    """Somebody tries to end a share: theirs, one below theirs, one of their exams, or not."""
    if not world.law.shares:
        return
    ended, person = one_of(world.law.shares, which), one_of(world.people, by)
    lawful = world.law.may_end(person, ended)
    try:
        sharing.end(world.portal, person, ended.number)
    except NotFound:
        if lawful:
            raise Difference("ending was refused") from None
        return
    if not lawful:
        raise Difference(f"{person} ended {ended}")
    world.law.end(ended)
