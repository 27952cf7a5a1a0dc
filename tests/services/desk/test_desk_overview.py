"""What waits at the desk: told to those whose work it is."""

from __future__ import annotations

import pytest

from services.demo.demonstration_glass import APPLICATION
from services.desk import desk_overview
from services.glass import application_form
from services.persons.staff_roles import Task
from storage.models import PatientLink, Quarantine, Study
from tests.factories import House
from tests.services.glass.test_break_glass import someone
from tests.services.glass.test_glass_reviews import opened


@pytest.mark.parametrize(
    ("role", "told"),
    [
        ("administrator", {Task.SEE_QUARANTINE: 100, Task.SEE_PATIENTS: 1, Task.SEE_ACCOUNTS: 1,
                           Task.SEE_MESSAGES: 0, Task.SEE_APPLICATIONS: 1,
                           Task.SEE_BREAK_GLASS: 1}),
        ("clinician", {Task.SEE_QUARANTINE: 100, Task.SEE_PATIENTS: 1}),
        ("auditor", {Task.SEE_ACCOUNTS: 1, Task.SEE_BREAK_GLASS: 1}),
    ],
)  # fmt: skip
def test_each_role_is_told_what_waits_for_it(
    house: House, role: str, told: dict[Task, int]
) -> None:
    _, _, study = house.owner_with_exam()
    with house.portal.transaction() as tx:
        tx.db.get_one(Study, study).identity_conflict = "differs in last name"
        tx.db.query(PatientLink).one().end_asked_at = tx.now
        for number in range(102):
            tx.db.add(
                Quarantine(
                    source="x", object_sha256=f"{number:064}", size=1, reason="empty", detail="",
                    received_at=tx.now,
                )
            )  # fmt: skip
    application_form.submit(house.portal, APPLICATION, "somewhere")
    opened(house, someone(house))
    by = house.account(kind="staff", role=role)
    assert desk_overview.waiting(house.portal, by) == told
