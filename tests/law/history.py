"""Histories: what people do, step by step; portal and law are compared after every step."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services import audit
from services.access import Access
from services.errors import PortalError
from services.publisher import AccessChanged
from tests.law.deeds import DEEDS
from tests.law.doors import (
    DOORS,
    Difference,
    compare_list,
    compare_searches,
    compare_shares,
    try_door,
)
from tests.law.model import Right
from tests.law.world import Stage, World


@dataclass(frozen=True)
class Step:
    """Something somebody does; the numbers choose who and what among those there are then."""

    deed: str
    numbers: tuple[int, int, int, int]


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
    given: dict[int, dict[int, Access]] = {}
    for person in world.people if everything else listing:
        given[person] = compare_list(world, person)
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
            world.held[pair] = given[pair[0]][pair[1]]
    asking = chance.sample(world.people, 1) if number % 3 == 0 else []
    for person in world.people if everything else asking:
        compare_searches(world, person)
        compare_shares(world, person)
    return now


def random_history(seed: int, length: int, deeds: Iterable[str] = DEEDS) -> list[Step]:
    """The history of a seed, of these deeds; those named twice are done twice as often."""
    dice = random.Random(seed)  # noqa: S311
    names = [name for name in deeds for _ in range(DEEDS[name][1])]
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
