"""The small family of errors that services raise, each with a sentence for a person."""

from __future__ import annotations


class PortalError(Exception):
    """Something a person can be told; `str(error)` is the sentence."""


class Invalid(PortalError):
    """What was typed cannot be used; `field` names the control."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


class NotAllowed(PortalError):
    """The person is known, and may not do this."""


class NotFound(PortalError):
    """It does not exist, or not for this person: the two look the same from outside."""


class Expired(PortalError):
    """It was there, and its time is over."""


class Unshowable(PortalError):
    """It is there and may be seen, and no picture can be made of it."""


class TooMany(PortalError):
    """Tried too often; it works again after a while."""


class TooLarge(PortalError):
    """More than is taken at once."""


class UnsupportedMedia(PortalError):
    """It was sent in a form that is not taken here."""


class Unavailable(PortalError):
    """Something that the portal needs does not answer now; later it may."""
