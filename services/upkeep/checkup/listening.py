"""Whether machines that send exams find somebody who listens, and the portal its scanner."""

from __future__ import annotations

import os
import socket

from services.intake import scanning
from services.language import _
from services.settings import Settings
from services.upkeep.checkup.finding import Finding, bad, good, weak

PATIENCE = 2.0  # seconds


def look_at_dicom() -> Finding:
    """Whether the port that machines send to is open on this machine."""
    subject, port = _("DICOM receiver"), os.environ.get("MYIMAGING_DICOM_PORT", "")
    if not port:
        return good(subject, _("None is set; exams come by import and by DICOMweb (STOW-RS)."))
    todo = _(
        "Start the portal; if it runs already, send exams by DICOMweb (STOW-RS) or import them."
    )
    if not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
        return bad(
            subject, _("MYIMAGING_DICOM_PORT is no number of a port."), _("Set it to 11112, say.")
        )
    try:
        with socket.create_connection(("127.0.0.1", int(port)), PATIENCE):
            return good(subject, _("Port {port} is open.").format(port=port))
    except OSError:
        return bad(subject, _("Nobody listens on port {port}.").format(port=port), todo)


def look_at_scanner(settings: Settings) -> Finding:
    """Whether received files are scanned for malware."""
    subject = _("Virus scanner")
    if not settings.clamd:
        return weak(
            subject,
            _("Received files are not scanned for malware."),
            _("Install ClamAV's daemon and set MYIMAGING_CLAMD, such as 127.0.0.1:3310."),
        )
    if scanning.answers(settings.clamd):
        return good(subject, _("The virus scanner answers."))
    return bad(
        subject,
        _("The virus scanner does not answer: nothing is taken in."),
        _("Start clamd, or correct MYIMAGING_CLAMD."),
    )
