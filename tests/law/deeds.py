"""What people and staff do in a history, told to the portal and to the law."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import TypeVar

from services import access as decision
from services.desk import account_desk, exam_desk, link_desk
from services.errors import Invalid, NotAllowed, NotFound
from services.glass import break_glass
from services.glass.break_glass import Hit, Wish
from services.persons import accounts, patients
from services.programs import tokens
from services.shares import share_changes, sharing
from services.shares.sharing import Options
from storage.models import Grant
from tests.law.doors import Difference
from tests.law.model import FOREVER, Holding, Law, Right, Share
from tests.law.world import World

T = TypeVar("T")
DAYS = (1, 3, 12, 40)
HOURS = (1, 5, 24, 24 * 4, 24 * 15)
MOST_EXAMS, MOST_RECORDS = 7, 4


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


def adjust(world: World, by: int, which: int, how: int, likely: int) -> None:
    """Somebody changes a share in the table of shares: theirs, one they may narrow, or not."""
    law = world.law
    if not law.shares:
        return
    there = _one(law.shares, which)
    person = there.by if likely % 2 else _one(world.people, by)
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
        _given(world, person, exam, there.to, there.study, asked, there.number, sources)
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
    """Staff close an account; its tokens and its glass end with it."""
    person = _one(world.everyone_but_staff, who)
    if likely % 3 == 0 and len(world.law.closed) < 2:
        accounts.disable(world.portal, world.address[person], by=world.staff)
        world.law.closed.add(person)
        world.law.glass.pop(person, None)
        if person in world.tokens:
            world.tokens[person] = *world.tokens[person][:2], world.law.now


def reopen(world: World, which: int, _: int, __: int, ___: int) -> None:
    """Staff open an account that was closed; what its person gave counts again."""
    if world.law.closed:
        person = _one(sorted(world.law.closed), which)
        account_desk.enable(world.portal, world.at_the_desk(), person)
        world.law.closed.remove(person)
        world.sign_in(person)


def link(world: World, who: int, whose: int, how: int, _: int) -> None:
    """Staff tell that an account's person is a patient, or cares for one until a day."""
    law, portal, staff = world.law, world.portal, world.at_the_desk()
    person, patient = _one(world.everyone_but_staff, who), _one(world.records, whose)
    until, lawful = FOREVER, law.kinds[person] != "breakglass"
    if how % 3:
        day = law.now.astimezone(portal.settings.zone).date() + timedelta(days=_one(DAYS, how))
        end = datetime.combine(day + timedelta(days=1), time(), portal.settings.zone)
        until = end.astimezone(UTC)
        lawful = lawful and law.links.get((person, patient)) != FOREVER
    try:
        if until == FOREVER:
            link_desk.link_own(portal, staff, person, world.written[patient])
        else:
            link_desk.link_carer(portal, staff, person, world.written[patient], day)
    except Invalid as refusal:
        if lawful:
            raise Difference(f"linking was refused: {refusal}") from None
        return
    if not lawful:
        raise Difference(f"{person} was linked to {patient}")
    law.care(person, patient, until)


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


def keep_back(world: World, which: int, how: int, when: int, _: int) -> None:
    """Staff withhold an exam or its report, show it now, or from a moment on."""
    exam, staff, law = _one([*world.law.exams], which), world.at_the_desk(), world.law
    report = world.reports[exam] if how & 1 else None
    opens = law.report_opens if how & 1 else law.opens
    match (how >> 1) % 4:
        case 0 | 1:
            exam_desk.release(world.portal, staff, exam, report)
            opens[exam] = law.now
        case 2:
            exam_desk.withhold(world.portal, staff, exam, report)
            opens[exam] = FOREVER
        case _:
            opens[exam] = law.now + timedelta(hours=_one(HOURS, when))
            exam_desk.release_at(world.portal, staff, exam, opens[exam], report)


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
        (share, 10), (change, 3), (adjust, 3), (end, 2), (wait, 2), (to_the_brink, 3),
        (exam_arrives, 1), (break_the_glass, 2), (close_the_glass, 1), (sign_out, 1),
        (revoke_token, 1), (disable, 1), (reopen, 1), (link, 2), (unlink, 1), (keep_back, 2),
        (merge, 1), (another_patient, 1),
    )
}  # fmt: skip


def _one(there: Sequence[T], number: int) -> T:
    return there[number % len(there)]
