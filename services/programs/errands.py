"""A program's request that takes a while: it may go on as long as its caller and access stand."""

from __future__ import annotations

from collections.abc import Callable

from services import access as decision
from services.access import Access
from services.errors import Expired
from services.hiding import disguise
from services.language import N_, _
from services.portal import Portal
from services.programs.callers import Caller
from services.programs.program_access import Purpose, permit

ENDED = N_("The session or the token of this request has ended.")


class Errand:
    """One caller taking one exam away; made when it begins, asked until it is done."""

    def __init__(
        self, portal: Portal, caller: Caller, access: Access, stands: Callable[[], bool]
    ) -> None:
        """`stands` asks, of the database too if need be, whether the caller is one still."""
        self._portal = portal
        self._caller = caller
        self._access = access
        self._stands = stands
        self._revision = portal.publisher.revision(caller.ended)

    def unchanged(self) -> bool:
        """Whether nothing happened that might end it; asks no database."""
        ended = self._portal.publisher.revision(self._caller.ended) != self._revision
        return not ended and decision.stands(self._portal, self._access)

    def still(self) -> None:
        """Nothing, while it may go on.

        Raises Expired once the caller is gone, or the exam is or goes by another name; NotAllowed
        once it may only be looked at.
        """
        if not self._stands():
            raise Expired(_(ENDED))
        now = disguise.still(self._portal, self._access)
        permit(self._caller, now, Purpose.TAKE)
        self._access = now
