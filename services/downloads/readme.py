"""The file that tells what is in a download."""

from __future__ import annotations

import textwrap
from collections import Counter

from services import dates
from services.exam.exams import Exam
from services.hiding.identity_rules import ASK
from services.language import N_, _
from services.portal import Portal

WIDTH = 76
HIDDEN = N_(
    "Patient details are hidden: names, numbers, dates of birth, people and places were taken out, "
    "and identifiers were replaced (DICOM PS3.15 annex E). Put nothing back, and do not try to "
    "find out whose exam this is."
)
CARE = N_(
    "These are medical images and reports of one person. Whoever has this file can read it: keep "
    "it in a safe place, and delete copies that are no longer needed."
)


def readme(
    portal: Portal, exam: Exam, *, hidden: bool, contents: str, left_out: Counter[str]
) -> bytes:
    """Plain text, lines as on every system; names the portal only where details are shown."""
    title = exam.title if not hidden else _("Exam: {title}").format(title=exam.page_title)
    parts = [title, *([exam.patient_line] if exam.patient_line else []), _(contents)]
    if hidden:
        parts.append(_(HIDDEN))
    if left_out:
        parts.append(_("Not in this download, or not complete:"))
        parts += [f"- {_times(count)}{_(reason)}" for reason, count in left_out.items()]
        if hidden and not any(_(ASK) in reason for reason in left_out):
            parts.append(_(ASK))
    parts.append(_(CARE))
    if not hidden:
        made = dates.moment(portal.clock(), portal.settings.zone)
        parts.append(
            _("Downloaded from {portal} on {moment}.").format(
                portal=portal.settings.portal_name, moment=made
            )
        )
    text = "\n\n".join(textwrap.fill(part, WIDTH) for part in parts)
    return (text.replace("\n", "\r\n") + "\r\n").encode("utf-8-sig")


def _times(count: int) -> str:
    return "" if count == 1 else f"{count} x "
