"""A change made at the staff desk: the password given again, the role checked, one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from services.persons import staff_roles
from services.persons.staff_roles import Task
from services.portal import Portal, Transaction
from services.signing_in import step_up
from services.signing_in.sessions import SignedIn


@contextmanager
def changing(portal: Portal, who: SignedIn, task: Task) -> Iterator[Transaction]:
    """The transaction in which `who` does a task.

    Raises NotAllowed unless the role has the task, and unless the password was given again
    within the last minutes (`services/signing_in/step_up.py`).
    """
    permitted(portal, who, task)
    with portal.transaction() as tx:
        staff_roles.check(tx.db, who.account_id, task)
        yield tx


def permitted(portal: Portal, who: SignedIn, task: Task) -> None:
    """The same check before a service that has a transaction of its own."""
    with portal.reading() as db:
        staff_roles.check(db, who.account_id, task)
    step_up.require(portal, who)
