"""What is unusual about a broken glass, for those who review it. A flag accuses nobody."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from imaging.person_name import search_key
from services.language import N_
from services.settings import Settings
from storage.models import Account, BrokenGlass, GlassOpening, Patient

A_DAY = timedelta(hours=24)
SATURDAY = 5
LONG_ENOUGH = 4  # letters of a part of a name; shorter ones are particles, and common


class Flag(StrEnum):
    """One unusual thing."""

    WELL_KNOWN = "well_known"
    OWN_NAME = "own_name"
    MANY = "many"
    OUT_OF_HOURS = "out_of_hours"


NAMES = {
    Flag.WELL_KNOWN: N_("Well-known patient"),
    Flag.OWN_NAME: N_("Same family name"),
    Flag.MANY: N_("Many patients in a day"),
    Flag.OUT_OF_HOURS: N_("Out of hours"),
}


def of(glass: BrokenGlass) -> tuple[Flag, ...]:
    """The flags of a broken glass, the gravest first."""
    kept = glass.flags.split(",")
    return tuple(flag for flag in Flag if str(flag) in kept)


def add(glass: BrokenGlass, *flags: Flag) -> None:
    """Put flags to those that are there."""
    wanted = {*of(glass), *flags}
    glass.flags = ",".join(str(flag) for flag in Flag if flag in wanted)


def at_break(settings: Settings, now: datetime) -> tuple[Flag, ...]:
    """What is unusual about breaking the glass now."""
    begin, end = map(time.fromisoformat, settings.working_hours.split("-"))
    local = now.astimezone(settings.zone)
    working = local.weekday() < SATURDAY and begin <= local.time() < end
    return () if working else (Flag.OUT_OF_HOURS,)


def at_opening(
    db: Session, settings: Settings, account: Account, patient: Patient, now: datetime
) -> tuple[Flag, ...]:
    """What is unusual about this account opening this patient now."""
    found = []
    if patient.well_known:
        found.append(Flag.WELL_KNOWN)
    if same_family(account.name, patient.family):
        found.append(Flag.OWN_NAME)
    opened = select(func.count(GlassOpening.patient_id.distinct())).where(
        GlassOpening.account_id == account.id,
        GlassOpening.opened_at > now - A_DAY,
        GlassOpening.patient_id != patient.id,
    )
    if db.execute(opened).scalar_one() + 1 >= settings.break_glass_many:
        found.append(Flag.MANY)
    return tuple(found)


def same_family(person: str, family: str) -> bool:
    """Whether somebody's name ends in a family name, or shares a part of a double one.

    Of "Dr Amara Diallo" and "DIALLO-BROWN" that is "diallo".
    """
    key, parts = search_key(family), _parts(family)
    mine = _parts(person)
    if not key or not mine:
        return False
    long_ones = {part for part in parts if len(part) >= LONG_ENOUGH}
    return mine[-1] == key or search_key(person).endswith(key) or bool(long_ones & set(mine[1:]))


def _parts(name: str) -> list[str]:
    return [key for word in re.split(r"[\s\-,]+", name) if (key := search_key(word))]
