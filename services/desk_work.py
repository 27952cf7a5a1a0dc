"""A change made at the staff desk: the password given again, the role checked, one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from services import staff_roles, step_up
from services.portal import Portal, Transaction
from services.sessions import SignedIn
from services.staff_roles import Task


@contextmanager
def changing(portal: Portal, who: SignedIn, task: Task) -> Iterator[Transaction]:
    """The transaction in which `who` does a task.

    Raises NotAllowed unless the role has the task, and unless the password was given again
    within the last minutes (`services/step_up.py`).
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
