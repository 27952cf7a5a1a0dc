"""Passwords: Argon2id, long enough, not a common one; no composition rules."""

from __future__ import annotations

import re

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from services.errors import Invalid
from services.language import _
from services.signing_in.guesses import enough, guesses

SHORTEST = 12
LONGEST = 256

# Second recommended option of RFC 9106, section 4: 64 MiB, three passes, four lanes.
_hasher = PasswordHasher(time_cost=3, memory_cost=65536, parallelism=4)
_nobody = _hasher.hash("no account has this password")

_COMMON_CORES = frozenset(
    "password passwort kennwort welcome letmein qwerty qwertz azerty iloveyou admin administrator "
    "monkey dragon football baseball basketball superman batman princess sunshine starwars master "
    "hello freedom whatever trustno michael jennifer charlie computer internet samsung google "
    "secret login access hospital imaging medical patient doctor summer winter spring autumn "
    "changeme default testing correcthorsebatterystaple".split()
)
_RUNS = (
    "abcdefghijklmnopqrstuvwxyz 0123456789 9876543210 qwertyuiopasdfghjklzxcvbnm "
    "qwertzuiopasdfghjklyxcvbnm azertyuiopqsdfghjklmwxcvbn 1q2w3e4r5t6z7u8i9o0p "
    "1q2w3e4r5t6y7u8i9o0p q1w2e3r4t5y6u7i8o9p0 1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik".split()
)
_LOOK_ALIKES = str.maketrans("013457@$!", "oleastasi")


def checked(password: str, *about: str) -> str:
    """The password, if it will do; `about` is what must not stand in it (name, address).

    Raises Invalid with a sentence that says what to do.
    """
    if len(password) < SHORTEST:
        raise Invalid(
            _(
                "Please use at least {shortest} characters. Three or four unrelated words are good."
            ).format(shortest=SHORTEST),
            "password",
        )
    if len(password) > LONGEST:
        raise Invalid(
            _("Please use at most {longest} characters.").format(longest=LONGEST), "password"
        )
    if len(set(password)) < 5 or _is_padded_common(password.lower()):
        raise Invalid(
            _("That password is among the first ones an attacker tries. Please choose another."),
            "password",
        )
    plain = re.sub(r"[^a-z0-9]", "", password.lower())
    parts = {part for words in about for part in re.split(r"[^a-z0-9]+", words.lower())}
    left = plain
    for part in sorted((p for p in parts if len(p) >= 4), key=len, reverse=True):
        left = left.replace(part, "")
    if left != plain and len(left) < SHORTEST - 4:
        raise Invalid(
            _("Please choose a password without your name or e-mail address in it."), "password"
        )
    if not enough(guesses(password, *about)):
        raise Invalid(
            _("That password is easy to guess. Please add a word that nobody expects."), "password"
        )
    return password


def _is_padded_common(password: str) -> bool:
    """A common word or keyboard run: as it is, disguised, stretched with digits, or repeated."""
    core = re.sub(r"[^a-z]", "", password.translate(_LOOK_ALIKES))
    stretched = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", password).translate(_LOOK_ALIKES)
    if core.rstrip("s") in _COMMON_CORES or re.sub(r"[^a-z]", "", stretched) in _COMMON_CORES:
        return True
    plain = re.sub(r"[\W_]", "", password)
    for length in range(1, len(plain) // 2 + 1):
        if plain == plain[:length] * (len(plain) // length) + plain[: len(plain) % length]:
            return True
    letters = plain.strip("0123456789")
    return any(plain in run * 3 or (letters and letters in run) for run in _RUNS)


def hashed(password: str) -> str:
    """The Argon2id hash to keep (takes about a tenth of a second)."""
    return _hasher.hash(password)


def matches(password: str, password_hash: str) -> bool:
    """Whether the password belongs to the hash; takes as long when there is no hash."""
    try:
        return _hasher.verify(password_hash or _nobody, password) and bool(password_hash)
    except (VerificationError, InvalidHashError):
        return False
