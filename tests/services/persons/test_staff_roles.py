"""Roles of staff: every task of the desk works for the roles of the table, and for nobody else."""

from __future__ import annotations

import ast
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from services.desk import (
    account_desk,
    audit_desk,
    exam_desk,
    identity_desk,
    link_desk,
    message_desk,
    patient_desk,
    quarantine_desk,
)
from services.errors import NotAllowed, PortalError
from services.finding.listing import Wanted
from services.glass import applications, glass_reviews, glass_right
from services.persons import carers, patients, staff_roles
from services.persons.accounts import NewAccount
from services.persons.staff_roles import MAY, ROLES, Task
from services.signing_in.sessions import SignedIn
from services.signing_in.step_up import PasswordNeeded
from services.trail.audit_export import Form
from services.upkeep import system_health
from tests.factories import START, House
from tests.services.at_desk import at_desk, staff

# what is called for each task; a new service of the desk belongs into this list
CALLS: list[tuple[str, Task, Callable[[House, int], object]]] = [
    ("list messages", Task.SEE_MESSAGES, lambda h, by: message_desk.listed(h.portal, by)),
    ("page of messages", Task.SEE_MESSAGES,
     lambda h, by: message_desk.page(h.portal, by, Wanted())),
    ("search the trail", Task.SEE_AUDIT, lambda h, by: audit_desk.page(h.portal, by, Wanted())),
    ("check the trail", Task.SEE_AUDIT,
     lambda h, by: audit_desk.check(h.portal, by, lambda _: None)),
    ("export the trail", Task.EXPORT_AUDIT,
     lambda h, by: audit_desk.export(h.portal, h.signed_in(by), Wanted(), Form.CSV)),
    ("see the system", Task.SEE_SYSTEM, lambda h, by: system_health.vitals_for(h.portal, by)),
    ("examine the system", Task.SEE_SYSTEM, lambda h, by: system_health.findings(h.portal, by)),
    ("merge", Task.SETTLE_IDENTITY, lambda h, by: patients.merge(h.portal, by, 98, 99)),
    ("unlink", Task.LINK_PEOPLE, lambda h, by: patients.unlink(h.portal, by, 98, 99)),
    ("link a carer", Task.LINK_PEOPLE,
     lambda h, by: carers.link(h.portal, "c@x.example", "P1", date(2030, 1, 1), by)),
    ("unlink a carer", Task.LINK_PEOPLE,
     lambda h, by: carers.unlink(h.portal, "c@x.example", "P1", by)),
]  # fmt: skip
# those that change something: they ask for the password again as well
NEW = NewAccount("guest", "new@x.example", "New Person")
SOON, ALL = START + timedelta(hours=1), Wanted(words="x")
CHANGES: list[tuple[str, Task, Callable[[House, SignedIn], object]]] = [
    ("make an account", Task.CHANGE_ACCOUNTS,
     lambda h, who: account_desk.create(h.portal, who, NEW)),
    ("disable", Task.CHANGE_ACCOUNTS, lambda h, who: account_desk.disable(h.portal, who, 99)),
    ("enable", Task.CHANGE_ACCOUNTS, lambda h, who: account_desk.enable(h.portal, who, 99)),
    ("change a role", Task.CHANGE_ACCOUNTS,
     lambda h, who: account_desk.change_role(h.portal, who, 99, "auditor")),
    ("end sessions", Task.CHANGE_ACCOUNTS,
     lambda h, who: account_desk.end_sessions(h.portal, who, 99)),
    ("send set-up", Task.CHANGE_ACCOUNTS,
     lambda h, who: account_desk.send_set_up_again(h.portal, who, 99)),
    ("link own", Task.LINK_PEOPLE, lambda h, who: link_desk.link_own(h.portal, who, 99, "P1")),
    ("link carer", Task.LINK_PEOPLE,
     lambda h, who: link_desk.link_carer(h.portal, who, 99, "P1", date(2030, 1, 1))),
    ("unlink at the desk", Task.LINK_PEOPLE,
     lambda h, who: link_desk.unlink(h.portal, who, 98, 99)),
    ("mark", Task.MARK_WELL_KNOWN,
     lambda h, who: patient_desk.mark_well_known(h.portal, who, 99, well_known=True)),
    ("merge at the desk", Task.SETTLE_IDENTITY,
     lambda h, who: identity_desk.merge(h.portal, who, 98, 99)),
    ("same person", Task.SETTLE_IDENTITY,
     lambda h, who: identity_desk.same_person(h.portal, who, 99)),
    ("other person", Task.SETTLE_IDENTITY,
     lambda h, who: identity_desk.other_person(h.portal, who, 99)),
    ("withhold", Task.RELEASE_EXAMS, lambda h, who: exam_desk.withhold(h.portal, who, 99)),
    ("release", Task.RELEASE_EXAMS, lambda h, who: exam_desk.release(h.portal, who, 99)),
    ("release later", Task.RELEASE_EXAMS,
     lambda h, who: exam_desk.release_at(h.portal, who, 99, SOON)),
    ("resend", Task.CHANGE_MESSAGES, lambda h, who: message_desk.resend(h.portal, who, 99)),
    ("cancel", Task.CHANGE_MESSAGES, lambda h, who: message_desk.cancel(h.portal, who, 99)),
    ("check identity", Task.DECIDE_APPLICATIONS,
     lambda h, who: applications.record_identity(h.portal, who, 99, "in_person", "Passport")),
    ("ask", Task.DECIDE_APPLICATIONS,
     lambda h, who: applications.ask(h.portal, who, 99, "Which practice is it?")),
    ("decline", Task.DECIDE_APPLICATIONS,
     lambda h, who: applications.decline(h.portal, who, 99, "Not a clinician")),
    ("approve", Task.DECIDE_APPLICATIONS, lambda h, who: applications.approve(h.portal, who, 99)),
    ("renew", Task.DECIDE_APPLICATIONS, lambda h, who: glass_right.renew(h.portal, who, 99)),
    ("review", Task.REVIEW_BREAK_GLASS,
     lambda h, who: glass_reviews.review(h.portal, who, 99, "justified", "")),
    ("retry", Task.SETTLE_QUARANTINE, lambda h, who: quarantine_desk.retry(h.portal, who, 99)),
    ("discard", Task.SETTLE_QUARANTINE, lambda h, who: quarantine_desk.discard(h.portal, who, 99)),
]  # fmt: skip
CALLS += [
    ("list accounts", Task.SEE_ACCOUNTS, lambda h, by: account_desk.listed(h.portal, by, ALL)),
    ("an account", Task.SEE_ACCOUNTS, lambda h, by: account_desk.details(h.portal, by, 99)),
    ("list patients", Task.SEE_PATIENTS, lambda h, by: patient_desk.listed(h.portal, by, ALL)),
    ("a patient", Task.SEE_PATIENTS, lambda h, by: patient_desk.details(h.portal, by, 99)),
    ("compare", Task.SEE_PATIENTS, lambda h, by: identity_desk.doubt(h.portal, by, 99)),
    ("beside", Task.SEE_PATIENTS, lambda h, by: identity_desk.beside(h.portal, by, 98, 99)),
    ("find", Task.SEE_PATIENTS, lambda h, by: identity_desk.find(h.portal, by, "P1")),
    ("list exams", Task.SEE_EXAMS, lambda h, by: exam_desk.listed(h.portal, by, ALL)),
    ("list quarantine", Task.SEE_QUARANTINE,
     lambda h, by: quarantine_desk.listed(h.portal, by, ALL)),
    ("take a file", Task.TAKE_QUARANTINED_FILES,
     lambda h, by: quarantine_desk.take_file(h.portal, at_desk(h, by), 99)),
]  # fmt: skip
CALLS += [
    (name, task, lambda h, by, service=service: service(h, at_desk(h, by)))  # type: ignore[misc]
    for name, task, service in CHANGES
]
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


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change[0].replace(" ", "-"))
def test_a_change_at_the_desk_asks_the_password_again(
    house: House, change: tuple[str, Task, Callable[[House, SignedIn], object]]
) -> None:
    _name, task, service = change
    role = min(MAY[task])
    with pytest.raises(PasswordNeeded):
        service(house, staff(house, role, stepped_up=False))
    late = staff(house, role)
    house.clock.move(minutes=5)
    with pytest.raises(PasswordNeeded):
        service(house, late)


# what the desk does in a transaction, and yet changes nothing but the audit trail
LOOKS = {
    "account_desk.details", "patient_desk.details", "identity_desk.beside", "identity_desk.doubt",
    "identity_desk.find", "exam_desk.details", "quarantine_desk.take_file", "glass_reviews.details",
    "audit_desk.check", "audit_desk.export", "patient_desk.listed", "exam_desk.listed",
}  # fmt: skip
OTHERS = {  # asked for by their owners: an answer to a question, and the yearly confirmation
    "glass_right.confirm", "glass_right.warn_of_ends",
}  # fmt: skip
DESK = ("applications", "glass_reviews", "glass_right", "*_desk")


def services_of_the_desk() -> dict[str, set[str]]:
    """Public functions of the desk, each with the names that it calls."""
    folder = Path(account_desk.__file__).parents[1]
    found: dict[str, set[str]] = {}
    for path in sorted({path for name in DESK for path in folder.rglob(f"{name}.py")}):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                calls = {
                    ast.unparse(one.func) for one in ast.walk(node) if isinstance(one, ast.Call)
                }
                found[f"{path.stem}.{node.name}"] = calls
    return found


def test_every_change_at_the_desk_stands_in_the_table_above() -> None:
    """A new one fails here until it asks for the password again, and is called above."""
    called = set()
    for name, _task, change in CHANGES:
        used = [one for one in change.__code__.co_names if one != "portal"]
        called.add(".".join(used[:2]))
        assert len(used) >= 2, name
    asking = {"changing", "permitted", "step_up.require"}
    writing = {"portal.transaction", *asking}
    changes = {
        name for name, calls in services_of_the_desk().items()
        if calls & writing and name not in LOOKS | OTHERS
    }  # fmt: skip
    assert changes == called
    assert not {name for name in LOOKS if services_of_the_desk()[name] & asking}


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
