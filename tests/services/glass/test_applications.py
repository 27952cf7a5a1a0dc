"""Applications for a break-glass account: filled in outside, checked and decided at the desk."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from services.errors import Expired, Invalid, NotAllowed, NotFound, TooMany
from services.finding.listing import Wanted
from services.glass import application_list, application_questions, applications
from services.glass.application_form import Form, checked, submit
from services.persons import accounts
from services.signing_in import sessions, step_up
from services.signing_in.sessions import SignedIn
from storage.models import Account, Application, ApplicationQuestion
from tests.factories import QUICK_HASH, House

FORM = Form(
    "Dr Ines Caldeira", "Ines.Caldeira@practice.example", "+61 491 570 156", "2426 621 b",
    "Harbour Street Practice", "I am on call for the emergency room of the island hospital.", True,
)  # fmt: skip
ADDRESS = "ines.caldeira@practice.example"
FROM = "203.0.113.7"


@pytest.fixture
def desk(house: House) -> SignedIn:
    return staff(house)


def staff(house: House, role: str = "administrator") -> SignedIn:
    account = house.account(kind="staff", role=role, name="Jules Moreau", password_hash=QUICK_HASH)
    who = house.signed_in(account)
    house.step_up(who)
    return who


def applied(house: House, form: Form = FORM) -> int:
    submit(house.portal, form, FROM)
    with house.portal.reading() as db:
        return max(row.id for row in db.query(Application))


def checked_one(house: House, desk: SignedIn, form: Form = FORM) -> int:
    number = applied(house, form)
    applications.record_identity(house.portal, desk, number, "call", "Called 0491 570 156")
    return number


def mailed(house: House, to: str = ADDRESS) -> list[tuple[str, str]]:
    return [(subject, text) for recipient, subject, text in house.mail() if recipient == to]


def answer_link(house: House) -> str:
    found = re.search(r"/apply/answer\?link=(\S+)", mailed(house)[-1][1])
    assert found is not None
    return found[1]


# the form


def test_what_was_typed_is_kept_in_one_way_of_writing(house: House) -> None:
    number = applied(house)
    with house.portal.reading() as db:
        row = db.get_one(Application, number)
    assert (row.email, row.mobile, row.provider_number) == (ADDRESS, "+61491570156", "2426621B")
    assert row.status == "submitted"
    [(subject, text)] = mailed(house)
    assert subject == "We received your application to My Imaging"
    assert "once the account is set up" in text
    assert [e.detail for e in house.recorded("application.submitted")] == [{"application": number}]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": " "}, "name"),
        ({"email": "ines"}, "email"),
        ({"mobile": ""}, "mobile"),
        ({"mobile": "0491"}, "mobile"),
        ({"provider_number": ""}, "provider_number"),
        ({"provider_number": "12"}, "provider_number"),
        ({"provider_number": "<b>2426</b>"}, "provider_number"),
        ({"practice": ""}, "practice"),
        ({"practice": "x" * 121}, "practice"),
        ({"reason": "because"}, "reason"),
        ({"reason": "x" * 1001}, "reason"),
        ({"declared": False}, "declared"),
    ],
    ids=str,
)
def test_every_field_is_needed_and_says_what_is_wrong(
    house: House, wrong: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        submit(house.portal, replace(FORM, **wrong), FROM)  # type: ignore[arg-type]
    assert refusal.value.field == field
    assert house.mail() == []


@pytest.mark.parametrize("kind", ["patient", "guest", "breakglass", "staff"])
def test_a_known_address_gets_the_same_answer_as_an_unknown_one(house: House, kind: str) -> None:
    house.account(ADDRESS, kind)
    known = submit(house.portal, FORM, FROM)
    unknown = submit(house.portal, replace(FORM, email="nobody@practice.example"), FROM)
    assert replace(known, email="") == replace(unknown, email="")
    letters = mailed(house), mailed(house, "nobody@practice.example")
    assert letters[0] == letters[1]


def test_an_address_or_a_place_cannot_be_flooded(house: House) -> None:
    for _ in range(5):
        submit(house.portal, FORM, FROM)
    with pytest.raises(TooMany):
        submit(house.portal, FORM, "198.51.100.9")
    for number in range(5):
        submit(house.portal, replace(FORM, email=f"p{number}@practice.example"), FROM)
    with pytest.raises(TooMany):
        submit(house.portal, replace(FORM, email="p9@practice.example"), FROM)


def test_checking_again_what_was_kept_changes_nothing() -> None:
    assert checked(checked(FORM)) == checked(FORM)


# the desk


def test_an_approved_applicant_sets_up_their_account(house: House, desk: SignedIn) -> None:
    number = checked_one(house, desk)
    applications.approve(house.portal, desk, number)
    subject, text = mailed(house)[-1]
    assert subject == "Your My Imaging account is ready to set up"
    assert "was approved" in text
    accounts.set_up(
        house.portal, house.mailed_link(ADDRESS), name="Dr Ines Caldeira", mobile="+61491570156",
        password="seven-quiet-lanterns", terms_accepted=True,
    )  # fmt: skip
    with house.portal.reading() as db:
        account = db.get_one(Account, house.account_id(ADDRESS))
    assert (account.kind, account.status) == ("breakglass", "active")
    assert (account.provider_number, account.practice) == ("2426621B", "Harbour Street Practice")
    assert account.glass_until == house.clock.now + accounts.A_YEAR
    found = application_list.details(house.portal, desk.account_id, number)
    assert (found.row.status, found.decided_by) == ("approved", "Jules Moreau")


def test_nobody_is_approved_whose_identity_was_not_checked(house: House, desk: SignedIn) -> None:
    number = applied(house)
    with pytest.raises(Invalid, match="record first"):
        applications.approve(house.portal, desk, number)
    assert house.recorded("application.approved") == []


def test_the_check_says_how_by_whom_and_when(house: House, desk: SignedIn) -> None:
    number = checked_one(house, desk)
    found = application_list.details(house.portal, desk.account_id, number)
    assert (found.identity_way, found.identity_note) == ("call", "Called 0491 570 156")
    assert (found.identity_by, found.identity_at) == ("Jules Moreau", house.clock.now)
    with pytest.raises(Invalid):
        applications.record_identity(house.portal, desk, number, "hearsay", "Somebody said so")
    with pytest.raises(Invalid):
        applications.record_identity(house.portal, desk, number, "call", "")


def test_a_declined_applicant_reads_the_reason(house: House, desk: SignedIn) -> None:
    number = applied(house)
    applications.decline(house.portal, desk, number, "The provider number is not registered.")
    assert "The provider number is not registered." in mailed(house)[-1][1]
    with pytest.raises(Invalid, match="decided already"):
        applications.approve(house.portal, desk, number)
    with house.portal.reading() as db:
        assert accounts.find(db, ADDRESS) is None


@pytest.mark.parametrize("kind", ["patient", "staff"])
def test_an_account_of_another_kind_is_never_turned_into_one(
    house: House, desk: SignedIn, kind: str
) -> None:
    account = house.account(ADDRESS, kind, role="auditor" if kind == "staff" else "")
    number = checked_one(house, desk)
    with pytest.raises(Invalid, match="another kind"):
        applications.approve(house.portal, desk, number)
    with house.portal.reading() as db:
        assert db.get_one(Account, account).kind == kind


def test_a_closed_account_is_not_opened_by_an_application(house: House, desk: SignedIn) -> None:
    house.account(ADDRESS, "breakglass", status="disabled")
    with pytest.raises(Invalid, match="was closed"):
        applications.approve(house.portal, desk, checked_one(house, desk))


def test_a_guest_who_is_approved_keeps_the_account_and_can_no_longer_take_anything(
    house: House, desk: SignedIn
) -> None:
    owner, _patient, study = house.owner_with_exam()
    guest = house.account(ADDRESS)
    browser = house.signed_in(guest)
    house.share(owner, study, ADDRESS, may_share=True)
    applications.approve(house.portal, desk, checked_one(house, desk))
    assert not sessions.stands(house.portal, browser.session_id)
    access = house.access(guest, study)
    assert (access.may_share, access.may_download) == (False, False)
    assert mailed(house)[-1][0] == "Your emergency access to My Imaging"


@pytest.mark.parametrize("deed", ["identity", "approve", "decline", "ask"])
def test_every_deed_asks_for_the_password_again(house: House, deed: str) -> None:
    account = house.account(kind="staff", role="administrator", password_hash=QUICK_HASH)
    who, number = house.signed_in(account), applied(house)
    with pytest.raises(step_up.PasswordNeeded):
        do(house, who, number, deed)


@pytest.mark.parametrize("role", ["clinician", "auditor"])
@pytest.mark.parametrize("deed", ["identity", "approve", "decline", "ask"])
def test_other_roles_decide_nothing(house: House, desk: SignedIn, role: str, deed: str) -> None:
    number = checked_one(house, desk)
    with pytest.raises(NotAllowed, match="role"):
        do(house, staff(house, role), number, deed)


def do(house: House, who: SignedIn, number: int, deed: str) -> None:
    match deed:
        case "identity":
            applications.record_identity(house.portal, who, number, "call", "Called the desk")
        case "approve":
            applications.approve(house.portal, who, number)
        case "decline":
            applications.decline(house.portal, who, number, "Not a provider")
        case "ask":
            applications.ask(house.portal, who, number, "Which hospital is it?")


def test_what_waits_stands_first_and_can_be_found(house: House, desk: SignedIn) -> None:
    done = applied(house)
    applications.decline(house.portal, desk, done, "Applied twice")
    house.clock.move(minutes=1)
    open_one = applied(house, replace(FORM, name="Dr Noor Haddad", email="noor@clinic.example"))

    def numbers(**wanted: object) -> list[int]:
        page = application_list.listed(house.portal, desk.account_id, Wanted(**wanted))  # type: ignore[arg-type]
        return [row.number for row in page.rows]

    assert numbers() == [open_one, done]
    assert numbers(sort="name") == [done, open_one]
    assert numbers(choices=(("status", "open"),)) == [open_one]
    assert numbers(choices=(("status", "declined"),)) == [done]
    assert numbers(words="haddad") == [open_one]
    assert numbers(words="harbour caldeira") == [done]
    assert numbers(words="%") == []
    assert application_list.waiting(house.portal, desk.account_id) == 1


# asking back


def test_a_question_is_answered_by_its_link_once(house: House, desk: SignedIn) -> None:
    number = applied(house)
    applications.ask(house.portal, desk, number, "Which hospital do you work for?")
    subject, text = mailed(house)[-1]
    assert subject == "A question about your application to My Imaging"
    assert "Which hospital do you work for?" in text
    token = answer_link(house)
    for _ in range(3):  # looking uses nothing up: mail scanners look too
        asked = application_questions.asked(house.portal, token)
        assert asked.question == "Which hospital do you work for?"
    application_questions.answer(house.portal, token, "The island hospital.", FROM)
    [exchange] = application_list.details(house.portal, desk.account_id, number).exchanges
    assert (exchange.asked_by, exchange.answer) == ("Jules Moreau", "The island hospital.")
    assert application_list.details(house.portal, desk.account_id, number).row.status == "submitted"
    for use in (
        lambda: application_questions.asked(house.portal, token),
        lambda: application_questions.answer(house.portal, token, "Again", FROM),
    ):
        with pytest.raises(Expired, match="no longer open"):
            use()


def test_a_link_that_is_guessed_old_or_overtaken_answers_nothing(
    house: House, desk: SignedIn
) -> None:
    number = applied(house)
    applications.ask(house.portal, desk, number, "Which hospital do you work for?")
    first = answer_link(house)
    applications.ask(house.portal, desk, number, "Whom may we call there?")
    second = answer_link(house)
    with pytest.raises(NotFound):
        application_questions.asked(house.portal, "guessed")
    with pytest.raises(Expired):
        application_questions.answer(house.portal, first, "An answer", FROM)
    house.clock.move(days=14)
    with pytest.raises(Expired, match="too old"):
        application_questions.answer(house.portal, second, "An answer", FROM)


def test_deciding_closes_an_open_question(house: House, desk: SignedIn) -> None:
    number = applied(house)
    applications.ask(house.portal, desk, number, "Which hospital do you work for?")
    token = answer_link(house)
    applications.decline(house.portal, desk, number, "Applied twice")
    with pytest.raises(Expired):
        application_questions.answer(house.portal, token, "An answer", FROM)


def test_the_link_itself_is_not_kept(house: House, desk: SignedIn) -> None:
    applications.ask(house.portal, desk, applied(house), "Which hospital do you work for?")
    token = answer_link(house)
    with house.portal.reading() as db:
        [row] = db.query(ApplicationQuestion).all()
    assert token not in row.token_hash


def test_questions_and_reasons_bring_no_link_into_a_letter(house: House, desk: SignedIn) -> None:
    number = applied(house)
    applications.ask(house.portal, desk, number, "See https://evil.example and\nanswer there")
    assert "https://evil" not in mailed(house)[-1][1]
