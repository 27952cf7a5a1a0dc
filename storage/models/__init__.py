"""The tables, one module a subject."""

from storage.models.annotations import ImageAnnotation
from storage.models.base import Base
from storage.models.exams import (
    IN_DOUBT,
    WELL_KNOWN,
    WITHHELD,
    Instance,
    Patient,
    Quarantine,
    Report,
    Series,
    Study,
)
from storage.models.glass import OPEN_FIRST, Application, ApplicationQuestion, GlassOpening
from storage.models.journal import AuditEvent, AuditHead, Message
from storage.models.key_images import KeyImage
from storage.models.notes import Note
from storage.models.people import Account, PatientLink
from storage.models.search import AccountWord, ApplicationWord, QuarantineWord
from storage.models.second_factor import (
    AuthenticatorApp,
    ContactChange,
    RecoveryCode,
    RememberedBrowser,
)
from storage.models.sharing import FLAGGED, BrokenGlass, Grant
from storage.models.signin import LoginAttempt, OneTimeLink, SignInSession
from storage.models.tokens import ApiToken

__all__ = [
    "FLAGGED",
    "IN_DOUBT",
    "OPEN_FIRST",
    "WELL_KNOWN",
    "WITHHELD",
    "Account",
    "AccountWord",
    "ApiToken",
    "Application",
    "ApplicationQuestion",
    "ApplicationWord",
    "AuditEvent",
    "AuditHead",
    "AuthenticatorApp",
    "Base",
    "BrokenGlass",
    "ContactChange",
    "GlassOpening",
    "Grant",
    "ImageAnnotation",
    "Instance",
    "KeyImage",
    "LoginAttempt",
    "Message",
    "Note",
    "OneTimeLink",
    "Patient",
    "PatientLink",
    "Quarantine",
    "QuarantineWord",
    "RecoveryCode",
    "RememberedBrowser",
    "Report",
    "Series",
    "SignInSession",
    "Study",
]
