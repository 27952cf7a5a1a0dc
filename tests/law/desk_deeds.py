"""What staff do at their desk, told to the portal and to the law."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from services.desk import account_desk, exam_desk, link_desk
from services.errors import Invalid, NotAllowed
from services.persons import accounts, patients
from services.shares.sharing import Options
from tests.law.choosing import DAYS, HOURS, one_of
from tests.law.doors import Difference
from tests.law.model import FOREVER
from tests.law.sharing_deeds import give
from tests.law.world import World

MOST_EXAMS, MOST_RECORDS = 7, 4


def disable(world: World, who: int, likely: int, _: int, __: int) -> None:
    """Staff close an account; its tokens and its glass end with it."""
    person = one_of(world.everyone_but_staff, who)
    if likely % 3 == 0 and len(world.law.closed) < 2:
        accounts.disable(world.portal, world.address[person], by=world.staff)
        world.law.closed.add(person)
        world.law.glass.pop(person, None)
        if person in world.tokens:
            world.tokens[person] = *world.tokens[person][:2], world.law.now


def reopen(world: World, which: int, _: int, __: int, ___: int) -> None:
    """Staff open an account that was closed; what its person gave counts again."""
    if world.law.closed:
        person = one_of(sorted(world.law.closed), which)
        account_desk.enable(world.portal, world.at_the_desk(), person)
        world.law.closed.remove(person)
        world.sign_in(person)


def link(world: World, who: int, whose: int, how: int, _: int) -> None:
    """Staff tell that an account's person is a patient, or cares for one until a day."""
    law, portal, staff = world.law, world.portal, world.at_the_desk()
    person, patient = one_of(world.everyone_but_staff, who), one_of(world.records, whose)
    until, lawful = FOREVER, law.kinds[person] != "breakglass"
    if how % 3:
        day = law.now.astimezone(portal.settings.zone).date() + timedelta(days=one_of(DAYS, how))
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
    person, patient = one_of([*world.law.links], which)
    staff = world.staff if by % 4 else one_of(world.everyone_but_staff, by)
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
    exam, staff, law = one_of([*world.law.exams], which), world.at_the_desk(), world.law
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
            opens[exam] = law.now + timedelta(hours=one_of(HOURS, when))
            exam_desk.release_at(world.portal, staff, exam, opens[exam], report)


def merge(world: World, which: int, into: int, _: int, __: int) -> None:
    """Two records turn out to be one person's; there is soon another patient."""
    record, target = one_of(world.records, which), one_of(world.records, into)
    if record == target:
        return
    patients.merge(world.portal, world.staff, record, target)
    world.law.merge(record, target)
    world.records.remove(record)


def twice_the_same(world: World, who: int, to: int, how: int, how_else: int) -> None:
    """The patient of two records shares all of each with one person; then the two are merged."""
    law = world.law
    exams = {whose: exam for exam, whose in law.exams.items() if whose in world.records}
    if len(exams) < 2:
        return
    person, other = one_of(world.everyone_but_staff, who), one_of(world.everyone_but_staff, to)
    stray, kept, *_others = exams
    for record, chosen in ((stray, how), (kept, how_else)):
        link(world, who, world.records.index(record), 0, 0)
        options = Options(
            DAYS[chosen % 4], True, chosen & 4 == 0, chosen & 8 == 0, chosen & 16 == 0
        )
        give(world, person, exams[record], other, options)
    merge(world, world.records.index(stray), world.records.index(kept), 0, 0)


def another_patient(world: World, _: int, __: int, ___: int, ____: int) -> None:
    """A record that nobody is linked to yet, with an exam."""
    if len(world.records) < MOST_RECORDS and len(world.law.exams) < MOST_EXAMS:
        world.records.append(world.record())
        world.exam_arrives(world.records[-1])
