"""Roles of staff: every task of the desk works for the roles of the table, and for nobody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from services import carers, message_desk, patients, staff_roles
from services.errors import NotAllowed, PortalError
from services.staff_roles import MAY, ROLES, Task
from tests.factories import House

# what is called for each task; a new service of the desk belongs into this list
CALLS: list[tuple[str, Task, Callable[[House, int], object]]] = [
    ("list messages", Task.SEE_MESSAGES, lambda h, by: message_desk.listed(h.portal, by)),
    ("resend", Task.CHANGE_MESSAGES, lambda h, by: message_desk.resend(h.portal, by, 99)),
    ("cancel", Task.CHANGE_MESSAGES, lambda h, by: message_desk.cancel(h.portal, by, 99)),
    ("merge", Task.SETTLE_IDENTITY, lambda h, by: patients.merge(h.portal, by, 98, 99)),
    ("unlink", Task.LINK_PEOPLE, lambda h, by: patients.unlink(h.portal, by, 98, 99)),
    ("link a carer", Task.LINK_PEOPLE,
     lambda h, by: carers.link(h.portal, "c@x.example", "P1", date(2030, 1, 1), by)),
    ("unlink a carer", Task.LINK_PEOPLE,
     lambda h, by: carers.unlink(h.portal, "c@x.example", "P1", by)),
]  # fmt: skip
PEOPLE = [("staff", role) for role in ROLES]
PEOPLE += [("patient", ""), ("guest", ""), ("breakglass", ""), ("patient", "administrator")]


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: "-".join(filter(None, person)))
@pytest.mark.parametrize("call", CALLS, ids=lambda call: call[0].replace(" ", "-"))
def test_a_service_of_the_desk_asks_the_table(
    house: House,
    call: tuple[str, Task, Callable[[House, int], object]],
    person: tuple[str, str],
) -> None:
    (kind, role), (_name, task, service) = person, call
    by = house.account(kind=kind, role=role)
    try:
        service(house, by)
        refused = False
    except NotAllowed:
        refused = True
    except PortalError:
        refused = False  # it got past the table, to what does not exist
    assert refused is not (kind == "staff" and role in MAY[task])


@pytest.mark.parametrize("status", ["disabled", "invited"])
@pytest.mark.parametrize("task", Task)
def test_nobody_works_with_an_account_that_is_not_active(
    house: House, task: Task, status: str
) -> None:
    by = house.account(kind="staff", role="administrator", status=status)
    with house.portal.reading() as db, pytest.raises(NotAllowed):
        staff_roles.check(db, by, task)


@pytest.mark.parametrize("task", Task)
def test_every_task_belongs_to_somebody_and_to_known_roles_only(task: Task) -> None:
    assert MAY[task]
    assert MAY[task] <= set(ROLES)


def test_an_auditor_looks_and_reviews_and_changes_nothing() -> None:
    assert {task for task, roles in MAY.items() if "auditor" in roles} == {
        Task.SEE_ACCOUNTS, Task.SEE_AUDIT, Task.EXPORT_AUDIT, Task.SEE_BREAK_GLASS,
        Task.REVIEW_BREAK_GLASS,
    }  # fmt: skip


def test_a_clinician_has_nothing_to_do_with_accounts_messages_or_the_system() -> None:
    assert {task for task, roles in MAY.items() if "clinician" in roles} == {
        Task.SEE_PATIENTS, Task.SEE_EXAMS, Task.RELEASE_EXAMS, Task.SEE_QUARANTINE,
    }  # fmt: skip


def test_the_command_line_needs_no_role(house: House) -> None:
    with house.portal.reading() as db:
        staff_roles.check_unless_console(db, None, Task.LINK_PEOPLE)
