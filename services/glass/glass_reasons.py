"""Why the glass is broken: a code for the review, and what it is called."""

from __future__ import annotations

from services.language import N_, _

OTHER = "other"
REASONS = {
    "emergency": N_("Emergency treatment"),
    "unconscious": N_("The patient is unconscious or cannot be asked"),
    "transfer": N_("The patient is being transferred to me"),
    "comparison": N_("Urgent comparison with earlier exams"),
    OTHER: N_("Another reason"),
}


def reason_name(code: str) -> str:
    """What a code is called; one that is no longer used is its own name."""
    name = REASONS.get(code, code)
    return _(name)
