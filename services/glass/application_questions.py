"""A question to an applicant, answered by a mailed link. Looking at it never uses it up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.audit import Action
from services.errors import Expired, Invalid, NotFound
from services.language import N_, _
from services.portal import Portal, Transaction
from services.randomness import fingerprint
from services.throttling import ANSWERS_PER_ADDRESS
from storage.models import Application, ApplicationQuestion

LONGEST = 2000  # characters
DEAD = N_("This link is not valid. Please open the newest e-mail you got about your application.")
OVER = N_("This question was answered, or is no longer open. You need do nothing.")
LATE = N_("This link is too old. Please write to our help desk, or apply again.")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page behind the link shows; nothing that a stranger could learn from."""

    question: str
    asked_at: datetime


def put(
    portal: Portal, tx: Transaction, row: Application, question: str, by: int, life: timedelta
) -> str:
    """Ask; the address to answer at. An older question that was not answered is closed."""
    close(row, tx.now)
    token = portal.secrets.token()
    row.questions.append(
        ApplicationQuestion(
            token_hash=fingerprint(token), question=question, asked_by_id=by, asked_at=tx.now,
            expires_at=tx.now + life,
        )
    )  # fmt: skip
    return f"{portal.settings.public_url}/apply/answer?link={token}"


def close(row: Application, now: datetime) -> None:
    """End the questions that are open: their links answer nothing any more."""
    for question in row.questions:
        if question.answered_at is None:
            question.expires_at = min(question.expires_at, now)


def asked(portal: Portal, token: str) -> Asked:
    """The question behind a link; NotFound or Expired with a sentence that says what to do."""
    with portal.reading() as db:
        row = _living(portal, db, token)
        return Asked(row.question, row.asked_at)


def answer(portal: Portal, token: str, text: str, network_address: str) -> None:
    """Answer, once; the application is back in the queue."""
    portal.throttles.spend(ANSWERS_PER_ADDRESS, "answer", network_address)
    words = text.strip()
    if not 2 <= len(words) <= LONGEST:
        raise Invalid(
            _("Please write an answer of at most {most} characters.").format(most=LONGEST), "answer"
        )
    with portal.transaction() as tx:
        row = _living(portal, tx.db, token)
        row.answer, row.answered_at = words, tx.now
        row.application.status = "submitted"
        tx.record(Action.APPLICATION_ANSWERED, account_id=None, application=row.application_id)


def _living(portal: Portal, db: Session, token: str) -> ApplicationQuestion:
    query = select(ApplicationQuestion).where(ApplicationQuestion.token_hash == fingerprint(token))
    row = db.execute(query).scalar_one_or_none()
    if row is None:
        raise NotFound(_(DEAD))
    if row.answered_at is not None or row.application.status != "asked":
        raise Expired(_(OVER))
    if row.expires_at <= portal.clock():
        raise Expired(_(LATE))
    return row
