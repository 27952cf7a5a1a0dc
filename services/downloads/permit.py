"""Whether a download may begin, and whether it may go on: asked again before every piece."""

from __future__ import annotations

from datetime import timedelta

from services import access as decision
from services import logs
from services.access import Access, Why
from services.errors import Expired, NotAllowed, NotFound
from services.language import N_, _
from services.portal import Portal
from services.publisher import SessionEnded
from services.signing_in import sessions
from services.signing_in.sessions import SignedIn

GLASS = N_("A break-glass account cannot download or print.")
NOT_SHARED_SO = N_(
    "The person who shared this exam with you did not allow downloading and printing."
)
CHANGED = N_("What you may see of this exam has changed. Please open it again.")
SIGNED_OUT = N_("You are signed out. Please log in again.")
# what ended in another process is not heard here: the database is asked this often in any case
TRUSTED = timedelta(seconds=1)


def check(who: SignedIn, access: Access) -> None:
    """NotAllowed, with the reason, where this person may not take the exam away."""
    if who.kind == "breakglass" or access.why is Why.BROKEN_GLASS:
        raise NotAllowed(_(GLASS))
    if not access.may_download:
        raise NotAllowed(_(NOT_SHARED_SO))


class Permit:
    """One person's permission to take one exam away, for as long as that takes."""

    def __init__(self, portal: Portal, who: SignedIn, access: Access) -> None:
        try:
            check(who, access)
        except NotAllowed:
            logs.refused(who.account_id, "to take an exam away")
            raise
        self._portal = portal
        self._who = who
        self._access = access
        self._hidden = access.hidden
        self._session = SessionEnded(who.session_id)
        self._revision = portal.publisher.revision(self._session)
        self._asked = self._touched = portal.clock()

    @property
    def hidden(self) -> bool:
        """Whether the patient's details are hidden; that does not change while it lasts."""
        return self._hidden

    def unchanged(self) -> bool:
        """Whether nothing was told that might end it; asks no database."""
        ended = self._portal.publisher.revision(self._session) != self._revision
        return not ended and decision.stands(self._portal, self._access)

    def still(self) -> Access:
        """The access as it is now.

        Raises Expired or NotAllowed, with a sentence, once the exam may no longer be taken away or
        not in this form, or the person is signed out.
        """
        now = self._portal.clock()
        if self._portal.publisher.revision(self._session) != self._revision:
            raise Expired(_(SIGNED_OUT))
        if now - self._asked >= TRUSTED:
            self._ask_again()
            self._asked = now
        self._access = decision.renewed(self._portal, self._access)
        check(self._who, self._access)
        if self._access.hidden != self._hidden:
            raise Expired(_(CHANGED))
        return self._access

    def _ask_again(self) -> None:
        if not sessions.stands(self._portal, self._who.session_id):
            raise Expired(_(SIGNED_OUT))
        if self._portal.clock() - self._touched > sessions.TOUCH_EVERY:
            sessions.touch(self._portal, self._who.session_id)
            self._touched = self._portal.clock()
        access = self._access
        try:
            self._access = decision.decide(self._portal, access.account_id, access.study_id)
        except NotFound:
            raise Expired(decision.farewell(self._portal, access)) from None
