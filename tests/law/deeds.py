"""What people and staff do in a history, told to the portal and to the law."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from services.glass import break_glass
from services.glass.break_glass import Hit, Wish
from services.programs import tokens
from tests.law.choosing import HOURS, one_of
from tests.law.desk_deeds import (
    MOST_EXAMS,
    another_patient,
    disable,
    keep_back,
    link,
    merge,
    reopen,
    twice_the_same,
    unlink,
)
from tests.law.doors import Difference
from tests.law.sharing_deeds import adjust, change, end, share
from tests.law.world import World


def wait(world: World, how: int, _: int, __: int, ___: int) -> None:
    """Time goes by."""
    world.house.clock.move(hours=one_of(HOURS, how))


def to_the_brink(world: World, which: int, how: int, _: int, __: int) -> None:
    """Until the moment something ends, or a second before."""
    if moments := world.moments():
        moment = one_of(moments[:4], which)
        early = timedelta(seconds=how % 2)
        world.house.clock.now = max(world.house.clock.now, moment - early)


def exam_arrives(world: World, whose: int, _: int, __: int, ___: int) -> None:
    """A portfolio covers exams that arrive later."""
    if len(world.law.exams) < MOST_EXAMS:
        world.exam_arrives(one_of(world.records, whose))


def break_the_glass(world: World, whose: int, _: int, __: int, ___: int) -> None:
    """The clinician opens one patient; another one that was open closes."""
    person, patient = world.clinician, one_of(world.records, whose)
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
    world.sign_out(one_of(world.people, who))


def revoke_token(world: World, who: int, renew: int, _: int, __: int) -> None:
    """A program's token ends; perhaps there is a new one."""
    person = one_of([*world.tokens], who)
    token, number, _ends = world.tokens[person]
    tokens.revoke(world.portal, number)
    world.tokens[person] = token, number, world.law.now
    if renew % 2 and person not in world.law.closed:
        world.new_token(person)


Deed = Callable[[World, int, int, int, int], None]
DEEDS: dict[str, tuple[Deed, int]] = {  # and how often
    deed.__name__: (deed, often)
    for deed, often in (
        (share, 10), (change, 3), (adjust, 3), (end, 2), (wait, 2), (to_the_brink, 3),
        (exam_arrives, 1), (break_the_glass, 2), (close_the_glass, 1), (sign_out, 1),
        (revoke_token, 1), (disable, 1), (reopen, 1), (link, 2), (unlink, 1), (keep_back, 2),
        (merge, 1), (another_patient, 1), (twice_the_same, 1),
    )
}  # fmt: skip
