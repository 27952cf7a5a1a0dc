"""What each action of the audit trail is called at the staff desk, and the kinds to filter by."""

from __future__ import annotations

from services.audit import Action
from services.language import N_, _

A = Action
# by kind: its key in addresses, its name, its actions with theirs
KINDS: dict[str, tuple[str, dict[Action, str]]] = {
    "signing-in": (N_("Signing in"), {
        A.SIGN_IN: N_("signed in"), A.SIGN_OUT: N_("signed out"),
        A.SIGN_IN_FAILED: N_("failed to sign in"),
        A.SIGN_IN_CANCELLED: N_("broke off signing in"),
        A.CODE_SENT: N_("was sent a one-time password"),
        A.PASSWORD_CHANGED: N_("changed the password"),
        A.PASSWORD_RESET_ASKED: N_("asked for a new password"),
        A.PASSWORD_AGAIN: N_("entered the password again"),
        A.PASSWORD_AGAIN_REFUSED: N_("entered a wrong password again"),
        A.CODES_BY: N_("chose how one-time passwords come"),
        A.APP_ON: N_("began to use an authenticator app"),
        A.APP_OFF: N_("stopped using an authenticator app"),
        A.RECOVERY_CODES_MADE: N_("got new recovery codes"),
        A.RECOVERY_CODE_USED: N_("signed in with a recovery code"),
        A.BROWSER_REMEMBERED: N_("had a browser remembered"),
        A.BROWSER_FORGOTTEN: N_("had a browser forgotten"),
    }),
    "accounts": (N_("Accounts"), {
        A.ACCOUNT_CREATED: N_("account made"), A.ACCOUNT_SET_UP: N_("set the account up"),
        A.ACCOUNT_DISABLED: N_("account disabled"), A.ACCOUNT_ENABLED: N_("account enabled"),
        A.ACCOUNT_ROLE_CHANGED: N_("role changed"),
        A.ACCOUNT_SESSIONS_ENDED: N_("sessions ended"),
        A.SET_UP_SENT_AGAIN: N_("set-up sent again"), A.CONTACT_CHANGED: N_("contact changed"),
        A.ACCOUNT_LOOKED_UP: N_("looked up an account"),
        A.ACCOUNT_LINKED: N_("linked to a patient"),
        A.ACCOUNT_UNLINKED: N_("link to a patient ended"),
        A.CARER_END_ASKED: N_("asked to end a carer's access"),
        A.TOKEN_CREATED: N_("token of a program made"),
        A.TOKEN_REVOKED: N_("token of a program revoked"),
    }),
    "looks": (N_("Looks"), {
        A.EXAM_VIEWED: N_("looked at an exam"), A.PICTURES_SENT: N_("received pictures"),
        A.REPORT_VIEWED: N_("read a report"), A.MEASURED: N_("measured in an exam"),
        A.EXAMS_SEARCHED: N_("searched exams"),
        A.EXAM_LOOKED_UP: N_("looked up an exam's details"),
        A.PATIENTS_SEARCHED: N_("searched patients"),
        A.PATIENT_LOOKED_UP: N_("looked up a patient"),
    }),
    "taken": (N_("Downloads and prints"), {
        A.DOWNLOADED: N_("downloaded an exam"), A.PRINTED: N_("printed an exam"),
        A.MEASUREMENTS_SAVED: N_("downloaded measurements"),
    }),
    "sharing": (N_("Sharing"), {
        A.SHARED: N_("shared"), A.SHARE_CHANGED: N_("changed a share"),
        A.SHARE_ENDED: N_("ended a share"),
        A.INVITATION_ACCEPTED: N_("accepted an invitation"),
        A.INVITATION_SENT_AGAIN: N_("sent an invitation again"),
    }),
    "break-glass": (N_("Break glass"), {
        A.GLASS_BROKEN: N_("broke the glass"), A.GLASS_REFUSED: N_("failed to break the glass"),
        A.GLASS_SEARCHED: N_("searched a patient behind the glass"),
        A.GLASS_PATIENT_OPENED: N_("opened a patient in an emergency"),
        A.GLASS_CLOSED: N_("closed the glass"),
        A.GLASS_RIGHT_RENEWED: N_("emergency account renewed"),
        A.GLASS_EVENT_READ: N_("read an emergency access"),
        A.GLASS_REVIEWED: N_("reviewed an emergency access"),
        A.APPLICATION_SUBMITTED: N_("application sent"),
        A.APPLICATION_READ: N_("read an application"),
        A.APPLICATION_IDENTITY_CHECKED: N_("checked an applicant's identity"),
        A.APPLICATION_ASKED: N_("asked an applicant back"),
        A.APPLICATION_ANSWERED: N_("applicant answered"),
        A.APPLICATION_APPROVED: N_("approved an application"),
        A.APPLICATION_DECLINED: N_("declined an application"),
    }),
    "records": (N_("Exams and records"), {
        A.IMPORTED: N_("exam stored"), A.QUARANTINED: N_("file put aside"),
        A.IDENTITY_CONFLICT: N_("exam withheld: identity in doubt"),
        A.IDENTITY_SETTLED: N_("settled whose an exam is"),
        A.RECORDS_MERGED: N_("patient records merged"),
        A.PATIENT_MARKED: N_("patient marked"),
        A.EXAM_RELEASE_CHANGED: N_("release of an exam changed"),
        A.REPORT_RELEASE_CHANGED: N_("release of a report changed"),
        A.QUARANTINE_RETRIED: N_("quarantined file tried again"),
        A.QUARANTINE_DISCARDED: N_("quarantined file discarded"),
        A.QUARANTINE_TAKEN: N_("quarantined file downloaded"),
        A.NOTE_WRITTEN: N_("wrote a note"), A.NOTE_RELEASED: N_("released a note"),
        A.NOTE_WITHDRAWN: N_("took a note off"),
    }),
    "messages": (N_("Messages"), {
        A.MESSAGE_RESENT: N_("message sent again"), A.MESSAGE_CANCELLED: N_("message taken back"),
        A.MESSAGE_BOUNCED: N_("message came back"),
    }),
    "audit": (N_("Audit and keeping"), {
        A.AUDIT_SEARCHED: N_("searched the audit trail"),
        A.AUDIT_EXPORTED: N_("exported the audit trail"),
        A.AUDIT_VERIFIED: N_("checked the audit trail"), A.BACKED_UP: N_("backup made"),
        A.RESTORED: N_("backup restored"), A.KEYS_ROTATED: N_("keys rotated"),
    }),
}  # fmt: skip
LABELS = {
    str(action): label for _name, labels in KINDS.values() for action, label in labels.items()
}


def label(action: str) -> str:
    """What an action is called, in the language of the page."""
    return _(LABELS[action]) if action in LABELS else action


def actions(kind: str) -> list[str]:
    """The actions of a kind; an unknown one has none."""
    return [str(action) for action in KINDS[kind][1]] if kind in KINDS else []
