"""Histories: what people do, told to the portal and to the law; compared after every step."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from services import access as decision
from services import accounts, audit, break_glass, patients, sharing, tokens
from services.break_glass import Hit, Wish
from services.errors import Invalid, NotAllowed, NotFound, PortalError
from services.publisher import AccessChanged
from services.sharing import Options
from storage.models import Grant
from tests.law.doors import (
    DOORS,
    Difference,
    compare_list,
    compare_searches,
    compare_shares,
    try_door,
)
from tests.law.model import FOREVER, Right, Share
from tests.law.world import Stage, World

T = TypeVar("T")
DAYS = (1, 3, 12, 40)
HOURS = (1, 5, 24, 24 * 4, 24 * 15)
MOST_EXAMS, MOST_RECORDS = 7, 4


@dataclass(frozen=True)
class Step:
    """Something somebody does; the numbers choose who and what among those there are then."""

    deed: str
    numbers: tuple[int, int, int, int]


def share(world: World, by: int, what: int, to: int, how: int) -> None:
    """Somebody shares an exam, shares it on, or changes a share."""
    law = world.law
    sharers = [p for p in world.everyone_but_staff if any(law.right(p, e) for e in law.exams)]
    person = _one(sharers or world.people, by)
    seen = [exam for exam in law.exams if law.right(person, exam)]
    exam, other = _one(seen or [*law.exams], what), _one(world.everyone_but_staff, to)
    options = Options(
        DAYS[how % 4], how & 4 == 0 and how & 8 == 0, how & 16 == 0 or how & 64 == 0,
        how & 32 == 0 and how & 128 == 0, how & 256 == 0,
    )  # fmt: skip
    _share(world, person, exam, other, options)


def change(world: World, which: int, how: int, what: int, _: int) -> None:
    """Who gave a share gives it again: longer or shorter, wider or narrower."""
    if not world.law.shares:
        return
    there = _one(world.law.shares, which)
    exams = [exam for exam, whose in world.law.exams.items() if whose == there.patient]
    exam = there.study or _one(exams, what)
    options = Options(
        DAYS[how % 4], there.study is None, how & 4 == 0 or how & 8 == 0, how & 16 == 0,
        how & 32 == 0,
    )  # fmt: skip
    _share(world, there.by, exam, there.to, options)


def _share(world: World, person: int, exam: int, other: int, options: Options) -> None:
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
    with world.portal.reading() as db:
        parent = db.get_one(Grant, shared.grant_id).parent_id
    used = [h for h in sources if (h.share.number if h.share else None) == parent]
    if not used:
        raise Difference("made from something that may not be shared on")
    asked = Right(
        options.may_share, options.may_download, options.hide_details,
        law.now + timedelta(days=options.days),
    )  # fmt: skip
    rights = [asked.within(holding.right) for holding in sources]
    best = max((not r.hidden, r.download, r.until) for r in rights)
    right = asked.within(used[0].right)
    if (not right.hidden, right.download, right.until) != best:
        raise Difference(f"made from {right}, and there was {best}")
    scope = None if options.portfolio else exam
    law.share(
        Share(
            shared.grant_id, used[0].share, person, other, law.exams[exam], scope, right
        )
    )  # fmt: skip


def end(world: World, by: int, which: int, _: int, __: int) -> None:
    """Somebody tries to end a share: theirs, one below theirs, one of their exams, or not."""
    if not world.law.shares:
        return
    ended, person = _one(world.law.shares, which), _one(world.people, by)
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


def wait(world: World, how: int, _: int, __: int, ___: int) -> None:
    """Time goes by."""
    world.house.clock.move(hours=_one(HOURS, how))


def to_the_brink(world: World, which: int, how: int, _: int, __: int) -> None:
    """Until the moment something ends, or a second before."""
    if moments := world.moments():
        moment = _one(moments[:4], which)
        early = timedelta(seconds=how % 2)
        world.house.clock.now = max(world.house.clock.now, moment - early)


def exam_arrives(world: World, whose: int, _: int, __: int, ___: int) -> None:
    """A portfolio covers exams that arrive later."""
    if len(world.law.exams) < MOST_EXAMS:
        world.exam_arrives(_one(world.records, whose))


def break_the_glass(world: World, whose: int, _: int, __: int, ___: int) -> None:
    """The clinician opens one patient; another one that was open closes."""
    person, patient = world.clinician, _one(world.records, whose)
    if person in world.law.closed:
        return
    who, until = world.who[person], world.law.now + timedelta(hours=4)
    if (there := break_glass.opened(world.portal, who)) is None:
        world.house.step_up(who)
        broken = break_glass.break_(world.portal, who, Wish("Unconscious patient", accepted=True))
        if broken.until != until:
            raise Difference(f"broken until {broken.until}")
    else:
        until = world.law.glass[person][1]
        if there.until != until:
            raise Difference(f"still broken until {there.until}")
    hit = Hit(patient, "", "14 March 1958", "")
    break_glass.open_patient(world.portal, who, hit, born=hit.born)
    world.law.glass[person] = patient, until


def close_the_glass(world: World, _: int, __: int, ___: int, ____: int) -> None:
    """The clinician is done."""
    break_glass.close(world.portal, world.who[world.clinician])
    world.law.glass.pop(world.clinician, None)


def sign_out(world: World, who: int, _: int, __: int, ___: int) -> None:
    """Somebody signs out, and in again."""
    world.sign_out(_one(world.people, who))


def revoke_token(world: World, who: int, renew: int, _: int, __: int) -> None:
    """A program's token ends; perhaps there is a new one."""
    person = _one([*world.tokens], who)
    token, number, _ends = world.tokens[person]
    tokens.revoke(world.portal, number)
    world.tokens[person] = token, number, world.law.now
    if renew % 2 and person not in world.law.closed:
        world.new_token(person)


def disable(world: World, who: int, likely: int, _: int, __: int) -> None:
    """Staff close an account; not often, because nobody opens one again."""
    person = _one(world.everyone_but_staff, who)
    if likely % 3 == 0 and len(world.law.closed) < 2:
        accounts.disable(world.portal, world.address[person], by=world.staff)
        world.law.closed.add(person)
        world.law.glass.pop(person, None)
        if person in world.tokens:
            world.tokens[person] = *world.tokens[person][:2], world.law.now


def link(world: World, who: int, whose: int, how: int, _: int) -> None:
    """Staff link an account to a patient, for good or until a day."""
    person, patient = _one(world.everyone_but_staff, who), _one(world.records, whose)
    if (person, patient) in world.law.links or world.law.kinds[person] == "breakglass":
        return
    until = FOREVER if how % 3 == 0 else world.law.now + timedelta(days=_one(DAYS, how))
    world.link(person, patient, until)
    with world.portal.transaction() as tx:
        tx.announce(AccessChanged(person))


def unlink(world: World, by: int, which: int, _: int, __: int) -> None:
    """Staff, and nobody else, end a link."""
    if not world.law.links:
        return
    person, patient = _one([*world.law.links], which)
    staff = world.staff if by % 4 else _one(world.everyone_but_staff, by)
    try:
        patients.unlink(world.portal, staff, person, patient)
    except NotAllowed:
        if staff == world.staff:
            raise Difference("unlinking was refused") from None
        return
    if staff != world.staff:
        raise Difference(f"{staff} unlinked {person}")
    world.law.unlink(person, patient)


def merge(world: World, which: int, into: int, _: int, __: int) -> None:
    """Two records turn out to be one person's; there is soon another patient."""
    record, target = _one(world.records, which), _one(world.records, into)
    if record == target:
        return
    patients.merge(world.portal, world.staff, record, target)
    world.law.merge(record, target)
    world.records.remove(record)


def another_patient(world: World, _: int, __: int, ___: int, ____: int) -> None:
    """A record that nobody is linked to yet, with an exam."""
    if len(world.records) < MOST_RECORDS and len(world.law.exams) < MOST_EXAMS:
        world.records.append(world.record())
        world.exam_arrives(world.records[-1])


Deed = Callable[[World, int, int, int, int], None]
DEEDS: dict[str, tuple[Deed, int]] = {  # and how often
    deed.__name__: (deed, often)
    for deed, often in (
        (share, 10), (change, 5), (end, 2), (wait, 2), (to_the_brink, 3), (exam_arrives, 1),
        (break_the_glass, 2), (close_the_glass, 1), (sign_out, 1), (revoke_token, 1),
        (disable, 1), (link, 1), (unlink, 1), (merge, 1), (another_patient, 1),
    )
}  # fmt: skip


def drive(stage: Stage, steps: Sequence[Step], *, thorough: bool = False) -> None:
    """Live through a history; Difference, with what was done, once portal and law disagree.

    After every step everybody whose right to an exam changed, or who was told that it may have,
    compares their list, with the rights to each exam, and tries some doors of that exam, drawn by
    lot, with the access they had before the step; some bystanders do the same. At the end
    everybody does, with every exam. With `thorough` that is after every step, and at every door.
    """
    world = World(stage)
    known: _Known = {}
    for number, step in enumerate(steps):
        try:
            DEEDS[step.deed][0](world, *step.numbers)
            everything = thorough or number == len(steps) - 1
            known = _compare(world, known, number, everything=everything, thorough=thorough)
        except (Difference, PortalError) as difference:
            told = "\n".join(map(repr, steps[: number + 1]))
            raise Difference(f"{difference!r}\nafter\n{told}") from difference
    with world.portal.reading() as db:
        flaw = audit.verify(db, world.portal.keys.key("audit")).flaw
    if flaw:
        raise Difference(flaw)


_Known = dict[tuple[int, int], tuple[Right | None, int]]  # the right, and the publisher's revision


def _compare(
    world: World, before: _Known, number: int, *, everything: bool, thorough: bool
) -> _Known:
    law, revision = world.law, world.portal.publisher.revision
    law.now = world.house.clock.now
    doors, pairs = [*DOORS], [(p, e) for p in world.people for e in law.exams]
    now = {(p, e): (law.right(p, e), revision(AccessChanged(p))) for p, e in pairs}
    chance = random.Random(number * 31 + len(world.law.shares))  # noqa: S311
    bystanders = set(chance.sample(pairs, 2))
    concerned = {pair for pair in pairs if now[pair] != before.get(pair)}
    listing = {person for person, _ in concerned | bystanders}
    for person in world.people if everything else listing:
        compare_list(world, person)
    for pair in pairs:
        right = now[pair][0]
        tried: Sequence[str] = ()
        if thorough:
            tried = doors
        elif everything or (pair in concerned and (pair in world.held or right)):
            tried = chance.sample(doors, 3)
        elif pair in bystanders:
            tried = chance.sample(doors, 1)
        for door in tried:
            try_door(world, door, *pair, right)
        if pair in concerned and right is not None:  # their page is open with the newest access
            world.held[pair] = decision.decide(world.portal, *pair)
    asking = chance.sample(world.people, 1) if number % 3 == 0 else []
    for person in world.people if everything else asking:
        compare_searches(world, person)
        compare_shares(world, person)
    return now


def random_history(seed: int, length: int) -> list[Step]:
    """The history of a seed."""
    dice = random.Random(seed)  # noqa: S311
    names = [name for name, (_, often) in DEEDS.items() for _ in range(often)]
    return [
        Step(dice.choice(names), tuple(dice.randrange(1 << 16) for _ in range(4)))  # type: ignore[arg-type]
        for _ in range(length)
    ]


def shortened(stage: Stage, steps: Sequence[Step]) -> list[Step]:
    """The same difference with as few steps as leaving some out can do."""
    kept = list(steps)
    size = max(1, len(kept) // 2)
    while size:
        start = 0
        while start < len(kept):
            fewer = kept[:start] + kept[start + size :]
            try:
                drive(stage, fewer)
                start += size
            except Difference:
                kept = fewer
        size //= 2
    return kept


def _one(there: Sequence[T], number: int) -> T:
    return there[number % len(there)]
