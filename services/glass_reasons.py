"""Why the glass is broken: a code for the review, and what it is called."""

from __future__ import annotations

from services.language import N_

OTHER = "other"
REASONS = {
    "emergency": N_("Emergency treatment"),
    "unconscious": N_("The patient is unconscious or cannot be asked"),
    "transfer": N_("The patient is being transferred to me"),
    "comparison": N_("Urgent comparison with earlier exams"),
    OTHER: N_("Another reason"),
}
