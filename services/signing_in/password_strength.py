"""How hard a password is to guess, estimated while it is typed."""

from __future__ import annotations

from dataclasses import dataclass

from services.errors import Invalid
from services.language import N_, _
from services.signing_in.guesses import enough, guesses
from services.signing_in.passwords import checked

WORDS = (
    N_("Very easy to guess"), N_("Easy to guess"), N_("Fair"), N_("Good"), N_("Very good"),
)  # fmt: skip
STEPS = (6.0, 8.0, 10.0, 13.0)  # powers of ten of guesses


@dataclass(frozen=True, slots=True)
class Strength:
    """An estimate from 0 to 4, in words, and what stands against the password (empty: nothing)."""

    level: int
    words: str
    problem: str

    @property
    def will_do(self) -> bool:
        """Whether the portal takes the password."""
        return not self.problem


def strength(password: str, *about: str) -> Strength:
    """The estimate; `about` is what an attacker knows of the person (name, address)."""
    power = guesses(password, *about)
    level = sum(power >= step for step in STEPS)
    try:
        checked(password, *about)
    except Invalid as refusal:
        level = min(level, 2 if enough(power) else 1)
        return Strength(level, _(WORDS[level]), str(refusal))
    return Strength(level, _(WORDS[level]), "")
