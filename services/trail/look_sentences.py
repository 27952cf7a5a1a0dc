"""What each event of the audit trail says to the person whose exams it touches."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from services.audit import Action
from services.language import _, ngettext


@dataclass(frozen=True, slots=True)
class Telling:
    """An event with its numbers turned into names."""

    exam: str  # "the exam CT 03 October 2026 09:20", or "your exams"
    other: str  # the person it was done to or with: a grantee, a carer; "them" when unknown
    until: str  # "06 August 2020 14:00", empty where the event has no end
    reason: str  # given when the glass was broken
    detail: dict[str, Any]

    def put(self, sentence: str) -> str:
        """The sentence with the names put in."""
        return sentence.format(exam=self.exam, other=self.other, until=self.until)


Sentence = Callable[[Telling], str]

# these touch no exam: accounts, signing in, and the glass before a patient is opened
OF_ACCOUNTS = frozenset(
    {
        Action.ACCOUNT_CREATED, Action.ACCOUNT_SET_UP, Action.ACCOUNT_DISABLED,
        Action.PASSWORD_CHANGED, Action.PASSWORD_RESET_ASKED, Action.CODE_SENT, Action.SIGN_IN,
        Action.SIGN_IN_FAILED, Action.SIGN_IN_CANCELLED, Action.SIGN_OUT, Action.TOKEN_CREATED,
        Action.PASSWORD_AGAIN, Action.PASSWORD_AGAIN_REFUSED, Action.CODES_BY, Action.APP_ON,
        Action.APP_OFF, Action.RECOVERY_CODES_MADE, Action.RECOVERY_CODE_USED,
        Action.BROWSER_REMEMBERED, Action.BROWSER_FORGOTTEN, Action.CONTACT_CHANGED,
        Action.TOKEN_REVOKED, Action.GLASS_BROKEN, Action.GLASS_REFUSED, Action.GLASS_SEARCHED,
        Action.GLASS_CLOSED, Action.EXAMS_SEARCHED, Action.MESSAGE_RESENT,
        Action.MESSAGE_CANCELLED, Action.MESSAGE_BOUNCED, Action.AUDIT_EXPORTED,
        Action.AUDIT_VERIFIED, Action.BACKED_UP, Action.RESTORED, Action.KEYS_ROTATED,
        Action.ACCOUNT_LOOKED_UP, Action.ACCOUNT_ENABLED,
        Action.ACCOUNT_ROLE_CHANGED, Action.ACCOUNT_SESSIONS_ENDED,
        Action.SET_UP_SENT_AGAIN, Action.PATIENTS_SEARCHED, Action.PATIENT_MARKED,
        Action.QUARANTINE_RETRIED, Action.QUARANTINE_DISCARDED, Action.QUARANTINE_TAKEN,
        Action.GLASS_RIGHT_RENEWED, Action.APPLICATION_SUBMITTED, Action.APPLICATION_READ,
        Action.APPLICATION_IDENTITY_CHECKED, Action.APPLICATION_ASKED,
        Action.APPLICATION_ANSWERED, Action.APPLICATION_APPROVED, Action.APPLICATION_DECLINED,
    }
)  # fmt: skip


def _viewed(told: Telling) -> str:
    return _through(told.put(_("looked at {exam}")), told)


def _pictures(told: Telling) -> str:
    count = told.detail.get("pictures", 0)
    sentence = ngettext(
        "received {count} picture of {exam}", "received {count} pictures of {exam}", count
    )
    return _through(sentence.format(count=count, exam=told.exam), told)


def _downloaded(told: Telling) -> str:
    match told.detail.get("what", ""):
        case "dicom":
            sentence = _("downloaded the images (DICOM) of {exam}")
        case "pictures":
            sentence = _("downloaded pictures of {exam}")
        case "report":
            sentence = _("downloaded the report of {exam}")
        case _:
            sentence = _("downloaded {exam}")
    return _through(sentence.format(exam=told.exam), told)


def _through(sentence: str, told: Telling) -> str:
    if told.detail.get("via") != "dicomweb":
        return sentence
    if "token" in told.detail:
        return _("{sentence} through a program").format(sentence=sentence)
    return _("{sentence} as single pictures").format(sentence=sentence)


def _shared(told: Telling) -> str:
    sentence = _("shared {what} with {other} until {until}")
    return sentence.format(what=_scope(told), other=told.other, until=told.until) + _rights(told)


def _share_changed(told: Telling) -> str:
    sentence = _("changed the share of {what} with {other}: now until {until}")
    return sentence.format(what=_scope(told), other=told.other, until=told.until) + _rights(told)


def _share_ended(told: Telling) -> str:
    sentence = _("ended the share of {what} with {other}")
    if told.detail.get("because_of") not in (None, told.detail.get("grant")):
        sentence = _("ended the share of {what} with {other}, because the share above it ended")
    return sentence.format(what=_scope(told), other=told.other)


def _scope(told: Telling) -> str:
    return _("all exams, also future ones,") if told.detail.get("portfolio") else told.exam


def _rights(told: Telling) -> str:
    rights = []
    if told.detail.get("may_share"):
        rights.append(_("may share on"))
    if told.detail.get("hidden"):
        rights.append(_("patient details hidden"))
    if told.detail.get("may_download") is False:
        rights.append(_("no download"))
    return f" ({', '.join(rights)})" if rights else ""


def _glass(told: Telling) -> str:
    sentence = _("opened {exam} in an emergency (break glass)").format(exam=told.exam)
    if not told.reason:
        return sentence
    return _("{sentence}. Reason given: {reason}").format(sentence=sentence, reason=told.reason)


def _reviewed(told: Telling) -> str:
    match told.detail.get("outcome", ""):
        case "justified":
            sentence = _("reviewed an emergency access to {exam}: it was justified")
        case "not_justified":
            sentence = _("reviewed an emergency access to {exam}: it was not justified")
        case _:
            sentence = _("reviewed an emergency access to {exam}: it is being followed up")
    return sentence.format(exam=told.exam)


def _linked(told: Telling) -> str:
    if told.detail.get("relation") != "carer":
        return _("linked {other} to these exams").format(other=told.other)
    sentence = _("made {other} a carer, who sees and shares these exams until {until}")
    if not told.until:
        sentence = _("made {other} a carer, who sees and shares these exams")
    return sentence.format(other=told.other, until=told.until)


def _unlinked(told: Telling) -> str:
    if told.detail.get("relation") == "carer":
        return _("ended the access of {other} as carer").format(other=told.other)
    return _("ended the link of {other} to these exams").format(other=told.other)


def _release_changed(told: Telling) -> str:
    what = told.exam
    if "report" in told.detail:
        what = _("a report of {exam}").format(exam=told.exam)
    match told.detail.get("to"):
        case "withheld":
            return _("withheld {what} for now").format(what=what)
        case "later":
            return _("set when {what} can be seen").format(what=what)
        case _:
            return _("released {what} to be seen").format(what=what)


SENTENCES: dict[Action, Sentence] = {
    Action.EXAM_VIEWED: _viewed,
    Action.PICTURES_SENT: _pictures,
    Action.REPORT_VIEWED: lambda told: told.put(_("read a report of {exam}")),
    Action.DOWNLOADED: _downloaded,
    Action.PRINTED: lambda told: told.put(_("printed {exam}")),
    Action.MEASURED: lambda told: told.put(_("measured in {exam}")),
    Action.MEASUREMENTS_SAVED: lambda told: told.put(_("downloaded own measurements of {exam}")),
    Action.NOTE_WRITTEN: lambda told: told.put(_("wrote a note on {exam}")),
    Action.NOTE_RELEASED: lambda told: told.put(_("released a note on {exam} to be read")),
    Action.NOTE_WITHDRAWN: lambda told: told.put(_("took a note off {exam}")),
    Action.SHARED: _shared,
    Action.SHARE_CHANGED: _share_changed,
    Action.SHARE_ENDED: _share_ended,
    Action.INVITATION_ACCEPTED: lambda told: told.put(
        _("accepted the invitation to {exam} and made an account")
    ),
    Action.INVITATION_SENT_AGAIN: lambda told: told.put(
        _("sent {other} the letter about the share of {exam} again")
    ),
    Action.GLASS_PATIENT_OPENED: _glass,
    Action.GLASS_EVENT_READ: lambda told: told.put(
        _("read the record of an emergency access to {exam}, to review it")
    ),
    Action.GLASS_REVIEWED: _reviewed,
    Action.IMPORTED: lambda told: told.put(_("stored {exam}, or a report of it")),
    Action.QUARANTINED: lambda told: told.put(
        _("put a file of {exam} aside that could not be read")
    ),
    Action.IDENTITY_CONFLICT: lambda told: told.put(
        _("withheld {exam} until it is certain whose it is")
    ),
    Action.PATIENT_LOOKED_UP: lambda told: told.put(
        _("looked up the patient's details and the list of exams")
    ),
    Action.AUDIT_SEARCHED: lambda told: told.put(
        _("checked in the audit trail what was done with these exams")
    ),
    Action.EXAM_LOOKED_UP: lambda told: told.put(_("looked up the details of {exam}")),
    Action.IDENTITY_SETTLED: lambda told: told.put(_("settled whose {exam} is")),
    Action.EXAM_RELEASE_CHANGED: _release_changed,
    Action.REPORT_RELEASE_CHANGED: _release_changed,
    Action.ACCOUNT_LINKED: _linked,
    Action.RECORDS_MERGED: lambda told: told.put(
        _("put two patient records of this person together")
    ),
    Action.ACCOUNT_UNLINKED: _unlinked,
    Action.CARER_END_ASKED: lambda told: told.put(
        _("asked staff to end the access of {other} as carer")
    ),
}
