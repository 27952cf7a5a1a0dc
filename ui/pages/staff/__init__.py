"""The pages of the staff desk."""

from ui.pages.staff import (
    accounts,
    applications,
    audit,
    break_glass,
    exams,
    messages,
    new_account,
    overview,
    patients,
    quarantine,
    system,
)

PAGES = (
    accounts,
    applications,
    audit,
    break_glass,
    exams,
    messages,
    new_account,
    overview,
    patients,
    quarantine,
    system,
)
